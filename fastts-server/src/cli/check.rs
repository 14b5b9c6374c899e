//! `check`: builds every pipeline and lists them.

use std::fmt::Write;
use std::process::ExitCode;

use fastts_core::{Group, Overflow, Policy, Router, Run, Written};
use indicatif::HumanBytes;

use super::arguments::Serve;
use super::graph::tell_broken;
use super::graph::tree::{Drawn, item};
use super::groups;
use super::memory;
use super::output;
use super::server::Own;

/// Lists the pipelines and the sources; fails when one cannot be built.
pub(super) fn check(router: &Router, serve: &Serve, sources: &[Own]) -> ExitCode {
    let mut text = String::new();
    let pipelines: Vec<Drawn> = router.pipelines().iter().map(Drawn::new).collect();
    let written = || pipelines.iter().filter(|drawn| !drawn.is_copy);
    for (place, (drawn, pipeline)) in pipelines.iter().zip(router.pipelines()).enumerate().filter(|(_, (drawn, _))| !drawn.is_copy) {
        list(drawn, pipeline.policy(), router.group_of(place), &mut text);
    }
    let count = written().count();
    let fine = written().filter(|drawn| drawn.broken.is_none()).count();
    let _ = writeln!(text, "{fine} of {count} {} can be built", if count == 1 { "pipeline" } else { "pipelines" });
    groups::list(router, &mut text);
    let mut unmade = false;
    let _ = writeln!(text, "events come from");
    for listener in serve.places() {
        let _ = writeln!(text, "    {listener}");
    }
    for (name, description) in sources.iter().map(Own::described) {
        unmade |= description.is_none();
        let description = description.map_or_else(|| "cannot be made".to_owned(), |it| it.to_string());
        let _ = writeln!(text, "    {name}: {description}");
    }
    let parts = memory::parts(router, &pipelines, serve);
    let most = HumanBytes(memory::sum(&parts)).to_string();
    let _ = writeln!(text, "Memory that clients can make it hold: at most {most}");
    for memory::Part { what, bytes, settings } in &parts {
        let bytes = HumanBytes(*bytes).to_string();
        let _ = writeln!(text, "{}", format!("    {what:<36} {bytes:>10}   {settings}").trim_end());
    }
    let printed = output::print(&text);
    if tell_broken(&pipelines) || unmade { ExitCode::FAILURE } else { printed }
}

fn list(pipeline: &Drawn, policy: &Policy, group: Option<&Group>, text: &mut String) {
    let Drawn { name, description, file, item, reply, topic, publishes, stages, .. } = pipeline;
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{name}");
    for line in description.lines() {
        let _ = writeln!(text, "    {line}");
    }
    let from = topic.as_ref().map_or_else(String::new, |topic| format!(" from topic {topic:?}{}", pipeline.subscription()));
    let _ = writeln!(text, "    takes {item}{from}; {}", policies(policy, group));
    if let Some(reply) = reply {
        let _ = writeln!(text, "    replies with {reply}; {} calls at once wait for {:?}", policy.calls, policy.call_timeout);
    }
    if !publishes.is_empty() {
        let topics: Vec<String> = publishes.iter().map(|topic| format!("{topic:?}")).collect();
        let _ = writeln!(text, "    publishes on {}", topics.join(", "));
    }
    rows(stages, file, 1, text);
    text.push('\n');
}

fn rows(stages: &[Written], file: &str, depth: usize, text: &mut String) {
    for stage in stages {
        let label = match (stage.info.name, stage.info.text) {
            ("arm", condition) => format!("{condition} =>"),
            ("branch", _) => "branch".to_owned(),
            (_, text) => text.to_owned(),
        };
        let indent = 4 * depth;
        let width = 60_usize.saturating_sub(indent);
        let item = item(stage).unwrap_or_default();
        let _ = writeln!(text, "{:indent$}{label:width$} {item:<12} {file}:{}:{}", "", stage.info.line, stage.info.column);
        rows(&stage.inner, file, depth + 1, text);
    }
}

/// Says how a pipeline is run.
fn policies(policy: &Policy, group: Option<&Group>) -> String {
    let overflow = match policy.overflow {
        Overflow::Block => "the source waits",
        Overflow::DropNewest => "the newest is dropped",
        Overflow::DropOldest => "the oldest is dropped",
    };
    let run = match policy.run {
        Run::Auto => "where its data is while that is cheap",
        Run::Inline => "where its data is",
        Run::Task => "in its own task",
    };
    let restarts = match group {
        Some(group) => format!("in group {}", group.name),
        None => format!("{} restarts within {:?}", policy.restarts, policy.within),
    };
    let (events, bytes) = (policy.mailbox, HumanBytes(policy.mailbox_bytes as u64));
    format!("runs {run}; {events} events, at most {bytes}, may wait, then {overflow}; {restarts}")
}
