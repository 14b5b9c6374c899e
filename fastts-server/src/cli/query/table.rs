//! Events as a table.

use fastts_core::{Event, EventView, Metric};
use unicode_width::UnicodeWidthStr;

use crate::cli::output::padded;

const HEADS: [&str; 7] = ["HOST", "SERVICE", "STATE", "METRIC", "TIME", "TAGS", "DESCRIPTION"];

/// How wide columns are at least where what comes is not known yet.
const USUAL: [usize; 7] = [16, 24, 9, 10, 20, 12, 0];

/// Which column is of numbers.
const METRIC: usize = 3;

/// Writes events as a table whose columns are as wide as what stands in them.
pub(super) fn table(events: &[Event]) -> String {
    let rows: Vec<_> = events.iter().map(|event| cells(event.view())).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0).max(HEADS[column].len());
    let widths: [usize; 7] = std::array::from_fn(width);
    let count = if rows.len() == 1 { "1 event".to_owned() } else { format!("{} events", rows.len()) };
    if rows.is_empty() {
        return format!("{count}\n");
    }
    let lines: String = rows.iter().map(|row| line(row, widths)).collect();
    format!("{}{lines}{count}\n", line(&HEADS.map(str::to_owned), widths))
}

/// Writes the heads of a table whose events come later.
pub(super) fn heads() -> String {
    line(&HEADS.map(str::to_owned), USUAL)
}

/// Writes an event as a row of that table.
pub(super) fn row(event: EventView<'_>) -> String {
    line(&cells(event), USUAL)
}

fn line(cells: &[String; 7], widths: [usize; 7]) -> String {
    let cell = |(column, text): (usize, &String)| {
        let width = widths[column];
        if column == METRIC { format!("{text:>width$}") } else { padded(text, width) }
    };
    let line: Vec<String> = cells.iter().enumerate().map(cell).collect();
    format!("{}\n", line.join("  ").trim_end())
}

fn cells(event: EventView<'_>) -> [String; 7] {
    let text = |text: Option<&str>| printable(text.unwrap_or(""));
    let metric = match event.metric() {
        Metric::Missing => String::new(),
        Metric::Int(number) => number.to_string(),
        Metric::Float(number) => number.to_string(),
    };
    let time = event.time().map(|time| time.to_string()).unwrap_or_default();
    let tags: Vec<String> = event.tags().map(printable).collect();
    let [host, service, state, description] = [event.host(), event.service(), event.state(), event.description()].map(text);
    [host, service, state, metric, time, tags.join(","), description]
}

/// Replaces what would move the cursor: events are written by others.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use fastts_core::Time;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let one = Event::new().with_host("a").with_service("api latency").with_metric(3).with_time(Time::from_secs(1_000_000_000));
        let two = Event::new()
            .with_host("a long host")
            .with_state("ok")
            .with_metric(-1.5)
            .with_tags(["x", "y"])
            .with_description("up\n\u{1b}[2J!");
        let wanted = "\
HOST         SERVICE      STATE  METRIC  TIME                  TAGS  DESCRIPTION
a            api latency              3  2001-09-09T01:46:40Z
a long host               ok       -1.5                        x,y   up  [2J!
2 events
";
        assert_eq!(table(&[one, two]), wanted);
        assert_eq!(table(&[]), "0 events\n");
    }
}
