//! The sinks of `fastts-server`. A test there holds the rows against the code.

use super::Emits::Tap;
use super::Passes::Same;
use super::Wants::{self, Address, Path, Url, Value};
use super::{Builtin, Sink, stage};

/// The options of every sink, and those of this one.
macro_rules! options {
    ($($own:literal)*) => {
        &["queue", "bytes", "overflow", "batch", "every", "timeout", "retry", "breaker", "lanes", "rate", "per", $($own),*]
    };
}

/// A sink, which passes on what it is given and yields to what the router names itself.
const fn sink(
    name: &'static str,
    usage: &'static str,
    positional: &'static [Wants],
    options: &'static [&'static str],
    sink: Sink,
) -> Builtin {
    Builtin { sink: Some(sink), ..stage(name, usage, positional, Tap).with_options(options).passing(Same).yielding() }
}

/// One that is always there.
const fn plain(example: &'static str, texts: &'static [&'static str]) -> Sink {
    Sink { feature: "", example, texts }
}

/// One that sends requests over HTTP.
const fn over_http(example: &'static str, texts: &'static [&'static str]) -> Sink {
    Sink { feature: "http-sinks", example, texts }
}

/// All of them, in the order of the page about them.
pub(super) static SINKS: &[Builtin] = &[
    sink("forward", "forward(address)", &[Address], options![], plain("riemann:5555", &[])),
    sink("riemann", "riemann(address)", &[Address], options![], plain("riemann:5555", &[])),
    sink("file", "file(path)", &[Path], options!["line" "rotate" "zone"], plain("", &["line"])),
    sink("tcp", "tcp(address)", &[Address], options!["line" "tls"], plain("logs:9000", &["line"])),
    sink("udp", "udp(address)", &[Address], options!["line"], plain("logs:9000", &["line"])),
    sink("unix", "unix(path)", &[Value], options!["line"], plain("", &["line"])),
    sink("graphite", "graphite(address)", &[Address], options!["path" "tags" "protocol"], plain("graphite:2003", &["path"])),
    sink(
        "http_post",
        "http_post(url)",
        &[Url],
        options!["body" "form" "method" "headers" "content_type" "encoding" "bearer" "basic" "tls"],
        over_http("https://hooks.example/alerts", &["body"]),
    ),
    sink("slack", "slack(url)", &[Url], options!["text" "tls"], over_http("https://hooks.slack.com/services/…", &["text"])),
    sink("pagerduty", "pagerduty(key)", &[Value], options!["key" "summary" "action" "url" "tls"], over_http("", &["key", "summary"])),
    sink(
        "email",
        "email(to)",
        &[Value],
        options!["from" "subject" "text" "html" "relay" "login" "security" "tls"],
        Sink { feature: "email", example: "", texts: &["subject", "text", "html"] },
    ),
    sink(
        "alertmanager",
        "alertmanager(url)",
        &[Url],
        options!["labels" "resolved" "bearer" "basic" "tls"],
        over_http("http://alertmanager:9093", &[]),
    ),
    sink(
        "influxdb",
        "influxdb(url)",
        &[Url],
        options!["db" "bucket" "org" "token" "basic" "measurement" "tags" "tls"],
        over_http("http://influxdb:8086", &["measurement"]),
    ),
];
