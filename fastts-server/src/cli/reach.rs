//! How to reach the server that is spoken to.

use std::net::ToSocketAddrs;
#[cfg(feature = "tls")]
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::arguments::Serve;
use super::{arguments, output, values};
use crate::riemann::client::Client;
#[cfg(feature = "tls")]
use crate::riemann::trust::Trust;

/// A way to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Tcp,
    Udp,
    #[cfg(feature = "tls")]
    Tls,
}

/// Where the server is, and how to speak to it.
#[derive(Debug, Args)]
#[command(next_help_heading = "The server")]
pub(super) struct Reach {
    /// The server [default: that of the settings, such as --listen].
    #[arg(long, alias = "listen", value_name = "ADDR:PORT", value_parser = arguments::address)]
    server: Option<String>,
    /// How long it may take to reach the server and to get its reply; of a file, each reply.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = values::duration)]
    timeout: Duration,
    #[cfg(feature = "tls")]
    #[command(flatten)]
    tls: TlsArguments,
}

#[cfg(feature = "tls")]
#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
struct TlsArguments {
    /// Speaks TLS.
    #[arg(long)]
    tls: bool,
    /// The authorities that may have signed the certificate of the server, in PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The certificate to show to a server that asks for one, in PEM.
    #[arg(long, value_name = "FILE")]
    cert: Option<PathBuf>,
    /// The key of that certificate, in PEM.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The name that the certificate of the server must have [default: the host of --server].
    #[arg(long, value_name = "NAME")]
    server_name: Option<String>,
}

impl Reach {
    /// Says which flags do not go together.
    ///
    /// # Errors
    /// When some do not.
    pub(super) fn check(&self) -> Result<(), String> {
        #[cfg(feature = "tls")]
        self.tls.check()?;
        Ok(())
    }

    /// Returns how long it may take to reach the server, and to get a reply.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns the address of the server, if it was said.
    pub(super) fn named(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// Returns whether TLS is asked for.
    pub(super) fn is_secure(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.tls;
        #[cfg(not(feature = "tls"))]
        false
    }

    /// Returns the address of the server: what was said, or where one with these settings is.
    ///
    /// # Errors
    /// When that cannot be known.
    pub(super) fn server(&self, udp: bool, serve: &Serve) -> Result<String, String> {
        if udp && self.is_secure() {
            return Err("there is no TLS over UDP; say --udp or --tls".to_owned());
        }
        let over = match udp {
            true => Over::Udp,
            #[cfg(feature = "tls")]
            false if self.tls.tls => Over::Tls,
            false => Over::Tcp,
        };
        self.server.clone().map_or_else(|| serve.server(over), Ok)
    }

    /// Connects to it.
    ///
    /// # Errors
    /// When that fails: why, and what to do.
    pub(super) fn connect(&self, server: &str) -> Result<Client, String> {
        #[cfg(feature = "tls")]
        if let Some(trust) = self.tls.trust()? {
            let cannot = |error| format!("cannot reach a server over TLS at {server}: {error}; say where it is with --server ADDR:PORT");
            return Client::connect_secure(server, &trust, self.timeout).map_err(cannot);
        }
        Client::connect(server, self.timeout).map_err(|error| {
            let program = output::program();
            format!(
                "cannot reach a server at {server}: {error}\nstart one in another terminal with `{program}`, or say where it is with --server ADDR:PORT"
            )
        })
    }
}

#[cfg(feature = "tls")]
impl TlsArguments {
    /// Says which flags do not go together.
    fn check(&self) -> Result<(), String> {
        let named = [("--ca", &self.ca), ("--cert", &self.cert), ("--key", &self.key)].into_iter().find(|(_, file)| file.is_some());
        match (self.tls, named, &self.ca) {
            (false, Some((flag, _)), _) => Err(format!("{flag} is for TLS; add --tls")),
            (true, _, None) => Err("say with --ca FILE which authorities may have signed the certificate of the server".to_owned()),
            _ if self.cert.is_some() != self.key.is_some() => {
                Err("a certificate goes with its key; give both --cert FILE and --key FILE".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Returns whom to trust; `None` without TLS.
    fn trust(&self) -> Result<Option<Trust>, String> {
        self.check()?;
        let Some(ca) = self.ca.as_ref().filter(|_| self.tls) else { return Ok(None) };
        if let Some(key) = &self.key {
            output::warn_of_readers(key, "the key");
        }
        let trust = Trust::new(ca, self.cert.as_deref().zip(self.key.as_deref()))?;
        self.server_name.as_ref().map_or(Ok(trust.clone()), |name| trust.with_name(name)).map(Some)
    }
}

/// Returns the address to reach a server at that listens there: one that listens everywhere is also here.
pub(super) fn reachable(listen: &str) -> String {
    let everywhere = |text: &str| text.to_socket_addrs().ok()?.next().filter(|address| address.ip().is_unspecified());
    match everywhere(listen) {
        Some(address) if address.is_ipv4() => format!("127.0.0.1:{}", address.port()),
        Some(address) => format!("[::1]:{}", address.port()),
        None => listen.to_owned(),
    }
}

/// Returns the address with the port behind that of another, where HTTP is; any that is free behind port 0.
///
/// # Errors
/// When there is no such port.
pub(super) fn behind(tcp: &str) -> Result<String, String> {
    let behind = |(host, port): (&str, &str)| match port.parse::<u16>().ok()? {
        0 => Some(format!("{host}:0")),
        port => Some(format!("{host}:{}", port.checked_add(1)?)),
    };
    let none = || format!("there is no port behind that of {tcp} for HTTP, say --http ADDR:PORT or --http off");
    tcp.rsplit_once(':').and_then(behind).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_reached_here() {
        assert_eq!(reachable("0.0.0.0:7"), "127.0.0.1:7");
        assert_eq!(reachable("[::]:7"), "[::1]:7");
        assert_eq!(reachable("127.0.0.2:7"), "127.0.0.2:7");
    }

    #[cfg(feature = "tls")]
    #[test]
    fn flags_of_tls_go_together() {
        use clap::Parser;

        use crate::cli::arguments::Cli;

        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            reach: Reach,
        }

        let reach = |line: &str| Line::parse_from(line.split(' ')).reach;
        let at = |line: &str, udp: bool, settings: &str| reach(line).server(udp, &Cli::parse_from(settings.split(' ')).serve);
        let fine = |server: &str| Ok(server.to_owned());
        assert_eq!(at("send --tls", false, "route --listen 0.0.0.0:5555"), fine("127.0.0.1:5554"));
        assert_eq!(at("send --tls", false, "route --tls b:7"), fine("b:7"));
        assert_eq!(at("send --tls --server a:1", false, "route"), fine("a:1"));
        assert_eq!(at("send", false, "route --listen b:5555"), fine("b:5555"));
        assert_eq!(at("send", true, "route --listen b:5555"), fine("b:5555"));
        assert_eq!(at("send", true, "route --udp [::]:7"), fine("[::1]:7"));
        assert!(at("send", true, "route --udp off").unwrap_err().contains("--server ADDR:PORT"));
        assert!(at("send --tls", true, "route").unwrap_err().contains("no TLS over UDP"));
        for (line, wanted) in [
            ("send --ca a.pem", "--ca is for TLS; add --tls"),
            ("send --key a.pem", "--key is for TLS"),
            ("send --tls", "--ca FILE"),
            ("send --tls --ca a.pem --cert b.pem", "give both --cert FILE and --key FILE"),
            ("send --tls --ca no-such.pem", "cannot use no-such.pem: "),
        ] {
            let told = reach(line).tls.trust().unwrap_err();
            assert!(told.contains(wanted), "{line}: {told}");
        }
    }
}
