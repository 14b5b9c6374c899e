//! The part of the command line that is about TLS.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::arguments::address;
use super::reach::reachable;
use super::values::{self, Place};
use crate::sources::tcp::TcpOptions;
use crate::sources::tls::TlsOptions;

/// Where TLS listens when nobody says anything else, on the host of TCP.
const DEFAULT_PORT: &str = "5554";

/// Where TLS is, and who the server is. The limits are those of TCP.
#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
pub(super) struct TlsArguments {
    /// Where to take connections with TLS; or off [default: port 5554 of the host of --listen, when there is a certificate].
    ///
    /// It needs --tls-cert and --tls-key. The limits of connections are those of --listen, for these alone.
    #[arg(long, env = "FASTTS_TLS", value_name = "ADDR:PORT", value_parser = |text: &str| values::place(text, address))]
    tls: Option<Place>,
    /// A PEM file with the certificate of this server, and those up to an authority that clients know.
    ///
    /// SIGHUP reads it again, as it does the other files of TLS; connections that are open go on.
    #[arg(long, env = "FASTTS_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// A PEM file with the key of the certificate (PKCS #8, PKCS #1 or SEC 1).
    #[arg(long, env = "FASTTS_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// A PEM file with authorities: every client must show a certificate of one of them.
    #[arg(long, env = "FASTTS_TLS_CLIENT_CA", value_name = "FILE")]
    tls_client_ca: Option<PathBuf>,
    /// How long the handshake may take.
    #[arg(long, env = "FASTTS_TLS_HANDSHAKE_TIMEOUT", value_name = "TIME", default_value = "10s", value_parser = values::some_time)]
    tls_handshake_timeout: Duration,
}

impl TlsArguments {
    /// Returns whether there is to be TLS.
    pub(super) fn is_on(&self) -> bool {
        match &self.tls {
            Some(Place::Off) => false,
            Some(Place::At(_)) => true,
            None => self.tls_cert.is_some() || self.tls_key.is_some() || self.tls_client_ca.is_some(),
        }
    }

    /// Returns where a server with these settings takes connections with TLS when it listens at `tcp`.
    ///
    /// # Errors
    /// When it does not.
    pub(super) fn server(&self, tcp: &str) -> Result<String, String> {
        match &self.tls {
            Some(Place::Off) => Err("the settings say --tls off; say where the server is with --server ADDR:PORT".to_owned()),
            Some(Place::At(listen)) => Ok(reachable(listen)),
            None => Ok(beside(&reachable(tcp))),
        }
    }

    /// Returns the options of the TLS server, `None` when it is off; `tcp` are those of the TCP server.
    ///
    /// # Errors
    /// When a file that is needed was not named.
    pub(super) fn options(&self, tcp: TcpOptions) -> Result<Option<TlsOptions>, String> {
        if !self.is_on() {
            return Ok(None);
        }
        let missing = |what: &str| format!("TLS needs {what}; or do without it with --tls off");
        let certificate = self.tls_cert.clone().ok_or_else(|| missing("a certificate, --tls-cert FILE"))?;
        let key = self.tls_key.clone().ok_or_else(|| missing("the key of the certificate, --tls-key FILE"))?;
        let listen = match &self.tls {
            Some(Place::At(listen)) => listen.clone(),
            _ => beside(&tcp.listen),
        };
        Ok(Some(TlsOptions {
            tcp: TcpOptions { listen, ..tcp },
            client_ca: self.tls_client_ca.clone(),
            handshake_timeout: self.tls_handshake_timeout,
            ..TlsOptions::new(certificate, key)
        }))
    }
}

/// Returns where TLS is when TCP is there.
fn beside(tcp: &str) -> String {
    format!("{}:{DEFAULT_PORT}", tcp.rsplit_once(':').map_or(tcp, |(host, _)| host))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::arguments::Cli;

    fn options(arguments: &[&str]) -> Result<Option<TlsOptions>, String> {
        let cli = Cli::try_parse_from([&["route"], arguments].concat()).map_err(|error| error.to_string())?;
        cli.serve.tls.options(cli.serve.tcp("127.0.0.1:5555".to_owned()))
    }

    #[test]
    fn it_is_off_until_there_is_a_certificate() {
        assert_eq!(options(&[]), Ok(None));
        let certificate = ["--tls-cert", "a.pem", "--tls-key", "b.pem"];
        assert_eq!(options(&certificate), Ok(Some(TlsOptions::new("a.pem", "b.pem"))));
        assert_eq!(options(&[&certificate[..], &["--tls", "off"]].concat()), Ok(None));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (arguments, missing) in [
            (&["--tls", "127.0.0.1:5554"][..], "--tls-cert FILE"),
            (&["--tls-cert", "a.pem"], "--tls-key FILE"),
            (&["--tls-key", "a.pem"], "--tls-cert FILE"),
            (&["--tls-client-ca", "a.pem"], "--tls-cert FILE"),
        ] {
            assert!(options(arguments).unwrap_err().contains(missing), "{arguments:?}");
        }
    }

    #[test]
    fn every_flag_is_heard() {
        let arguments = "--tls [::1]:7 --tls-cert a --tls-key b --tls-client-ca c --tls-handshake-timeout 3s --max-frame 1KiB";
        let heard = options(&arguments.split(' ').collect::<Vec<_>>()).unwrap().unwrap();
        let tcp = TcpOptions { listen: "[::1]:7".to_owned(), max_frame: 1 << 10, ..TcpOptions::default() };
        let (client_ca, handshake_timeout) = (Some(PathBuf::from("c")), Duration::from_secs(3));
        assert_eq!(heard, TlsOptions { tcp, client_ca, handshake_timeout, ..TlsOptions::new("a", "b") });
    }
}
