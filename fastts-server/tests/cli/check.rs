//! `check`.

use fastts_testkit::program::Program;

/// What a router takes from its surroundings.
pub(super) fn settings_that_are_missing_are_told_at_once() {
    for command in [&["check"][..], &["graph"], &["why", "{}"], &["--listen", "127.0.0.1:0"]] {
        let ended = Program::new("asking", command).env("TEST_LIMIT", "much").run();
        assert_eq!((ended.status, &ended.stdout[..]), (1, ""), "{command:?}");
        for said in [
            "error: the variable `TEST_LIMIT` is \"much\", but has to be a number (fastts-server/tests/cli/routers.rs:",
            "error: the secret `TEST_TOKEN` is not set; set `TEST_TOKEN`, or `TEST_TOKEN_FILE` to the path of a file with it (fastts-server/",
            "error: the router cannot be built without these",
        ] {
            assert!(ended.stderr.contains(said), "{said} is not in {}", ended.stderr);
        }
    }
}

pub(super) fn a_secret_is_read_from_a_file_too_and_never_printed() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("secret_of_a_test");
    let event = r#"{"metric":7,"time":0}"#;
    for (written, length) in [("s3cr3t\n", 6), ("s3cr3t\r\n", 6), ("s3cr3t\n\n", 7), ("s3cr3t", 6)] {
        std::fs::write(&file, written).unwrap();
        let ended = Program::new("asking", &["why", event]).env("TEST_LIMIT", "5").env("TEST_TOKEN_FILE", file.to_str().unwrap()).run();
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        assert!(ended.stderr.contains(&format!("*** *** {length}\n")), "{}", ended.stderr);
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("s3cr3t"), "{}", ended.stdout);
    }
    let told = |program: Program| program.env("TEST_LIMIT", "5").run().stderr;
    for (mode, warns) in [(0o644, true), (0o640, false)] {
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        let readable = told(Program::new("asking", &["check"]).env("TEST_TOKEN_FILE", file.to_str().unwrap()));
        let warning =
            format!("warning: everybody on this machine can read the secret `TEST_TOKEN` in {0}; say `chmod o-r {0}` (", file.display());
        assert_eq!(readable.contains(&warning), warns, "{mode:o}: {readable}");
    }
    let both = told(Program::new("asking", &["check"]).env("TEST_TOKEN", "s3cr3t").env("TEST_TOKEN_FILE", "/nowhere"));
    assert!(both.contains("both `TEST_TOKEN` and `TEST_TOKEN_FILE` are set"), "{both}");
    let gone = told(Program::new("asking", &["check"]).env("TEST_TOKEN_FILE", "/nowhere"));
    assert!(gone.contains("the file \"/nowhere\" that `TEST_TOKEN_FILE` names cannot be read: "), "{gone}");
    std::fs::write(&file, "\n").unwrap();
    let empty = told(Program::new("asking", &["check"]).env("TEST_TOKEN_FILE", file.to_str().unwrap()));
    assert!(empty.contains("the secret `TEST_TOKEN` is empty"), "{empty}");
}

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

pub(super) fn lists_groups_as_a_tree() {
    let ended = Program::new("grouped", &["check"]).run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let wanted = "groups\n    imgout: rest_for_one, 3 restarts within 10s\n        Serves pictures.\n        pipeline cache\n        \
                  workers: one_for_all, 3 restarts within 5s\n            pipeline resize\n";
    assert!(ended.stdout.contains(wanted), "{}", ended.stdout);
    assert!(ended.stdout.contains("then the source waits; in group workers\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains("then the source waits; 3 restarts within 5s\n"), "{}", ended.stdout);
}

pub(super) fn lists_where_events_come_from() {
    let ended = Program::new("ticking", &["check"]).env("FASTTS_LISTEN", "0.0.0.0:7000").env("FASTTS_UDP", "off").run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let wanted = "events come from\n    tcp 0.0.0.0:7000\n    http 0.0.0.0:7001\n    ticker: test every millisecond\n";
    assert!(ended.stdout.contains(wanted), "{}", ended.stdout);
}

pub(super) fn adds_up_the_memory_that_clients_can_make_it_hold() {
    let sum = |arguments: &[&str]| {
        let ended = Program::new("plain", arguments).args(&["check"]).run();
        let sum = ended.stdout.lines().find(|line| line.starts_with("Memory that clients can make it hold: at most ")).unwrap().to_owned();
        let part = ended.stdout.lines().find(|line| line.trim_start().starts_with("the index ")).unwrap();
        assert!(part.ends_with("   --index-bytes, --index-limit, --max-event"), "{part}");
        (sum, part.to_owned())
    };
    let (all, index) = sum(&[]);
    assert!(index.contains("2.00 GiB"), "{index}");
    let (less, index) = sum(&["--index-bytes", "64MiB"]);
    assert!(index.contains("64.00 MiB"), "{index}");
    assert_ne!(all, less);
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
