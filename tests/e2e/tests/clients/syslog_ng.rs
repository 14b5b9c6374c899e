//! syslog-ng, which makes an event of a line that it reads.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::client::{Client, Habits, Numbers, Program, Transport};
use crate::install;
use crate::server::Target;

pub(crate) fn clients() -> Vec<Client> {
    let program = install::program("syslog-ng", "syslog-ng-core").and_then(|path| {
        let module = ["/usr/lib/syslog-ng", "/usr/local/lib/syslog-ng"].iter().any(|folder| has_module(Path::new(folder)));
        module.then(|| Program::new(path)).ok_or("syslog-ng-mod-riemann not installed".to_owned())
    });
    vec![Client {
        name: "syslog_ng",
        program,
        sends: &[Transport::Tcp, Transport::Udp, Transport::Tls],
        asks: &[],
        send,
        ask: |_, _, _| Err("it does not ask".to_owned()),
        habits: Habits { host: true, time: true, numbers: Numbers::Exact, tags: &[".source.input"] },
    }]
}

/// Its modules are in a folder that is named after its version.
fn has_module(folder: &Path) -> bool {
    let versions = fs::read_dir(folder).into_iter().flatten().flatten();
    versions.map(|version| version.path()).chain([folder.to_owned()]).any(|version| version.join("libriemann.so").is_file())
}

/// Runs it until the line that it reads has been sent; what it reads is the description.
fn send(program: &Program, target: &Target, event: &Value) -> Result<(), String> {
    let folder = install::folder(&format!("syslog-ng-{}", target.port));
    fs::create_dir_all(&folder).unwrap();
    let config = folder.join("syslog-ng.conf");
    fs::write(&config, configuration(target, event)).unwrap();
    let mut command = program.command();
    command.args(["--foreground", "--stderr", "--no-caps", "--cfgfile"]).arg(config);
    for (option, file) in [("--persist-file", "persist"), ("--pidfile", "pid"), ("--control", "control")] {
        command.arg(option).arg(folder.join(file));
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", event["description"].as_str().unwrap_or("-")).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // It does not tell by its exit status that nobody took the event.
    if output.status.success() && !said.contains("rror") { Ok(()) } else { Err(said) }
}

fn configuration(target: &Target, event: &Value) -> String {
    let tls = target.files().map(|(name, file)| {
        let option = match name {
            "ca" => "ca-file",
            "certificate" => "cert-file",
            _ => "key-file",
        };
        format!("{option}({:?})", file.display().to_string())
    });
    let kind = format!("{:?} {}", target.transport.name(), tls.collect::<Vec<_>>().join(" "));
    let mut options = vec![format!("server({:?}) port({}) type({kind})", target.host, target.port)];
    options.extend(["host", "service", "state"].into_iter().filter_map(|name| Some(format!("{name}({})", event.get(name)?))));
    if event.get("description").is_some() {
        options.push("description(\"$MSG\")".to_owned());
    }
    if let Some(metric) = event.get("metric") {
        options.push(format!("metric({}(\"{metric}\"))", if metric.is_i64() { "int" } else { "double" }));
    }
    options.extend(event.get("ttl").map(|ttl| format!("ttl(\"{ttl}\")")));
    let tags: Vec<_> = event["tags"].as_array().into_iter().flatten().map(Value::to_string).collect();
    if !tags.is_empty() {
        options.push(format!("tags({})", tags.join(", ")));
    }
    let pairs = event["attributes"].as_object().into_iter().flatten();
    let pairs: Vec<_> = pairs.map(|(key, value)| format!("pair(\"{key}\", {value})")).collect();
    if !pairs.is_empty() {
        options.push(format!("attributes({})", pairs.join(" ")));
    }
    format!(
        "@version: 3.38\noptions {{ stats-freq(0); }};\nsource input {{ stdin(flags(no-parse)); }};\n\
         destination fastts {{ riemann({}); }};\nlog {{ source(input); destination(fastts); }};\n",
        options.join("\n  ")
    )
}
