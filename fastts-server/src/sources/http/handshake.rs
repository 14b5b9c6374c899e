//! Handshakes of WebSockets that the protocol (RFC 6455, 4.2) forbids: answered with what is wrong, and not as a request for something else.

use axum::extract::Request;
use axum::http::header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The version of the protocol.
const VERSION: &str = "13";

/// Lets a request through to its route, unless it means to open a WebSocket and cannot.
pub(super) async fn check(request: Request, next: Next) -> Response {
    match mistake(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

fn mistake(request: &Request) -> Option<Response> {
    let headers = request.headers();
    let upgrades = lists(headers, &UPGRADE, "websocket");
    // Who has to say neither wants something else.
    if request.method() != Method::GET || !(upgrades || headers.contains_key(SEC_WEBSOCKET_KEY)) {
        return None;
    }
    let bad = |reason: &str| Some((StatusCode::BAD_REQUEST, format!("this is no handshake of a WebSocket: {reason}\n")).into_response());
    if !upgrades {
        return Some(needed("`Upgrade: websocket` is missing; does a proxy on the way leave it out?"));
    }
    if request.version() < Version::HTTP_11 {
        return bad("it takes HTTP/1.1");
    }
    if !lists(headers, &CONNECTION, "upgrade") {
        return bad("`Connection: Upgrade` is missing; does a proxy on the way leave it out?");
    }
    let mut versions = headers.get_all(SEC_WEBSOCKET_VERSION).iter();
    match (versions.next(), versions.next()) {
        (Some(version), None) if version == VERSION => {}
        (None, _) => return Some(needed("`Sec-WebSocket-Version: 13` is missing")),
        _ => return Some(needed("the version that is spoken here is 13")),
    }
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    match (keys.next(), keys.next()) {
        (Some(key), None) if is_key(key.as_bytes()) => None,
        (None, _) => bad("`Sec-WebSocket-Key` is missing"),
        _ => bad("`Sec-WebSocket-Key` must be there once, and be 16 bytes in base64"),
    }
}

/// Answers what has to be said to open a WebSocket.
fn needed(reason: &str) -> Response {
    let headers = [
        (SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION)),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (CONNECTION, HeaderValue::from_static("upgrade")),
    ];
    (StatusCode::UPGRADE_REQUIRED, headers, format!("this is no handshake of a WebSocket: {reason}\n")).into_response()
}

/// Returns whether a header that is a list names something.
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(wanted))
}

/// Returns whether bytes are sixteen others in base64.
fn is_key(key: &[u8]) -> bool {
    let Some(digits) = key.strip_suffix(b"==").filter(|digits| digits.len() == 22) else { return false };
    digits.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_handshake_is_told() {
        const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
        let fine =
            [("connection", "keep-alive, Upgrade"), ("upgrade", "WebSocket"), ("sec-websocket-version", "13"), ("sec-websocket-key", KEY)];
        let without = |name: &str| fine.into_iter().filter(|(one, _)| *one != name).collect::<Vec<_>>();
        let with = |name: &'static str, value: &'static str| [without(name), vec![(name, value)]].concat();
        let rows = [
            (fine.to_vec(), None, ""),
            (vec![], None, ""),
            (vec![("connection", "keep-alive")], None, ""),
            (vec![("upgrade", "h2c")], None, ""),
            (with("sec-websocket-version", "8"), Some(426), "13"),
            (with("sec-websocket-version", "13, 8"), Some(426), "13"),
            (without("sec-websocket-version"), Some(426), "`Sec-WebSocket-Version: 13` is missing"),
            (without("upgrade"), Some(426), "`Upgrade: websocket` is missing"),
            (without("connection"), Some(400), "`Connection: Upgrade` is missing"),
            (with("connection", "close"), Some(400), "`Connection: Upgrade` is missing"),
            (without("sec-websocket-key"), Some(400), "`Sec-WebSocket-Key` is missing"),
            (with("sec-websocket-key", "c2hvcnQ="), Some(400), "16 bytes"),
            (with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=!"), Some(400), "16 bytes"),
            ([fine.to_vec(), vec![("sec-websocket-key", KEY)]].concat(), Some(400), "once"),
        ];
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (headers, status, reason) in rows {
            let request = headers.iter().fold(axum::http::Request::get("/index"), |request, (name, value)| request.header(*name, *value));
            let answer = mistake(&request.body(Body::empty()).unwrap());
            assert_eq!(answer.as_ref().map(|answer| answer.status().as_u16()), status, "{headers:?}");
            let Some(answer) = answer else { continue };
            assert_eq!(answer.headers().contains_key(SEC_WEBSOCKET_VERSION), status == Some(426), "{headers:?}");
            let body = runtime.block_on(axum::body::to_bytes(answer.into_body(), 1_000)).unwrap();
            assert!(std::str::from_utf8(&body).unwrap().contains(reason), "{headers:?}: {body:?}");
        }
    }
}
