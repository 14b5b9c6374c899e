//! The program: what it says, and that it reads its certificates again.

use std::io::Read;
use std::net::SocketAddr;

use crate::common::{Wire, events, frame};
use crate::keys::{Authority, Directory};
use crate::wire::{in_file, secure, shown};
use fastts_testkit::program::{Program, Served};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_program_reads_its_certificates_again_on_sighup", sighup),
    ("what_clients_do_wrong_is_said_once_in_words", what_clients_do_wrong_is_said),
    ("a_key_that_takes_long_or_is_read_by_all_is_told", keys_are_warned_of),
    ("a_program_without_what_tls_needs_says_so", what_is_missing_is_said),
];

/// Starts a program with TLS, and returns where that is.
fn start(files: &Directory, authority: &Authority, arguments: &[&str]) -> (Served, SocketAddr) {
    let signed = authority.sign("server", |_| {});
    let certificate = files.write("certificate.pem", &signed.certificate);
    let key = files.write("key.pem", &signed.key.serialize_pem());
    let tls = ["--tls", "127.0.0.1:0", "--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let server = Served::of(Program::new("tls", &["--listen", "127.0.0.1:0", "--http", "off"]).args(&tls).args(arguments));
    let address = server.listens_on("tls").parse().unwrap();
    (server, address)
}

fn keys_are_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let files = Directory::new();
    let certificate = files.write("certificate.pem", include_str!("files/rsa-4096-certificate.pem"));
    let key = files.write("key.pem", include_str!("files/rsa-4096-key.pem"));
    for (mode, read) in [(0o644, true), (0o600, false)] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        let tls = ["--tls", "127.0.0.1:0", "--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
        let said = Served::of(Program::new("tls", &["--listen", "127.0.0.1:0", "--http", "off"]).args(&tls)).signal("TERM").end().stderr;
        assert!(said.contains("is one of RSA with 4096 bits"), "{said}");
        assert_eq!(said.contains("everybody on this machine can read the key in"), read, "{said}");
    }
    let authority = Authority::new("authority");
    let said = start(&files, &authority, &[]).0.signal("TERM").end().stderr;
    assert!(!said.contains("RSA"), "{said}");
}

fn sighup() {
    let (files, authority) = (Directory::new(), Authority::new("authority"));
    let (mut server, address) = start(&files, &authority, &[]);
    let mut old = secure(address, &authority, None);
    old.send(&frame(&events(["before"])));
    assert_eq!(old.answer().unwrap(), "ok");
    let first = shown(&old);

    files.write("certificate.pem", "no certificate");
    server.signal("HUP");
    server.stderr_line("SIGHUP: the certificates stay as they were: cannot use ");
    let mut still = secure(address, &authority, None);
    still.send(&frame(&events(["still"])));
    assert_eq!(still.answer().unwrap(), "ok");
    assert_eq!(shown(&still), first);

    let signed = authority.sign("new", |_| {});
    let file = files.write("certificate.pem", &signed.certificate);
    files.write("key.pem", &signed.key.serialize_pem());
    server.signal("HUP");
    server.stderr_line("SIGHUP: the certificates were read again");
    let mut new = secure(address, &authority, None);
    new.send(&frame(&events(["new"])));
    assert_eq!(new.answer().unwrap(), "ok");
    assert_eq!(shown(&new), in_file(&file));
    old.send(&frame(&events(["after"])));
    assert_eq!(old.answer().unwrap(), "ok");

    let services = [(); 4].map(|()| server.line());
    assert!(services[3].contains("after"), "{services:?}");
    let ended = server.signal("TERM").end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
}

fn what_clients_do_wrong_is_said() {
    let (files, authority, clients) = (Directory::new(), Authority::new("authority"), Authority::new("of clients"));
    let ca = files.write("clients.pem", &clients.certificate.pem());
    let (mut server, address) = start(&files, &authority, &["--tls-client-ca", ca.to_str().unwrap()]);
    let refused = |mut wire: crate::wire::Secure| {
        let _ = std::io::Write::write_all(&mut wire.0, &[0; 4]);
        assert!(wire.0.read(&mut [0]).is_err());
    };
    refused(secure(address, &authority, None));
    server.stderr_line("the client showed no certificate, and --tls-client-ca asks for one");
    for _ in 0..2 {
        let mut plain = Wire::connect(address);
        plain.send(&frame(&events(["plain"])));
        let _ = plain.0.read_to_end(&mut Vec::new());
    }
    server.stderr_line("this port speaks TLS and the client does not");
    let ended = server.signal("TERM").end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let said = ended.stderr.matches("this port speaks TLS and the client does not").count();
    assert_eq!(said, 2, "at once, and that there was one more at the end: {}", ended.stderr);
    assert!(ended.stderr.contains("1 more connection ended since that was last said"), "{}", ended.stderr);
}

fn what_is_missing_is_said() {
    let (files, authority) = (Directory::new(), Authority::new("authority"));
    let expired = authority.sign("expired", |params| params.not_after = rcgen::date_time_ymd(2020, 1, 2));
    let certificate = files.write("certificate.pem", &expired.certificate);
    let (certificate, missing) = (certificate.to_str().unwrap(), files.path("missing.pem"));
    let missing = missing.to_str().unwrap();
    let rows = [
        (vec!["--tls-cert", certificate], "TLS needs the key of the certificate, --tls-key FILE".to_owned(), 2),
        (vec!["--tls-cert", certificate, "--tls-key", missing], format!("cannot use {missing} (--tls-key): No such file"), 1),
    ];
    for (arguments, said, status) in rows {
        let ended = Program::new("tls", &["--listen", "127.0.0.1:0", "--http", "off", "--tls", "127.0.0.1:0"]).args(&arguments).run();
        assert_eq!((ended.status, &ended.stdout[..]), (status, ""), "{}", ended.stderr);
        assert!(ended.stderr.contains(&said), "{}", ended.stderr);
    }
    let program = Program::new("tls", &["--listen", "127.0.0.1:0", "--http", "off", "--tls", "127.0.0.1:0", "--tls-cert", certificate]);
    let ended = program.env("FASTTS_TLS_KEY", missing).run();
    assert!(ended.stderr.contains(&format!("cannot use {missing} (FASTTS_TLS_KEY): No such file")), "{}", ended.stderr);
    let key = files.write("key.pem", &expired.key.serialize_pem());
    let arguments = ["--listen", "127.0.0.1:0", "--http", "off", "--tls", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key"];
    let mut server = Served::of(Program::new("tls", &arguments).args(&[key.to_str().unwrap()]));
    server.stderr_line("(--tls-cert) expired at 2020-01-02T00:00:00Z: clients will refuse it");
}
