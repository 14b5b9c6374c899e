//! Events over a WebSocket, a message each.

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket, close_code};
use tokio::time::{Interval, MissedTickBehavior};

use super::{Coming, Live, Refused, told};
use crate::sources::http::json;
use crate::sources::http::listener::HttpState;
use crate::sources::http::socket::{close, failed, goodbye, sent};

/// Shows what is there, and then what comes, until one side has enough.
pub(super) async fn show(mut socket: WebSocket, shared: &Arc<HttpState>, live: Result<Live, Refused>) {
    // However it ends, this is the end.
    let _ = match live {
        Err(refused) => close(&mut socket, refused.code, &refused.reason).await,
        Ok(live) => show_all(&mut socket, shared, live).await,
    };
}

async fn show_all(socket: &mut WebSocket, shared: &Arc<HttpState>, live: Live) -> ControlFlow<()> {
    let mut there = live.there;
    while let Some(shown) = there {
        there = match shown.next().await {
            Ok(Some((batch, shown))) => {
                for event in batch.iter() {
                    sent(socket.send(Message::text(json::event(event))).await)?;
                }
                Some(shown)
            }
            Ok(None) => None,
            Err(refused) => return close(socket, close_code::AGAIN, &refused.to_string()).await,
        };
    }
    let Some(mut coming) = live.coming else { return close(socket, close_code::NORMAL, "").await };
    let mut stopping = pin!(shared.ends.stopping.requested());
    let mut ping = every(shared);
    let (mut silent, mut missed) = (false, 0);
    loop {
        tokio::select! {
            published = coming.subscription.next_published() => {
                let Some(published) = published else {
                    return match coming.subscription.failure() {
                        Some(failure) => close(socket, close_code::POLICY, &failure.to_string()).await,
                        None => close(socket, close_code::AWAY, "the server is shutting down").await,
                    };
                };
                sent(socket.send(Message::text(told(&published))).await)?;
                tell_missed(shared, &coming, &mut missed);
            }
            message = socket.recv() => match message {
                None | Some(Ok(Message::Close(_))) => return goodbye(socket).await,
                // There is nothing to be said here.
                Some(Ok(_)) => silent = false,
                Some(Err(error)) => return failed(socket, shared, &error).await,
            },
            _ = ping.tick() => match std::mem::replace(&mut silent, true) {
                true => return close(socket, close_code::POLICY, "nothing was heard for long").await,
                false => sent(socket.send(Message::Ping(Default::default())).await)?,
            },
            () = &mut stopping => return close(socket, close_code::AWAY, "the server is shutting down").await,
        }
    }
}

/// Returns the ticks at which a client is asked whether it is there.
pub(super) fn every(shared: &HttpState) -> Interval {
    let mut ping = tokio::time::interval(shared.options.ping);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    ping
}

/// Says in the log that a reader does not keep up; returns how many events it has missed since the last time.
pub(super) fn tell_missed(shared: &HttpState, coming: &Coming, before: &mut u64) -> u64 {
    let missed = coming.subscription.missed();
    let more = missed - std::mem::replace(before, missed);
    if more > 0 {
        shared.meter.missed(more);
        let topic = coming.subscription.topic();
        shared.log.missed.say(|others| {
            tracing::warn!("a subscriber of {topic:?} does not keep up and has missed {more} events (and so have {others} before it)");
        });
    }
    more
}
