//! The front: HTTP.

mod page;
mod reply;
mod routes;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use fastts_server::{Description, Event, Intake, Source, SourceError, Stop};

/// The HTTP server: a source that calls the pipeline `thumb` with every request.
///
/// As any source it is shown, started again after an error, and asked to stop before the pipelines are.
pub struct Web {
    at: SocketAddr,
    listener: Arc<Once>,
}

/// The socket, which is bound once: it stays when the source is made again.
type Once = Mutex<Option<TcpListener>>;

impl Web {
    /// Makes sources that share a socket at this address, which is bound by the first that runs.
    pub fn at(at: SocketAddr) -> impl Fn() -> Web + Send + Sync + 'static {
        let listener = Arc::new(Once::default());
        move || Web { at, listener: Arc::clone(&listener) }
    }

    fn listener(&self) -> io::Result<tokio::net::TcpListener> {
        let mut shared = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        let listener = match &*shared {
            Some(listener) => listener.try_clone()?,
            None => {
                let listener = TcpListener::bind(self.at)?;
                listener.set_nonblocking(true)?;
                println!("listening on thumbs {}", listener.local_addr()?);
                shared.insert(listener).try_clone()?
            }
        };
        tokio::net::TcpListener::from_std(listener)
    }
}

impl Source for Web {
    // It delivers nothing: it calls.
    type Item = Event;

    fn describe(&self) -> Description {
        Description::new("http").at(self.at.to_string())
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        let running = out.running().ok_or_else(|| SourceError::new("there is no router to call"))?;
        let listener = self.listener().map_err(|error| SourceError::new(format!("cannot listen on {}: {error}", self.at)))?;
        let stopped = async move { stop.requested().await };
        Ok(axum::serve(listener, routes::routes(running.clone())).with_graceful_shutdown(stopped).await?)
    }
}
