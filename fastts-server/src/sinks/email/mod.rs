//! `email`: mails, over SMTP.

mod relay;

use std::sync::Arc;

use fastts_core::sink::{Options, Worker};
use fastts_core::{Context, Emit, Escape, Event, EventView, Flow, Item, Pipe, Secret, Stage, TextBuffer, Then, Wiring};
use jiff::Timestamp;
use lettre::message::{Mailbox, Mailboxes};

use super::address::address;
use super::{Events, Text, Tls};
pub use relay::Security;
use relay::{Mailer, Relay};

/// Sends a mail, and passes the item on: `email("ops@example.org")`.
///
/// Takes and emits events, or windows, of which it makes one mail; holds nothing itself. The subject is `host service state`, the text
/// that, the metric, the time and the description, or they are what `subject` and `text` say; with `html` the mail has that form too. A value
/// adds no header and no element. In tests a [`Driver`](fastts_core::testing::Driver) keeps the mails, as JSON, as those of the sink
/// `email RELAY`; in a replay nothing is sent.
///
/// A mail goes to a relay. What it refuses for good (5xx) becomes a dead letter, what it refuses for now (4xx) is sent again, and so is all
/// while it refuses the password: the log says what it said.
///
/// It has the [options of every sink](fastts_core::sink::Options), and these:
///
/// | option | default | |
/// |---|---|---|
/// | `from` | `"fastts@localhost"` | who it is from |
/// | `subject`, `text`, `html` | as above | texts with fields |
/// | `relay` | `"localhost:25"` | where mails are handed over |
/// | `login` | none | name and password: `login = ("me", secret("SMTP_PASSWORD"))`; over TLS alone, but for a relay on the same machine |
/// | `security` | of port 465 [`Security::Tls`], of 587 [`Security::StartTls`], else [`Security::Plain`] | |
/// | `tls` | as the system trusts | [`Tls`] |
/// | `queue` | 1,000 | |
/// | `timeout` | 30 s | |
/// | `overflow` | `Overflow::Block` | has the pipeline wait while the relay is slow; while it cannot be reached the oldest are dropped |
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "mail" { rollup(5, 1h); email("ops@example.org", relay = "smtp.example.org:587", text = "{service}: {metric}") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { time: 0, host: "a", service: "b\nBcc: c@d", state: "critical", metric: 5 });
/// let mail = r#"{"subject":"a b Bcc: c@d critical","text":"b\nBcc: c@d: 5"}"#;
/// assert_eq!(driver.lines("email smtp.example.org:587"), [mail]);
/// ```
///
/// # Panics
/// When that is no address of mail, and when the router is built, when a password would go over no TLS.
#[track_caller]
pub fn email<I: Item, E: Events, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    to: impl Recipients,
) -> Pipe<I, Then<S, Email>> {
    let to = to.recipients().unwrap_or_else(|wrong| panic!("email wants addresses such as \"ops@example.org\", not {wrong:?}"));
    // It is an address.
    let from: Mailbox = "fastts@localhost".parse().unwrap_or_else(|error| unreachable!("{error}"));
    let stage = Email {
        relay: Relay::new(to, from),
        subject: Text::<Event>::new(Escape::MailHeader, usual_subject),
        text: Text::<Event>::new(Escape::Plain, usual_text),
        html: None,
        mail: Mail::default(),
        options: Options::new().queue(1_000).batch(1).timeout(30).never_waits_for_the_absent(),
        sink: Worker::nobody(),
    };
    flow.into_pipe().then(stage)
}

/// Those that a mail goes to: an address, several with commas, or a list.
pub trait Recipients {
    /// Reads them.
    ///
    /// # Errors
    /// The text that is no address.
    fn recipients(self) -> Result<Mailboxes, String>;
}

impl Recipients for &str {
    fn recipients(self) -> Result<Mailboxes, String> {
        self.parse().ok().filter(|all: &Mailboxes| all.iter().next().is_some()).ok_or_else(|| self.to_owned())
    }
}

impl Recipients for String {
    fn recipients(self) -> Result<Mailboxes, String> {
        self.as_str().recipients()
    }
}

impl<T: Recipients> Recipients for Vec<T> {
    fn recipients(self) -> Result<Mailboxes, String> {
        let mut all = Mailboxes::new();
        for one in self {
            all.extend(one.recipients()?);
        }
        if all.iter().next().is_none() { Err(String::new()) } else { Ok(all) }
    }
}

impl<T: Recipients, const N: usize> Recipients for [T; N] {
    fn recipients(self) -> Result<Mailboxes, String> {
        Vec::from(self).recipients()
    }
}

/// What an event is called in a subject, as the first FastTS had it.
fn usual_subject(event: EventView<'_>, text: &mut TextBuffer) {
    text.value(event.host());
    text.text(" ");
    text.value(event.service());
    text.text(" ");
    text.value(event.state());
}

fn usual_text(event: EventView<'_>, text: &mut TextBuffer) {
    usual_subject(event, text);
    text.text(" (");
    text.value(event.metric());
    text.text(")\n");
    if let Some(time) = event.time() {
        text.text("at ");
        let seconds = time.as_micros().div_euclid(1_000_000);
        match Timestamp::from_second(seconds) {
            Ok(time) => text.value(&*time.strftime("%Y-%m-%d %H:%M:%S").to_string()),
            Err(_) => text.value(time),
        }
        text.text("\n");
    }
    if event.description().is_some() {
        text.text("\n");
        text.value(event.description());
        text.text("\n");
    }
}

/// A mail, as it is written for an item.
#[derive(Clone, Debug, Default)]
struct Mail {
    subject: String,
    text: String,
    html: String,
}

/// The stage of [`email`].
#[derive(Clone)]
pub struct Email {
    relay: Relay,
    subject: Text<Event>,
    text: Text<Event>,
    html: Option<Text<Event>>,
    mail: Mail,
    options: Options,
    sink: Worker<Mailer>,
}

fastts_core::sink_options!(Email);

impl Email {
    /// Sets who mails are from.
    ///
    /// # Panics
    /// When that is no address of mail.
    #[track_caller]
    pub fn from(mut self, address: &str) -> Email {
        self.relay.from = address.parse().unwrap_or_else(|error| panic!("email cannot be from {address:?}: {error}"));
        self
    }

    /// Sets the subject.
    pub fn subject(mut self, write: impl for<'a> FnMut(EventView<'a>, &mut TextBuffer) + Clone + Send + 'static) -> Email {
        self.subject = Text::<Event>::new(Escape::MailHeader, write);
        self
    }

    /// Sets the text.
    pub fn text(mut self, write: impl for<'a> FnMut(EventView<'a>, &mut TextBuffer) + Clone + Send + 'static) -> Email {
        self.text = Text::<Event>::new(Escape::Plain, write);
        self
    }

    /// Sets the text in HTML.
    pub fn html(mut self, write: impl for<'a> FnMut(EventView<'a>, &mut TextBuffer) + Clone + Send + 'static) -> Email {
        self.html = Some(Text::<Event>::new(Escape::Html, write));
        self
    }

    /// Sets where mails are handed over.
    ///
    /// # Panics
    /// When that is no address with a port.
    #[track_caller]
    pub fn relay(mut self, relay: impl Into<String>) -> Email {
        self.relay.address = address("email", relay.into(), "smtp.example.org:587");
        self
    }

    /// Sets name and password.
    pub fn login(mut self, (user, password): (impl Into<String>, Secret)) -> Email {
        self.relay.login = Some((user.into(), password));
        self
    }

    /// Sets whether the relay is spoken to over TLS.
    pub fn security(mut self, security: Security) -> Email {
        self.relay.security = Some(security);
        self
    }

    /// Sets whom it trusts.
    pub fn tls(mut self, with: Tls) -> Email {
        self.relay.tls = with;
        self
    }
}

impl<I: Events> Stage<I> for Email {
    type Out = I;

    const WIRING: Wiring<I, Email> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        self.relay.check();
        let relay = Arc::new(self.relay.clone());
        let options = self.options.clone().batch(1).apart(relay.apart());
        self.sink = cx.sinks().open(&format!("email {}", relay.address), &options, move || Mailer::new(Arc::clone(&relay)));
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let Email { subject, text, html, mail, sink, .. } = self;
        [&mut mail.subject, &mut mail.text, &mut mail.html].into_iter().for_each(String::clear);
        let mut events = 0;
        I::show_events(item, |event| {
            if events == 0 {
                mail.subject.push_str(subject.of(event));
            } else {
                mail.text.push('\n');
            }
            mail.text.push_str(text.of(event));
            if let Some(html) = html {
                mail.html.push_str(html.of(event));
            }
            events += 1;
        });
        if events > 1 {
            mail.subject += &format!(" and {} more", events - 1);
        }
        if events > 0 {
            sink.text(cx.token(), |out| {
                let html = (!mail.html.is_empty()).then_some(&*mail.html);
                // Writing into memory cannot fail.
                let _ = serde_json::to_writer(
                    out,
                    &relay::Written { subject: (&*mail.subject).into(), text: (&*mail.text).into(), html: html.map(Into::into) },
                );
            });
        }
        out.emit(item, cx);
    }
}
