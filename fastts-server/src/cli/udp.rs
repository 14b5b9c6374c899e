//! The part of the command line that is about UDP.

use clap::Args;

use super::arguments::address;
use super::reach::reachable;
use super::values::{self, Place};
use crate::sources::udp::UdpOptions;

/// Where UDP is, and its limits.
#[derive(Debug, Args)]
#[command(next_help_heading = "UDP")]
pub(super) struct UdpArguments {
    /// Where to take datagrams, a message each, which are never answered; or off [default: the address and port of --listen].
    #[arg(long, env = "FASTTS_UDP", value_name = "ADDR:PORT", value_parser = |text: &str| values::place(text, address))]
    udp: Option<Place>,
    /// The longest datagram that is taken; a longer one is dropped and counted.
    #[arg(long, env = "FASTTS_UDP_MAX_DATAGRAM", value_name = "SIZE", default_value = "16KiB", value_parser = datagram_size)]
    udp_max_datagram: usize,
    /// How much the system may hold of datagrams that wait to be read, where it lets us say so [default: what it gives to everybody].
    #[arg(long, env = "FASTTS_UDP_BUFFER", value_name = "SIZE", value_parser = values::size)]
    udp_buffer: Option<usize>,
}

/// Where to listen, and where else when that port is taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UdpPlace {
    pub(super) options: UdpOptions,
    /// Whether any other port will do: nobody has named one.
    pub(super) any: bool,
}

impl UdpArguments {
    /// Returns where a server with these settings takes datagrams when it listens at `tcp`.
    ///
    /// # Errors
    /// When it does not.
    pub(super) fn server(&self, tcp: &str) -> Result<String, String> {
        match &self.udp {
            Some(Place::Off) => Err("the settings say --udp off; say where the server is with --server ADDR:PORT".to_owned()),
            Some(Place::At(listen)) => Ok(reachable(listen)),
            None => Ok(reachable(tcp)),
        }
    }

    /// Returns whether no datagrams are taken.
    pub(super) fn is_off(&self) -> bool {
        self.udp == Some(Place::Off)
    }

    /// Returns where a server with these settings takes datagrams when it listens at `tcp`, if it does.
    pub(super) fn listens(&self, tcp: &str) -> Option<String> {
        match &self.udp {
            Some(Place::Off) => None,
            Some(Place::At(listen)) => Some(listen.clone()),
            None => Some(tcp.to_owned()),
        }
    }

    /// Returns the options of the UDP server, `None` when it is off; `wanted` is where TCP was to listen, and `tcp` where it does.
    pub(super) fn options(&self, wanted: &str, tcp: std::net::SocketAddr) -> Option<UdpPlace> {
        let (listen, any) = match &self.udp {
            Some(Place::Off) => return None,
            Some(Place::At(listen)) => (listen.clone(), false),
            None => (tcp.to_string(), wanted.ends_with(":0")),
        };
        let options = UdpOptions { listen, max_datagram: self.udp_max_datagram, receive_buffer: self.udp_buffer, ..UdpOptions::default() };
        Some(UdpPlace { options, any })
    }
}

/// Reads the size of a datagram: no more than one can have.
fn datagram_size(text: &str) -> Result<usize, String> {
    match values::size(text)? {
        0 => Err("a datagram must be allowed at least 1 byte".to_owned()),
        bytes => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::arguments::Cli;

    fn options(arguments: &[&str]) -> Result<Option<UdpPlace>, String> {
        let cli = Cli::try_parse_from([&["route"], arguments].concat()).map_err(|error| error.to_string())?;
        Ok(cli.serve.udp.options("127.0.0.1:0", ([127, 0, 0, 1], 5555).into()))
    }

    #[test]
    fn flags_have_the_defaults_of_the_library_and_the_port_of_tcp() {
        assert_eq!(options(&[]), Ok(Some(UdpPlace { options: UdpOptions::default(), any: true })));
    }

    #[test]
    fn every_flag_is_heard() {
        let heard = options(&["--udp", "0.0.0.0:7", "--udp-max-datagram", "8KiB", "--udp-buffer", "4MiB"]).unwrap().unwrap();
        let expected =
            UdpOptions { listen: "0.0.0.0:7".to_owned(), max_datagram: 8 << 10, receive_buffer: Some(4 << 20), ..UdpOptions::default() };
        assert_eq!(heard, UdpPlace { options: expected, any: false });
        assert_eq!(options(&["--udp", "off"]), Ok(None));
        assert!(options(&["--udp", "7"]).is_err() && options(&["--udp-max-datagram", "0"]).is_err());
    }
}
