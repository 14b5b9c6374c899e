//! `why`: where an event goes in each pipeline, and what stops it.

mod inside;
mod json;
mod judge;
mod text;
mod values;

use std::io::{self, BufRead};
use std::process::ExitCode;
use std::time::Duration;

use fastts_core::event::{BatchBuilder, write_json};
use fastts_core::runtime::Clock;
use fastts_core::{Event, Journey, Pipeline, Replay, Router, Time};

use super::arguments::{Why, WhyFormat};
use super::graph::tree::Drawn;
use super::output;

/// How far the time may go on from one event to the next: all timers on the way fire.
const LONGEST_JUMP: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// How many bytes of an event that is no JSON are shown before the place where it is not.
const SHOWN: usize = 60;

/// Tells where events go; the exit status is 2 when one is no JSON.
pub(super) fn why(router: &Router, options: &Why) -> ExitCode {
    let mut court = Court { router, drawn: router.pipelines().iter().map(Drawn::new).collect(), pipelines: None, now: None };
    if options.event != "-" {
        return match court.answer(&options.event, options.format, true) {
            Ok(answer) => output::print_styled(&answer),
            Err(reason) => output::misused(reason),
        };
    }
    for (index, line) in io::stdin().lock().split(b'\n').enumerate() {
        let line = match line {
            Ok(line) => String::from_utf8_lossy(&line).into_owned(),
            Err(error) => return output::fail(format!("cannot read the standard input: {error}")),
        };
        if line.trim().is_empty() {
            continue;
        }
        match court.answer(&line, options.format, false) {
            Ok(answer) => {
                let gap = if index > 0 && options.format == WhyFormat::Text { "\n" } else { "" };
                if output::print_styled(&format!("{gap}{answer}")) != ExitCode::SUCCESS {
                    return ExitCode::FAILURE;
                }
            }
            Err(reason) => return output::misused(format!("line {}: {reason}", index + 1)),
        }
    }
    ExitCode::SUCCESS
}

/// The pipelines, and how they are drawn.
struct Court<'r> {
    router: &'r Router,
    drawn: Vec<Drawn>,
    /// Those that can be built, and which of the router's they are; all begin with the first event.
    pipelines: Option<(Replay, Vec<usize>)>,
    /// The latest time so far.
    now: Option<Time>,
}

impl Court<'_> {
    fn answer(&mut self, json: &str, format: WhyFormat, alone: bool) -> Result<String, String> {
        let event = read(json)?;
        // Always there, `read` sees to it.
        let time = event.time().unwrap_or_default();
        let now = self.now.map_or(time, |now| now.max(time));
        if let Some(before) = self.now.replace(now).filter(|&before| now.since(before) > LONGEST_JUMP) {
            return Err(format!("its time, {time}, is more than 366 days after {before}, where the clock stands; ask for it alone"));
        }
        let router = self.router;
        let (replay, places) = match &mut self.pipelines {
            Some(pipelines) => pipelines,
            empty => empty.insert(build(router, time)?),
        };
        replay.advance(now);
        let mut journeys: Vec<Option<Journey>> = router.pipelines().iter().map(|_| None).collect();
        for (journey, &place) in replay.watch_all(event.view()).into_iter().zip(places.iter()) {
            journeys[place] = journey;
        }
        let pipelines = router.pipelines().iter().zip(&self.drawn).zip(&journeys);
        // Of copies, that to which it came, or else the first.
        let of_copies = |pipeline: &Pipeline| {
            let mut copies = router.pipelines().iter().zip(&journeys).filter(|(one, _)| one.written_name() == pipeline.written_name());
            copies.any(|(_, journey)| journey.is_some())
        };
        let is_shown = |pipeline: &Pipeline, came: bool| came || pipeline.is_written() && !of_copies(pipeline);
        let shown = pipelines.filter(|((pipeline, _), journey)| pipeline.partition().is_none() || is_shown(pipeline, journey.is_some()));
        let answers: Vec<_> = shown.map(|((pipeline, drawn), journey)| judge::judge(pipeline, drawn, journey.as_ref())).collect();
        let mut written = Vec::new();
        write_json(event.view(), &mut written);
        let written = String::from_utf8_lossy(&written);
        Ok(match (format, alone) {
            (WhyFormat::Text, _) => text::write(&written, now, &answers),
            (WhyFormat::Json, true) => format!("{:#}\n", json::write(&written, &answers)),
            (WhyFormat::Json, false) => format!("{}\n", json::write(&written, &answers)),
        })
    }
}

/// Builds the pipelines that can be built: one that cannot takes none of the others with it; that it cannot is in the drawing.
fn build(router: &Router, start: Time) -> Result<(Replay, Vec<usize>), String> {
    let pipelines = router.pipelines();
    let places: Vec<usize> = (0..pipelines.len()).filter(|&index| Replay::of([&pipelines[index]], start).is_ok()).collect();
    let replay = Replay::of(places.iter().map(|&index| &pipelines[index]), start).map_err(|error| error.to_string())?;
    Ok((replay, places))
}

/// Reads an event; one without a time is of now, as it would be for a server.
fn read(json: &str) -> Result<Event, String> {
    let mut builder = BatchBuilder::new();
    match builder.push_json(json.as_bytes(), Some(Clock::system().now())) {
        Ok(()) => Ok(Event::from_view(builder.finish().get(0))),
        Err(error) => {
            let column = error.column();
            let from = json.floor_char_boundary(column.saturating_sub(SHOWN));
            let part = &json[from..json.floor_char_boundary(column)];
            let place = if column == 0 || part.is_empty() { String::new() } else { format!(", behind `{part}`") };
            Err(format!(
                "this is no event: {error}{place}\nwrite one as a JSON object, in quotes for the shell: '{{\"service\":\"api\",\"metric\":3}}'"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use fastts_core::router;
    use serde_json::Value;

    use super::*;

    router! {
        pipeline "all" { where(metric > 5); publish("high") }
        pipeline "high" from subscribe("high") { where(service == "api"); map(|e| e.metric().as_f64()); publish("numbers") }
        pipeline "numbers": Option<f64> from subscribe("numbers") { inspect(|_| ()) }
    }

    #[test]
    fn an_event_is_followed_through_topics() {
        let router = router();
        let drawn = router.pipelines().iter().map(Drawn::new).collect();
        let mut court = Court { router: &router, drawn, pipelines: None, now: None };
        let mut outcomes = |event: &str| -> Vec<String> {
            let answer: Value = serde_json::from_str(&court.answer(event, WhyFormat::Json, true).unwrap()).unwrap();
            answer["pipelines"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(outcomes(r#"{"metric":3,"time":1}"#), ["stopped", "not published", "not published"]);
        assert_eq!(outcomes(r#"{"metric":6,"service":"db","time":1}"#), ["through", "stopped", "not published"]);
        assert_eq!(outcomes(r#"{"metric":6,"service":"api","time":1}"#), ["through", "through", "through"]);
        let text = court.answer(r#"{"metric":3,"time":2}"#, WhyFormat::Text, true).unwrap();
        assert!(text.contains("does not enter, nothing was published on \"high\" at once"), "{text}");
    }
}
