//! Who is let in.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HOST, ORIGIN, VARY, WWW_AUTHENTICATE,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::listener::HttpState;
use super::options::{HttpOptions, Token};
use super::parameters;

/// Lets a request through to its route, or answers why not.
pub(super) async fn guard(State(shared): State<Arc<HttpState>>, request: Request, next: Next) -> Response {
    let options = &shared.options;
    let refused = match host_of(&request) {
        Err(reason) => Some((StatusCode::BAD_REQUEST, format!("{reason}\n"))),
        Ok(host) if may_ask(&shared, host, request.uri().path()) => None,
        Ok(host) => {
            let host = host.unwrap_or_default();
            let reason = format!("this server is not called {host:?}; give it that name with --http-cors http://{host}, or set a token\n");
            Some((StatusCode::FORBIDDEN, reason))
        }
    };
    if let Some(refused) = refused {
        shared.meter.refused(1);
        return refused.into_response();
    }
    let origin = request.headers().get(ORIGIN).cloned();
    if let Some(origin) = &origin
        && !may_come_from(options, origin, request.headers())
    {
        shared.meter.refused(1);
        let reason = "web pages from there are not let in; allow their origin with --http-cors\n";
        return (StatusCode::FORBIDDEN, reason).into_response();
    }
    let mut response = match () {
        // A browser asks this first, without the token.
        () if request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) => preflight(),
        () if !is_open(request.uri().path()) && !options.token.as_ref().is_none_or(|token| knows(token, &request)) => {
            shared.meter.refused(1);
            let wanted = [(WWW_AUTHENTICATE, "Bearer realm=\"fastts\"")];
            (StatusCode::UNAUTHORIZED, wanted, "say `Authorization: Bearer TOKEN`, with the token of --http-token\n").into_response()
        }
        () => next.run(request).await,
    };
    if let Some(origin) = origin {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().append(VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// Returns the name, with its port, by which the server was asked; an error says why there is none.
fn host_of(request: &Request) -> Result<Option<&str>, &'static str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() < Version::HTTP_11 => Ok(None),
        (None, _) => Err("the header `Host` is missing"),
        (Some(_), Some(_)) => Err("the header `Host` is there twice"),
        (Some(host), None) if host.is_empty() => Ok(None),
        (Some(host), None) => {
            let name = host.to_str().ok().filter(|name| name.parse::<Authority>().is_ok() && !name.contains('@'));
            name.map(Some).ok_or("the header `Host` is no name with a port")
        }
    }
}

/// Returns whether the server may be asked by that name.
///
/// A page can have its name point at this machine, after which its scripts are of the same origin as a server that listens here. What it
/// cannot have is a name without a dot, or an address for its name; and it knows no token.
fn may_ask(shared: &HttpState, name: Option<&str>, path: &str) -> bool {
    let options = &shared.options;
    let guarded = shared.meter.address().ip().is_loopback() && options.token.is_none() && !is_open(path);
    !guarded || name.is_none_or(|name| is_own_name(options, host(name)))
}

fn is_own_name(options: &HttpOptions, name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_address = name.starts_with('[') || name.parse::<std::net::Ipv4Addr>().is_ok();
    let named = |origin: &String| origin == "*" || origin.split_once("://").is_some_and(|(_, of)| host(of).eq_ignore_ascii_case(&name));
    is_address || !name.contains('.') || name.ends_with(".localhost") || options.origins.iter().any(named)
}

fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Returns whether a path is for everybody: what asks whether the server lives need not know its token.
fn is_open(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}

/// Returns whether a path may be asked with the token in the address: those that browsers open in ways which cannot set headers.
/// Addresses end up in logs and histories, so that no other path takes it there.
fn takes_token_in_address(path: &str) -> bool {
    ["/events", "/index", "/pubsub"].iter().any(|live| path.strip_prefix(live).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn knows(token: &Token, request: &Request) -> bool {
    if let Some(header) = request.headers().get(AUTHORIZATION) {
        let (scheme, secret) = header.as_bytes().split_at(header.len().min(7));
        return scheme.eq_ignore_ascii_case(b"bearer ") && token.is(secret.trim_ascii());
    }
    request.method() == Method::GET
        && takes_token_in_address(request.uri().path())
        && parameters::get(request.uri(), "token").is_some_and(|secret| token.is(secret.as_bytes()))
}

/// Returns whether a browser may come from a web page: any page can open a WebSocket to any server that its reader reaches, and
/// send it events, so that no other pages are let in than those of the same machine, and those that were named.
fn may_come_from(options: &HttpOptions, origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    if options.origins.iter().any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let Some((_, authority)) = origin.split_once("://") else { return false };
    let from = host(authority);
    let here = headers.get(HOST).and_then(|here| here.to_str().ok()).map(host);
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| local.eq_ignore_ascii_case(from))
        || here.is_some_and(|here| here.eq_ignore_ascii_case(from))
}

/// Returns an authority without its port.
fn host(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_same_machine_and_those_that_were_named_may_come() {
        let options = HttpOptions { origins: vec!["https://dash.example".to_owned()], ..HttpOptions::default() };
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("metrics.example:5556"));
        let rows = [
            ("https://dash.example", true),
            ("HTTPS://DASH.example", true),
            ("http://dash.example", false),
            ("http://localhost:4567", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:4567", true),
            ("http://metrics.example:4567", true),
            ("http://metrics.example.evil.example", false),
            ("http://evil.example:5556", false),
            ("http://localhost.evil.example", false),
            ("null", false),
        ];
        for (origin, may) in rows {
            assert_eq!(may_come_from(&options, &HeaderValue::from_static(origin), &headers), may, "{origin}");
        }
        let all = HttpOptions { origins: vec!["*".to_owned()], ..HttpOptions::default() };
        assert!(may_come_from(&all, &HeaderValue::from_static("null"), &headers));
    }

    #[test]
    fn a_name_that_somebody_else_may_have_is_not_that_of_this_machine() {
        let options = HttpOptions { origins: vec!["https://dash.example:8443".to_owned()], ..HttpOptions::default() };
        let own = ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "192.168.0.7", "[::1]", "web1", "Dash.Example", "dash.example."];
        let others = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example.", "1.2.3", "dash.example.evil"];
        assert!(own.into_iter().all(|name| is_own_name(&options, name)));
        assert!(!others.into_iter().any(|name| is_own_name(&options, name)));
        assert!(is_own_name(&HttpOptions { origins: vec!["*".to_owned()], ..HttpOptions::default() }, "evil.example"));
    }

    #[test]
    fn there_is_one_host() {
        let asked = |version, hosts: &[&str]| {
            let request = hosts.iter().fold(axum::http::Request::get("/").version(version), |request, host| request.header(HOST, *host));
            let request = request.body(axum::body::Body::empty()).unwrap();
            host_of(&request).map(|host| host.map(str::to_owned))
        };
        assert_eq!(asked(Version::HTTP_11, &["a:7"]), Ok(Some("a:7".to_owned())));
        assert_eq!((asked(Version::HTTP_11, &[""]), asked(Version::HTTP_10, &[])), (Ok(None), Ok(None)));
        for wrong in [&[][..], &["a", "a"], &["a b"], &["a/b"], &["u@a"], &["a, b"]] {
            assert!(asked(Version::HTTP_11, wrong).is_err(), "{wrong:?}");
        }
        assert!(asked(Version::HTTP_10, &["a", "b"]).is_err());
    }

    #[test]
    fn a_token_is_taken_in_the_address_of_live_routes_alone() {
        let live = ["/events", "/index", "/index/", "/pubsub/x"];
        let others = ["/", "/metrics", "/stats", "/indexes", "/eventsource"];
        assert!(live.into_iter().all(takes_token_in_address));
        assert!(!others.into_iter().any(takes_token_in_address));
    }
}
