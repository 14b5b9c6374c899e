//! Settings: flags, the environment, and a file.

use std::net::TcpListener;

use crate::program::{Program, Served};

pub(super) fn the_environment_goes_before_the_default_and_a_flag_before_it() {
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
    let log = Program::new("plain", &[]).env("FASTTS_LOG", "verbose").run();
    assert!(log.stderr.contains("there is no level `verbose`"), "{}", log.stderr);
    // Empty is as if it was not there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let port = free.rsplit_once(':').unwrap().1;
    let served = Served::of(Program::new("plain", &[]).env("FASTTS_LISTEN", "").env("FASTTS_DRAIN", "").env("PORT", port));
    assert_eq!(served.address, free);
}
