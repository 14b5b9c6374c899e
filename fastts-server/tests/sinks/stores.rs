//! `influxdb` and `alertmanager`, against Debian's, which are asked what they have.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use fastts_core::Time;
use fastts_core::runtime::Clock;
use fastts_server::prelude::*;
use fastts_server::testing::compliance::{Compliance, Peer};
use fastts_server::{Overflow, Secret, event};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::kit::{Route, folder, missing, nobody, set_target, target, trial, until};

router! {
    pub fn compliant;
    let url = format!("http://{}", target());
    pipeline "influxdb" { influxdb(url, queue = 100, batch = 10, db = "fastts", measurement = "compliance", tags = ["host", "service"], timeout = 2s) }
}

router! {
    pub fn many;
    let url = format!("http://{}", target());
    pipeline "influxdb" { influxdb(url, db = "fastts", tags = ["host", "state", "zone"]) }
}

router! {
    pub fn as_two;
    let (url, token) = (format!("http://{}", target()), Secret::new("me:passw0rd"));
    pipeline "influxdb" { influxdb(url, bucket = "fastts/autogen", org = "any", token = token) }
}

router! {
    pub fn nowhere;
    let url = format!("http://{}", target());
    pipeline "influxdb" { influxdb(url, db = "absent") }
}

router! {
    pub fn alerting;
    let url = format!("http://{}", target());
    pipeline "alerts" { alertmanager(url, labels = ["team name"]) }
}

pub(crate) fn trials() -> Vec<Trial> {
    let (influxd, alertmanager) = (missing(INFLUXD, "influxdb"), missing(ALERTMANAGER, "prometheus-alertmanager"));
    vec![
        trial("influxdb_keeps_what_every_sink_promises", influxd.clone(), influxdb_keeps),
        trial("influxdb_has_what_was_sent", influxd.clone(), influxdb_has),
        trial("influxdb_takes_what_is_sent_as_to_the_second", influxd.clone(), influxdb_as_two),
        trial("influxdb_without_the_database_is_told", influxd, influxdb_without),
        trial("alertmanager_knows_what_goes_on_and_what_is_over", alertmanager.clone(), alerts),
        trial("alertmanager_that_was_killed_gets_what_came_meanwhile", alertmanager, killed),
    ]
}

const INFLUXD: &str = "/usr/bin/influxd";
const ALERTMANAGER: &str = "/usr/bin/prometheus-alertmanager";

/// A server in a folder of its own, with the arguments that it is started with.
struct Daemon {
    command: Vec<String>,
    address: String,
    child: Option<Child>,
}

impl Daemon {
    fn start(&mut self) {
        if self.child.is_some() {
            return;
        }
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        until("it listens", || TcpStream::connect(&self.address).is_ok());
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Stops it where it is, or has it go on.
    fn hold(&self, hold: bool) {
        let Some(child) = &self.child else { return };
        let signal = if hold { "-STOP" } else { "-CONT" };
        assert!(Command::new("kill").arg(signal).arg(child.id().to_string()).status().unwrap().success());
    }

    /// Asks it for something, and returns the JSON of the answer.
    fn ask(&self, method: &str, path: &str) -> Value {
        let asked = || {
            let mut stream = TcpStream::connect(&self.address)?;
            write!(stream, "{method} {path} HTTP/1.0\r\nHost: {}\r\nContent-Length: 0\r\n\r\n", self.address)?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            std::io::Result::Ok(answer)
        };
        let answer = asked().unwrap_or_default();
        serde_json::from_str(answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)).unwrap_or_default()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Says which version of a package it is.
fn version(package: &str) -> String {
    let output = Command::new("dpkg-query").args(["-W", "-f", "${Package} ${Version}", package]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// An InfluxDB.
struct Influx(Daemon);

impl Influx {
    fn new(name: &str) -> Influx {
        let (here, address, rpc) = (folder(name), nobody(), nobody());
        let conf = format!(
            "reporting-disabled = true\nbind-address = \"{rpc}\"\n[meta]\ndir = \"{0}/meta\"\n[data]\ndir = \"{0}/data\"\nwal-dir = \"{0}/wal\"\n\
             [http]\nbind-address = \"{address}\"\nlog-enabled = false\n[monitor]\nstore-enabled = false\n",
            here.display()
        );
        let file: PathBuf = here.join("influxdb.conf");
        fs::write(&file, conf).unwrap();
        set_target(address.clone());
        let command = vec![INFLUXD.to_owned(), "run".to_owned(), "-config".to_owned(), file.display().to_string()];
        let mut influx = Influx(Daemon { command, address, child: None });
        influx.0.start();
        until("it has a database", || !influx.query("POST", "CREATE DATABASE fastts").is_null());
        influx
    }

    fn query(&self, method: &str, query: &str) -> Value {
        let mut escaped = String::new();
        fastts_server::Escape::Url.write(query, &mut escaped);
        self.0.ask(method, &format!("/query?db=fastts&epoch=ns&q={escaped}"))
    }

    /// Returns the rows of a query, each as a list of texts and numbers.
    fn rows(&self, query: &str) -> Vec<Vec<Value>> {
        let answer = self.query("GET", query);
        let series = answer["results"][0]["series"].as_array().cloned().unwrap_or_default();
        series
            .iter()
            .flat_map(|series| series["values"].as_array().cloned().unwrap_or_default())
            .map(|row| row.as_array().cloned().unwrap())
            .collect()
    }
}

impl Peer for Influx {
    fn start(&mut self) {
        self.0.start();
    }

    fn stop(&mut self) -> bool {
        self.0.kill();
        true
    }

    fn slow(&mut self, slow: bool) -> bool {
        self.0.hold(slow);
        true
    }

    fn arrived(&mut self) -> Vec<String> {
        // Points are in the order of their times; the events of a batch have one.
        let mut rows = self.rows("SELECT service, value FROM compliance");
        rows.sort_by(|one, other| one[0].as_i64().cmp(&other[0].as_i64()).then(one[1].as_str().cmp(&other[1].as_str())));
        rows.iter().map(|row| row[1].as_str().unwrap().to_owned()).collect()
    }

    fn shown(&self, service: &str) -> String {
        service.replace(' ', "\\ ")
    }
}

fn influxdb_keeps() {
    Compliance::new(compliant, Overflow::DropOldest).check(&mut Influx::new("influxdb-compliant"));
}

fn influxdb_has() {
    let influx = Influx::new("influxdb-has");
    let route = Route::start(many);
    let events = (0..1_000)
        .map(|number| event! { time: 1_000_000_000 + number, host: "web1", service: "load", metric: number as f64 / 4.0, "zone": "eu" });
    route.send(events.collect::<Vec<_>>());
    let hostile = "a,b=c d\nevil value=1 1\\";
    route.send([
        event! { time: 5, host: hostile, service: hostile, state: "x\\", metric: 7 },
        event! { time: 6, service: "# no comment", metric: 8 },
        event! { time: 7, service: "none" },
        event! { time: 8, service: "nan", metric: f64::NAN },
    ]);
    assert!(route.drain().is_complete());
    assert_eq!(route.running.sinks().dead_letters().len(), 0);
    let rows = influx.rows("SELECT value, host, zone FROM load");
    assert_eq!(rows.len(), 1_000);
    assert_eq!(rows[3], [serde_json::json!(1_000_000_003_000_000_000_i64), 0.75.into(), "web1".into(), "eu".into()]);
    let names: BTreeSet<String> = influx.rows("SHOW MEASUREMENTS").iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
    let wanted = ["_ no comment", "a,b=c d_evil value=1 1_", "load"].map(str::to_owned);
    assert_eq!(names, wanted.into_iter().collect(), "no value has made another");
    let row = &influx.rows("SELECT value, host, state FROM /evil/")[0];
    assert_eq!(row[1..], [serde_json::json!(7), "a,b=c d_evil value=1 1_".into(), "x_".into()]);
    println!("{}: {} points were read back", version("influxdb"), rows.len() + 2);
}

fn influxdb_as_two() {
    // Version 1.8 and later take requests of the second; this one is held against what the second's page says.
    let asked = |asked: &crate::web::Asked| {
        assert_eq!(asked.line, "POST /api/v2/write?org=any&bucket=fastts%2Fautogen&precision=ns");
        assert_eq!(asked.headers["authorization"], "Token me:passw0rd");
        assert_eq!(asked.body, "load,host=a value=1 5000000000\n");
        Vec::new()
    };
    set_target(nobody());
    let mut web = crate::web::Web::new(|_| (204, Vec::new(), String::new()), asked);
    web.start();
    let route = Route::start(as_two);
    route.send([event! { time: 5, host: "a", service: "load", metric: 1 }]);
    assert!(route.drain().is_complete());
    assert_eq!((route.stats().sent, web.asked().len()), (1, 1));
}

fn influxdb_without() {
    let _influx = Influx::new("influxdb-without");
    let route = Route::start(nowhere);
    route.send([event! { service: "load", metric: 1 }]);
    assert!(route.drain().is_complete());
    let letters = route.running.sinks().dead_letters();
    assert!(letters[0].reason.contains("database not found"), "{}", letters[0].reason);
}

fn alertmanager_in(name: &str) -> Daemon {
    let (here, address) = (folder(name), nobody());
    let file = here.join("alertmanager.yml");
    fs::write(&file, "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n").unwrap();
    set_target(address.clone());
    let command = [
        ALERTMANAGER.to_owned(),
        format!("--config.file={}", file.display()),
        format!("--storage.path={}", here.display()),
        format!("--web.listen-address={address}"),
        "--cluster.listen-address=".to_owned(),
    ];
    let mut daemon = Daemon { command: command.to_vec(), address, child: None };
    daemon.start();
    until("it is ready", || daemon.ask("GET", "/api/v2/status")["versionInfo"]["version"].is_string());
    daemon
}

/// Returns the names of the alerts that go on.
fn going_on(daemon: &Daemon) -> BTreeSet<String> {
    let alerts = daemon.ask("GET", "/api/v2/alerts?active=true");
    alerts.as_array().cloned().unwrap_or_default().iter().map(|alert| alert["labels"]["alertname"].as_str().unwrap().to_owned()).collect()
}

fn alerts() {
    let daemon = alertmanager_in("alertmanager");
    let route = Route::start(alerting);
    let now = Clock::system().now().as_secs_f64().floor();
    let at = |seconds: f64| Time::from_secs_f64(now + seconds);
    let hostile = "\"}}],\"x\":\n{";
    route.send([
        event! { time: at(-20.0), host: "a", service: "disk", state: "critical", metric: 0.9, description: hostile, tags: ["x", "y"], ttl: 600, "team name": hostile },
        event! { time: at(-20.0), host: "a", service: "load", state: "warning" },
        event! { state: "critical" },
    ]);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    until("they go on", || going_on(&daemon) == names(&["disk", "load", "unknown"]));
    let alerts = daemon.ask("GET", "/api/v2/alerts?filter=alertname%3D%22disk%22");
    let alert = &alerts[0];
    let labels = serde_json::json!({ "alertname": "disk", "instance": "a", "team_name": hostile });
    assert_eq!(alert["labels"], labels);
    assert_eq!(alert["annotations"], serde_json::json!({ "state": "critical", "metric": "0.9", "description": hostile, "tags": "x y" }));
    let seconds = |key: &str| alert[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second() - now as i64;
    assert_eq!((seconds("startsAt"), seconds("endsAt")), (-20, 580));
    route.send([
        event! { time: at(-1.0), host: "a", service: "disk", state: "ok", "team name": hostile },
        event! { time: at(-1.0), host: "b", service: "load", state: "ok" },
    ]);
    until("one is over, and not that of another host", || going_on(&daemon) == names(&["load", "unknown"]));
    assert!(route.drain().is_complete());
    println!("{}: its alerts were read back", version("prometheus-alertmanager"));
}

fn killed() {
    let mut daemon = alertmanager_in("alertmanager-killed");
    let route = Route::start(alerting);
    let alert = |number: usize| event! { host: "a", service: format!("n{number}"), state: "critical" };
    route.send((0..10).map(alert));
    until("they go on", || going_on(&daemon).len() == 10);
    daemon.kill();
    route.send((10..20).map(alert));
    until("the sink notices", || route.stats().away);
    daemon.start();
    // It has forgotten those of before, as it does.
    route.send((20..30).map(alert));
    assert!(route.drain().is_complete());
    until("those of meanwhile and after go on", || going_on(&daemon) == (10..30).map(|number| format!("n{number}")).collect());
}
