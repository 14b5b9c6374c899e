//! What a router costs the compiler: 100 pipelines of ten stages against 50, in instructions of rustc, counted by callgrind, and in
//! seconds of `cargo check`.
//!
//! Writes two crates below the target directory and checks them; cargo is told to run rustc through this program, which puts
//! callgrind before the rustc of those crates.
#![allow(missing_docs)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs, io};

const COUNTS: &str = "FASTTS_BENCH_COUNTS";

/// How much more than half of it 100 pipelines may cost: linear, but for the sorting and hashing that every compiler does.
const LIMIT: f64 = 2.05;

fn main() -> ExitCode {
    let result = match env::var_os(COUNTS) {
        Some(counts) => wrap(Path::new(&counts)),
        None => measure(),
    };
    result.unwrap_or_else(|error| {
        eprintln!("expansion bench: {error}");
        ExitCode::FAILURE
    })
}

/// Runs the rustc that cargo asked for, under callgrind when it is for one of our crates.
fn wrap(counts: &Path) -> io::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let ours = arguments.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1].starts_with("expansion_"));
    let Some((rustc, rest)) = arguments.split_first() else { return Err(io::ErrorKind::InvalidInput.into()) };
    if !ours {
        let status = Command::new(rustc).args(rest).status()?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    // The proxy that cargo calls rustc by would start the compiler as another process.
    let sysroot = Command::new(rustc).args(["--print", "sysroot"]).output()?.stdout;
    let compiler = Path::new(String::from_utf8_lossy(&sysroot).trim()).join("bin/rustc");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(compiler).args(rest);
    let output = valgrind.output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split("Collected :").nth(1));
    fs::write(counts, collected.unwrap_or_default().trim())?;
    Ok(if output.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn measure() -> io::Result<ExitCode> {
    let mut results = Vec::new();
    for pipelines in [0, 50, 100] {
        let directory = write_crate(pipelines)?;
        // Once for the dependencies, once for the clock, once for the instructions.
        check(&directory, None)?;
        let start = Instant::now();
        touch(&directory)?;
        check(&directory, None)?;
        let seconds = start.elapsed().as_secs_f64();
        if Command::new("valgrind").arg("--version").output().is_err() {
            println!("expansion: {pipelines} pipelines of 10 stages: {seconds:.2} s; instructions not counted, valgrind not installed");
            continue;
        }
        touch(&directory)?;
        let counts = directory.join("instructions");
        check(&directory, Some(&counts))?;
        let instructions: f64 = fs::read_to_string(counts)?.parse().map_err(|_| io::Error::other("callgrind gave no count"))?;
        println!(
            "expansion: {pipelines} pipelines of 10 stages: {:.2} G instructions of rustc, {seconds:.2} s of cargo check",
            instructions / 1e9
        );
        results.push(instructions);
    }
    let [empty, half, whole] = results[..] else { return Ok(ExitCode::SUCCESS) };
    let ratio = (whole - empty) / (half - empty);
    println!("expansion: 100 pipelines cost {ratio:.2} times what 50 cost beyond an empty router (2 is linear)");
    let linear = whole / half <= LIMIT;
    Ok(if linear { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes a crate with a router of so many pipelines.
fn write_crate(pipelines: usize) -> io::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let directory = root.join(format!("target/expansion/{pipelines}"));
    fs::create_dir_all(directory.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"expansion_{pipelines}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nfastts-core = {{ path = {:?} }}\n\n[workspace]\n",
        root.join("fastts-core")
    );
    fs::write(directory.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock"))?;
    let mut source = String::from("fastts_core::router! {\n");
    for number in 0..pipelines {
        let _ = writeln!(
            source,
            "    pipeline \"pipeline {number}\" {{\n        where(service == \"s{number}\" && metric < {number});\n        tag(\"t{number}\");\n        \
             filter(|e| e.host() != Some(\"h{number}\"));\n        with(state = \"ok\", ttl = 60);\n        scale({number});\n        \
             changed(state);\n        by(host) {{ throttle(3, 5s) }};\n        rate(5);\n        under(9);\n        stdout\n    }}"
        );
    }
    source.push_str("}\nfn main() { println!(\"{}\", router().pipelines().len()); }\n");
    fs::write(directory.join("src/main.rs"), source)?;
    Ok(directory)
}

fn touch(directory: &Path) -> io::Result<()> {
    let path = directory.join("src/main.rs");
    let source = fs::read_to_string(&path)?;
    fs::write(path, source + "\n")
}

fn check(directory: &Path, counts: Option<&Path>) -> io::Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["check", "--quiet", "--offline"]).current_dir(directory).env("CARGO_TARGET_DIR", directory.join("../target"));
    // Cargo tells programs that it runs about itself; the one started here is another.
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG")) {
        cargo.env_remove(name);
    }
    // Incremental compilation would find that nothing has changed.
    cargo.env("CARGO_INCREMENTAL", "0");
    if let Some(counts) = counts {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", env::current_exe()?).env(COUNTS, counts);
    }
    let output = cargo.output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned())),
    }
}
