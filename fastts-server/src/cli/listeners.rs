//! The listeners that a server has, from their ports to their end.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use fastts_core::runtime::{Drained, Running, SendError};
use tokio::runtime::Handle;
use tokio::signal::unix::Signal;

use super::arguments::Serve;
use super::files::Shares;
use super::output::{self, Fault};
#[cfg(feature = "tls")]
use super::settings::in_words_of_the_environment;
use super::signals;
use super::udp::UdpPlace;
#[cfg(feature = "http")]
use crate::sources::http::{Http, HttpOptions, HttpServer};
use crate::sources::tcp::{Tcp, TcpOptions};
#[cfg(feature = "tls")]
use crate::sources::tls::{Reloader, Tls, TlsError};
use crate::sources::udp::{Udp, UdpCounts, UdpOptions};
use crate::telemetry::{Inside, Meter, SelfMetrics};

/// How long HTTP may take to end when everything else has.
#[cfg(feature = "http")]
const GOODBYE: Duration = Duration::from_secs(2);

/// Ports that are taken.
pub(super) struct Ports {
    tcp: Tcp,
    udp: Option<Udp>,
    #[cfg(feature = "http")]
    http: Option<Http>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Ports {
    /// Takes all ports that the command line asks for; no listener has more connections than its share, and HTTP is served on the run-time `watch`.
    ///
    /// # Errors
    /// When one of them cannot be taken, or a setting is wrong.
    pub(super) async fn take(listen: &str, options: &Serve, shares: Shares, watch: &Handle) -> Result<Ports, Fault> {
        let tcp_options = TcpOptions { max_connections: shares.tcp, ..options.tcp(listen.to_owned()) };
        #[cfg(feature = "http")]
        let http = options.http.options(listen, options.write_timeout).map_err(Fault::Misused)?;
        #[cfg(feature = "tls")]
        let tls = options.tls.options(tcp_options.clone()).map_err(Fault::Misused)?;
        let mut taken = Vec::new();
        let tcp = Tcp::bind(tcp_options).await.map_err(|error| cannot_listen(listen, "", "--listen ADDR:PORT", &error, &taken))?;
        taken.push(("--listen", tcp.address()));
        let udp = match options.udp.options(listen, tcp.address()) {
            None => None,
            Some(mut place) => {
                place.options.max_event = options.max_event;
                Some(take_udp(place).await?)
            }
        };
        #[cfg(feature = "http")]
        let http = match http {
            None => None,
            Some(mut http) => {
                http.max_event = options.max_event;
                let (listen, has_token) = (http.listen.clone(), http.token.is_some());
                let wanted = "--http ADDR:PORT, or do without it with --http off";
                let http =
                    watch.spawn(Http::bind(HttpOptions { max_connections: shares.http, ..http })).await.map_err(io::Error::other).flatten();
                let http = http.map_err(|error| cannot_listen(&listen, " for HTTP", wanted, &error, &taken))?;
                taken.push(("--http", http.address()));
                options.http.warn();
                warn_of_everybody(http.address(), has_token);
                Some(http)
            }
        };
        #[cfg(feature = "tls")]
        let tls = match tls {
            None => None,
            Some(mut tls) => {
                let wanted = "--tls ADDR:PORT, or do without it with --tls off";
                tls.tcp.max_connections = shares.tls;
                output::warn_of_readers(&tls.key, "the key");
                Some(Tls::bind(tls).await.map_err(|error| match error {
                    TlsError::Bind { listen, error } => cannot_listen(&listen, " for TLS", wanted, &error, &taken),
                    error => in_words_of_the_environment(&error.to_string()),
                })?)
            }
        };
        Ok(Ports {
            tcp,
            udp,
            #[cfg(feature = "http")]
            http,
            #[cfg(feature = "tls")]
            tls,
        })
    }

    /// Returns each transport with where it listens, in the order in which they are announced.
    pub(super) fn addresses(&self) -> Vec<(&'static str, SocketAddr)> {
        self.meters().iter().map(|meter| (meter.transport(), meter.address())).collect()
    }

    fn meters(&self) -> Vec<Arc<Meter>> {
        let meters = [Arc::clone(self.tcp.meter())].into_iter();
        let meters = meters.chain(self.udp.as_ref().map(|udp| Arc::clone(udp.meter())));
        #[cfg(feature = "http")]
        let meters = meters.chain(self.http.as_ref().map(|http| Arc::clone(http.meter())));
        #[cfg(feature = "tls")]
        let meters = meters.chain(self.tls.as_ref().map(|tls| Arc::clone(tls.meter())));
        meters.collect()
    }

    /// Makes sources of all of them, and sees to what SIGHUP wants.
    ///
    /// # Errors
    /// When the pipelines are shutting down already.
    pub(super) fn start(self, running: Running, options: &Serve, hangups: Signal) -> Result<Listeners, SendError> {
        let inside = Inside::new(running, self.meters());
        let running = inside.running();
        #[cfg(feature = "tls")]
        let reloader = self.tls.as_ref().map(Tls::reloader);
        signals::on_hangup(hangups, move || {
            #[cfg(feature = "tls")]
            if let Some(reloader) = &reloader {
                return read_again(reloader);
            }
            tracing::info!("SIGHUP: there are no certificates to read again, nothing changes; pipelines and settings take a restart");
        });
        let tcp = self.tcp.clone();
        running.add_source("tcp", move || tcp.clone())?;
        if let Some(udp) = self.udp.clone() {
            running.add_source("udp", move || udp.clone())?;
        }
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.clone() {
            running.add_source("tls", move || tls.clone())?;
        }
        #[cfg(feature = "http")]
        let http = self.http.map(|http| http.showing(inside.clone()));
        #[cfg(feature = "http")]
        if let Some(http) = http.clone() {
            running.add_source("http", move || http.clone())?;
        }
        if let Some(interval) = options.self_metrics.0 {
            let metrics = SelfMetrics::new(inside.clone(), interval);
            running.add_source("self-metrics", move || metrics.clone())?;
        }
        Ok(Listeners {
            tcp: self.tcp,
            udp: self.udp,
            #[cfg(feature = "tls")]
            tls: self.tls,
            #[cfg(feature = "http")]
            http,
            inside,
        })
    }
}

/// Takes the port that TCP has, or any other when nobody has named one and that is taken.
async fn take_udp(place: UdpPlace) -> Result<Udp, String> {
    let UdpPlace { options, any } = place;
    let listen = options.listen.clone();
    let mut taken = Udp::bind(options.clone()).await;
    if any && let (Err(_), Some((host, _))) = (&taken, listen.rsplit_once(':')) {
        taken = Udp::bind(UdpOptions { listen: format!("{host}:0"), ..options }).await;
    }
    taken.map_err(|error| cannot_listen(&listen, " for UDP", "--udp ADDR:PORT, or do without it with --udp off", &error, &[]))
}

/// Reads the certificates again.
#[cfg(feature = "tls")]
fn read_again(reloader: &Reloader) {
    match reloader.reload() {
        Ok(()) => tracing::info!("SIGHUP: the certificates were read again, new connections get them"),
        Err(error) => tracing::error!("SIGHUP: the certificates stay as they were: {error}"),
    }
}

/// Warns when everybody who reaches an address may send events there and read the index.
#[cfg(feature = "http")]
fn warn_of_everybody(address: SocketAddr, has_token: bool) {
    if !has_token && !address.ip().is_loopback() {
        tracing::warn!(
            "HTTP is at {address} without a token: whoever reaches that can send events and read the index; set FASTTS_HTTP_TOKEN, or have \
             it listen on 127.0.0.1 with --http ADDR:PORT"
        );
    }
}

/// Says why a listener cannot have its port; `taken` are those that listeners of this program have, each with its setting.
fn cannot_listen(listen: &str, what: &str, flag: &str, error: &io::Error, taken: &[(&str, SocketAddr)]) -> String {
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => match taken.iter().find(|(_, address)| meet(listen, *address)) {
            Some((other, _)) => {
                format!("; that is where {other} has this program listen, choose another port for one of the two, such as {flag}")
            }
            None => format!("; another program listens there, choose another port with {flag}"),
        },
        io::ErrorKind::PermissionDenied => format!("; ports below 1024 need a privilege, choose a higher one with {flag}"),
        io::ErrorKind::AddrNotAvailable => "; this machine has no such address".to_owned(),
        _ => String::new(),
    };
    format!("cannot listen on {listen}{what}: {error}{hint}")
}

/// Returns whether who listens at one place is in the way of who listens at another.
fn meet(listen: &str, other: SocketAddr) -> bool {
    let Ok(mut addresses) = listen.to_socket_addrs() else { return false };
    addresses.any(|one| one.port() == other.port() && (one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified()))
}

/// Listeners that serve.
pub(super) struct Listeners {
    tcp: Tcp,
    udp: Option<Udp>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    #[cfg(feature = "http")]
    http: Option<HttpServer>,
    inside: Inside,
}

/// How listeners and pipelines ended.
pub(super) struct Ended {
    /// How many connections were cut off whose events were not accepted.
    pub(super) cut: usize,
    /// Whether datagrams had come that were not accepted.
    pub(super) unread: bool,
    /// What is left of what was accepted.
    pub(super) drained: Drained,
}

impl Listeners {
    /// Ends all of them and the pipelines in good order, within `limit`.
    pub(super) async fn drain(&self, limit: Duration) -> Ended {
        #[cfg(feature = "http")]
        let begun = std::time::Instant::now();
        // Sources first. HTTP goes on telling how it is, until there is nothing more to tell.
        let drained = self.inside.running().drain(limit).await;
        let cut = self.tcp.cut();
        #[cfg(feature = "tls")]
        let cut = cut + self.tls.as_ref().map_or(0, Tls::cut);
        #[cfg(feature = "http")]
        let cut = match &self.http {
            Some(http) => cut + http.stop(limit.saturating_sub(begun.elapsed()).min(GOODBYE)).await,
            None => cut,
        };
        Ended { cut, unread: self.udp.as_ref().is_some_and(|udp| !udp.is_done()), drained }
    }

    /// Says what became of datagrams that were not taken.
    pub(super) fn say_dropped(&self) {
        let Some(UdpCounts { too_long, malformed, not_accepted, overflown, .. }) = self.udp.as_ref().map(Udp::counts) else { return };
        if too_long + malformed + not_accepted + overflown > 0 {
            tracing::warn!(
                "datagrams that were dropped: {too_long} too long, {malformed} that could not be decoded, {not_accepted} that came too \
                 late, {overflown} by the system, as its receive buffer was full"
            );
        }
    }

    /// Returns how many events have come, and in how many messages.
    pub(super) fn counts(&self) -> (u64, u64) {
        let add = |(events, messages), meter: &Arc<Meter>| {
            let seen = meter.read();
            (events + seen.events, messages + seen.messages)
        };
        self.inside.meters().iter().fold((0, 0), add)
    }
}
