//! Serving, the default command.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use fastts_testkit::program::{Program, Served};

pub(super) fn serves_sends_and_drains() {
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

pub(super) fn a_stage_logs_as_the_server_does() {
    let mut served = Served::start("logged", &["--listen", "127.0.0.1:0"]);
    for state in ["ok\n2026-01-01T00:00:00Z ERROR made up", "bad", "worse", "worst"] {
        let sent = Program::new("logged", &["send", "--host", "web1", "--state", state, "--server", &served.address]).run();
        assert_eq!(sent.status, 0, "{}", sent.stderr);
    }
    let ended = served.signal("TERM").end();
    let lines: Vec<&str> = ended.stderr.lines().filter(|line| line.contains("WARN")).collect();
    let texts: Vec<&str> = lines.iter().filter_map(|line| Some(line.split_once("WARN ")?.1)).collect();
    let wanted = [r"web1 is ok\n2026-01-01T00:00:00Z ERROR made up", "web1 is bad", "2 more lines like the last left out within 3600s"];
    assert_eq!(texts, wanted, "{}", ended.stderr);
    assert!(!ended.stderr.contains("not to be seen"), "{}", ended.stderr);
}

pub(super) fn an_expired_event_has_what_the_index_keeps() {
    let served = Served::of(
        Program::new("indexed", &["--listen", "127.0.0.1:0", "--index-keep", "host, tags,attribute.dc"]).env("FASTTS_INDEX_KEEP", "all"),
    );
    let sent = Program::new("indexed", &["send", "--host", "web1", "--service", "up", "--metric", "3", "--ttl", "0.2"])
        .args(&["--tag", "collectd", "--attribute", "dc=eu", "--attribute", "rack=7", "--server", &served.address])
        .run();
    assert_eq!(sent.status, 0, "{}", sent.stderr);
    assert!(served.line().contains(r#""metric":3"#));
    let expired = served.line();
    for part in [r#""host":"web1""#, r#""service":"up""#, r#""state":"expired""#, r#""tags":["collectd"]"#, r#""dc":"eu""#] {
        assert!(expired.contains(part), "{part} is not in {expired}");
    }
    assert!(!expired.contains("metric") && !expired.contains("rack") && !expired.contains("ttl"), "{expired}");
    let wrong = Program::new("indexed", &["--index-keep", "host,tag"]).run();
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("there is no field `tag`; name some of host, service, description"), "{}", wrong.stderr);
}

/// As Riemann does, which reads its configuration again.
pub(super) fn a_hangup_ends_nothing() {
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    served.signal("HUP");
    served.stderr_line("SIGHUP: there are no certificates to read again, nothing changes");
    let sent = Program::new("plain", &["send", "--metric", "3", "--server", &served.address]).run();
    assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"), "{}", sent.stderr);
    assert_eq!(served.signal("TERM").end().status, 0);
}

pub(super) fn signals_that_mean_nothing_end_nothing() {
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    for name in ["USR1", "USR2"] {
        served.signal(name);
        served.stderr_line(&format!("SIG{name} means nothing here"));
    }
    let ended = served.signal("TERM").end();
    assert!(ended.status == 0 && ended.stderr.contains("everything was drained"), "{ended:?}");
}

/// What pipelines print is all that is on the standard output; where nothing is printed it tells where the server listens.
pub(super) fn where_it_listens_is_told_beside_what_is_printed() {
    for (router, nowhere) in [("plain", "1>/dev/null"), ("forwarding", "2>/dev/null")] {
        let program = std::env::current_exe().unwrap();
        let line = format!("exec '{}' --listen 127.0.0.1:0 --udp off {nowhere}", program.display());
        let mut served = Served::of(Program::of("bash").env("FASTTS_TEST_ROUTER", router).args(&["-c", &line]));
        assert!(served.address.starts_with("127.0.0.1:"), "{router}");
        served.signal("TERM").end();
    }
}

pub(super) fn datagrams_come_to_the_port_of_tcp() {
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0", "--udp-max-datagram", "100"]);
    let udp = served.listens_on("udp");
    // Another program may have had that port for UDP already; nobody asked for this one.
    assert_eq!(udp.rsplit_once(':').unwrap().0, "127.0.0.1");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(&[0xff; 200], &udp).unwrap();
    socket.send_to(&[0x32, 8, 0x12, 2, b'o', b'k', 0x1a, 2, b'u', b'p'], &udp).unwrap();
    assert!(served.line().contains(r#""service":"up""#));
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    for said in
        ["dropped a datagram of 200 bytes", "datagrams that were dropped: 1 too long, 0 that could not", "1 events had come in 2 messages"]
    {
        assert!(ended.stderr.contains(said), "{said} is not in {}", ended.stderr);
    }
}

pub(super) fn a_port_for_udp_that_is_in_use_is_told() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let place = taken.local_addr().unwrap().to_string();
    let ended = Program::new("plain", &["--listen", "127.0.0.1:0", "--udp", &place]).run();
    assert_eq!((ended.status, &ended.stdout[..]), (1, ""));
    assert!(ended.stderr.contains("choose another port with --udp ADDR:PORT, or do without it with --udp off"), "{}", ended.stderr);
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0", "--udp", "off", "--http", "off"]);
    assert_eq!(served.signal("TERM").end().status, 0);
}

pub(super) fn what_could_not_be_forwarded_is_told() {
    let mut served = Served::start("forwarding", &["--listen", "127.0.0.1:0", "--drain", "100ms"]);
    let sent = Program::new("forwarding", &["send", "--state", "critical", "--host", "a", "--server", &served.address]).run();
    assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"));
    served.stderr_line("cannot forward to 127.0.0.1:1, which is tried again");
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 1);
    let said = "left behind: 1 event for 127.0.0.1:1, 1 event for 127.0.0.1:1; raise --drain to wait longer";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
}

pub(super) fn says_where_to_send_to() {
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let hint = served.signal("INT").end();
    let command = hint.stderr.lines().find(|line| line.contains(" send ")).unwrap().trim().to_owned();
    assert_eq!(
        command,
        format!("{} send --service api --metric 3 --server {}", std::env::current_exe().unwrap().display(), served.address)
    );
    assert_eq!(hint.status, 0);
}

pub(super) fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Program::new("plain", &["--listen", &address]).run();
    assert_eq!((ended.status, &ended.stdout[..]), (1, ""));
    assert!(ended.stderr.contains(&format!("error: cannot listen on {address}: ")), "{}", ended.stderr);
    assert!(ended.stderr.contains("choose another port with --listen"), "{}", ended.stderr);
}

pub(super) fn a_second_signal_ends_at_once() {
    let mut served = stuck_server(&["--drain", "1h"]);
    served.signal("INT");
    served.stderr_line("SIGINT: draining");
    assert_eq!(served.signal("TERM").end().status, 130);
}

pub(super) fn what_is_left_is_told() {
    let mut served = stuck_server(&["--drain", "100ms"]);
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 1);
    assert!(ended.stderr.contains(r#"event of pipeline "stuck""#), "{}", ended.stderr);
    assert!(ended.stderr.contains("1 connection was cut off before all that was sent was accepted"), "{}", ended.stderr);
}

pub(super) fn each_kind_of_end_is_said_once_and_counted_at_the_exit() {
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let connect = || TcpStream::connect(&served.address).unwrap();
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

pub(super) fn an_idle_connection_is_not_cut_off_without_time_to_drain() {
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0", "--drain", "0s"]);
    let mut idle = TcpStream::connect(&served.address).unwrap();
    idle.write_all(&[0; 4]).unwrap();
    idle.read_exact(&mut [0; 6]).unwrap();
    let ended = served.signal("TERM").end();
    assert!(!ended.stderr.contains("cut off"), "{}", ended.stderr);
}

/// The pipeline is stuck where its data was, in a thread of tokio's: the sockets must be watched by another one.
pub(super) fn a_stage_that_blocks_holds_up_no_other_connection() {
    let served = stuck_server(&["--workers", "2"]);
    for _ in 0..3 {
        let sent = Program::new("stuck", &["send", "--metric", "2", "--server", &served.address, "--timeout", "30s"]).run();
        assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"), "{}", sent.stderr);
    }
}

pub(super) fn a_stage_that_blocks_is_named() {
    let mut served = stuck_server(&[]);
    served.stderr_line("pipeline \"stuck\" has not come back from its events for 3s");
}

pub(super) fn serving_tells_the_place_of_a_panic() {
    let ended = Program::new("constructor", &["--listen", "127.0.0.1:0"]).run();
    assert_eq!((ended.status, &ended.stdout[..]), (1, ""));
    assert!(ended.stderr.contains("error: pipeline \"broken\" cannot be built: no colours left at "), "{}", ended.stderr);
}

pub(super) fn a_stage_that_keeps_every_thread_keeps_nobody_from_the_server() {
    let mut served = Served::start("stuck", &["--listen", "127.0.0.1:0", "--workers", "1", "--drain", "1s"]);
    let http = served.listens_on("http");
    let mut wire = TcpStream::connect(&served.address).unwrap();
    // Events with the metric 2, so that the pipeline is known to be fast, and then one at which it stays.
    for metric in [4, 4, 6] {
        wire.write_all(&[0, 0, 0, 4, 0x32, 2, 0x68, metric]).unwrap();
        served.line();
    }
    let mut client = TcpStream::connect(&http).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(client, "GET /healthz HTTP/1.0\r\nhost: {http}\r\n\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("alive\n"), "{answer}");
    let sent = Program::new("stuck", &["send", "--metric", "2", "--server", &served.address, "--timeout", "30s"]).run();
    assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"), "another thread does the work of the one that is kept: {}", sent.stderr);
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 1);
    assert!(ended.stderr.contains("left behind: ") && !ended.stderr.contains("the drain did not end"), "{}", ended.stderr);
}

pub(super) fn a_pipeline_that_panics_too_often_ends_the_program_when_that_is_wanted() {
    let mut served = Served::start("panicking", &["--listen", "127.0.0.1:0", "--on-stop", "exit"]);
    for _ in 0..8 {
        // It may have ended already.
        let _ = Program::new("panicking", &["send", "--metric", "3", "--server", &served.address, "--timeout", "10s"]).run();
    }
    let ended = served.end();
    assert_eq!(ended.status, 1);
    assert!(ended.stderr.contains("has failed too often (on-stop exit)"), "{}", ended.stderr);
}

/// Starts a server whose only pipeline has come to a stage that does not end.
fn stuck_server(arguments: &[&str]) -> Served {
    let served = Served::start("stuck", &[&["--listen", "127.0.0.1:0"], arguments].concat());
    let mut wire = TcpStream::connect(&served.address).unwrap();
    // An event with the metric 3.
    wire.write_all(&[0, 0, 0, 4, 0x32, 2, 0x68, 6]).unwrap();
    assert_eq!(served.line(), "stuck");
    // The connection stays open.
    std::mem::forget(wire);
    served
}

pub(super) fn a_source_of_ones_own_runs_beside_the_listeners() {
    let mut served = Served::of(Program::new("ticking", &["--listen", "127.0.0.1:0"]));
    let tick = r#"{"time":"1970-01-01T00:00:01Z","service":"tick"}"#;
    assert_eq!((served.line(), served.line()), (tick.to_owned(), tick.to_owned()));
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
}

pub(super) fn a_source_whose_items_no_pipeline_takes_is_told() {
    let ended = Program::new("mistyped", &["--listen", "127.0.0.1:0"]).run();
    assert_eq!((ended.status, &ended.stdout[..]), (1, ""));
    assert!(ended.stderr.contains("error: cannot run source \"texts\": no pipeline takes `alloc::string::String`"), "{}", ended.stderr);
}
