//! The rules of the protocol, over real sockets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::common::{NOW, PATIENCE, Recorder, Served, Wire, events, frame, raw_frame, serve, serve_to, until};
use fastts_core::Metric;
use fastts_core::testing::comply;
use fastts_server::sources::tcp::{Tcp, TcpOptions};
use fastts_testkit::proto::{Attribute, Event, Msg, Query};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const PING: [u8; 4] = [0; 4];

fn query(text: &str) -> Query {
    Query { string: Some(text.to_owned()) }
}

#[test]
fn events_are_accepted_and_acknowledged() {
    let served = serve(|_| {});
    let mut wire = served.connect();
    wire.send(&frame(&events(["a", "b"])));
    assert_eq!(wire.read_frame().unwrap(), [0x10, 1]);
    let services: Vec<_> = served.recorder.events(2).iter().map(|event| event.service().unwrap().to_owned()).collect();
    assert_eq!(services, ["a", "b"]);
}

#[test]
fn an_event_without_a_time_is_stamped_and_one_with_a_time_is_not() {
    let served = serve(|_| {});
    let timed = |time, time_micros| Msg { events: vec![Event { time, time_micros, ..Event::default() }], ..Msg::default() };
    let mut wire = served.connect();
    for message in [timed(None, None), timed(Some(7), None), timed(Some(7), Some(7_500_000))] {
        wire.send(&frame(&message));
        assert_eq!(wire.answer().unwrap(), "ok");
    }
    let micros: Vec<_> = served.recorder.events(3).iter().map(|event| event.time().unwrap().as_micros()).collect();
    assert_eq!(micros, [NOW.as_micros(), 7_000_000, 7_500_000]);
}

#[test]
fn requests_sent_at_once_are_one_batch_and_answered_in_order() {
    let served = serve(|_| {});
    let mut wire = served.connect();
    let asking = Msg { query: Some(query("true")), ..events(["before the query"]) };
    let not_utf8 = raw_frame(&[0x32, 3, 0x1a, 1, 0xff]);
    let requests = [frame(&events(["a"])), not_utf8, PING.to_vec(), raw_frame(b"\xff\xff"), frame(&events(["b", "c"])), frame(&asking)];
    wire.send(&requests.concat());
    let expected = ["ok", "ok", "ok", "the key of a field is cut short at byte 0", "ok", "no index"];
    for expected in expected {
        assert_eq!(wire.answer().unwrap(), expected);
    }
    let batches = served.recorder.batches(5);
    assert_eq!(batches.len(), 1, "all frames of one read are one batch");
    let services: Vec<_> = batches[0].iter().map(|event| event.service().unwrap()).collect();
    assert_eq!(services, ["a", "\u{fffd}", "b", "c", "before the query"]);
    assert_eq!(served.server.as_ref().unwrap().meter().read().mended, 1, "text that is not UTF-8 costs no event");
    wire.send(&PING);
    assert_eq!(wire.answer().unwrap(), "ok", "refusals keep the connection");
}

#[test]
fn the_meter_tells_what_came_and_what_became_of_it() {
    let served = serve(|options| options.max_connections = 1);
    let meter = Arc::clone(served.server.as_ref().unwrap().meter());
    assert_eq!((meter.transport(), meter.address()), ("tcp", served.address));
    let mut wire = served.connect();
    let requests = [frame(&events(["a", "b"])), raw_frame(b"\xff\xff"), PING.to_vec()].concat();
    wire.send(&requests);
    let answers: Vec<_> = (0..3).map(|_| wire.answer().unwrap()).collect();
    assert_eq!(answers, ["ok", "the key of a field is cut short at byte 0", "ok"]);
    until("three messages were counted as handled", || meter.read().latency.count() == 3);
    assert!(served.connect().answer().is_some_and(|answer| answer.contains("--max-connections")));
    let seen = meter.read();
    assert_eq!((seen.connections, seen.open, seen.turned_away, seen.under_way), (1, 1, 1, 0));
    assert_eq!((seen.messages, seen.events, seen.refused, seen.bytes), (3, 2, 1, requests.len() as u64));
    drop(wire);
    until("the connection was counted as closed", || meter.read().open == 0);
}

#[test]
fn an_event_over_the_limit_is_told_and_the_others_are_taken() {
    let served = serve(|options| options.max_event = 1_000);
    let mut wire = Wire::connect(served.address);
    let long = "x".repeat(1_000);
    let limit = "events of this message have more than 1000 bytes, which is the limit (--max-event)";
    for (services, answer) in [
        (&["a", &long, "b"][..], format!("1 of 3 {limit}; the others were taken")),
        (&[&*long][..], format!("1 of 1 {limit}")),
        (&[&long[10..], "c"], "ok".to_owned()),
    ] {
        wire.send(&frame(&events(services.iter().copied())));
        assert_eq!(wire.answer(), Some(answer));
    }
    let services: Vec<usize> = served.recorder.events(4).iter().map(|event| event.service().unwrap().len()).collect();
    assert_eq!(services, [1, 1, 990, 1]);
    let seen = served.server.as_ref().unwrap().meter().read();
    assert_eq!((seen.too_long, seen.refused, seen.events), (2, 2, 4));
}

#[test]
fn a_frame_over_the_limit_is_refused_and_the_connection_closed() {
    let served = serve(|options| options.max_frame = 1_000);
    let mut wire = served.connect();
    wire.send(&frame(&events(["a"]))).send(&1_001_u32.to_be_bytes());
    assert_eq!(wire.answers_to_the_end(), ["ok", "a frame of 1001 bytes is over the limit of 1000 bytes"]);
    let mut wire = served.connect();
    wire.send(&raw_frame(&[0x92, 0x03].into_iter().chain([0x80 | 100, 7]).chain([0; 996]).collect::<Vec<_>>()));
    assert_eq!(wire.answer().unwrap(), "ok", "a frame of the limit is fine, and unknown fields are passed over");
}

#[test]
fn the_refusal_of_a_long_frame_arrives_though_the_client_sends_on() {
    let served = serve(|_| {});
    let mut wire = served.connect();
    let mut sender = Wire(wire.0.try_clone().unwrap());
    let thread = std::thread::spawn(move || {
        use std::io::Write;
        let block = [b' '; 64 << 10];
        // It ends when the server has closed, or when all was taken.
        (0..100).take_while(|_| sender.0.write_all(&block).is_ok()).count()
    });
    assert_eq!(wire.answers_to_the_end(), ["a frame of 538976288 bytes is over the limit of 16777216 bytes"]);
    assert!(thread.join().unwrap() > 0);
}

#[test]
fn a_client_that_has_said_all_gets_its_answers() {
    let served = serve(|_| {});
    let mut wire = served.connect();
    wire.send(&frame(&events(["a"]))).send(&PING).half_close();
    assert_eq!(wire.answers_to_the_end(), ["ok", "ok"]);
}

#[test]
fn a_frame_that_is_cut_off_is_dropped() {
    let served = serve(|_| {});
    let mut wire = served.connect();
    let whole = frame(&events(["a"]));
    wire.send(&whole).send(&whole[..whole.len() - 1]).half_close();
    assert_eq!(wire.answers_to_the_end(), ["ok"]);
    assert_eq!(served.recorder.events(1).len(), 1);
}

#[test]
fn bytes_that_come_one_by_one_make_the_same_events() {
    let served = serve(|_| {});
    let mut wire = served.connect();
    for byte in [frame(&events(["slow"])), PING.to_vec(), frame(&events(["slower"]))].concat() {
        wire.send(&[byte]);
    }
    assert_eq!([wire.answer(), wire.answer(), wire.answer()].map(Option::unwrap), ["ok"; 3]);
    assert_eq!(served.recorder.events(2)[1].service(), Some("slower"));
}

#[test]
fn a_frame_of_many_reads_arrives_whole() {
    let served = serve(|options| options.max_event = 16 << 20);
    let mut wire = served.connect();
    let long = "x".repeat(9 << 20);
    wire.send(&frame(&events([&long[..], "short"]))).send(&frame(&events(["next"])));
    assert_eq!([wire.answer(), wire.answer()].map(Option::unwrap), ["ok"; 2]);
    let arrived = served.recorder.events(3);
    assert!(arrived[0].service() == Some(&long[..]), "all of it arrives");
    assert_eq!((arrived[1].service(), arrived[2].service()), (Some("short"), Some("next")));
}

#[test]
fn an_idle_connection_is_closed_after_its_time() {
    let served = serve(|options| options.idle_timeout = Duration::from_millis(50));
    let mut wire = served.connect();
    wire.send(&PING);
    let begun = Instant::now();
    assert_eq!(wire.answers_to_the_end(), ["ok"]);
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn half_a_frame_has_a_time_out_that_more_bytes_do_not_move() {
    let served = serve(|options| options.frame_timeout = Duration::from_millis(200));
    let mut wire = served.connect();
    let mut sender = Wire(wire.0.try_clone().unwrap());
    wire.send(&[0, 0, 1, 0]);
    // The classic slow-loris: a byte whenever the last has been taken.
    let loris = std::thread::spawn(move || {
        use std::io::Write;
        let begun = Instant::now();
        let (sent, wait) = std::sync::mpsc::channel::<()>();
        while begun.elapsed() < PATIENCE && sender.0.write_all(&[1]).is_ok() {
            // A pause without anything to wait for.
            let _ = wait.recv_timeout(Duration::from_millis(2));
        }
        drop(sent);
    });
    let mut other = served.connect();
    other.send(&frame(&events(["meanwhile"])));
    assert_eq!(other.answer().unwrap(), "ok");
    assert_eq!(wire.answer().unwrap(), "the frame was not complete within 200ms");
    loris.join().unwrap();
}

#[test]
fn a_frame_in_time_makes_the_connection_idle_again() {
    let served = serve(|options| options.frame_timeout = Duration::from_millis(300));
    let mut wire = served.connect();
    let whole = frame(&events(["a"]));
    let begun = Instant::now();
    // Longer than the time-out of one frame in sum; each frame comes in halves.
    while begun.elapsed() < Duration::from_millis(600) {
        wire.send(&whole[..7]);
        wire.send(&whole[7..]);
        assert_eq!(wire.answer().unwrap(), "ok");
    }
}

#[test]
fn a_client_that_never_reads_is_closed_and_holds_up_nobody() {
    let served = serve(|options| options.write_timeout = Duration::from_millis(300));
    let wire = served.connect();
    // Frames of four bytes have answers of six, so the answers fill the pipe first.
    wire.0.set_write_timeout(Some(PATIENCE)).unwrap();
    let flood = [0; 1 << 20];
    let mut sender = Wire(wire.0.try_clone().unwrap());
    let end = {
        use std::io::Write;
        (0..1_000).find_map(|_| sender.0.write_all(&flood).err())
    };
    let end = end.expect("a server that takes a gigabyte from a client that does not read is not bounded");
    assert!(matches!(end.kind(), std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe), "{end}");
    let mut other = served.connect();
    other.send(&PING);
    assert_eq!(other.answer().unwrap(), "ok");
}

#[test]
fn answers_that_are_not_read_are_bounded_for_all_connections_together() {
    // Nothing but the bytes that are held ends the connection.
    let served = serve(|options| (options.max_unfinished, options.write_timeout) = (20 << 10, 100 * PATIENCE));
    let mut wire = served.connect();
    let flood = [0; 1 << 10];
    let end = {
        use std::io::Write;
        (0..1_000_000).find_map(|_| wire.0.write_all(&flood).err())
    };
    let end = end.expect("a server that takes a gigabyte from a client that does not read is not bounded");
    assert!(matches!(end.kind(), std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe), "{end}");
}

#[test]
fn a_flood_of_refusals_is_answered_in_order_to_a_client_that_reads() {
    use std::io::Write;
    const FRAMES: usize = 100_000;
    let mut served = serve(|_| {});
    let mut wire = served.connect();
    let mut sender = Wire(wire.0.try_clone().unwrap());
    let flood = std::thread::spawn(move || {
        let refused = raw_frame(&[0xff]);
        let accepted = frame(&events(["x"]));
        // What is written in one go is read in few.
        let frames: Vec<u8> = (0..FRAMES).flat_map(|number| if number % 100 == 0 { accepted.clone() } else { refused.clone() }).collect();
        sender.0.write_all(&frames).unwrap();
        sender.half_close();
    });
    for number in 0..FRAMES {
        let expected = if number % 100 == 0 { "ok" } else { "the key of a field is cut short at byte 0" };
        assert_eq!(wire.answer().unwrap(), expected, "{number}");
    }
    assert_eq!(wire.answer(), None);
    flood.join().unwrap();
    assert_eq!(served.recorder.events(FRAMES / 100).len(), FRAMES / 100);
    assert_eq!(served.server.as_ref().unwrap().meter().read().messages as usize, FRAMES);
    assert_eq!(served.stop(PATIENCE), 0);
}

#[test]
fn what_waits_for_pipelines_is_bounded_and_nothing_of_it_is_lost() {
    const CONNECTIONS: usize = 20;
    // A message of 10,000 events takes 640 KB at least, while it waits.
    let mut served = serve_to(Recorder::closed(), |options| options.max_unfinished = 2 << 20);
    let message = raw_frame(&[0x32, 0].repeat(10_000));
    let mut wires: Vec<Wire> = (0..CONNECTIONS).map(|_| served.connect()).collect();
    wires.iter_mut().for_each(|wire| _ = wire.send(&message));
    let read = |served: &crate::common::Served| served.server.as_ref().unwrap().meter().read().messages;
    until("some messages were read", || read(&served) >= 2);
    let mut last = served.connect();
    last.send(&message).0.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(std::io::Read::read(&mut last.0, &mut [0]).is_err(), "nothing is accepted");
    // The last that fits, one over the limit, and one that the other thread read meanwhile.
    assert!(read(&served) <= 5, "{} messages were read", read(&served));
    assert_eq!(served.stop(Duration::ZERO), CONNECTIONS + 1, "what could not be accepted is told");
    assert_eq!(last.answer(), None);
}

#[test]
fn what_was_held_off_goes_on_when_there_is_room() {
    const CONNECTIONS: usize = 20;
    let served = serve_to(Recorder::closed(), |options| options.max_unfinished = 1 << 20);
    let message = raw_frame(&[0x32, 0].repeat(10_000));
    let mut wires: Vec<Wire> = (0..CONNECTIONS).map(|_| served.connect()).collect();
    wires.iter_mut().for_each(|wire| _ = wire.send(&message));
    until("some messages were read", || served.server.as_ref().unwrap().meter().read().messages >= 1);
    served.recorder.gate.add_permits(CONNECTIONS);
    for wire in &mut wires {
        assert_eq!(wire.answer().unwrap(), "ok");
    }
    assert_eq!(served.recorder.events(CONNECTIONS * 10_000).len(), CONNECTIONS * 10_000);
}

#[test]
fn a_connection_too_many_is_told_so_and_closed() {
    let served = serve(|options| options.max_connections = 2);
    let mut open = [served.connect(), served.connect()];
    for wire in &mut open {
        wire.send(&PING);
        assert_eq!(wire.answer().unwrap(), "ok");
    }
    let refusal = "there are 2 connections already, which is the limit (--max-connections)";
    assert_eq!(served.connect().answers_to_the_end(), [refusal]);
    let [first, mut second] = open;
    drop(first);
    until("there is room again", || {
        let mut wire = served.connect();
        let _ = std::io::Write::write_all(&mut wire.0, &PING);
        wire.answer().is_some_and(|answer| answer == "ok")
    });
    second.send(&PING);
    assert_eq!(second.answer().unwrap(), "ok");
}

#[test]
fn unfinished_frames_of_all_connections_are_bounded() {
    let served = serve(|options| options.max_unfinished = 1 << 20);
    let mut greedy = served.connect();
    let mut sender = Wire(greedy.0.try_clone().unwrap());
    let thread = std::thread::spawn(move || {
        use std::io::Write;
        let half = [&(8_u32 << 20).to_be_bytes()[..], &[0; 3 << 20]].concat();
        // The server may close before all is written.
        let _ = sender.0.write_all(&half);
    });
    // The answer can be lost when the client is still writing, the end cannot.
    let answers = greedy.answers_to_the_end();
    assert!(answers.iter().all(|answer| answer.contains("too many unfinished frames")), "{answers:?}");
    thread.join().unwrap();
    let fits = "x".repeat(300_000);
    // A client sees the end of its connection before the server has put away all of it.
    until("what the other held was given back", || {
        let mut modest = served.connect();
        modest.send(&frame(&events([&fits[..]])));
        modest.answer().as_deref() == Some("ok")
    });
}

#[test]
fn nothing_is_acknowledged_before_it_is_accepted() {
    let mut served = serve_to(Recorder::closed(), |_| {});
    let mut wire = served.connect();
    wire.send(&[frame(&events(["a"])), frame(&events(["b"]))].concat());
    wire.0.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(std::io::Read::read(&mut wire.0, &mut [0]).is_err(), "no answer while the pipelines are full");
    served.recorder.gate.add_permits(1);
    wire.0.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!([wire.answer(), wire.answer()].map(Option::unwrap), ["ok"; 2]);
    wire.send(&frame(&events(["c"])));
    until("the frame was read", || served.server.as_ref().unwrap().meter().read().messages == 3);
    assert_eq!(served.stop(Duration::from_millis(10)), 1, "what was not accepted is told at the end");
    assert_eq!(wire.answer(), None);
}

#[test]
fn what_is_not_accepted_is_refused() {
    let served = serve_to(Recorder::refusing("the router is shutting down"), |_| {});
    let mut wire = served.connect();
    wire.send(&[frame(&events(["a"])), frame(&events(["b"]))].concat());
    assert_eq!(wire.answers_to_the_end(), ["the router is shutting down"; 2]);
}

#[test]
fn a_server_that_stops_answers_what_has_come_and_closes_the_rest() {
    let mut served = serve(|_| {});
    let (mut busy, mut idle) = (served.connect(), served.connect());
    idle.send(&PING);
    assert_eq!(idle.answer().unwrap(), "ok");
    busy.send(&frame(&events(["a"])));
    assert_eq!(busy.answer().unwrap(), "ok");
    busy.send(&frame(&events(["b"]))).send(&[0, 0]);
    assert_eq!(served.stop(PATIENCE), 0);
    assert_eq!(busy.answers_to_the_end(), ["ok"]);
    assert_eq!(idle.answers_to_the_end(), [""; 0]);
    assert_eq!(served.recorder.events(2).len(), 2);
    assert!(std::net::TcpStream::connect(served.address).is_err(), "the port is free again");
}

#[test]
fn a_connection_with_nothing_under_way_is_not_cut_off() {
    let mut served = serve(|_| {});
    let (mut idle, mut half) = (served.connect(), served.connect());
    for wire in [&mut idle, &mut half] {
        wire.send(&PING);
        assert_eq!(wire.answer().unwrap(), "ok");
    }
    half.send(&[0, 0, 0]);
    assert_eq!(served.stop(Duration::ZERO), 0, "nothing was sent that could have been accepted");
}

/// Sends one event and returns it as it arrived.
fn sent(event: Event) -> fastts_core::Event {
    let served = serve(|_| {});
    let mut wire = served.connect();
    wire.send(&frame(&Msg { events: vec![event], ..Msg::default() }));
    assert_eq!(wire.answer().unwrap(), "ok");
    served.recorder.events(1).remove(0)
}

#[test]
fn quirks_of_the_clients_in_use_are_understood() {
    let base = Event::default;
    // Ruby fills two metric fields.
    let ruby = Event { metric_d: Some(2.5), metric_f: Some(2.5), ..base() };
    assert_eq!(sent(ruby).metric(), Metric::Float(2.5));
    let ruby = Event { metric_sint64: Some(-3), metric_f: Some(-3.0), metric_d: Some(9.0), ..base() };
    assert_eq!(sent(ruby).metric(), Metric::Int(-3));
    // Python and Node send every number as a 32-bit float.
    let python = Event { metric_f: Some(3.5), ..base() };
    assert_eq!(sent(python).metric(), Metric::Float(3.5));
    // bernhard sends neither host nor time.
    let bernhard = sent(Event { service: Some("s".to_owned()), ..base() });
    assert_eq!((bernhard.host(), bernhard.time()), (None, Some(NOW)));
    // collectd sends time in both units, and over UDP texts that are there and empty.
    let collectd = Event { time: Some(3), time_micros: Some(3_250_000), service: Some(String::new()), ..base() };
    let collectd = sent(collectd);
    assert_eq!((collectd.time().unwrap().as_micros(), collectd.service()), (3_250_000, Some("")));
    // The C client adds an attribute, and one without a value is a key all the same.
    let attribute = |key: &str, value: Option<&str>| Attribute { key: key.to_owned(), value: value.map(str::to_owned) };
    let c = sent(Event { attributes: vec![attribute("x-client", Some("riemann-c-client")), attribute("bare", None)], ..base() });
    assert_eq!(c.attribute("x-client"), Some("riemann-c-client"));
    assert_eq!(c.attribute("host"), None);
}

#[test]
fn a_listener_that_is_run_again_has_the_same_port_and_counters() {
    let mut served = serve(|_| {});
    let ping = |served: &Served| {
        let mut wire = served.connect();
        wire.send(&PING);
        assert_eq!(wire.answer().unwrap(), "ok");
    };
    ping(&served);
    let meter = Arc::clone(served.server.as_ref().unwrap().meter());
    served.run_again();
    ping(&served);
    until("both were counted", || meter.read().connections == 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_the_promises_of_a_source() {
    let mut options = TcpOptions::default();
    options.listen = "127.0.0.1:0".to_owned();
    let tcp = Tcp::bind(options).await.unwrap();
    let address = tcp.address();
    let bring = async || {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&frame(&events(["one"]))).await.unwrap();
    };
    comply(|| tcp.clone(), bring).await;
}
