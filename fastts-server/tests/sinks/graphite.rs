//! `graphite`: against the check of every sink with a reader of lines, and against Graphite's carbon, read back through whisper.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fastts_server::prelude::*;
use fastts_server::testing::compliance::{Compliance, Peer};
use fastts_server::{Carbon, Overflow, event};
use libtest_mimic::Trial;

use crate::kit::{Route, folder, missing, nobody, set_target, target, trial, until};
use crate::lines::{Kind, Reader};

router! {
    pub fn compliant;
    let carbon = target();
    pipeline "graphite" { graphite(carbon, queue = 100, batch = 10, path = "{service}") }
}

router! {
    pub fn over_lines;
    let carbon = target();
    pipeline "graphite" { graphite(carbon) }
}

router! {
    pub fn over_udp;
    let carbon = target();
    pipeline "graphite" { graphite(carbon, protocol = Carbon::Udp) }
}

router! {
    pub fn over_pickle;
    let carbon = target();
    pipeline "graphite" { graphite(carbon, protocol = Carbon::Pickle) }
}

router! {
    pub fn tagged;
    let carbon = target();
    pipeline "graphite" { graphite(carbon, path = "disk.{service}", tags = ["host", "zone"]) }
}

pub(crate) fn trials() -> Vec<Trial> {
    let no_carbon = missing("/usr/bin/carbon-cache", "graphite-carbon");
    vec![
        trial("graphite_keeps_what_every_sink_promises", None, keeps),
        trial("carbon_keeps_what_comes_as_lines", no_carbon.clone(), || kept_by_carbon(over_lines, Port::Lines)),
        trial("carbon_keeps_what_comes_over_udp", no_carbon.clone(), || kept_by_carbon(over_udp, Port::Lines)),
        trial("carbon_keeps_what_comes_in_pickles", no_carbon.clone(), || kept_by_carbon(over_pickle, Port::Pickle)),
        trial("carbon_reads_the_tags", no_carbon.clone(), tags_in_carbon),
        trial("carbon_that_was_killed_gets_what_came_meanwhile", no_carbon, killed),
    ]
}

/// A reader of lines that knows the services by their paths.
struct Paths(Reader);

impl Peer for Paths {
    fn start(&mut self) {
        self.0.start();
    }

    fn stop(&mut self) -> bool {
        self.0.stop()
    }

    fn slow(&mut self, slow: bool) -> bool {
        self.0.slow(slow)
    }

    fn confirms(&self) -> bool {
        false
    }

    fn shown(&self, service: &str) -> String {
        service.replace(' ', "_")
    }

    fn arrived(&mut self) -> Vec<String> {
        let lines = self.0.arrived();
        lines.iter().map(|line| line.split(' ').next().unwrap().replace('_', " ")).collect()
    }
}

fn keeps() {
    set_target(nobody());
    Compliance::new(compliant, Overflow::DropOldest).check(&mut Paths(Reader::new(Kind::Tcp)));
}

enum Port {
    Lines,
    Pickle,
}

/// A carbon-cache in a folder of its own.
struct Cache {
    folder: PathBuf,
    lines: String,
    pickle: String,
    child: Option<Child>,
}

impl Cache {
    fn new(name: &str) -> Cache {
        let folder = folder(name);
        let (lines, pickle, query) = (nobody(), nobody(), nobody());
        let port = |address: &str| address.rsplit(':').next().unwrap().to_owned();
        let here = folder.display();
        let conf = format!(
            "[cache]\nSTORAGE_DIR = {here}\nLOCAL_DATA_DIR = {here}/whisper\nCONF_DIR = {here}\nLOG_DIR = {here}\nPID_DIR = {here}\nUSER =\n\
             MAX_CREATES_PER_MINUTE = inf\nMAX_UPDATES_PER_SECOND = inf\nENABLE_TAGS = False\nLINE_RECEIVER_INTERFACE = 127.0.0.1\n\
             LINE_RECEIVER_PORT = {0}\nENABLE_UDP_LISTENER = True\nUDP_RECEIVER_INTERFACE = 127.0.0.1\nUDP_RECEIVER_PORT = {0}\n\
             PICKLE_RECEIVER_INTERFACE = 127.0.0.1\nPICKLE_RECEIVER_PORT = {1}\nCACHE_QUERY_INTERFACE = 127.0.0.1\nCACHE_QUERY_PORT = {2}\n",
            port(&lines),
            port(&pickle),
            port(&query)
        );
        fs::write(folder.join("carbon.conf"), conf).unwrap();
        fs::write(folder.join("storage-schemas.conf"), "[all]\npattern = .*\nretentions = 1s:1d\n").unwrap();
        let mut cache = Cache { folder, lines, pickle, child: None };
        cache.start();
        cache
    }

    fn start(&mut self) {
        let _ = fs::remove_file(self.folder.join("carbon.pid"));
        let mut command = Command::new("/usr/bin/carbon-cache");
        command.arg(format!("--config={}", self.folder.join("carbon.conf").display()));
        command.arg(format!("--pidfile={}", self.folder.join("carbon.pid").display()));
        command.args(["--nodaemon", "start"]).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        until("carbon listens", || TcpStream::connect(&self.lines).is_ok() && TcpStream::connect(&self.pickle).is_ok());
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Reads the last value of every metric through whisper.
    fn values(&self) -> BTreeMap<String, f64> {
        let script = "import glob, json, os, sys, time, whisper\n\
             root = sys.argv[1] + '/whisper'\n\
             found = {}\n\
             for path in glob.glob(root + '/**/*.wsp', recursive=True):\n\
             \x20   _, values = whisper.fetch(path, int(time.time()) - 3600, int(time.time()) + 1)\n\
             \x20   values = [value for value in values if value is not None]\n\
             \x20   if values: found[os.path.relpath(path, root)[:-4].replace('/', '.')] = values[-1]\n\
             print(json.dumps(found))";
        let output = Command::new("/usr/bin/python3").args(["-c", script]).arg(&self.folder).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Says which carbon it is.
fn version() -> String {
    let output = Command::new("dpkg-query").args(["-W", "-f", "${Package} ${Version}", "graphite-carbon"]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

fn now() -> i64 {
    fastts_core::runtime::Clock::system().now().as_secs_f64() as i64
}

fn kept_by_carbon(router: fn() -> Router, port: Port) {
    let cache = Cache::new(match port {
        Port::Lines if std::ptr::fn_addr_eq(router, over_udp as fn() -> Router) => "carbon-udp",
        Port::Lines => "carbon-lines",
        Port::Pickle => "carbon-pickle",
    });
    set_target(match port {
        Port::Lines => cache.lines.clone(),
        Port::Pickle => cache.pickle.clone(),
    });
    let route = Route::start(router);
    let time = now() - 10;
    route.send((0..50).map(
        |number| event! { time: time, host: "web1.example.com", service: format!("service {number}"), metric: f64::from(number) + 0.5 },
    ));
    route.send([
        event! { time: time, host: "evil\n.. 1 2\nother", service: "a;b=c/../../d", metric: -3 },
        event! { time: time, service: "no metric" },
        event! { time: time, service: "no number", metric: f64::NAN },
        event! { service: "now", metric: i64::MAX },
    ]);
    assert!(route.drain().is_complete());
    let mut wanted: BTreeMap<String, f64> =
        (0..50).map(|number| (format!("com.example.web1.service.{number}"), f64::from(number) + 0.5)).collect();
    wanted.insert("_1_2_other._.evil_.a_b_c_._._._._d".to_owned(), -3.0);
    wanted.insert("now".to_owned(), i64::MAX as f64);
    let mut found = BTreeMap::new();
    until("carbon has written all", || {
        found = cache.values();
        found.retain(|path, _| !path.starts_with("carbon."));
        found.len() >= wanted.len()
    });
    assert_eq!(found, wanted);
    println!("{}: {} metrics were read back through whisper", version(), found.len());
}

fn tags_in_carbon() {
    let cache = Cache::new("carbon-tags");
    set_target(cache.lines.clone());
    let route = Route::start(tagged);
    route.send([event! { time: now(), host: "web1", service: "/var", metric: 5, "zone": "eu;x=y" }]);
    assert!(route.drain().is_complete());
    // Carbon keeps those with tags apart, under a name that it makes of them.
    let name = "disk._var;host=web1;zone=eu_x=y";
    let encode = format!("from carbon.util import TaggedSeries; print(TaggedSeries.encode('{name}', '.', hash_only=True))");
    let output = Command::new("/usr/bin/python3").args(["-c", &encode]).output().unwrap();
    let path = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(path.starts_with("_tagged."), "{path}: {}", String::from_utf8_lossy(&output.stderr));
    until("carbon has written it", || cache.values().get(&path) == Some(&5.0));
}

fn killed() {
    let mut cache = Cache::new("carbon-killed");
    set_target(cache.lines.clone());
    let route = Route::start(over_lines);
    let send = |range: std::ops::Range<i32>| {
        let time = now();
        route.send(range.map(|number| event! { time: time, service: format!("n{number}"), metric: number }));
    };
    send(0..10);
    let has = |cache: &Cache, range: std::ops::Range<i32>| {
        let values = cache.values();
        range.into_iter().all(|number| values.get(&format!("n{number}")) == Some(&f64::from(number)))
    };
    until("carbon has written what came first", || has(&cache, 0..10));
    cache.kill();
    send(10..20);
    until("the sink notices", || route.stats().away);
    cache.start();
    send(20..30);
    assert!(route.drain().is_complete());
    until("carbon has written the rest", || has(&cache, 0..30));
    assert!(Path::new(&cache.folder).exists());
}
