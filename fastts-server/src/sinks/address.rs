//! Where a sink sends to.

/// Returns a text if it is a host, a colon and a port that is not 0. `router!` looks at literals already while compiling.
///
/// # Panics
/// When it is not.
#[track_caller]
pub(super) fn address(stage: &str, text: String, example: &str) -> String {
    let is_address = text.rsplit_once(':').is_some_and(|(host, port)| {
        let digits = port.bytes().all(|one| one.is_ascii_digit());
        !host.is_empty() && !host.contains('/') && digits && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    assert!(is_address, "{stage} wants an address with a port, such as \"{example}\", not {text:?}");
    text
}

/// Returns the host of such an address, without the brackets of one of IPv6.
pub(super) fn host(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for (given, wanted) in [("a:1", "a"), ("127.0.0.1:65535", "127.0.0.1"), ("[::1]:80", "::1")] {
            assert_eq!(host(&address("tcp", given.to_owned(), "")), wanted);
        }
        for wrong in ["", "a", ":1", "a:", "a:0", "a:65536", "a:+1", "a:x", "http://a:80", "a:80/x"] {
            assert!(std::panic::catch_unwind(|| address("tcp", wrong.to_owned(), "logs:9000")).is_err(), "{wrong:?}");
        }
    }
}
