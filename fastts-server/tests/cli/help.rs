//! Help, and what a command line that is wrong is told.

use fastts_testkit::program::Program;

pub(super) fn a_command_line_that_is_wrong_has_a_hint() {
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

pub(super) fn help_and_version_are_there() {
    let help = Program::new("plain", &["--help"]).run();
    for word in ["send", "graph", "check", "why", "replay", "--listen", "FASTTS_LISTEN", "--idle-timeout", "--no-dispatch", "PORT"] {
        assert!(help.stdout.contains(word), "{word} is not in {}", help.stdout);
    }
    let program = std::env::current_exe().unwrap();
    let name = program.file_name().unwrap().to_str().unwrap();
    let version = Program::new("plain", &["--version"]).run().stdout;
    assert_eq!(version, format!("{name} (fastts-server {})\n", env!("CARGO_PKG_VERSION")));
}

pub(super) fn shells_complete_the_command_line() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = Program::new("plain", &["completions", shell]).run();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""), "{shell}");
        for word in ["replay", "max-jump"] {
            assert!(ended.stdout.contains(word), "{shell} does not complete {word}");
        }
    }
    let script = Program::new("plain", &["completions", "bash"]).run().stdout;
    let read = std::process::Command::new("bash").args(["-n", "-c", &script]).status();
    assert!(read.is_ok_and(|status| status.success()), "bash cannot read its script");
}

pub(super) fn help_is_short_and_in_groups() {
    let program = std::env::current_exe().unwrap();
    let name = program.file_name().unwrap().to_str().unwrap().to_owned();
    for command in ["", "send", "load", "query", "top", "graph", "check", "why", "replay", "completions"] {
        let arguments: Vec<&str> = [command, "-h"].into_iter().filter(|word| !word.is_empty()).collect();
        let ended = Program::new("plain", &arguments).run();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
        let name_of = if command.is_empty() { "help" } else { command };
        insta::assert_snapshot!(format!("help_{name_of}"), ended.stdout.replace(&name, "hello"));
    }
}
