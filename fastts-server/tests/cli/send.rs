//! `send`.

use std::net::{TcpListener, UdpSocket};

use fastts_testkit::program::{Program, Served, file};

pub(super) fn says_what_is_wrong() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let nobody = Program::new("plain", &["send", "--service", "x", "--server", &free]).run();
    assert_eq!(nobody.status, 1);
    assert!(nobody.stderr.contains(&format!("cannot reach a server at {free}")), "{}", nobody.stderr);
    assert!(nobody.stderr.contains("start one in another terminal"), "{}", nobody.stderr);

    let served = Served::start("plain", &["--listen", "127.0.0.1:0", "--max-frame", "10"]);
    let refused = Program::new("plain", &["send", "--service", "longer than ten bytes", "--server", &served.address]).run();
    assert_eq!((refused.status, &refused.stdout[..]), (1, "ok: false, error: a frame of 25 bytes is over the limit of 10 bytes\n"));

    let empty = Program::new("plain", &["send", "--server", &served.address]).run();
    assert_eq!(empty.status, 2);
    assert!(empty.stderr.contains("there is nothing to send"), "{}", empty.stderr);
    for (metric, reason) in [("many", "`many` is not a number"), ("0x10", "`0x10` is not a number"), ("1e400", "more than a number can be")]
    {
        let word = Program::new("plain", &["send", "--metric", metric, "--server", &served.address]).run();
        assert!(word.status == 2 && word.stderr.contains(reason), "{}", word.stderr);
    }
    #[cfg(feature = "tls")]
    for arguments in [&["send", "--service", "x", "--tls"][..], &["query", "true", "--ca", "x"], &["query", "true", "--follow", "--tls"]] {
        let apart = Program::new("plain", arguments).run();
        assert_eq!(apart.status, 2, "what does not go together is a command line that cannot be understood: {}", apart.stderr);
    }
    // The word for the server is that of the server, too.
    let listen = Program::new("plain", &["send", "--service", "x", "--listen", &served.address]).run();
    assert_eq!(listen.stdout, "ok: true\n", "{}", listen.stderr);
}

pub(super) fn sends_the_events_of_a_file() {
    let mut served = Served::start("headed", &["--listen", "127.0.0.1:0"]);
    let lines: Vec<String> = (0..250).map(|n| format!(r#"{{"service":"api","metric":{n},"time":{}}}"#, 1_000_000_000 + n)).collect();
    let path = file("send.jsonl", &lines.iter().map(|line| &line[..]).collect::<Vec<_>>());
    let sent = Program::new("headed", &["send", "--file", &path, "--batch", "7", "--server", &served.address]).run();
    assert_eq!((sent.status, &sent.stdout[..], &sent.stderr[..]), (0, "250 of 250 events acknowledged\n", ""));
    for n in 0..250 {
        let line = served.line();
        assert!(line.contains(&format!("\"metric\":{n}}}")) && line.contains("\"time\":\"2001-09-09T01:"), "{n}: {line}");
    }
    let ended = served.signal("TERM").end();
    assert!(ended.stderr.contains("250 events had come in 36 messages"), "{}", ended.stderr);
}

pub(super) fn skips_bad_lines_of_a_file_and_fails() {
    let served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let path = file("send-bad.jsonl", &[r#"{"metric":1}"#, "nonsense", "", r#"{"metric":2}"#, r#"{"metric":"x"}"#]);
    let sent = Program::new("plain", &["send", "--file", &path, "--server", &served.address]).run();
    assert_eq!((sent.status, &sent.stdout[..]), (1, "2 of 2 events acknowledged\n"));
    assert!(sent.stderr.contains("line 2: ") && sent.stderr.contains("line 5: "), "{}", sent.stderr);
    assert!(sent.stderr.ends_with("error: 2 of 5 lines were skipped\n"), "{}", sent.stderr);
    let none = Program::new("plain", &["send", "--file", "no such file", "--server", &served.address]).run();
    assert!(none.status == 1 && none.stderr.contains("cannot read no such file: "), "{}", none.stderr);
    let both = Program::new("plain", &["send", "--file", &path, "--metric", "3"]).run();
    assert!(both.status == 2 && both.stderr.contains("cannot be used with"), "{}", both.stderr);
}

/// Who writes into a pipe line by line wants them to arrive before he is done.
pub(super) fn sends_lines_as_they_come() {
    let served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let mut sender = Program::new("plain", &["send", "--file", "-", "--server", &served.address]).open_stdin().spawn();
    for n in 0..3 {
        sender.write(&format!("{{\"service\":\"s{n}\",\"metric\":1}}\n"));
        let line = served.line();
        assert!(line.contains(&format!("\"s{n}\"")), "{line}");
    }
    sender.close_stdin();
    assert_eq!(sender.end().stdout, "3 of 3 events acknowledged\n");
}

pub(super) fn says_which_lines_were_refused() {
    let served = Served::start("plain", &["--listen", "127.0.0.1:0", "--max-frame", "60"]);
    let long = format!(r#"{{"service":"{}","metric":1}}"#, "x".repeat(60));
    let path = file("send-long.jsonl", &[r#"{"metric":1}"#, r#"{"metric":2}"#, &long]);
    let sent = Program::new("plain", &["send", "--file", &path, "--batch", "2", "--server", &served.address]).run();
    assert_eq!((sent.status, &sent.stdout[..]), (1, "2 of 3 events acknowledged\n"));
    assert!(sent.stderr.starts_with("lines 3 to 3: refused: a frame of 71 bytes is over the limit of 60 bytes"), "{}", sent.stderr);
}

pub(super) fn tells_of_text_that_is_not_utf_8() {
    let served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let path = file("send-latin.jsonl", &[]);
    std::fs::write(&path, b"{\"service\":\"a\",\"metric\":1}\n{\"service\":\"caf\xe9\",\"metric\":1}\n").unwrap();
    let sent = Program::new("plain", &["send", "--file", &path, "--server", &served.address]).run();
    assert_eq!((sent.status, &sent.stdout[..]), (0, "2 of 2 events acknowledged\n"));
    assert_eq!(sent.stderr, "line 2: text that is not UTF-8; U+FFFD is in its place\n");
    let replayed = Program::new("plain", &["replay", &path]).run();
    assert!(replayed.status == 0 && replayed.stdout.contains("caf\u{fffd}"), "{replayed:?}");
    assert!(replayed.stderr.contains("line 2: text that is not UTF-8"), "{}", replayed.stderr);
}

pub(super) fn names_what_speaks_on_a_port() {
    #[cfg(feature = "http")]
    {
        let served = Served::start("indexed", &["--listen", "127.0.0.1:0"]);
        let http = served.listens_on("http");
        let told = |arguments: &[&str]| {
            let ended = Program::new("plain", arguments).run();
            assert_eq!(ended.status, 1, "{ended:?}");
            ended.stderr
        };
        for command in [&["send", "--service", "x"][..], &["query", "true"]] {
            let said = told(&[command, &["--server", &http]].concat());
            assert!(said.contains("HTTP is spoken there"), "{said}");
        }
        for command in [&["top", "--once"][..], &["query", "true", "--follow"]] {
            let said = told(&[command, &["--http", &served.address]].concat());
            assert!(said.contains("the Riemann protocol is spoken there"), "{said}");
        }
    }
}

pub(super) fn sends_over_udp() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let mut buffer = [0; 1 << 16];
    let one = Program::new("plain", &["send", "--udp", "--service", "api", "--server", &address]).run();
    assert_eq!((one.status, &one.stdout[..]), (0, "sent; nothing is said to datagrams\n"), "{}", one.stderr);
    let len = server.recv(&mut buffer).unwrap();
    assert_eq!(buffer[..len], [0x32, 5, 0x1a, 3, b'a', b'p', b'i']);
    let path = file("send-udp.jsonl", &[r#"{"service":"a"}"#, "x", r#"{"service":"b"}"#]);
    let many = Program::new("plain", &["send", "--udp", "--file", &path, "--server", &address]).run();
    assert_eq!((many.status, &many.stdout[..]), (1, "2 events sent in 1 datagrams; nothing is said to those\n"), "{}", many.stderr);
    let len = server.recv(&mut buffer).unwrap();
    assert_eq!(buffer[..len], [0x32, 3, 0x1a, 1, b'a', 0x32, 3, 0x1a, 1, b'b']);
    // What is too long for a datagram is skipped, and the others go.
    let long = format!(r#"{{"service":"long","description":"{}"}}"#, "x".repeat(20_000));
    let path = file("send-udp-long.jsonl", &[r#"{"service":"a"}"#, &long, r#"{"service":"b"}"#]);
    let many = Program::new("plain", &["send", "--udp", "--file", &path, "--server", &address]).run();
    assert_eq!((many.status, &many.stdout[..]), (1, "2 events sent in 1 datagrams; nothing is said to those\n"), "{}", many.stderr);
    assert!(
        many.stderr.contains("line 2: an event of 200") && many.stderr.ends_with("error: 1 of 3 lines were skipped\n"),
        "{}",
        many.stderr
    );
    let len = server.recv(&mut buffer).unwrap();
    assert_eq!(buffer[..len], [0x32, 3, 0x1a, 1, b'a', 0x32, 3, 0x1a, 1, b'b']);
    drop(server);
    let nobody = Program::new("plain", &["send", "--udp", "--service", "api", "--server", &address]).run();
    assert!(nobody.status == 1 && nobody.stderr.contains("nobody takes datagrams"), "{}", nobody.stderr);
}
