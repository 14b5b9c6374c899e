//! Where the clients are; those of the package registries are installed in folders of the build.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::order::script;

/// What is installed, or what is not.
pub(crate) type Found = Result<String, String>;

/// Finds a program, or names the package that has it.
pub(crate) fn program(name: &str, package: &str) -> Found {
    in_path(name).ok_or_else(|| format!("{package} not installed"))
}

fn in_path(name: &str) -> Option<String> {
    let path = std::env::var_os("PATH")?;
    // Daemons are not in everybody's path.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/bin".into()]);
    folders.map(|folder: PathBuf| folder.join(name)).find(|file| file.is_file()).map(|file| file.display().to_string())
}

/// Returns a folder of the build.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Returns a Python that has the clients from PyPI.
pub(crate) fn python() -> Found {
    static PYTHON: OnceLock<Found> = OnceLock::new();
    let install = || {
        let folder = folder("python");
        let python = folder.join("bin/python");
        let has = "from importlib.metadata import version as v; assert (v('riemann-client'), v('bernhard')) == ('7.0.0', '0.2.6')";
        let works = || quiet(Command::new(&python).args(["-c", has])).is_some();
        if !works() {
            // Debian's, whose packages the messages name, before any other.
            let systems = Path::new("/usr/bin/python3").is_file().then(|| "/usr/bin/python3".to_owned());
            let systems = systems.map_or_else(|| program("python3", "python3"), Ok)?;
            quiet(Command::new(systems).args(["-m", "venv", "--clear"]).arg(&folder)).ok_or("python3-venv not installed")?;
            quiet(Command::new(&python).args(["-m", "pip", "install", "--quiet", "riemann-client==7.0", "bernhard==0.2.6"]));
            works().then_some(()).ok_or("riemann-client and bernhard (PyPI) not installed")?;
        }
        Ok(python.display().to_string())
    };
    PYTHON.get_or_init(install).clone()
}

/// Returns the folder that has the clients from npm.
pub(crate) fn npm() -> Found {
    static FOLDER: OnceLock<Found> = OnceLock::new();
    let install = || {
        let folder = folder("npm");
        let node = program("node", "nodejs")?;
        let has = "if (require('riemann/package').version + require('riemannjs/package').version !== '2.2.0' + '1.0.1') process.exit(1)";
        let works = || quiet(Command::new(&node).args(["-e", has]).env("NODE_PATH", folder.join("node_modules"))).is_some();
        if !works() {
            let mut install = Command::new(program("npm", "npm")?);
            install.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(&folder);
            quiet(install.args(["riemann@2.2.0", "riemannjs@1.0.1"]));
            works().then_some(()).ok_or("riemann and riemannjs (npm) not installed")?;
        }
        Ok(folder.display().to_string())
    };
    FOLDER.get_or_init(install).clone()
}

/// Returns the program made of the clients from crates.io.
pub(crate) fn rust() -> Found {
    static PROGRAM: OnceLock<Found> = OnceLock::new();
    let build = || {
        program("protoc", "protobuf-compiler")?;
        let folder = folder("rust");
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut command = Command::new(cargo);
        command.args(["build", "--locked", "--quiet", "--manifest-path", &script("rust/Cargo.toml"), "--target-dir"]).arg(&folder);
        quiet(&mut command).ok_or("riemann_client and rustmann (crates.io) not installed")?;
        Ok(folder.join("debug/riemann-clients-in-rust").display().to_string())
    };
    PROGRAM.get_or_init(build).clone()
}

/// Runs a command to its end; `None` when it failed.
pub(crate) fn quiet(command: &mut Command) -> Option<()> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success()).then_some(())
}
