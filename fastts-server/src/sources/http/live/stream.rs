//! Events as server-sent events, `data: {…}` each.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use fastts_core::Event;
use hyper::body::Frame;
use tokio::sync::mpsc;

use super::Live;
use super::socket::{every, tell_missed};
use crate::sources::http::connections::Slot;
use crate::sources::http::json;
use crate::sources::http::listener::Shared;

/// How much is written at once, when there is so much.
const CHUNK: usize = 16 << 10;

/// What is written now and then, so that both sides and everything between them see that the connection is alive.
const ALIVE: &str = ":\n\n";

/// Answers with what is there, and then with what comes, until one side has enough.
pub(super) fn show(shared: Arc<Shared>, slot: Arc<Slot>, live: Live) -> Response {
    let (sender, chunks) = mpsc::channel(1);
    tokio::spawn(async move {
        let _slot = slot;
        // However it ends, this is the end.
        let _ = feed(&shared, live, sender).await;
    });
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-cache")];
    (headers, Body::new(Chunks(chunks))).into_response()
}

async fn feed(shared: &Arc<Shared>, live: Live, sender: mpsc::Sender<String>) -> ControlFlow<()> {
    // At once, so that the client sees that it is connected.
    let mut chunk = ALIVE.to_owned();
    for event in live.events {
        put(&event, &mut chunk);
        if chunk.len() >= CHUNK {
            send(&sender, &mut chunk).await?;
        }
    }
    send(&sender, &mut chunk).await?;
    let Some(mut coming) = live.coming else { return ControlFlow::Break(()) };
    let mut stopping = pin!(shared.ends.stopping.requested());
    let (mut ping, mut missed) = (every(shared), 0);
    loop {
        tokio::select! {
            event = coming.subscription.next() => {
                let mut event = event;
                if event.is_none() {
                    return ControlFlow::Break(());
                }
                while let Some(next) = event {
                    put(&next, &mut chunk);
                    event = if chunk.len() < CHUNK { coming.subscription.try_next() } else { None };
                }
                match tell_missed(shared, &coming, &mut missed) {
                    0 => {}
                    more => chunk.push_str(&format!("event: missed\ndata: {more}\n\n")),
                }
            }
            _ = ping.tick() => chunk.push_str(ALIVE),
            () = sender.closed() => return ControlFlow::Break(()),
            () = &mut stopping => return ControlFlow::Break(()),
        }
        send(&sender, &mut chunk).await?;
    }
}

fn put(event: &Event, chunk: &mut String) {
    chunk.push_str("data: ");
    chunk.push_str(&json::event(event.view()));
    chunk.push_str("\n\n");
}

/// Writes a chunk, unless nobody reads any more.
async fn send(sender: &mpsc::Sender<String>, chunk: &mut String) -> ControlFlow<()> {
    match sender.send(std::mem::take(chunk)).await {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

/// A body that is written as its chunks come.
struct Chunks(mpsc::Receiver<String>);

impl HttpBody for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|chunk| Some(Ok(Frame::data(chunk?.into()))))
    }
}
