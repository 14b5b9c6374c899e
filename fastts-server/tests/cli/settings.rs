//! Settings: flags, the environment, and a file.

use std::net::TcpListener;

use fastts_testkit::program::{Program, Served, file};

pub(super) fn the_environment_goes_before_the_default_and_a_flag_before_it() {
    // Ports that were free a moment ago.
    let [one, two, three] =
        [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap()).map(|socket| socket.local_addr().unwrap().to_string());
    let port = |address: &str| address.rsplit_once(':').unwrap().1.to_owned();
    let start = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut program = alone(Program::new("plain", arguments));
        for (key, value) in environment {
            program = program.env(key, value);
        }
        Served::of(program).address.clone()
    };
    assert_eq!(start(&[("PORT", &port(&one))], &[]), one);
    assert_eq!(start(&[("PORT", &port(&one)), ("FASTTS_LISTEN", &two)], &[]), two);
    assert_eq!(start(&[("PORT", &port(&one)), ("FASTTS_LISTEN", &two)], &["--listen", &three]), three);
}

pub(super) fn what_the_environment_says_is_read_or_refused() {
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
    for (variable, value) in
        [("FASTTS_WORKERS", "two"), ("FASTTS_DRAIN", "soon"), ("FASTTS_NO_DISPATCH", "maybe"), ("FASTTS_QUERIES", "some")]
    {
        let wrong = Program::new("plain", &["check"]).env(variable, value).run();
        let first = wrong.stderr.lines().next().unwrap_or_default();
        assert!(wrong.status == 2 && first.contains(&format!("{variable} in the environment")), "{}", wrong.stderr);
        assert!(!first.contains("--"), "no flag is blamed: {first}");
    }
    let flag = Program::new("plain", &["--workers", "two"]).env("FASTTS_WORKERS", "3").run();
    assert!(flag.stderr.contains("for '--workers <NUMBER>'"), "{}", flag.stderr);
    let log = Program::new("plain", &[]).env("FASTTS_LOG", "verbose").run();
    assert!(log.stderr.contains("there is no level `verbose`"), "{}", log.stderr);
    // Empty is as if it was not there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let port = free.rsplit_once(':').unwrap().1;
    let served = Served::of(alone(Program::new("plain", &[])).env("FASTTS_LISTEN", "").env("FASTTS_DRAIN", "").env("PORT", port));
    assert_eq!(served.address, free);
}

pub(super) fn a_file_goes_before_the_default_and_the_environment_before_it() {
    let path = file("order.toml", &["listen = '127.0.0.1:0'", "drain = '1s'", "[send]", "timeout = '3s'"]);
    let shown = |environment: &[(&str, &str)], arguments: &[&str]| {
        let program = Program::new("plain", arguments).env("FASTTS_CONFIG", &path);
        let ended = environment.iter().fold(program, |program, (key, value)| program.env(key, value)).run();
        assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
        ended.stdout
    };
    let row = |shown: &str, name: &str| {
        let line = shown.lines().find(|line| line.trim_start_matches("# ").starts_with(name)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let place = |line: u32| format!("# {path}:{line}");
    let plain = shown(&[], &["--print-config"]);
    assert_eq!(row(&plain, "listen"), format!("listen = \"127.0.0.1:0\" {}", place(1)));
    assert_eq!(row(&plain, "drain"), format!("drain = \"1s\" {}", place(2)));
    assert_eq!(row(&plain, "max-frame"), "max-frame = \"16MiB\" # default");
    assert_eq!(row(&plain, "max-connections"), "max-connections = 16384 # default");
    assert_eq!(row(&plain, "workers"), "# workers = # not set");
    assert_eq!(row(&plain, "no-dispatch"), "no-dispatch = false # default");
    let bare = Program::new("plain", &["--print-config"]).env("PORT", "7").run().stdout;
    assert_eq!(row(&bare, "listen"), "listen = \"127.0.0.1:7\" # PORT");
    let environment = [("FASTTS_DRAIN", "2s"), ("FASTTS_NO_DISPATCH", "true"), ("PORT", "7")];
    let told = shown(&environment, &["send", "--print-config", "--tag", "a", "--tag", "\"b\""]);
    assert_eq!(row(&told, "drain"), "drain = \"2s\" # FASTTS_DRAIN");
    assert_eq!(row(&told, "no-dispatch"), "no-dispatch = true # FASTTS_NO_DISPATCH");
    assert_eq!(row(&told, "listen"), format!("listen = \"127.0.0.1:7\" # PORT and {path}:1"));
    assert_eq!(row(&told, "timeout"), format!("timeout = \"3s\" {}", place(4)));
    assert_eq!(row(&told, "tag"), "tag = [\"a\", \"\\\"b\\\"\"] # --tag");
    assert_eq!(row(&shown(&environment, &["--drain", "3s", "--print-config"]), "drain"), "drain = \"3s\" # --drain");
    // What is shown can be a file.
    let again = file("again.toml", &[&told]);
    assert!(shown(&[], &["--config", &again, "--print-config"]).contains("drain = \"2s\""));
}

pub(super) fn a_server_and_its_clients_follow_a_file() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let path = file("follow.toml", &[&format!("listen = \"{free}\"")]);
    let served = Served::of(alone(Program::new("plain", &["--config", &path])));
    assert_eq!(served.address, free);
    let sent = Program::new("plain", &["send", "--config", &path, "--service", "x"]).run();
    assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"), "{}", sent.stderr);
}

pub(super) fn a_file_that_is_wrong_is_told_with_the_place() {
    let path = file("wrong.toml", &["drain = \"10 parsecs\"", "max-fram = 1"]);
    for command in [&["--config", &path][..], &["check", "--config", &path], &["--config", &path, "--print-config"]] {
        let ended = Program::new("plain", command).run();
        assert_eq!((ended.status, &ended.stdout[..]), (2, ""));
        let wanted = format!(
            "error: {path}:1:9: `drain` cannot be this: write a number with a unit: 250ms, 10s, 5m, 2h or 1d\n  |\n\
             1 | drain = \"10 parsecs\"\n  |         ^^^^^^^^^^^^\n\
             error: {path}:2:1: there is no setting `max-fram`; did you mean `max-frame`?\n  |\n2 | max-fram = 1\n  | ^^^^^^^^\n"
        );
        assert_eq!(ended.stderr, wanted);
    }
    let help = Program::new("plain", &["--config", &path, "--help"]).run();
    assert_eq!(help.status, 0, "help must be had whatever is in the file");
    let port = file("port.toml", &["listen = \"127.0.0.1:0\""]);
    let wrong = Program::new("plain", &["--config", &port]).env("PORT", "abc").run();
    assert!(wrong.stderr.contains("PORT in the environment is \"abc\", which is no port"), "{}", wrong.stderr);
}

/// Keeps a server from the ports beside the one that was free a moment ago: those may be somebody's.
fn alone(program: Program) -> Program {
    program.env("FASTTS_HTTP", "off").env("FASTTS_UDP", "off")
}

pub(super) fn a_variable_that_is_misspelt_is_told() {
    let served = Served::of(alone(Program::new("plain", &["--listen", "127.0.0.1:0"])).env("FASTTS_MAX_FRAM", "1KiB"));
    let mut served = served;
    let told = served.stderr_line("FASTTS_MAX_FRAM");
    assert_eq!(told, "warning: FASTTS_MAX_FRAM in the environment is no setting, and is not read; did you mean FASTTS_MAX_FRAME?");
}

#[cfg(feature = "http")]
pub(super) fn no_secret_is_printed() {
    let path = file("secret.toml", &["http-token = \"open sesame\"", "http-tokn = \"sesame\""]);
    let conflict = ("FASTTS_HTTP_TOKEN_FILE", "/dev/null");
    for program in [
        Program::new("plain", &["check"]).env("FASTTS_HTTP_TOKEN", "open sesame"),
        Program::new("plain", &["--http-token", "open sesame", "check"]),
        Program::new("plain", &["--http-token=open sesame", "check"]),
        Program::new("plain", &["check", "--config", &path]),
        Program::new("plain", &["check"]).env("FASTTS_HTTP_TOKEN", "sesame").env(conflict.0, conflict.1),
        Program::new("plain", &["--http-token", "sesame", "--workers", "x"]),
    ] {
        let ended = program.run();
        assert_eq!(ended.status, 2);
        assert!(!ended.stderr.contains("sesame") && !ended.stdout.contains("sesame"), "{}", ended.stderr);
    }
    let both = Program::new("plain", &["check"]).env("FASTTS_HTTP_TOKEN", "x").env(conflict.0, conflict.1).run();
    assert!(
        both.stderr.contains("FASTTS_HTTP_TOKEN in the environment") && both.stderr.contains("FASTTS_HTTP_TOKEN_FILE"),
        "{}",
        both.stderr
    );
}

#[cfg(feature = "http")]
pub(super) fn a_token_that_everybody_reads_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let path = file("token", &["s3cret"]);
    for (mode, told) in [(0o644, true), (0o600, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let mut served = Served::start("plain", &["--listen", "127.0.0.1:0", "--udp", "off", "--http-token-file", &path]);
        let said = served.signal("TERM").end().stderr;
        assert_eq!(
            said.contains(&format!("everybody on this machine can read the token in {path}; say `chmod o-r {path}`")),
            told,
            "{said}"
        );
    }
}
