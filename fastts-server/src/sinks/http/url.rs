//! Where a request goes.

use std::fmt;

use fastts_core::Secret;

/// A URL of HTTP. What it shows of itself is scheme, host and path, and of one that was a secret only the host: in many a hook the path is
/// the password.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url {
    pub(super) https: bool,
    /// Host and port, as they are connected to.
    pub(super) address: String,
    /// Host and port as they stood there.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
    secret: bool,
}

/// What a sink takes for a URL: a text, or a [`Secret`] with one.
pub trait IntoUrl {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with it, without what it is.
    fn into_url(self) -> Result<Url, String>;
}

impl IntoUrl for &str {
    fn into_url(self) -> Result<Url, String> {
        Url::read(self, false).map_err(|reason| format!("{reason}, found {self:?}"))
    }
}

impl IntoUrl for String {
    fn into_url(self) -> Result<Url, String> {
        self.as_str().into_url()
    }
}

impl IntoUrl for Secret {
    fn into_url(self) -> Result<Url, String> {
        Url::read(self.expose(), true)
    }
}

impl Url {
    fn read(text: &str, secret: bool) -> Result<Url, String> {
        let wrong = "a URL begins with `http://` or `https://` and has a host";
        let (https, rest) = match (text.strip_prefix("http://"), text.strip_prefix("https://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return Err(wrong.to_owned()),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err("a URL with a password in it is shown to everybody; write `basic = (\"user\", secret(\"PASSWORD\"))`".to_owned());
        }
        let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
            Some((host, port)) => (host, port.parse::<u16>().ok().filter(|port| *port > 0).ok_or("a port is a number")?),
            None => (authority, if https { 443 } else { 80 }),
        };
        if host.is_empty() || text.contains(|one: char| one.is_whitespace() || one.is_control() || !one.is_ascii()) {
            return Err(wrong.to_owned());
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Url { https, address: format!("{host}:{port}"), authority: authority.to_owned(), path, secret })
    }

    /// Has it be another path of the same server, below its own.
    pub(super) fn below(mut self, path: &str) -> Url {
        let own = self.path.split('?').next().unwrap_or_default().trim_end_matches('/').to_owned();
        self.path = own + path;
        self
    }

    /// Returns host and port, as they stood there.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        let path = if self.secret { "/***" } else { self.path.split('?').next().unwrap_or_default() };
        write!(f, "{scheme}://{}{path}", self.authority)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_and_shows_no_secret() {
        for (text, address, path, shown) in [
            ("http://a", "a:80", "/", "http://a/"),
            ("https://a/b?token=x#y", "a:443", "/b?token=x", "https://a/b"),
            ("http://[::1]:8086/write", "[::1]:8086", "/write", "http://[::1]:8086/write"),
            ("https://[::1]", "[::1]:443", "/", "https://[::1]/"),
            ("http://a:81?x", "a:81", "/?x", "http://a:81/"),
        ] {
            let url = text.into_url().unwrap();
            assert_eq!((&*url.address, &*url.path, &*url.to_string()), (address, path, shown));
        }
        let hook = Secret::new("https://hooks.example/T0/B0/s3cr3t").into_url().unwrap();
        assert_eq!((&*hook.path, &*format!("{hook} {hook:?}")), ("/T0/B0/s3cr3t", "https://hooks.example/*** https://hooks.example/***"));
        assert_eq!("http://a/b/?x=y".into_url().unwrap().below("/api?z=1").path, "/b/api?z=1");
        for wrong in ["", "a:80", "ftp://a", "http://", "http:///x", "http://:80", "http://a b", "http://a\n", "http://a:0", "http://a:x"] {
            assert!(wrong.into_url().is_err(), "{wrong:?}");
        }
        let with_password = Secret::new("http://me:s3cr3t@a").into_url().unwrap_err();
        assert!(with_password.contains("basic") && !with_password.contains("s3cr3t"));
    }
}
