//! The listeners that a server has, from their ports to their end.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastts_core::runtime::{Drained, Running};
use tokio::task::JoinHandle;

use super::arguments::Serve;
#[cfg(feature = "http")]
use crate::sources::http::{Http, HttpServer};
use crate::sources::tcp::{Tcp, TcpServer};
use crate::telemetry::{self, Inside, Meter};

/// How long HTTP may take to end when everything else has.
#[cfg(feature = "http")]
const GOODBYE: Duration = Duration::from_secs(2);

/// Ports that are taken.
pub(super) struct Ports {
    tcp: Tcp,
    #[cfg(feature = "http")]
    http: Option<Http>,
}

impl Ports {
    /// Takes all ports that the command line asks for.
    ///
    /// # Errors
    /// When one of them cannot be taken.
    pub(super) async fn take(listen: &str, options: &Serve) -> Result<Ports, String> {
        let tcp = Tcp::bind(options.tcp(listen.to_owned())).await.map_err(|error| cannot_listen(listen, "--listen ADDR:PORT", &error))?;
        #[cfg(feature = "http")]
        let http = match options.http.options(listen, options.write_timeout)? {
            None => None,
            Some(http) => {
                let listen = http.listen.clone();
                let wanted = "--http ADDR:PORT, or do without it with --http off";
                Some(Http::bind(http).await.map_err(|error| cannot_listen(&format!("{listen} for HTTP"), wanted, &error))?)
            }
        };
        Ok(Ports {
            tcp,
            #[cfg(feature = "http")]
            http,
        })
    }

    /// Returns each transport with where it listens, in the order in which they are announced.
    pub(super) fn addresses(&self) -> Vec<(&'static str, SocketAddr)> {
        self.meters().iter().map(|meter| (meter.transport(), meter.address())).collect()
    }

    fn meters(&self) -> Vec<Arc<Meter>> {
        let meters = [Arc::clone(self.tcp.meter())].into_iter();
        #[cfg(feature = "http")]
        let meters = meters.chain(self.http.as_ref().map(|http| Arc::clone(http.meter())));
        meters.collect()
    }

    /// Starts serving on all of them.
    pub(super) fn start(self, running: Running, options: &Serve) -> Servers {
        let inside = Inside::new(running, self.meters());
        Servers {
            tcp: self.tcp.start(inside.running().clone()),
            #[cfg(feature = "http")]
            http: self.http.map(|http| http.start(inside.clone())),
            report: options.self_metrics.0.map(|interval| tokio::spawn(telemetry::report(inside.clone(), interval))),
            inside,
        }
    }
}

fn cannot_listen(address: &str, flag: &str, error: &io::Error) -> String {
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => format!("; another program listens there, choose another port with {flag}"),
        io::ErrorKind::PermissionDenied => format!("; ports below 1024 need a privilege, choose a higher one with {flag}"),
        io::ErrorKind::AddrNotAvailable => "; this machine has no such address".to_owned(),
        _ => String::new(),
    };
    format!("cannot listen on {address}: {error}{hint}")
}

/// Listeners that serve.
pub(super) struct Servers {
    tcp: TcpServer,
    #[cfg(feature = "http")]
    http: Option<HttpServer>,
    report: Option<JoinHandle<()>>,
    inside: Inside,
}

impl Servers {
    /// Ends all of them and the pipelines in good order, within `limit`; returns how many connections were cut off whose events were
    /// not accepted, and what is left of those that were.
    pub(super) async fn drain(&mut self, limit: Duration) -> (usize, Drained) {
        let begun = Instant::now();
        let left = || limit.saturating_sub(begun.elapsed());
        if let Some(report) = self.report.take() {
            report.abort();
        }
        // HTTP goes on telling how it is, until there is nothing more to tell.
        #[cfg(feature = "http")]
        let http = async {
            if let Some(http) = &self.http {
                http.drain(limit).await;
            }
        };
        #[cfg(not(feature = "http"))]
        let http = std::future::ready(());
        let running = self.inside.running().clone();
        let (cut, drained) = {
            let mut stop = pin!(async { tokio::join!(self.tcp.stop(limit), http).0 });
            // Connections first, so that what has arrived is still accepted. Those that wait for a full mailbox are let in by the drain.
            match tokio::time::timeout(limit / 4, &mut stop).await {
                Ok(cut) => (cut, running.drain(left()).await),
                Err(_) => tokio::join!(stop, running.drain(left())),
            }
        };
        #[cfg(feature = "http")]
        let cut = match &mut self.http {
            Some(http) => cut + http.stop(left().min(GOODBYE)).await,
            None => cut,
        };
        (cut, drained)
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
