use std::net::UdpSocket;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, OnceLock};

use fastts_core::event::{Envelope, encode_message};
use fastts_core::testing::{SourceRun, intake};
use fastts_core::{Batch, Time, event};
use fastts_server::sources::udp::{Udp, UdpOptions};

use crate::message::decode;
use crate::served::{PATIENCE, runtime};

/// The longest datagram that is let in.
const LIMIT: usize = 1024;

/// The service of the event that is sent after each input.
const LAST: &str = "the last of all";

/// Sends a datagram to the UDP listener: its events come out when it is a message, none when it is not, and the next one is taken.
pub fn datagrams(data: &[u8]) {
    let (builder, decoded) = decode(data);
    let lasts = builder.finish().iter().filter(|event| event.service() == Some(LAST)).count();
    if lasts > 0 || data.len() > 65_507 {
        return;
    }
    let wanted = if data.len() > LIMIT { 0 } else { decoded.map_or(0, |message| message.events) };
    // Inputs come one by one; the test and a fuzzer of several threads are no exception.
    let served = served().lock().unwrap();
    served.socket.send(data).unwrap();
    served.socket.send(&served.last).unwrap();
    let mut events = 0;
    while let Some(more) = served.delivered.recv_timeout(PATIENCE).unwrap() {
        events += more;
    }
    assert_eq!(events, wanted);
}

/// The listener, a socket connected to it, and what comes out.
struct Served {
    socket: UdpSocket,
    last: Vec<u8>,
    /// How many events came, and `None` for the last of all.
    delivered: Receiver<Option<usize>>,
    _run: SourceRun,
}

fn served() -> &'static Mutex<Served> {
    static SERVED: OnceLock<Mutex<Served>> = OnceLock::new();
    SERVED.get_or_init(|| {
        let mut options = UdpOptions::default();
        options.listen = "127.0.0.1:0".to_owned();
        options.max_datagram = LIMIT;
        let (sender, delivered) = channel();
        let told = move |batch: Batch| {
            let last = batch.iter().any(|event| event.service() == Some(LAST));
            sender.send(Some(batch.len() - usize::from(last))).unwrap();
            if last {
                sender.send(None).unwrap();
            }
            std::future::ready(Ok(Some(batch)))
        };
        let (udp, run) = runtime().block_on(async {
            let udp = Udp::bind(options).await.unwrap();
            (udp.clone(), SourceRun::start(udp, intake(Time::from_secs(1_000_000_000), told)))
        });
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(udp.address()).unwrap();
        let mut last = Vec::new();
        encode_message(Envelope::default(), [event! { service: LAST }.view()], &mut last);
        Mutex::new(Served { socket, last, delivered, _run: run })
    })
}
