//! Lines for who reads no screen.

use unicode_width::UnicodeWidthStr;

use super::breakers::{BREAKERS, BreakerRates};
use super::calls::{CALLS, CallRates};
use super::groups::{GROUPS, GroupRates};
use super::rates::{LISTENERS, ListenerRates, PIPELINES, PipelineRates, Rates, SINKS, SOURCES, SinkRates, SourceRates};
use crate::cli::output::padded;

/// Writes what happened as tables; that of the sources only when there are others than the listeners, those of calls, groups, sinks and breakers if there are any.
pub(super) fn lines(server: &str, rates: &Rates) -> String {
    let listeners: Vec<_> = rates.listeners.iter().map(ListenerRates::cells).collect();
    let pipelines: Vec<_> = rates.pipelines.iter().map(PipelineRates::cells).collect();
    let sources: Vec<_> = rates.sources.iter().map(SourceRates::cells).collect();
    let sinks: Vec<_> = rates.sinks.iter().map(SinkRates::cells).collect();
    let sinks = if sinks.is_empty() { String::new() } else { table(&SINKS, &sinks) };
    let breakers: Vec<_> = rates.breakers.iter().map(BreakerRates::cells).collect();
    let breakers = if breakers.is_empty() { String::new() } else { table(&BREAKERS, &breakers) };
    let calls: Vec<_> = rates.calls.iter().map(CallRates::cells).collect();
    let calls = if calls.is_empty() { String::new() } else { table(&CALLS, &calls) };
    let groups: Vec<_> = rates.groups.iter().map(GroupRates::cells).collect();
    let groups = if groups.is_empty() { String::new() } else { table(&GROUPS, &groups) };
    let sources = if sources.is_empty() { String::new() } else { table(&SOURCES, &sources) };
    format!(
        "{}\n{}{sources}{}{calls}{groups}{sinks}{breakers}\n",
        rates.title(server),
        table(&LISTENERS, &listeners),
        table(&PIPELINES, &pipelines)
    )
}

fn table<const N: usize>(columns: &[(&str, usize); N], rows: &[[String; N]]) -> String {
    let heads = columns.map(|(head, _)| head.to_owned());
    let width = |column: usize| {
        let longest = rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
        longest.max(columns[column].1)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        // Names and states on the left, figures on the right.
        let cell = |(column, text): (usize, &String)| match (column, columns[column].0) {
            (0, _) | (_, "STATE") => padded(text, widths[column]),
            _ => format!("{text:>0$}", widths[column]),
        };
        let cells: Vec<String> = row.iter().enumerate().map(cell).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    std::iter::once(&heads).chain(rows).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rates::tests::samples;
    use super::*;

    #[test]
    fn lines_have_all_there_is_to_know() {
        let [before, now] = samples();
        insta::assert_snapshot!("plain", lines("127.0.0.1:5556", &Rates::between(&before, &now)));
    }
}
