//! `email`, against aiosmtpd from PyPI, whose mails Python's library takes apart.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use fastts_server::prelude::*;
use fastts_server::testing::compliance::{Compliance, Peer};
use fastts_server::{Overflow, Secret, Security, Tls, event};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::kit::{PATIENCE, Route, folder, nobody, set_target, target, trial, until};

router! {
    pub fn compliant;
    let relay = target();
    pipeline "mail" { email("ops@example.org", relay = relay, subject = "{service}", queue = 100, batch = 10) }
}

router! {
    pub fn usual;
    let relay = target();
    pipeline "mail" { email(["ops@example.org", "Jo <jo@example.org>"], relay = relay, from = "FastTS <fastts@example.org>") }
}

router! {
    pub fn in_html;
    let relay = target();
    pipeline "mail" { email("ops@example.org", relay = relay, subject = "{host}: {service}", text = "{description}", html = "<p title=\"{host}\">{description}</p>") }
}

router! {
    pub fn windows;
    let relay = target();
    pipeline "mail" { fixed_event_window(3); email("ops@example.org", relay = relay, text = "{service}") }
}

router! {
    pub fn over_starttls;
    let (relay, ca, password) = (target(), authority(), Secret::new("passw0rd"));
    pipeline "mail" { email("ops@example.org", relay = relay, security = Security::StartTls, tls = Tls::new().ca(ca), login = ("me", password)) }
}

router! {
    pub fn over_tls;
    let (relay, ca, password) = (target(), authority(), Secret::new("passw0rd"));
    pipeline "mail" { email("ops@example.org", relay = relay, security = Security::Tls, tls = Tls::new().ca(ca), login = ("me", password)) }
}

router! {
    pub fn with_the_wrong_password;
    let (relay, ca, password) = (target(), authority(), Secret::new("wr0ng"));
    pipeline "mail" { email("ops@example.org", relay = relay, security = Security::StartTls, tls = Tls::new().ca(ca), login = ("me", password)) }
}

pub(crate) fn trials() -> Vec<Trial> {
    let missing = python().err();
    let missing = || missing.clone();
    vec![
        trial("email_keeps_what_every_sink_promises", missing(), keeps),
        trial("a_mail_is_as_the_first_fastts_had_it", missing(), as_ever),
        trial("a_value_adds_no_header_and_no_element_to_a_mail", missing(), no_header),
        trial("a_window_is_one_mail", missing(), one_mail),
        trial("email_logs_in_over_tls_that_was_asked_for", missing(), || logs_in(over_starttls, "starttls")),
        trial("email_logs_in_over_tls_from_the_first_byte", missing(), || logs_in(over_tls, "tls")),
        trial("a_password_that_is_wrong_is_told_and_costs_no_mail", missing(), wrong_password),
        trial("a_password_of_mails_goes_over_no_open_line", None, open_line),
    ]
}

/// Returns a Python that has aiosmtpd.
fn python() -> Result<PathBuf, String> {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let quiet = |command: &mut Command| {
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let install = || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sinks-python");
        let python = folder.join("bin/python");
        let works = || quiet(Command::new(&python).args(["-c", "import aiosmtpd; assert aiosmtpd.__version__ == '1.4.6'"]));
        if !works() {
            if !quiet(Command::new("/usr/bin/python3").args(["-m", "venv", "--clear"]).arg(&folder)) {
                return Err("python3-venv not installed".to_owned());
            }
            quiet(Command::new(&python).args(["-m", "pip", "install", "--quiet", "aiosmtpd==1.4.6"]));
            if !works() {
                return Err("aiosmtpd (PyPI) not installed".to_owned());
            }
        }
        Ok(python)
    };
    PYTHON.get_or_init(install).clone()
}

/// A server for mail, which keeps what it takes in its folder.
struct Server {
    folder: PathBuf,
    kind: &'static str,
    child: Option<Child>,
}

/// The file with the certificate of the server of this thread's routers.
fn authority() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("sinks-keys").join(target().rsplit(':').next().unwrap()).join("cert.pem")
}

impl Server {
    fn new(name: &str, kind: &'static str) -> Server {
        set_target(nobody().replace("127.0.0.1", "localhost"));
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::create_dir_all(authority().parent().unwrap()).unwrap();
        fs::write(authority(), made.cert.pem()).unwrap();
        fs::write(authority().with_file_name("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let mut server = Server { folder: folder(name), kind, child: None };
        server.start();
        server
    }

    /// Returns the mails that it has taken.
    fn mails(&self) -> Vec<Value> {
        let mails = fs::read_to_string(self.folder.join("mails")).unwrap_or_default();
        // The last line may still be written.
        mails.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

impl Peer for Server {
    fn start(&mut self) {
        if self.child.is_some() {
            return;
        }
        let mut command = Command::new(python().unwrap());
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sinks/smtp.py")).arg(&self.folder);
        command.args([target().rsplit(':').next().unwrap(), self.kind]).arg(authority().parent().unwrap());
        self.child = Some(command.stdin(Stdio::null()).spawn().unwrap());
        until("it listens", || TcpStream::connect(target()).is_ok());
    }

    fn stop(&mut self) -> bool {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        true
    }

    fn slow(&mut self, slow: bool) -> bool {
        let Some(child) = &self.child else { return true };
        let signal = if slow { "-STOP" } else { "-CONT" };
        assert!(Command::new("kill").arg(signal).arg(child.id().to_string()).status().unwrap().success());
        true
    }

    fn refuse(&mut self, service: Option<&str>) -> bool {
        fs::write(self.folder.join("refuses"), service.unwrap_or_default()).unwrap();
        true
    }

    fn arrived(&mut self) -> Vec<String> {
        self.mails().iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn keeps() {
    // A mail is a dozen lines back and forth.
    Compliance::new(compliant, Overflow::Block).patience(4 * PATIENCE).check(&mut Server::new("smtp-compliant", "plain"));
}

fn sent(name: &str, router: fn() -> Router, events: impl IntoIterator<Item = Event>) -> Value {
    let server = Server::new(name, "plain");
    let route = Route::start(router);
    route.send(events);
    assert!(route.drain().is_complete());
    let mails = server.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails[0].clone()
}

/// Returns the text of a mail, without the line breaks at its end: each mail has one more.
fn text(mail: &Value) -> &str {
    mail["text"].as_str().unwrap().trim_end()
}

fn as_ever() {
    let event = event! { time: 1_000_000_000, host: "web1", service: "disk /", state: "critical", metric: 0.95, description: "full, nearly\n.\nand a line with a dot" };
    let mail = sent("smtp-usual", usual, [event]);
    assert_eq!(mail["subject"], "web1 disk / critical");
    assert_eq!(text(&mail), "web1 disk / critical (0.95)\nat 2001-09-09 01:46:40\n\nfull, nearly\n.\nand a line with a dot");
    assert_eq!(mail["recipients"], json!(["ops@example.org", "jo@example.org"]));
    assert_eq!((&mail["sender"], &mail["html"]), (&json!("fastts@example.org"), &Value::Null));
    assert_eq!(mail["to"], "ops@example.org, Jo <jo@example.org>");
}

fn no_header() {
    let hostile = "x\r\nBcc: everybody@example.com\r\n\r\n</p><script>alert(1)</script>\" onmouseover=\"alert(1) ümlaut 漢字";
    let mail = sent("smtp-hostile", in_html, [event! { host: hostile, service: hostile, description: hostile }]);
    let headers: Vec<&str> = mail["headers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(!headers.iter().any(|name| name.eq_ignore_ascii_case("bcc")), "{headers:?}");
    assert_eq!(mail["recipients"], json!(["ops@example.org"]));
    let one_line = hostile.replace(['\r', '\n'], " ");
    assert_eq!(mail["subject"], format!("{one_line}: {one_line}"));
    let html = mail["html"].as_str().unwrap();
    assert!(!html.contains("<script") && !html.contains("\" onmouseover") && html.contains("&lt;script&gt;alert(1)"), "{html}");
    assert_eq!(html.matches('<').count(), 2, "{html}");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(mail["text"].as_str().unwrap()), lines(hostile));
}

fn one_mail() {
    let mail = sent("smtp-window", windows, ["a", "b", "c"].map(|service| event! { host: "h", service: service, state: "ok" }));
    assert_eq!((mail["subject"].as_str(), text(&mail)), (Some("h a ok and 2 more"), "a\nb\nc"));
}

fn logs_in(router: fn() -> Router, kind: &'static str) {
    let server = Server::new(&format!("smtp-{kind}"), kind);
    let route = Route::start(router);
    route.send([event! { service: "a" }]);
    assert!(route.drain().is_complete());
    let mails = server.mails();
    // Of one that speaks nothing but TLS it does not say that it does.
    assert_eq!((mails.len(), &mails[0]["tls"], &mails[0]["login"]), (1, &json!(kind == "starttls"), &json!("me")));
}

fn wrong_password() {
    let server = Server::new("smtp-wrong", "starttls");
    let route = Route::start(with_the_wrong_password);
    route.send([event! { service: "a" }]);
    until("the sink says why", || route.stats().reason.is_some_and(|reason| reason.contains("535")));
    let stats = route.stats();
    assert_eq!((stats.refused, stats.waiting + stats.sending), (0, 1), "it is tried again");
    assert!(!format!("{stats:?}").contains("wr0ng"), "{stats:?}");
    assert_eq!(server.mails().len(), 0);
}

fn open_line() {
    router! {
        pub fn open;
        let password = Secret::new("passw0rd");
        pipeline "mail" { email("ops@example.org", relay = "smtp.example.org:25", login = ("me", password)) }
    }
    let refused = std::panic::catch_unwind(|| drop(Route::start(open)));
    let said = |panic: Box<dyn std::any::Any + Send>| panic.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(refused.is_err_and(|panic| said(panic).contains("security = Security::StartTls")));
}
