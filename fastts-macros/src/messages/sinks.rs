//! What is said of sinks.

use super::Message;
use crate::table::Builtin;

/// A sink that the program does not have.
pub(crate) fn absent_sink(name: &str, feature: &str) -> Message {
    if feature.is_empty() {
        return Message::new("FT230", format!("`{name}` is a sink of fastts-server, on which this router does not build"))
            .help("depend on that crate, and write `use fastts_server::router;`");
    }
    Message::new("FT230", format!("`{name}` is a sink behind the feature `{feature}` of fastts-server, which is off"))
        .help(format!("`cargo add fastts-server --features {feature}`, and `use fastts_server::router;`"))
}

/// A literal that is no URL of HTTP.
pub(crate) fn no_url(row: &Builtin, found: &str) -> Message {
    let example = row.sink.map_or("", |sink| sink.example);
    Message::new("FT231", format!("a URL begins with `http://` or `https://` and has a host, found \"{found}\""))
        .help(format!("write `{}(\"{example}\")`", row.name))
}

/// A literal that is no address with a port.
pub(crate) fn no_address(row: &Builtin, found: &str) -> Message {
    let (host, port) = row.sink.and_then(|sink| sink.example.split_once(':')).unwrap_or(("riemann", "5555"));
    let host = found
        .split([':', '/'])
        .find(|part| part.contains(char::is_alphabetic) && !["tcp", "udp", "tls", "http", "https"].contains(part))
        .unwrap_or(host);
    Message::new("FT153", format!("an address has a host and a port, found \"{found}\""))
        .help(format!("write `{}(\"{host}:{port}\")`", row.name))
}
