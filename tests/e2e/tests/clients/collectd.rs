//! collectd, which sends what it reads each second.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use libtest_mimic::Trial;

use crate::client::Transport;
use crate::install;
use crate::server::{Server, Target};

const TRANSPORTS: [Transport; 3] = [Transport::Tcp, Transport::Udp, Transport::Tls];

pub(crate) fn trials() -> Vec<Trial> {
    let path = install::program("collectd", "collectd-core").and_then(|path| plugins().map(|_| path));
    let trial = |transport: Transport| {
        let name = format!("collectd_sends_over_{}", transport.name());
        let found = path.clone().unwrap_or_default();
        crate::trial(name, path.as_ref().err(), move || sends(&found, transport))
    };
    TRANSPORTS.into_iter().map(trial).collect()
}

fn sends(path: &str, transport: Transport) {
    let mut server = Server::start();
    let collectd = start(path, &server.target(transport));
    // Some of its events have an empty description or wild tags: it sends what lay in its memory.
    let tags = serde_json::json!(["from-collectd"]);
    let event = server.event_where("from collectd", |event| event["attributes"]["plugin"] == "users" && event["tags"] == tags);
    assert_eq!((&event["host"], &event["attributes"]["type"]), (&"e2e".into(), &"users".into()));
    assert_eq!((&event["attributes"]["ds_type"], &event["ttl"]), (&"gauge".into(), &2.0.into()));
    let time = event["time"].as_str().unwrap();
    assert!(time.starts_with("20") && time.contains('.'), "it sends seconds and microseconds: {time}");
    // More than one message comes over its connection, so the answers are what it wants.
    server.event_where("from collectd, later", |later| later["attributes"]["plugin"] == "users" && later["time"] != event["time"]);
    drop(collectd);
}

/// Returns the folder of collectd's plugins when what the test needs is there.
fn plugins() -> Result<PathBuf, String> {
    let folders = ["/usr/lib/collectd", "/usr/lib64/collectd", "/usr/local/lib/collectd"].map(PathBuf::from);
    let folder = folders.into_iter().find(|folder| folder.join("write_riemann.so").is_file());
    let folder = folder.ok_or("collectd's write_riemann not installed")?;
    // It needs a library that the package only recommends.
    let libraries = Command::new("ldd").arg(folder.join("write_riemann.so")).output();
    match libraries {
        Ok(output) if String::from_utf8_lossy(&output.stdout).lines().any(|line| line.contains("not found")) => {
            Err("libriemann-client0 not installed".to_owned())
        }
        _ => Ok(folder),
    }
}

/// collectd, running; it ends with this.
struct Collectd(Child);

impl Drop for Collectd {
    fn drop(&mut self) {
        // It takes its time over a good end, and there is nothing to save.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts collectd in a folder of the build, with one plugin that is read each second.
fn start(path: &str, target: &Target) -> Collectd {
    let folder = install::folder(&format!("collectd-{}", target.port));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("collectd.conf");
    fs::write(&file, configuration(&folder.display().to_string(), target)).unwrap();
    let log = fs::File::create(folder.join("log")).unwrap();
    let mut command = Command::new(path);
    command.arg("-f").arg("-C").arg(&file).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    Collectd(command.spawn().unwrap())
}

fn configuration(folder: &str, target: &Target) -> String {
    let tls = target.files().map(|(name, file)| {
        let option = match name {
            "ca" => "TLSCAFile",
            "certificate" => "TLSCertFile",
            _ => "TLSKeyFile",
        };
        format!("{option} {:?}\n        ", file.display().to_string())
    });
    format!(
        r#"
Hostname "e2e"
FQDNLookup false
Interval 1
BaseDir "{folder}"
PIDFile "{folder}/pid"
PluginDir "{plugins}"
TypesDB "/usr/share/collectd/types.db"
LoadPlugin users
LoadPlugin write_riemann
<Plugin write_riemann>
    <Node "fastts">
        Host "{host}"
        Port "{port}"
        Protocol {protocol}
        {tls}Batch false
        StoreRates false
        AlwaysAppendDS false
    </Node>
    Tag "from-collectd"
</Plugin>
"#,
        plugins = plugins().unwrap().display(),
        host = target.host,
        port = target.port,
        protocol = target.transport.name().to_uppercase(),
        tls = tls.collect::<String>(),
    )
}
