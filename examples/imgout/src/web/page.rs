//! The page for somebody with a browser.

/// Shows some thumbnails of the demo's images.
pub(super) const PAGE: &str = include_str!("page.html");
