//! The client of the command line, over TLS.

use crate::keys::{Authority, Signed};
use crate::wire::{Served, serve};
use fastts_testkit::program::{Ended, Program};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("the_command_line_sends_over_tls", the_command_line_sends_over_tls),
    ("a_server_that_is_not_to_be_trusted_gets_nothing", a_server_that_is_not_to_be_trusted_gets_nothing),
    ("a_client_shows_its_certificate", a_client_shows_its_certificate),
    ("keys_and_certificates_of_a_client_are_told_of_too", keys_and_certificates_of_a_client_are_told_of_too),
];

fn send(served: &Served, trusted: &Authority, more: &[&str]) -> Ended {
    let ca = served.files.write("trusted.pem", &trusted.certificate.pem());
    let (ca, server) = (ca.to_str().unwrap(), served.address.to_string());
    let send = ["send", "--service", "api", "--metric", "3", "--tls", "--ca", ca, "--server", &server];
    Program::new("printing", &[&send, more].concat()).run()
}

fn the_command_line_sends_over_tls() {
    let served = serve(|_, _| {});
    let sent = send(&served, &served.authority, &[]);
    assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"), "{}", sent.stderr);
    assert_eq!(served.recorder.events(1)[0].view().service(), Some("api"));
    let named = send(&served, &served.authority, &["--server-name", "localhost"]);
    assert_eq!(named.status, 0, "{}", named.stderr);
}

fn a_server_that_is_not_to_be_trusted_gets_nothing() {
    let served = serve(|_, _| {});
    let other = send(&served, &Authority::new("other"), &[]);
    assert_eq!(other.status, 1);
    assert!(other.stderr.contains("the certificate of the server is of no authority that is trusted here"), "{}", other.stderr);
    let name = send(&served, &served.authority, &["--server-name", "elsewhere.example"]);
    let told = "the certificate of the server is not for elsewhere.example, but for ";
    assert!(name.status == 1 && name.stderr.contains(told) && name.stderr.contains("localhost"), "{}", name.stderr);
    assert_eq!(served.read().events, 0);

    let plain = crate::common::serve(|_| {});
    let ca = served.files.write("trusted.pem", &served.authority.certificate.pem());
    let arguments = ["send", "--service", "api", "--tls", "--ca", ca.to_str().unwrap(), "--server", &plain.address.to_string()];
    let none = Program::new("printing", &arguments).run();
    assert!(none.status == 1 && none.stderr.contains("cannot reach a server over TLS at "), "{}", none.stderr);
    assert!(none.stderr.contains("what is there does not speak TLS; leave out --tls"), "{}", none.stderr);
    let server = served.address.to_string();
    let plainly = Program::new("printing", &["send", "--service", "api", "--server", &server]).run();
    assert!(plainly.status == 1 && plainly.stderr.contains("TLS is spoken there; add --tls"), "{}", plainly.stderr);
}

fn keys_and_certificates_of_a_client_are_told_of_too() {
    let served = serve(|_, _| {});
    let key = served.files.write("encrypted.pem", include_str!("files/encrypted.pem"));
    let curve = served.files.write("p521.pem", include_str!("files/p521.pem"));
    let certificate = served.files.path("certificate.pem");
    for (key, told) in [(key, "the key in it is encrypted with a passphrase"), (curve, "its key is one of the curve P-521")] {
        let ended = send(&served, &served.authority, &["--cert", certificate.to_str().unwrap(), "--key", key.to_str().unwrap()]);
        assert!(ended.status == 1 && ended.stderr.contains(told), "{}", ended.stderr);
        assert!(ended.stderr.contains("warning: everybody on this machine can read the key in"), "{}", ended.stderr);
    }
}

fn a_client_shows_its_certificate() {
    let clients = Authority::new("clients");
    let served = serve(|options, files| options.client_ca = Some(files.write("clients.pem", &clients.certificate.pem())));
    let without = send(&served, &served.authority, &[]);
    assert!(without.status == 1 && without.stderr.contains("CertificateRequired"), "{}", without.stderr);
    let Signed { certificate, key } = clients.sign("client", |_| {});
    let certificate = served.files.write("client.pem", &certificate);
    let key = served.files.write("client-key.pem", &key.serialize_pem());
    let with = send(&served, &served.authority, &["--cert", certificate.to_str().unwrap(), "--key", key.to_str().unwrap()]);
    assert_eq!((with.status, &with.stdout[..]), (0, "ok: true\n"), "{}", with.stderr);
}
