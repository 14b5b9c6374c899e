//! Who is let in.

use fastts_server::sources::http::Token;

use crate::http::client::open;
use crate::http::served::{recorded, serve};

#[test]
fn a_token_opens_everything_and_without_it_there_is_life_alone() {
    let served = serve(|options| options.token = Some(Token::new("s3cret").unwrap()));
    let right = "authorization: Bearer s3cret";
    let wrong = [
        "",
        "authorization: Bearer",
        "authorization: Bearer ",
        "authorization: Bearer s3cre",
        "authorization: Bearer s3crets",
        "authorization: Basic s3cret",
        "authorization: s3cret",
        "x-token: s3cret",
    ];
    let rows = [
        ("GET /healthz", true),
        ("GET /readyz", true),
        ("GET /", false),
        ("GET /metrics", false),
        ("GET /stats", false),
        ("GET /nowhere", false),
        ("GET /metrics?token=s3cret", false),
        ("POST /events\ncontent-length: 0", false),
        ("POST /events?token=s3cret\ncontent-length: 0", false),
        ("OPTIONS /events", false),
    ];
    for (request, is_open) in rows {
        for header in wrong {
            let answer = served.ask(&format!("{request}\n{header}"));
            assert_eq!(answer.status != 401, is_open, "{request} with {header:?} is answered {answer:?}");
            assert_eq!(answer.header("www-authenticate"), (!is_open).then_some("bearer realm=\"fastts\""), "{request}");
        }
        for right in [right, "authorization: bearer s3cret", "authorization: BEARER  s3cret"] {
            assert_ne!(served.ask(&format!("{request}\n{right}")).status, 401, "{request} with {right}");
        }
    }
    let (_, header) = right.split_once(": ").unwrap();
    assert_eq!(open(served.address, "/events", &[]).err(), Some(401));
    assert_eq!(open(served.address, "/events?token=other", &[]).err(), Some(401));
    assert_eq!(open(served.address, "/events?token=s3cret", &[("authorization", "Bearer other")]).err(), Some(401));
    assert!(open(served.address, "/events", &[("authorization", header)]).is_ok());
    assert!(open(served.address, "/events?token=s3cret", &[]).is_ok(), "a browser cannot set headers for a WebSocket");
}

#[test]
fn a_body_without_the_token_is_not_taken() {
    let served = serve(|options| options.token = Some(Token::new("s3cret").unwrap()));
    assert_eq!(served.connect().post("{\"service\":\"unauthorised\"}").status, 401);
    assert!(recorded("unauthorised", 0).is_empty());
    assert_eq!(served.meter().read().refused, 1);
}

#[test]
fn web_pages_from_elsewhere_are_not_let_in() {
    let served = serve(|options| options.origins = vec!["https://dash.example".to_owned()]);
    let rows = [("https://dash.example", true), ("http://localhost:4567", true), ("https://evil.example", false), ("null", false)];
    for (origin, may) in rows {
        let answer = served.ask(&format!("GET /stats\norigin: {origin}"));
        assert_eq!(answer.status, if may { 200 } else { 403 }, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), may.then_some(origin));
        assert_eq!(open(served.address, "/events", &[("origin", origin)]).err(), (!may).then_some(403), "{origin}");
    }
    let preflight =
        "OPTIONS /events\norigin: https://dash.example\naccess-control-request-method: POST\naccess-control-request-headers: authorization";
    let answer = served.ask(preflight);
    assert_eq!((answer.status, answer.header("access-control-allow-headers")), (204, Some("authorization, content-type")));
}
