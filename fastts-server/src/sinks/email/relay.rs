//! What hands mails over.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use fastts_core::Secret;
use fastts_core::sink::{Records, Report, Transport};
use lettre::message::{Mailbox, Mailboxes, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Identity, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::{PoolConfig, client};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::sinks::Tls;
use crate::sinks::address::host;

/// How a relay is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Security {
    /// Without TLS.
    Plain,
    /// Over TLS that is asked for before anything is said. A relay that has none gets nothing.
    StartTls,
    /// Over TLS from the first byte.
    Tls,
}

/// Where mails are handed over, and from whom to whom they are.
#[derive(Clone)]
pub(super) struct Relay {
    pub(super) address: String,
    pub(super) to: Mailboxes,
    pub(super) from: Mailbox,
    pub(super) login: Option<(String, Secret)>,
    pub(super) security: Option<Security>,
    pub(super) tls: Tls,
}

impl Relay {
    pub(super) fn new(to: Mailboxes, from: Mailbox) -> Relay {
        Relay { address: "localhost:25".to_owned(), to, from, login: None, security: None, tls: Tls::new() }
    }

    fn security(&self) -> Security {
        self.security.unwrap_or(match self.address.rsplit(':').next() {
            Some("465") => Security::Tls,
            Some("587") => Security::StartTls,
            _ => Security::Plain,
        })
    }

    /// Looks at whether a password would go where others may read it.
    ///
    /// # Panics
    /// When it would.
    pub(super) fn check(&self) {
        let host = host(&self.address);
        let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        let fine = here || self.login.is_none() || self.security() != Security::Plain;
        assert!(fine, "email would send the password to {} for all to read; write `security = Security::StartTls`", self.address);
    }

    /// Returns a number that others do not have that send from, to or as somebody else.
    pub(super) fn apart(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.to.to_string(), self.from.to_string(), self.security()).hash(&mut hasher);
        self.login.iter().for_each(|(user, password)| (user, password.expose()).hash(&mut hasher));
        hasher.finish()
    }

    fn connect(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
        let (host, port) = (host(&self.address), self.address.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(25));
        let security = match self.security() {
            Security::Plain => client::Tls::None,
            Security::StartTls => client::Tls::Required(self.parameters(host)?),
            Security::Tls => client::Tls::Wrapper(self.parameters(host)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(port).tls(security);
        builder = builder.pool_config(PoolConfig::new().max_size(1));
        if let Some((user, password)) = &self.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(builder.build())
    }

    fn parameters(&self, host: &str) -> Result<TlsParameters, String> {
        let read = |file: &std::path::Path| std::fs::read(file).map_err(|error| format!("cannot use {}: {error}", file.display()));
        let failed = |error: lettre::transport::smtp::Error| format!("cannot use TLS: {error}");
        let mut builder: TlsParametersBuilder = TlsParameters::builder(self.tls.name_or(host).to_owned());
        if let Some(file) = self.tls.authorities() {
            builder = builder.certificate_store(client::CertificateStore::None);
            builder = builder.add_root_certificate(Certificate::from_pem(&read(file)?).map_err(failed)?);
        }
        if let Some((certificate, key)) = self.tls.own() {
            builder = builder.identify_with(Identity::from_pem(&read(certificate)?, &read(key)?).map_err(failed)?);
        }
        builder.build_rustls().map_err(failed)
    }

    fn mail(&self, written: Written<'_>) -> Result<Message, String> {
        let mut builder = Message::builder().message_id(None).from(self.from.clone()).subject(written.subject);
        for to in self.to.iter() {
            builder = builder.to(to.clone());
        }
        let text = SinglePart::plain(written.text.into_owned());
        let made = match written.html {
            None => builder.singlepart(text),
            Some(html) => builder.multipart(MultiPart::alternative().singlepart(text).singlepart(SinglePart::html(html.into_owned()))),
        };
        made.map_err(|error| format!("no mail can be made of it: {error}"))
    }
}

/// A mail as it waits, and as a dead letter.
#[derive(Serialize, Deserialize)]
pub(super) struct Written<'a> {
    pub(super) subject: Cow<'a, str>,
    pub(super) text: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) html: Option<Cow<'a, str>>,
}

/// What hands mails over.
pub(super) struct Mailer {
    relay: Arc<Relay>,
    connection: Option<AsyncSmtpTransport<Tokio1Executor>>,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer({:?})", self.relay.address)
    }
}

impl Mailer {
    pub(super) fn new(relay: Arc<Relay>) -> Mailer {
        Mailer { relay, connection: None }
    }
}

impl Transport for Mailer {
    type Item = ();

    const UNIT: &'static str = "mail";

    async fn deliver(&mut self, mails: &Records<()>) -> Report {
        let mut refused = Vec::new();
        for index in 0..mails.len() {
            let written = serde_json::from_slice(mails.text(index)).map_err(|error| error.to_string());
            let mail = match written.and_then(|written| self.relay.mail(written)) {
                Ok(mail) => mail,
                Err(reason) => {
                    refused.push((index, reason.into()));
                    continue;
                }
            };
            let connection = match &self.connection {
                Some(connection) => connection,
                None => match self.relay.connect() {
                    Ok(connection) => self.connection.insert(connection),
                    Err(reason) => return Report::again(reason),
                },
            };
            if let Err(error) = connection.send(mail).await {
                // 530 and its like are about who asks, and not about the mail.
                let is_login = error.status().is_some_and(|code| matches!(u16::from(code), 454 | 530 | 534 | 535 | 538));
                if error.is_permanent() && !is_login {
                    refused.push((index, self.told(&error).into()));
                    continue;
                }
                let mut report = Report::again(self.told(&error)).only(index..mails.len());
                report.refused = refused;
                return report;
            }
        }
        let mut report = Report::delivered();
        report.refused = refused;
        report
    }

    fn restore(shown: &[u8], text: &mut Vec<u8>) -> Option<()> {
        text.extend_from_slice(shown);
        Some(())
    }
}

impl Mailer {
    /// Says what went wrong, without the password, should the relay have said it.
    fn told(&self, error: &lettre::transport::smtp::Error) -> String {
        let told = error.to_string();
        match &self.relay.login {
            Some((_, password)) if !password.expose().is_empty() => told.replace(password.expose(), "***"),
            _ => told,
        }
    }
}
