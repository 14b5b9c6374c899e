//! `--follow`: events as they come in.

use std::io::BufRead;
use std::process::ExitCode;

use fastts_core::EventView;
use fastts_core::event::BatchBuilder;

use super::{Format, Query, json_line, table};
use crate::cli::output;
use crate::cli::web::{Web, escape};

/// Prints events as they come, until the server ends it or so many have come as are wanted.
pub(super) fn follow(query: &Query, web: &Web) -> Result<ExitCode, String> {
    let path = format!("/index?query={}&subscribe=true", escape(&query.query));
    let mut body = web.get(&path, "text/event-stream")?;
    let broken = |error| format!("the connection to {} broke: {error}", web.server);
    body.get_mut().wait_for_ever();
    let format = query.format();
    let (mut left, mut builder) = (query.limit, BatchBuilder::new());
    if format == Format::Text
        && let Err(status) = output::print_on(&table::heads())
    {
        return Ok(status);
    }
    let mut kind = String::new();
    for line in body.lines() {
        let line = line.map_err(broken)?;
        // An empty line ends what belongs together; what keeps the connection open begins with a colon.
        match line.split_once(':') {
            None => kind.clear(),
            Some(("event", of)) => kind = of.trim().to_owned(),
            Some(_) => {}
        }
        let Some(data) = line.strip_prefix("data:") else { continue };
        match &kind[..] {
            "" => {}
            "missed" => {
                output::warn(format!("{} events were missed, they came faster than they were read", data.trim()));
                continue;
            }
            other => {
                output::warn(format!("the server says {other}: {}", data.trim()));
                continue;
            }
        }
        if let Err(error) = builder.push_json(data.trim(), None) {
            output::warn(format!("this is no event: {data} ({error})"));
            continue;
        }
        let batch = std::mem::take(&mut builder).finish();
        if let Err(status) = print(batch.get(0), format) {
            return Ok(status);
        }
        builder = batch.into_builder();
        left = left.map(|left| left - 1);
        if left == Some(0) {
            return Ok(ExitCode::SUCCESS);
        }
    }
    Err(format!("{} has ended the subscription; it may have been stopped", web.server))
}

/// Prints an event; fails with the exit status when nobody reads what is printed, or it cannot be.
fn print(event: EventView<'_>, format: Format) -> Result<(), ExitCode> {
    output::print_on(&match format {
        Format::Text => table::row(event),
        Format::Json => json_line(event),
    })
}
