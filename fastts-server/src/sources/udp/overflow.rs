//! What the system dropped, as its receive buffer was full.

use std::fs;
use std::os::fd::AsFd;

/// Where Linux tells what became of datagrams.
const TABLES: [&str; 2] = ["/proc/net/udp", "/proc/net/udp6"];

/// Returns how many datagrams the system dropped for a socket since it was opened; `None` where it does not tell.
pub(super) fn dropped(socket: impl AsFd) -> Option<u64> {
    let inode = rustix::fs::fstat(socket).ok()?.st_ino;
    TABLES.into_iter().filter_map(|table| fs::read_to_string(table).ok()).find_map(|table| of(&table, inode))
}

/// Finds the socket in a table.
fn of(table: &str, inode: u64) -> Option<u64> {
    table.lines().skip(1).find_map(|line| {
        // sl local remote st queues tr:tm retrnsmt uid timeout INODE ref pointer DROPS
        let mut fields = line.split_ascii_whitespace().skip(9);
        (fields.next()?.parse() == Ok(inode)).then(|| fields.nth(2)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_socket_is_found() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n  \
                     205: 0100007F:15B3 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1234 2 0000000000000000 0\n  \
                     206: 0100007F:15B4 00000000:0000 07 00000000:00034A00 00:00000000 00000000     0        0 5678 2 0000000000000000 42\n";
        assert_eq!((of(table, 1234), of(table, 5678), of(table, 9)), (Some(0), Some(42), None));
        assert_eq!(of("", 1234), None);
        assert_eq!(of("head\nshort line\n", 0), None);
    }

    #[test]
    fn a_fresh_socket_has_dropped_nothing() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(dropped(&socket), Some(0));
    }
}
