//! The command line, as people use it: this program runs itself as a router.

#![allow(clippy::unwrap_used, reason = "clippy does not see that the helpers are tests too")]

#[path = "../program/mod.rs"]
mod program;
mod replay;

use std::io::Write;
use std::net::TcpListener;
use std::process::ExitCode;

use fastts_server::prelude::*;
use libtest_mimic::{Arguments, Trial};
use program::{Program, Served};

router! {
    pub fn plain;

    /// Drops what is too high.
    /// Prints the rest.
    #[mailbox(10, overflow = drop_oldest)]
    pipeline "low" {
        where(metric < 12 || state == "ok");
        stdout
    }
}

router! {
    pub fn rated;

    pipeline "rate" {
        rate(5);
        map(|event| event.metric().as_f64().unwrap_or(0.0));
        stdout
    }
}

router! {
    pub fn two_rates;

    pipeline "slow" {
        rate(5);
        map(|event| format!("slow {}", event.time().unwrap_or_default().since(Time::from_secs(1000)).as_secs()));
        stdout
    }
    pipeline "fast" {
        rate(3);
        map(|event| format!("fast {}", event.time().unwrap_or_default().since(Time::from_secs(1000)).as_secs()));
        stdout
    }
}

router! {
    pub fn shaped;

    pipeline "shapes" {
        split {
            metric > 10 => { tag("high"); with(state = "bad") },
            _ => tag("low"),
        }
        tee { { by(host) { changed(state) } stdout } { stdout } }
        map(|event| event.metric().as_f64().unwrap_or(0.0));
        stdout
    }
}

/// A stage function whose constructor panics.
fn broken<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    if std::env::var_os("FASTTS_TEST_ROUTER").is_some() {
        panic!("no colours left");
    }
    fastts_server::stages::tag(flow, "unreachable")
}

router! {
    pub fn constructor;

    pipeline "fine" { stdout }
    pipeline "broken" { broken; stdout }
}

fn limit() -> f64 {
    panic!("no limit known")
}

router! {
    pub fn lets;

    let limit = limit();
    pipeline "limited" { under(limit); stdout }
}

router! {
    pub fn panicking;

    pipeline "panics on 3" {
        inspect(|event| assert!(event.metric() != 3, "three is too much"));
        stdout
    }
}

router! {
    pub fn headed;

    pipeline "headed" { where(service == "api" || tagged("x")); stdout }
}

/// Stays in a stage until the end of the program when the metric is 3.
fn stay(event: EventView<'_>) {
    if event.metric() == 3 {
        println!("stuck");
        loop {
            std::thread::park();
        }
    }
}

router! {
    pub fn stuck;

    pipeline "stuck" {
        inspect(stay);
        stdout
    }
}

fn main() -> ExitCode {
    match std::env::var("FASTTS_TEST_ROUTER").as_deref() {
        Ok("plain") => fastts_server::run(plain()),
        Ok("rated") => fastts_server::run(rated),
        Ok("two rates") => fastts_server::run(two_rates),
        Ok("shaped") => fastts_server::run(shaped),
        Ok("constructor") => fastts_server::run(constructor),
        Ok("lets") => fastts_server::run(lets),
        Ok("panicking") => fastts_server::run(panicking),
        Ok("headed") => fastts_server::run(headed),
        Ok("stuck") => fastts_server::run(stuck),
        Ok(other) => panic!("there is no router {other}"),
        Err(_) => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    macro_rules! trials {
        ($($name:path)*) => { vec![$(Trial::test(stringify!($name), || { $name(); Ok(()) })),*] };
    }
    trials! {
        serves_sends_and_drains
        says_where_to_send_to
        the_environment_goes_before_the_default_and_a_flag_before_it
        what_the_environment_says_is_read_or_refused
        a_port_in_use_is_told
        a_second_signal_ends_at_once
        what_is_left_is_told
        each_kind_of_end_is_said_once_and_counted_at_the_exit
        an_idle_connection_is_not_cut_off_without_time_to_drain
        a_stage_that_blocks_holds_up_no_other_connection
        a_stage_that_blocks_is_named
        send_says_what_is_wrong
        check_lists_pipelines
        check_tells_the_place_of_a_panic
        serving_tells_the_place_of_a_panic
        a_panic_in_a_let_is_a_failure
        graphs_show_stages_types_and_conditions
        graphs_show_what_events_are_picked_by_and_it_can_be_turned_off
        replay::runs_under_virtual_time
        replay::reads_from_stdin
        replay::reports_bad_lines
        replay::reports_panics
        replay::moves_the_clock_only_forward
        replay::skips_the_mark_of_the_byte_order
        replay::jumps_only_so_far
        replay::prints_in_the_order_of_time
        replay::counts_the_lines_that_were_lost
        replay::ends_quietly_when_nobody_reads
        a_command_line_that_is_wrong_has_a_hint
        help_and_version_are_there
    }
}

fn serves_sends_and_drains() {
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let sent = Program::new("plain", &["--listen", &served.address, "send"])
        .args(&["--service", "api", "--metric", "-3.5", "--host", "web1", "--state", "ok", "--description", "d"])
        .args(&["--tag", "a", "--tag", "b", "--ttl", "60", "--attribute", "k=v=w"])
        .run();
    assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"));
    let line = served.line();
    for part in [
        r#""host":"web1""#,
        r#""metric":-3.5"#,
        r#""tags":["a","b"]"#,
        r#""ttl":60"#,
        r#""k":"v=w""#,
        r#""description":"d""#,
        r#""time":""#,
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 0);
    assert!(ended.stderr.contains("everything was drained; 1 events had come in 1 messages"), "{}", ended.stderr);
}

fn says_where_to_send_to() {
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let hint = served.signal("INT").end();
    let command = hint.stderr.lines().find(|line| line.contains(" send ")).unwrap().trim().to_owned();
    assert_eq!(
        command,
        format!("{} send --service api --metric 3 --server {}", std::env::current_exe().unwrap().display(), served.address)
    );
    assert_eq!(hint.status, 0);
}

fn the_environment_goes_before_the_default_and_a_flag_before_it() {
    // Ports that were free a moment ago.
    let [one, two, three] =
        [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap()).map(|socket| socket.local_addr().unwrap().to_string());
    let port = |address: &str| address.rsplit_once(':').unwrap().1.to_owned();
    let start = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut program = Program::new("plain", arguments);
        for (key, value) in environment {
            program = program.env(key, value);
        }
        Served::of(program).address.clone()
    };
    assert_eq!(start(&[("PORT", &port(&one))], &[]), one);
    assert_eq!(start(&[("PORT", &port(&one)), ("FASTTS_LISTEN", &two)], &[]), two);
    assert_eq!(start(&[("PORT", &port(&one)), ("FASTTS_LISTEN", &two)], &["--listen", &three]), three);
}

fn what_the_environment_says_is_read_or_refused() {
    // Nothing is listened to at an address that is none, so none of these starts a server.
    for port in ["abc", "99999", "-1", "80 80"] {
        for command in [&[][..], &["send", "--service", "x"]] {
            let ended = Program::new("plain", command).env("PORT", port).run();
            assert_eq!((ended.status, &ended.stdout[..]), (2, ""), "{port}");
            assert!(ended.stderr.starts_with(&format!("error: PORT in the environment is {port:?}, which is no port")), "{}", ended.stderr);
        }
        assert_eq!(Program::new("plain", &["check"]).env("PORT", port).run().status, 0, "who listens to nothing needs no port");
    }
    let wrong = Program::new("plain", &[]).env("FASTTS_LISTEN", "5555").run();
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("write an address with a port"), "{}", wrong.stderr);
    let log = Program::new("plain", &[]).env("FASTTS_LOG", "verbose").run();
    assert!(log.stderr.contains("there is no level `verbose`"), "{}", log.stderr);
    // Empty is as if it was not there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let port = free.rsplit_once(':').unwrap().1;
    let served = Served::of(Program::new("plain", &[]).env("FASTTS_LISTEN", "").env("FASTTS_DRAIN", "").env("PORT", port));
    assert_eq!(served.address, free);
}

fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Program::new("plain", &["--listen", &address]).run();
    assert_eq!((ended.status, &ended.stdout[..]), (1, ""));
    assert!(ended.stderr.contains(&format!("error: cannot listen on {address}: ")), "{}", ended.stderr);
    assert!(ended.stderr.contains("choose another port with --listen"), "{}", ended.stderr);
}

fn a_second_signal_ends_at_once() {
    let mut served = stuck_server(&["--drain", "1h"]);
    served.signal("INT");
    served.stderr_line("SIGINT: draining");
    assert_eq!(served.signal("TERM").end().status, 130);
}

fn what_is_left_is_told() {
    let mut served = stuck_server(&["--drain", "100ms"]);
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 1);
    assert!(ended.stderr.contains(r#"event of pipeline "stuck""#), "{}", ended.stderr);
    assert!(ended.stderr.contains("1 connection was cut off before all that was sent was accepted"), "{}", ended.stderr);
}

fn each_kind_of_end_is_said_once_and_counted_at_the_exit() {
    use std::io::Read;
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let connect = || std::net::TcpStream::connect(&served.address).unwrap();
    for _ in 0..3 {
        connect().write_all(&[0, 0]).unwrap();
    }
    connect().write_all(&[0xff; 4]).unwrap();
    // Connections are taken in their order.
    let mut last = connect();
    last.write_all(&[0; 4]).unwrap();
    last.read_exact(&mut [0; 6]).unwrap();
    let ended = served.signal("TERM").end();
    for part in [
        "ended (and 0 others before it): closed by the client within a frame",
        "ended (and 0 others before it): a frame of 4294967295 bytes is over the limit",
        "2 more connections ended since that was last said: closed by the client within a frame",
        "everything was drained",
    ] {
        assert_eq!(ended.stderr.matches(part).count(), 1, "{part}: {}", ended.stderr);
    }
}

fn an_idle_connection_is_not_cut_off_without_time_to_drain() {
    use std::io::Read;
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0", "--drain", "0s"]);
    let mut idle = std::net::TcpStream::connect(&served.address).unwrap();
    idle.write_all(&[0; 4]).unwrap();
    idle.read_exact(&mut [0; 6]).unwrap();
    let ended = served.signal("TERM").end();
    assert!(!ended.stderr.contains("cut off"), "{}", ended.stderr);
}

/// The pipeline is stuck where its data was, in a thread of tokio's: the sockets must be watched by another one.
fn a_stage_that_blocks_holds_up_no_other_connection() {
    let served = stuck_server(&["--workers", "2"]);
    for _ in 0..3 {
        let sent = Program::new("stuck", &["send", "--metric", "2", "--server", &served.address, "--timeout", "30s"]).run();
        assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"), "{}", sent.stderr);
    }
}

fn a_stage_that_blocks_is_named() {
    let mut served = stuck_server(&[]);
    served.stderr_line("pipeline \"stuck\" has not come back from its events for 3s");
}

/// Starts a server whose only pipeline has come to a stage that does not end.
fn stuck_server(arguments: &[&str]) -> Served {
    let served = Served::start("stuck", &[&["--listen", "127.0.0.1:0"], arguments].concat());
    let mut wire = std::net::TcpStream::connect(&served.address).unwrap();
    // An event with the metric 3.
    wire.write_all(&[0, 0, 0, 4, 0x32, 2, 0x68, 6]).unwrap();
    assert_eq!(served.line(), "stuck");
    // The connection stays open.
    std::mem::forget(wire);
    served
}

fn send_says_what_is_wrong() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let nobody = Program::new("plain", &["send", "--service", "x", "--server", &free]).run();
    assert_eq!(nobody.status, 1);
    assert!(nobody.stderr.contains(&format!("cannot reach a server at {free}")), "{}", nobody.stderr);
    assert!(nobody.stderr.contains("start one in another terminal"), "{}", nobody.stderr);

    let served = Served::start("plain", &["--listen", "127.0.0.1:0", "--max-frame", "10"]);
    let refused = Program::new("plain", &["send", "--service", "longer than ten bytes", "--server", &served.address]).run();
    assert_eq!((refused.status, &refused.stdout[..]), (1, "ok: false, error: a frame of 25 bytes is over the limit of 10 bytes\n"));

    let empty = Program::new("plain", &["send", "--server", &served.address]).run();
    assert_eq!(empty.status, 1);
    assert!(empty.stderr.contains("there is nothing to send"), "{}", empty.stderr);
    let word = Program::new("plain", &["send", "--metric", "many", "--server", &served.address]).run();
    assert!(word.stderr.contains("`many` is not a number"), "{}", word.stderr);
}

fn check_lists_pipelines() {
    let ended = Program::new("plain", &["check"]).run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    for part in [
        "low\n    Drops what is too high.\n    Prints the rest.\n",
        "takes Event; ",
        "10 events, at most 256.00 MiB, may wait, then the oldest is dropped",
        "where(metric < 12 || state == \"ok\")",
        "cli/main.rs:",
        "1 of 1 pipeline can be built",
    ] {
        assert!(ended.stdout.contains(part), "{part} is not in\n{}", ended.stdout);
    }
}

fn check_tells_the_place_of_a_panic() {
    let ended = Program::new("constructor", &["check"]).run();
    assert_eq!(ended.status, 1);
    assert!(ended.stdout.contains("1 of 2 pipelines can be built"), "{}", ended.stdout);
    let (message, place) = ended.stderr.split_once(" at ").unwrap();
    assert_eq!(message, "error: pipeline \"broken\" cannot be built: no colours left");
    assert!(place.contains("tests/cli/main.rs:"), "{place}");
}

fn serving_tells_the_place_of_a_panic() {
    let ended = Program::new("constructor", &["--listen", "127.0.0.1:0"]).run();
    assert_eq!((ended.status, &ended.stdout[..]), (1, ""));
    assert!(ended.stderr.contains("error: pipeline \"broken\" cannot be built: no colours left at "), "{}", ended.stderr);
}

fn a_panic_in_a_let_is_a_failure() {
    for command in [&["check"][..], &["--listen", "127.0.0.1:0"]] {
        let ended = Program::new("lets", command).run();
        assert_eq!(ended.status, 1);
        assert!(ended.stderr.contains("no limit known"), "{}", ended.stderr);
        assert!(ended.stderr.contains("tests/cli/main.rs:"), "the place is told: {}", ended.stderr);
    }
}

fn graphs_show_stages_types_and_conditions() {
    let mermaid = Program::new("shaped", &["graph"]).run().stdout;
    for part in [
        "subgraph p0[\"shapes\"]",
        "n1{{\"split<br/><small>Event, fastts-server/tests/cli/main.rs:",
        "n1 -->|\"metric &gt; 10\"| n2",
        "n3[\"with(state = &quot;bad&quot;)<br/>",
        "n1 -->|\"_\"| n4",
        "subgraph n6_block[\"for each by(host)\"]",
        "|\"f64\"|",
    ] {
        assert!(mermaid.contains(part), "{part} is not in\n{mermaid}");
    }
    let dot = Program::new("shaped", &["graph", "--format", "dot"]).run().stdout;
    for part in [
        "digraph router {",
        "label=\"shapes\"",
        "[label=\"metric > 10\"]",
        "label=\"with(state = \\\"bad\\\")\\nEvent, ",
        "[label=\"f64\"]",
    ] {
        assert!(dot.contains(part), "{part} is not in\n{dot}");
    }
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
    let json: serde_json::Value = serde_json::from_str(&Program::new("shaped", &["graph", "--format", "json"]).run().stdout).unwrap();
    let pipeline = &json["pipelines"][0];
    assert_eq!((&pipeline["name"], &pipeline["item"]), (&"shapes".into(), &"Event".into()));
    let stages = pipeline["stages"].as_array().unwrap();
    let names: Vec<_> = stages.iter().map(|stage| stage["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["split", "tee", "map", "stdout"]);
    assert_eq!(stages[0]["stages"][0]["text"], "metric > 10");
    assert_eq!((&stages[2]["item"], &stages[3]["item"]), (&"Event".into(), &"f64".into()));
}

fn graphs_show_what_events_are_picked_by_and_it_can_be_turned_off() {
    let graph = |format| Program::new("headed", &["graph", "--format", format]).run().stdout;
    let mermaid = graph("mermaid");
    assert!(mermaid.contains("([\"Event: service == &quot;api&quot; or tagged &quot;x&quot;\"])"), "{mermaid}");
    let dot = graph("dot");
    assert!(dot.contains(r#"[label="Event: service == \"api\" or tagged \"x\"", shape=ellipse]"#), "{dot}");
    let json: serde_json::Value = serde_json::from_str(&graph("json")).unwrap();
    assert_eq!(json["pipelines"][0]["heads"], serde_json::json!(["service == \"api\"", "tagged \"x\""]));

    let lines = [r#"{"service":"api"}"#, r#"{"service":"db"}"#, r#"{"host":"a","tags":["x"]}"#];
    let path = replay::file("headed.jsonl", &lines);
    let replayed = |arguments: &[&str]| Program::new("headed", &[&["replay", &path], arguments].concat()).run();
    let (with, without) = (replayed(&[]), replayed(&["--no-dispatch"]));
    assert_eq!((with.status, &with.stdout), (0, &without.stdout));
    assert_eq!(with.stdout.lines().count(), 2);
}

fn a_command_line_that_is_wrong_has_a_hint() {
    for (arguments, hint) in [
        (&["--listen", "5555"][..], "write an address with a port, such as 127.0.0.1:5555"),
        (&["--drain", "10 parsecs"], "write a number with a unit"),
        (&["--max-frame", "5 GiB"], "no frame can be longer"),
        (&["sned"], "send"),
        (&["send", "--attribute", "k"], "name=value"),
        (&["send", "--ttl", "nan"], "write a number of seconds that is not below 0"),
        (&["send", "--ttl", "-5"], "write a number of seconds that is not below 0"),
        (&["--max-connections", "0"], "0 is not in 1.."),
        (&["--log", "verbose"], "there is no level `verbose`; write error, warn, info, debug, trace or off"),
        (&["--log", "info,[="], "write error, warn, info"),
    ] {
        let ended = Program::new("plain", arguments).run();
        assert_eq!(ended.status, 2);
        assert!(ended.stderr.contains(hint), "{hint} is not in {}", ended.stderr);
    }
}

fn help_and_version_are_there() {
    let help = Program::new("plain", &["--help"]).run();
    for word in ["send", "graph", "check", "why", "replay", "--listen", "FASTTS_LISTEN", "--idle-timeout", "--no-dispatch", "PORT"] {
        assert!(help.stdout.contains(word), "{word} is not in {}", help.stdout);
    }
    let program = std::env::current_exe().unwrap();
    let name = program.file_name().unwrap().to_str().unwrap();
    let version = Program::new("plain", &["--version"]).run().stdout;
    assert_eq!(version, format!("{name} (fastts-server {})\n", env!("CARGO_PKG_VERSION")));
}
