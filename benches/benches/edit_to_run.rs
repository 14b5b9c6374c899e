//! How long it takes from an edit of one stage to the first line of the program that runs, against an empty `main` that depends on
//! the same library and is edited as well. Debug profile, `cargo run`, taking turns, medians; with the shared library in debug builds,
//! as the guide has it, for which the limit is, and with everything linked in, as in the examples.
//!
//! Writes three crates below the target directory; they are workspaces of their own, as a user's crate is.
#![allow(missing_docs)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

/// How often each of them is edited and run.
const ROUNDS: usize = 11;

/// The first time builds what they depend on, the second fills the incremental cache.
const WARM: usize = 2;

/// How much longer than the empty one the router may take.
const LIMIT: f64 = 2.0;

/// The router of the README; `EDIT` is what changes.
const ROUTE: &str = r#"
use fastts_server::prelude::*;

router! {
    /// Drops what is too high, prints the rest.
    pipeline "Basic pipeline" {
        under(EDIT);
        stdout
    }

    pipeline "Errors per host" {
        where(state == "error" && service =~ "^api");
        by(host) {
            rate(5s);
            changed(metric);
            stdout
        }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router)
}
"#;

const EMPTY: &str = r#"
fn main() {
    println!("edit EDIT");
}
"#;

fn main() -> ExitCode {
    measure().unwrap_or_else(|error| {
        eprintln!("edit_to_run bench: {error}");
        ExitCode::FAILURE
    })
}

fn measure() -> io::Result<ExitCode> {
    let route = format!("#[cfg(debug_assertions)]\nuse fastts_dylib as _;\n{ROUTE}");
    let crates = [Crate::write("empty", EMPTY, "")?, Crate::write("route", &route, "fastts-dylib")?, Crate::write("linked", ROUTE, "")?];
    let mut times = [const { Vec::new() }; 3];
    for round in 0..WARM + ROUNDS {
        for (one, times) in crates.iter().zip(&mut times) {
            let time = one.edit_and_run(round)?;
            if round >= WARM {
                times.push(time);
            }
        }
    }
    let [empty, route, linked] = times.map(median);
    let times_empty = |time: Duration| time.as_secs_f64() / empty.as_secs_f64();
    println!("edit_to_run: an empty main {} ms", empty.as_millis());
    println!("edit_to_run: a stage of the router {} ms, {:.2} times that (limit {LIMIT})", route.as_millis(), times_empty(route));
    println!("edit_to_run: without fastts-dylib {} ms, {:.2} times that", linked.as_millis(), times_empty(linked));
    Ok(if times_empty(route) <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A program in a folder of its own.
struct Crate {
    folder: PathBuf,
    source: String,
}

impl Crate {
    /// Writes a crate that depends on the server, and on `more` beside it.
    fn write(name: &str, source: &str, more: &str) -> io::Result<Crate> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        let folder = root.join("target/edit_to_run").join(name);
        fs::create_dir_all(folder.join("src"))?;
        let mut manifest = format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n");
        for dependency in ["fastts-server", more].iter().filter(|name| !name.is_empty()) {
            let _ = writeln!(manifest, "{dependency} = {{ path = {:?} }}", root.join(dependency));
        }
        // what the README advises
        manifest.push_str("\n[profile.dev.package.\"*\"]\ndebug = false\n\n[workspace]\n");
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Crate { folder, source: source.to_owned() })
    }

    /// Changes the source, and returns how long it takes until the program has printed a line.
    fn edit_and_run(&self, edit: usize) -> io::Result<Duration> {
        fs::write(self.folder.join("src/main.rs"), self.source.replace("EDIT", &(100 + edit).to_string()))?;
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["run", "--quiet", "--offline"]).current_dir(&self.folder).env("CARGO_TARGET_DIR", self.folder.join("../target"));
        // Cargo tells programs that it runs about itself; the one started here is another.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG")) {
            cargo.env_remove(name);
        }
        // the router prints nothing before an event comes, but logs where it listens
        let (mut lines, output) = io::pipe()?;
        cargo.env("FASTTS_LISTEN", "127.0.0.1:0").stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let start = Instant::now();
        let mut program = cargo.spawn()?;
        drop(cargo);
        let mut line = String::new();
        BufReader::new(&mut lines).read_line(&mut line)?;
        let time = start.elapsed();
        // cargo has become the program
        let _ = program.kill();
        let ended = program.wait()?;
        if line.contains("listening") || line.starts_with("edit ") {
            return Ok(time);
        }
        let mut rest = String::new();
        lines.read_to_string(&mut rest)?;
        Err(io::Error::other(format!("{ended}: {line}{rest}")))
    }
}
