//! What stands behind the question mark of an address.

use axum::http::Uri;

/// Returns the value of a parameter, the first when it comes several times.
pub(super) fn get(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
