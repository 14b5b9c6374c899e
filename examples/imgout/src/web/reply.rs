//! Replies as HTTP has them.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{Html, IntoResponse, Response};
use fastts_server::runtime::CallError;

use crate::engine::Picture;
use crate::failure::Failure;
use crate::parts::Thumb;
use crate::request::TIP;

/// After how many seconds whoever was sent away may come back.
const AGAIN: u32 = 1;

/// What somebody gets who has asked for a thumbnail.
pub(super) enum Reply {
    Picture(Picture),
    /// The size is none.
    NoSize,
    NotFound,
    /// What is there is no image.
    NotAnImage,
    /// Something does not answer.
    Unavailable,
    /// Too many want something at once.
    Overloaded,
    /// It is our fault.
    Broken,
}

impl From<Result<Thumb, CallError>> for Reply {
    fn from(called: Result<Thumb, CallError>) -> Reply {
        match called {
            Ok(Thumb { picture: Ok(picture) }) => Reply::Picture(picture),
            Ok(Thumb { picture: Err(Failure::NotFound) }) => Reply::NotFound,
            Ok(Thumb { picture: Err(Failure::NotAnImage(_)) }) => Reply::NotAnImage,
            Ok(Thumb { picture: Err(Failure::Unavailable(_)) }) => Reply::Unavailable,
            Err(CallError::Overloaded) => Reply::Overloaded,
            Err(CallError::Timeout(_) | CallError::TimedOut | CallError::Rejected(_) | CallError::Blown(_)) => Reply::Unavailable,
            Err(_) => Reply::Broken,
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let errors = |what: &str, error: &str| {
            let json = serde_json::json!({ "errors": { what: error } }).to_string();
            (StatusCode::UNPROCESSABLE_ENTITY, [(CONTENT_TYPE, "application/json")], json).into_response()
        };
        match self {
            Reply::Picture(picture) => ([(CONTENT_TYPE, picture.media_type)], picture.bytes).into_response(),
            Reply::NoSize => errors("dimensions", TIP),
            Reply::NotAnImage => errors("image", "It cannot be read as JPEG, PNG or WebP, or is too large."),
            Reply::NotFound => {
                (StatusCode::NOT_FOUND, Html("<!doctype html><title>404</title><p>There is no such image.\n")).into_response()
            }
            Reply::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "try again later\n").into_response(),
            Reply::Overloaded => {
                (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, AGAIN)], "too many want something at once\n").into_response()
            }
            Reply::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_way_in_which_there_is_no_thumbnail_has_its_status() {
        let failed = |failure| Ok(Thumb { picture: Err(failure) });
        let rows = [
            (failed(Failure::NotFound), 404),
            (failed(Failure::NotAnImage("a page".into())), 422),
            (failed(Failure::unavailable("the storage is down")), 503),
            (Err(CallError::Overloaded), 503),
            (Err(CallError::Timeout(Duration::from_secs(10))), 503),
            (Err(CallError::TimedOut), 503),
            (Err(CallError::Filtered), 500),
        ];
        for (called, status) in rows {
            let is_sent_away = called == Err(CallError::Overloaded);
            let response = Reply::from(called.clone()).into_response();
            assert_eq!(response.status(), status, "{called:?}");
            assert_eq!(response.headers().contains_key(RETRY_AFTER), is_sent_away, "{called:?}");
        }
    }
}
