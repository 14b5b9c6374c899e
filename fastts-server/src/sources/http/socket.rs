//! WebSocket `/events`: every message is one event or several, and is answered by one.

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::StatusCode;
use axum::http::header::ALLOW;
use axum::response::{IntoResponse, Response};
use axum::{Error, Extension};

use super::connections::Slot;
use super::listener::HttpState;
use super::pieces::{MARK, Pieces};
use super::posted::Posted;
use super::replies;

/// How long a server that stops goes on with what a client sends, and when it believes that there is no more.
const STOP_GRACE: Duration = Duration::from_secs(1);
const STOP_QUIET: Duration = Duration::from_millis(50);

/// Opens a WebSocket that takes events.
pub(super) async fn events(
    State(shared): State<Arc<HttpState>>,
    Extension(slot): Extension<Arc<Slot>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => limited(upgrade, &shared).on_upgrade(async move |socket| {
            talk(socket, shared, slot).await;
        }),
        Err(
            WebSocketUpgradeRejection::InvalidConnectionHeader(_)
            | WebSocketUpgradeRejection::InvalidUpgradeHeader(_)
            // HEAD, which comes by here as GET does.
            | WebSocketUpgradeRejection::MethodNotGet(_),
        ) => {
            let allowed = [(ALLOW, "POST, PUT")];
            (StatusCode::METHOD_NOT_ALLOWED, allowed, "send events with POST, or open a WebSocket here\n").into_response()
        }
        Err(rejection) => rejection.into_response(),
    }
}

/// Sets the limits of a WebSocket.
pub(super) fn limited(upgrade: WebSocketUpgrade, shared: &HttpState) -> WebSocketUpgrade {
    let limit = shared.options.max_message;
    upgrade.max_message_size(limit).max_frame_size(limit).read_buffer_size(16 << 10).write_buffer_size(0)
}

async fn talk(mut socket: WebSocket, shared: Arc<HttpState>, slot: Arc<Slot>) {
    let _sender = shared.sender();
    let mut draining = pin!(shared.ends.draining.requested());
    let mut ping = tokio::time::interval(shared.options.ping);
    ping.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ping.reset();
    let mut silent = false;
    loop {
        let flow = tokio::select! {
            message = socket.recv() => {
                silent = false;
                take(&mut socket, &shared, &slot, message).await
            }
            _ = ping.tick() => match std::mem::replace(&mut silent, true) {
                true => close(&mut socket, close_code::POLICY, "nothing was heard for long").await,
                false => sent(socket.send(Message::Ping(Default::default())).await),
            },
            () = &mut draining => break,
        };
        if flow.is_break() {
            return;
        }
    }
    // What has arrived is still accepted.
    let rest = async {
        while let Ok(message) = tokio::time::timeout(STOP_QUIET, socket.recv()).await {
            if take(&mut socket, &shared, &slot, message).await.is_break() {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    };
    // A client that never stops sending is stopped.
    if !matches!(tokio::time::timeout(STOP_GRACE, rest).await, Ok(ControlFlow::Break(()))) {
        let _ = close(&mut socket, close_code::AWAY, "the server is shutting down").await;
    }
}

/// Takes what came, and answers it.
async fn take(socket: &mut WebSocket, shared: &Arc<HttpState>, slot: &Slot, message: Option<Result<Message, Error>>) -> ControlFlow<()> {
    let message = match message {
        None | Some(Ok(Message::Close(_))) => return goodbye(socket).await,
        // Answered by the socket itself.
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => return ControlFlow::Continue(()),
        Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => message.into_data(),
        Some(Err(error)) => return failed(socket, shared, &error).await,
    };
    let mut posted = Posted::new(shared, slot.peer);
    let form = understand(&mut posted, &message, shared.options.max_message);
    let delivered = posted.deliver().await;
    posted.count(delivered.is_err());
    if let Err(refusal) = delivered {
        sent(socket.send(Message::text(replies::error(&refusal.reason))).await)?;
        return close(socket, close_code::AWAY, &refusal.reason).await;
    }
    let replies = match form {
        Form::Array => format!("[{}]", posted.replies.join(",")),
        Form::Lines => posted.replies.join("\n"),
    };
    sent(socket.send(Message::text(replies)).await)
}

/// How events came, and so how they are answered.
enum Form {
    /// One, or several with line breaks between them.
    Lines,
    Array,
}

/// Takes the events of a message: one, which may be written over several lines, or several, each on one; or an array.
fn understand(posted: &mut Posted, message: &[u8], limit: usize) -> Form {
    let message = message.strip_prefix(MARK).unwrap_or(message);
    let whole = match message.trim_ascii_start().first() {
        Some(b'[') => None,
        _ => posted.try_take(message).err(),
    };
    let is_array = message.trim_ascii_start().first() == Some(&b'[');
    match whole {
        None if !is_array => return Form::Lines,
        Some(reason) if !message.trim_ascii().contains(&b'\n') => {
            posted.replies.error(&reason);
            return Form::Lines;
        }
        _ => {}
    }
    let mut pieces = Pieces::new(limit);
    let mut rest = message;
    let taken = loop {
        match pieces.next(&mut rest) {
            Ok(Some(piece)) => match posted.take(piece) {
                Ok(()) => {}
                Err(refusal) => break Err(refusal.reason),
            },
            Ok(None) => match pieces.last() {
                Ok(Some(piece)) => break posted.take(piece).map_err(|refusal| refusal.reason),
                Ok(None) => break Ok(()),
                Err(malformed) => break Err(malformed.to_string()),
            },
            Err(malformed) => break Err(malformed.to_string()),
        }
    };
    if let Err(reason) = taken {
        posted.replies.error(&reason);
    }
    if is_array { Form::Array } else { Form::Lines }
}

/// Closes a WebSocket of which nothing more can be read, with the reason.
pub(super) async fn failed(socket: &mut WebSocket, shared: &HttpState, error: &Error) -> ControlFlow<()> {
    shared.meter.refused(1);
    let reason = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let code = match () {
        () if reason.contains("too long") || reason.contains("too big") => close_code::SIZE,
        // A text message has to be UTF-8.
        () if reason.contains("UTF-8") => close_code::INVALID,
        () => close_code::PROTOCOL,
    };
    close(socket, code, &reason).await
}

/// Closes a WebSocket with a reason.
pub(super) async fn close(socket: &mut WebSocket, code: u16, reason: &str) -> ControlFlow<()> {
    // A control frame has 125 bytes, two of which are the code.
    let reason = &reason[..reason.floor_char_boundary(123)];
    // Whether it arrives or not, this is the end.
    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    goodbye(socket).await
}

/// Reads what is left once one side has closed a WebSocket; that is also what answers a client that has.
pub(super) async fn goodbye(socket: &mut WebSocket) -> ControlFlow<()> {
    let rest = async { while let Some(Ok(_)) = socket.recv().await {} };
    let _ = tokio::time::timeout(STOP_GRACE, rest).await;
    ControlFlow::Break(())
}

/// Goes on when something could be sent.
pub(super) fn sent(sent: Result<(), Error>) -> ControlFlow<()> {
    if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
