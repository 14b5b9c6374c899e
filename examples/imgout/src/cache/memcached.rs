//! A memcached server.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_memcached::{AsciiProtocol, Client, Error};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::Cache;
use crate::failure::Failure;

/// How many connections there are at most, as ImgOut has: a memcached server takes 1,024 of all its clients together.
const CONNECTIONS: usize = 50;

/// How long an item is that memcached refuses, unless it was told otherwise (`-I`).
const TOO_LARGE: usize = 1 << 20;

/// Keeps originals in a memcached server.
///
/// It connects when it is used. A connection on which an operation was given up or has failed is closed, and never used again.
pub struct Memcached {
    server: String,
    idle: Mutex<Vec<Client>>,
    room: Semaphore,
}

impl Memcached {
    /// Makes one for the server at an address, `HOST:PORT`.
    pub fn new(server: impl Into<String>) -> Memcached {
        Memcached { server: server.into(), idle: Mutex::default(), room: Semaphore::new(CONNECTIONS) }
    }

    /// Asks the server something, once more on a new connection when it has closed the first meanwhile.
    async fn ask(&self, question: Question<'_>) -> Result<Option<Bytes>, Failure> {
        let failed = |error: Error| Failure::unavailable(format_args!("the cache at {}: {error}", self.server));
        // It is never closed.
        let _room = self.room.acquire().await.map_err(Failure::unavailable)?;
        if let Some(mut client) = self.take() {
            match question.ask(&mut client).await {
                // The others are of the same age.
                Err(Error::Io(_) | Error::ConnectionClosed) => self.idle().clear(),
                answer => {
                    self.put_back(client);
                    return answer.map_err(failed);
                }
            }
        }
        let mut client = Client::new(format!("tcp://{}", self.server)).await.map_err(failed)?;
        let answer = question.ask(&mut client).await;
        self.put_back(client);
        answer.map_err(failed)
    }

    fn take(&self) -> Option<Client> {
        self.idle().pop()
    }

    fn put_back(&self, client: Client) {
        if !client.is_closed() {
            self.idle().push(client);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Client>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the server is asked.
#[derive(Clone, Copy)]
enum Question<'a> {
    Read(&'a str),
    Write(&'a str, &'a [u8]),
}

impl Question<'_> {
    async fn ask(self, client: &mut Client) -> Result<Option<Bytes>, Error> {
        match self {
            // An item without bytes comes without data.
            Question::Read(id) => Ok(client.get(id).await?.map(|value| value.data.unwrap_or_default().into())),
            Question::Write(id, original) => match client.set(id, original, None, None).await {
                // Or it has answered, and does not want it: it is full, or takes less than others do.
                Ok(()) | Err(Error::Protocol(_)) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }
}

impl Cache for Memcached {
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Failure>> {
        self.ask(Question::Read(id)).boxed()
    }

    fn write<'a>(&'a self, id: &'a str, original: Bytes) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            if original.len() < TOO_LARGE {
                self.ask(Question::Write(id, &original)).await?;
            }
            Ok(())
        }
        .boxed()
    }
}
