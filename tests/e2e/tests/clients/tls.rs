//! Who is not let in over TLS.

use libtest_mimic::Trial;
use serde_json::json;

use crate::certificates::{self, Files};
use crate::client::{Client, Program, Transport};
use crate::server::{Server, Target};

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, client: Client, test: fn(&Client, &Program)| {
        let missing = client.program.as_ref().err().cloned();
        crate::trial(name.to_owned(), missing.as_ref(), move || test(&client, client.program.as_ref().unwrap()))
    };
    let (c, rust) = (|| crate::c::clients().remove(0), crate::rust::clients().remove(0));
    vec![
        trial("rust_riemann_client_with_a_strange_certificate_is_refused", rust, strange_is_refused),
        trial("riemann_c_client_without_a_known_certificate_is_refused", c(), unknown_is_refused),
        trial("riemann_c_client_without_tls_is_refused_on_its_port", c(), plain_is_refused),
    ]
}

/// Sends with a client that is refused, and then with one that is not.
fn refuses(client: &Client, program: &Program, refused: impl Fn(&Target) -> Target, logged: &str) {
    let mut server = Server::start();
    let target = server.target(Transport::Tls);
    // Each time it is refused, and told once in a while.
    for _ in 0..2 {
        let said = (client.send)(program, &refused(&target), &json!({ "service": "refused" })).unwrap_err();
        assert!(!said.is_empty());
    }
    server.logs(logged);
    (client.send)(program, &target, &json!({ "service": "let in" })).unwrap();
    assert_eq!(server.event_where("at all", |_| true)["service"], "let in");
    assert_eq!(server.end().matches(logged).count(), 1, "it is told once in a while");
}

/// Trusts the server, and has a certificate of somebody else's.
fn stranger(target: &Target) -> Target {
    let ca = target.tls.ca.clone();
    Target { tls: Files { ca, ..certificates::strange().client.clone() }, ..target.clone() }
}

fn strange_is_refused(client: &Client, program: &Program) {
    refuses(client, program, stranger, "the certificate of the client is of no authority in the file of --tls-client-ca");
}

fn unknown_is_refused(client: &Client, program: &Program) {
    // GnuTLS shows none that the server does not ask for.
    refuses(client, program, stranger, "the client showed no certificate, and --tls-client-ca asks for one");
}

fn plain_is_refused(client: &Client, program: &Program) {
    let plain = |target: &Target| Target { transport: Transport::Tcp, ..target.clone() };
    refuses(client, program, plain, "this port speaks TLS and the client does not");
}
