//! What clients can make a server hold at most, added up from its settings.
//!
//! Each row is a bound that something keeps to while it runs; `docs/runtime.md` says which and what happens when it is reached. What clients
//! send is at its worst here: the shortest events, each of which takes a record of 64 bytes, and texts that grow sixfold as JSON.

use std::thread;

use fastts_core::Router;

use super::arguments::Serve;
use super::graph::tree::Drawn;

/// A part of the memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) what: &'static str,
    pub(super) bytes: u64,
    /// The settings that change it.
    pub(super) settings: &'static str,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
/// What an event takes besides its bytes.
const RECORD: u64 = 64;
/// How many events one message has at most.
const MOST_EVENTS: u64 = 1 << 20;
/// How many events a chain runs, and so publishes, before that is handed on.
const CHUNK: u64 = 128;
/// What a connection holds without counting, and its task.
const CONNECTION: u64 = 20 * KIB;
/// What TLS holds for a connection besides.
const SECURED: u64 = 56 * KIB;
/// What the regular expressions of a query take compiled, and what each remembers where it is tried.
const COMPILED: u64 = MIB;
const REMEMBERED: u64 = 640 * KIB;
/// How many of those a query has, and that of a subscription.
const PATTERNS: u64 = 64;
const LIVE_PATTERNS: u64 = 4;
/// How many queries wait, as `QueryOptions` has it.
const QUERIES_WAIT: u64 = 64;
/// How much longer a text is as JSON, at worst.
const AS_JSON: u64 = 6;
/// What a piece of an answer, of a body or of what is published has, give or take one event.
const PIECE: u64 = 256 * KIB;
/// What an entry of the index takes besides its event, and for each tag.
const ENTRY: u64 = 416;
const TAG: u64 = 96;
/// What is kept of what went wrong: the newest 1,000 of 16 KiB, of pipelines and of sinks.
const LETTERS: u64 = 2 * 1_000 * 16 * KIB;
/// The program itself, its threads, its pooled buffers.
const PROGRAM: u64 = 64 * MIB;
/// What a topic retains at most, give or take one event.
const RETAINED: u64 = 16 * MIB;
/// What a sink may hold unless its options say otherwise, besides what is on its way; and the standard output.
const SINK: u64 = 66 * MIB;
const STDOUT: u64 = 10 * MIB;

/// Adds up what clients can make a server hold that runs this router with these settings.
pub(super) fn parts(router: &Router, pipelines: &[Drawn], serve: &Serve) -> Vec<Part> {
    let frame = serve.max_frame as u64;
    let event = serve.max_event as u64;
    let unfinished = serve.max_unfinished as u64;
    let connections = serve.max_connections as u64;
    let workers = serve.workers.map_or_else(|| thread::available_parallelism().map_or(1, usize::from) as u64, u64::from);
    let running = serve.queries().running as u64;
    let count = pipelines.len() as u64;
    let batch = add([frame, times(RECORD, MOST_EVENTS.min(frame / 2))]);
    let mailboxes = router.pipelines().iter().map(|pipeline| pipeline.policy().mailbox_bytes as u64);
    let held = router.pipelines().iter().map(|pipeline| pipeline.policy().held.unwrap_or(serve.max_held) as u64 / 4 * 5);
    let (listeners, secured) = listeners(serve, connections);
    let publishers = pipelines.iter().filter(|pipeline| !pipeline.publishes.is_empty()).count() as u64;
    // As many tags as fit into an event, of a letter each.
    let entry = add([ENTRY, event, times(TAG, event / 3)]);
    let part = |what, settings, bytes| Part { what, bytes, settings };
    let mut parts = vec![
        part("the program itself", "", PROGRAM),
        part("mailboxes", "#[mailbox(bytes = …)], --max-frame", add([add(mailboxes), times(count, batch)])),
        part(
            "batches that wait for room",
            "--max-unfinished, --workers, --max-frame",
            add([times(listeners, unfinished), times(workers, batch)]),
        ),
        part(
            "unfinished messages, unread replies",
            "--max-unfinished, --max-connections",
            add([times(listeners, unfinished), times(listeners * connections, CONNECTION), secured]),
        ),
        part(
            "the index",
            "--index-bytes, --index-limit, --max-event",
            (serve.index_bytes as u64).min(times(serve.index_limit as u64, entry)),
        ),
        part("what stages hold", "--max-held, #[held(…)]", add(held)),
        part("what is being published", "--max-event", times(publishers * CHUNK, event)),
        part("sinks", "their bytes = …", sinks(pipelines)),
        part("dead letters", "", LETTERS),
        part(
            "queries",
            "--max-queries, --max-frame, --max-event",
            add([times(running, add([2 * frame, event, MIB, PATTERNS * REMEMBERED])), times(running + QUERIES_WAIT, COMPILED)]),
        ),
    ];
    if !router.topics().is_empty() {
        parts.push(part("what topics retain", "topic \"…\" (retain = …)", times(router.topics().len() as u64, RETAINED + event)));
    }
    if !serve.udp.is_off() {
        parts.push(part("datagrams", "", PIECE + PIECE / 2 * RECORD));
    }
    #[cfg(feature = "http")]
    parts.extend(http(serve, event));
    parts
}

/// Returns the sum.
pub(super) fn sum(parts: &[Part]) -> u64 {
    add(parts.iter().map(|part| part.bytes))
}

/// Returns how many listeners of the Riemann protocol over TCP there are, and what TLS takes.
fn listeners(serve: &Serve, connections: u64) -> (u64, u64) {
    #[cfg(feature = "tls")]
    if serve.tls.is_on() {
        return (2, times(connections, SECURED));
    }
    let _ = (serve, connections, SECURED);
    (1, 0)
}

/// Returns what sinks hold: those that were written, whether they are opened or not.
fn sinks(pipelines: &[Drawn]) -> u64 {
    fn collect<'p>(stages: &'p [fastts_core::Written], texts: &mut Vec<&'p str>) {
        for stage in stages {
            if matches!(stage.info.name, "stdout" | "forward") {
                texts.push(stage.info.text);
            }
            collect(&stage.inner, texts);
        }
    }
    let mut texts = Vec::new();
    pipelines.iter().for_each(|pipeline| collect(&pipeline.stages, &mut texts));
    texts.sort_unstable();
    texts.dedup();
    let one =
        |text: &&str| if text.starts_with("stdout") { STDOUT } else { bytes_of(text).map_or(SINK, |bytes| bytes.saturating_add(2 * MIB)) };
    add(texts.iter().map(one))
}

/// Returns the number behind `bytes =` in the text of a stage, if it is written there as one.
fn bytes_of(text: &str) -> Option<u64> {
    let (_, value) = text.split_once("bytes =")?;
    let digits: String =
        value.trim_start().chars().take_while(|one| one.is_ascii_digit() || *one == '_').filter(|one| *one != '_').collect();
    digits.parse().ok()
}

/// Adds up what HTTP holds.
#[cfg(feature = "http")]
fn http(serve: &Serve, event: u64) -> Vec<Part> {
    let Ok(Some(options)) = serve.listen().and_then(|listen| serve.http.options(&listen, serve.write_timeout)) else { return Vec::new() };
    let (message, body) = (options.max_message as u64, options.max_body as u64);
    let events = (options.max_events as u64).min(body / 2);
    // The text of an event, a batch of them, and a line in the answer for each.
    let posts = add([message.min(body), PIECE, event, 4_096 * RECORD, times(4, events), 256 * KIB]);
    // The places of what was found, and a piece of it.
    let shows = add([times(8, options.max_results as u64), times(AS_JSON + 1, event), PIECE, COMPILED]);
    let backlog = (options.backlog_bytes as u64).max(add([event, PIECE]));
    let found = backlog.min(times(options.backlog as u64, add([event, 2 * RECORD])));
    let live = add([backlog, found, COMPILED, LIVE_PATTERNS * REMEMBERED, times(2 * AS_JSON + 1, event)]);
    vec![
        Part {
            what: "HTTP connections",
            bytes: times(options.max_connections as u64, add([posts, shows])),
            settings: "--http-max-connections, --http-max-message, --http-max-body, --http-max-events, --http-max-results, --max-event",
        },
        Part {
            what: "subscriptions",
            bytes: times(options.max_subscriptions as u64, live),
            settings: "--http-subscribers, --http-backlog, --http-backlog-bytes, --max-event",
        },
    ]
}

fn add(all: impl IntoIterator<Item = u64>) -> u64 {
    all.into_iter().fold(0, u64::saturating_add)
}

fn times(a: u64, b: u64) -> u64 {
    a.saturating_mul(b)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use fastts_core::prelude::*;

    use super::*;
    use crate::cli::arguments::Cli;

    router! {
        #[mailbox(100, bytes = 1_000_000)]
        pipeline "a" { index; stdout }
        pipeline "b" { under(12); stdout }
    }

    fn total(arguments: &[&str]) -> u64 {
        let serve = Cli::try_parse_from([&["route", "--listen", "127.0.0.1:5555"], arguments].concat()).unwrap().serve;
        let router = router();
        let drawn: Vec<Drawn> = router.pipelines().iter().map(Drawn::new).collect();
        sum(&parts(&router, &drawn, &serve))
    }

    #[test]
    fn every_setting_in_it_moves_the_sum() {
        let base = total(&["--workers", "2"]);
        let settings: [&[&str]; 21] = [
            &["--max-frame", "8MiB"],
            &["--max-event", "512KiB"],
            &["--max-unfinished", "100MiB"],
            &["--max-connections", "100"],
            &["--workers", "3"],
            &["--max-queries", "1"],
            &["--index-bytes", "1GiB"],
            &["--index-limit", "10"],
            &["--max-held", "100MiB"],
            &["--udp", "off"],
            &["--http", "off"],
            &["--http-max-connections", "10"],
            &["--http-max-message", "2MiB"],
            &["--http-max-body", "1MiB"],
            &["--http-max-events", "999999"],
            &["--http-max-results", "10000000"],
            &["--http-subscribers", "10"],
            &["--http-backlog", "1"],
            &["--http-backlog-bytes", "8MiB"],
            &["--tls", "127.0.0.1:0"],
            &["--max-event", "2MiB"],
        ];
        for setting in settings {
            let with = if setting[0] == "--workers" { total(setting) } else { total(&[&["--workers", "2"][..], setting].concat()) };
            assert_ne!(with, base, "{setting:?} changes nothing");
        }
        // The flags that the rows name are the ones that there are.
        let serve = Cli::try_parse_from(["route"]).unwrap().serve;
        let router = router();
        let drawn: Vec<Drawn> = router.pipelines().iter().map(Drawn::new).collect();
        let named: Vec<String> = parts(&router, &drawn, &serve)
            .iter()
            .flat_map(|part| part.settings.split(", ").filter(|name| name.starts_with("--")).map(str::to_owned).collect::<Vec<_>>())
            .collect();
        for name in named {
            assert!(settings.iter().any(|setting| setting[0] == name), "{name} was not tried");
        }
    }

    #[test]
    fn each_mailbox_and_each_sink_counts() {
        let serve = Cli::try_parse_from(["route"]).unwrap().serve;
        let router = router();
        let drawn: Vec<Drawn> = router.pipelines().iter().map(Drawn::new).collect();
        let parts = parts(&router, &drawn, &serve);
        let of = |what: &str| parts.iter().find(|part| part.what == what).unwrap().bytes;
        let batch = (16 << 20) + 64 * (1 << 20);
        assert_eq!(of("mailboxes"), 1_000_000 + (256 << 20) + 2 * batch);
        assert_eq!((of("sinks"), of("what is being published")), (STDOUT, 128 << 20));
        assert_eq!(bytes_of("forward(\"a:1\", bytes = 1_000)"), Some(1_000));
        assert_eq!(bytes_of("forward(\"a:1\")"), None);
    }
}
