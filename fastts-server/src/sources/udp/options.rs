//! The limits of the server.

/// Where the server listens, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UdpOptions {
    /// Address and port; port 0 takes any that is free.
    pub listen: String,
    /// The longest datagram, in bytes; a longer one is dropped whole and counted. None can be longer than 65,507 bytes.
    pub max_datagram: usize,
    /// The longest event, in bytes; a longer one is dropped and counted. The others of the datagram are taken.
    pub max_event: usize,
    /// How many bytes the system may hold of datagrams that were not read, `None` for what it gives to everybody. The system may
    /// have a limit of its own, `net.core.rmem_max` on Linux; the log says when it gives less.
    pub receive_buffer: Option<usize>,
}

impl Default for UdpOptions {
    /// Port 5555 of this machine alone, datagrams of 16 KiB as Riemann, the receive buffer of the system.
    fn default() -> UdpOptions {
        UdpOptions { listen: "127.0.0.1:5555".to_owned(), max_datagram: 16 << 10, max_event: 1 << 20, receive_buffer: None }
    }
}
