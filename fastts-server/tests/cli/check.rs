//! `check`.

use fastts_testkit::program::Program;

pub(super) fn lists_pipelines() {
    let ended = Program::new("plain", &["check"]).run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    for part in [
        "low\n    Drops what is too high.\n    Prints the rest.\n",
        "takes Event; ",
        "10 events, at most 256.00 MiB, may wait, then the oldest is dropped",
        "where(metric < 12 || state == \"ok\")",
        "cli/routers.rs:",
        "1 of 1 pipeline can be built",
    ] {
        assert!(ended.stdout.contains(part), "{part} is not in\n{}", ended.stdout);
    }
}

pub(super) fn lists_where_events_come_from() {
    let ended = Program::new("ticking", &["check"]).env("FASTTS_LISTEN", "0.0.0.0:7000").env("FASTTS_UDP", "off").run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let wanted = "events come from\n    tcp 0.0.0.0:7000\n    http 0.0.0.0:7001\n    ticker: test every millisecond\n";
    assert!(ended.stdout.ends_with(wanted), "{}", ended.stdout);
}

pub(super) fn tells_the_place_of_a_panic() {
    let ended = Program::new("constructor", &["check"]).run();
    assert_eq!(ended.status, 1);
    assert!(ended.stdout.contains("1 of 2 pipelines can be built"), "{}", ended.stdout);
    let (message, place) = ended.stderr.split_once(" at ").unwrap();
    assert_eq!(message, "error: pipeline \"broken\" cannot be built: no colours left");
    assert!(place.contains("tests/cli/routers.rs:"), "{place}");
}

pub(super) fn a_panic_in_a_let_is_a_failure() {
    for command in [&["check"][..], &["--listen", "127.0.0.1:0"]] {
        let ended = Program::new("lets", command).run();
        assert_eq!(ended.status, 1);
        assert!(ended.stderr.contains("no limit known"), "{}", ended.stderr);
        assert!(ended.stderr.contains("tests/cli/routers.rs:"), "the place is told: {}", ended.stderr);
    }
}
