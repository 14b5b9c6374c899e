//! Sends requests over one connection, which is kept.

use std::io;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::answer::Answer;
use super::url::Url;
use crate::sinks::Tls;

/// How much of the body of an answer is read.
const LONGEST: usize = 8 << 20;

/// A connection to the server of a URL.
pub(super) struct Client {
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    pub(super) fn new() -> Client {
        Client { sender: None }
    }

    /// Sends a request, and returns the answer.
    ///
    /// # Errors
    /// When none came.
    pub(super) async fn send(&mut self, url: &Url, tls: &Tls, request: impl Fn() -> Request<Full<Bytes>>) -> io::Result<Answer> {
        // Taken out, so that a request that is dropped half-way leaves no connection on which its answer comes.
        let kept = self.sender.take();
        if let Some(mut sender) = kept
            && sender.ready().await.is_ok()
        {
            match sender.send_request(request()).await {
                Ok(response) => return self.read(response, sender).await,
                // The server has closed it meanwhile.
                Err(error) if error.is_canceled() || error.is_incomplete_message() => {}
                Err(error) => return Err(told(&error)),
            }
        }
        let mut sender = connect(url, tls).await?;
        let response = sender.send_request(request()).await.map_err(|error| told(&error))?;
        self.read(response, sender).await
    }

    async fn read(&mut self, response: Response<hyper::body::Incoming>, sender: SendRequest<Full<Bytes>>) -> io::Result<Answer> {
        let (head, body) = response.into_parts();
        let body = match Limited::new(body, LONGEST).collect().await {
            Ok(body) => {
                self.sender = Some(sender);
                body.to_bytes()
            }
            // The status says what became of the request; the connection is not kept.
            Err(_) => Bytes::new(),
        };
        Ok(Answer { status: head.status, headers: head.headers, body })
    }
}

async fn connect(url: &Url, tls: &Tls) -> io::Result<SendRequest<Full<Bytes>>> {
    let socket =
        TcpStream::connect(&url.address).await.map_err(|error| io::Error::new(error.kind(), format!("cannot connect: {error}")))?;
    socket.set_nodelay(true)?;
    if !url.https {
        return speak(socket).await;
    }
    #[cfg(feature = "tls")]
    return speak(tls.connect(socket, crate::sinks::address::host(&url.address)).await?).await;
    #[cfg(not(feature = "tls"))]
    {
        let _ = tls;
        Err(io::Error::other("https needs the feature `tls` of fastts-server, which is off"))
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> io::Result<SendRequest<Full<Bytes>>> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| told(&error))?;
    // It ends with its sender. What goes wrong with it is told to whoever sends.
    tokio::spawn(connection);
    Ok(sender)
}

fn told(error: &hyper::Error) -> io::Error {
    if error.is_incomplete_message() {
        return io::Error::other("the server closed the connection without an answer");
    }
    if error.is_parse() {
        return io::Error::other("what answers does not speak HTTP");
    }
    io::Error::other(error.to_string())
}
