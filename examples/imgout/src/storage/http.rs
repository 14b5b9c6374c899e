//! An HTTP server.

use std::error::Error;
use std::time::Duration;

use axum::http::{StatusCode, Uri};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{LONGEST, Storage, too_long};
use crate::failure::Failure;

/// How long a connection that nobody uses stays open.
const IDLE: Duration = Duration::from_secs(30);

/// An HTTP server that has the originals under one address.
pub struct Http {
    base: String,
    client: Client<HttpConnector, Empty<Bytes>>,
}

impl Http {
    /// Takes what is under an address: the name of an image is its end.
    ///
    /// # Errors
    /// When that is no address.
    pub fn new(base: &str) -> Result<Http, String> {
        let is_address = base.parse::<Uri>().is_ok_and(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        if !is_address || !base.ends_with(['/', '=']) {
            return Err("an address that ends with `/`, such as `http://images.example/originals/`".to_owned());
        }
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).build_http();
        Ok(Http { base: base.to_owned(), client })
    }

    async fn get(&self, id: &str) -> Result<Bytes, Failure> {
        let failed = |error: &(dyn Error + 'static)| Failure::unavailable(format_args!("the origin {}: {}", self.base, deepest(error)));
        let uri = format!("{}{id}", self.base).parse::<Uri>().map_err(|error| failed(&error))?;
        let response = self.client.get(uri).await.map_err(|error| failed(&error))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Failure::NotFound),
            status => return Err(Failure::unavailable(format_args!("the origin {} answers {status}", self.base))),
        }
        match Limited::new(response.into_body(), LONGEST).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(too_long(id)),
            Err(error) => Err(Failure::unavailable(format_args!("the origin {}: {error}", self.base))),
        }
    }
}

/// Returns what is at the bottom of an error, which says what happened: "connection refused".
fn deepest<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    std::iter::successors(Some(error), |&error| error.source()).last().unwrap_or(error)
}

impl Storage for Http {
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Bytes, Failure>> {
        self.get(id).boxed()
    }
}
