//! The clients, and where they are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// The version of the Python client.
const PYTHON_CLIENT: &str = "riemann-client==7.0";

/// What a test needs.
#[derive(Clone, Copy)]
pub(crate) enum Tool {
    None,
    /// A command, and the package that has it.
    Command(&'static str, &'static str),
    /// The client from PyPI, in an environment of its own.
    Python,
    /// collectd with its plugin for Riemann, which needs a library that it only recommends.
    Collectd,
}

/// Returns true where a missing tool is a failure.
pub(crate) fn all_are_required() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

impl Tool {
    /// Returns the path of the program, or what is not installed.
    pub(crate) fn find(self) -> Result<String, String> {
        match self {
            Tool::None => Ok(String::new()),
            Tool::Command(name, package) => in_path(name).ok_or_else(|| format!("{package} not installed")),
            Tool::Python => python().clone(),
            Tool::Collectd => {
                let path = in_path("collectd").ok_or("collectd-core not installed")?;
                collectd_plugins().map(|_| path)
            }
        }
    }
}

fn in_path(name: &str) -> Option<String> {
    let path = std::env::var_os("PATH")?;
    // Daemons are not in everybody's path.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/bin".into()]);
    folders.map(|folder: PathBuf| folder.join(name)).find(|file| file.is_file()).map(|file| file.display().to_string())
}

/// Installs the Python client in a folder of the build, once.
fn python() -> &'static Result<String, String> {
    static PATH: OnceLock<Result<String, String>> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
        let client = folder.join("bin/riemann-client");
        if !works(&client) {
            let missing = || "riemann-client (PyPI) not installed".to_owned();
            let python = ["/usr/bin/python3".to_owned()].into_iter().chain(in_path("python3")).find(|python| Path::new(python).is_file());
            quiet(Command::new(python.ok_or("python3 not installed")?).args(["-m", "venv", "--clear"]).arg(&folder))
                .ok_or("python3-venv not installed")?;
            quiet(Command::new(folder.join("bin/pip")).args(["install", "--quiet", PYTHON_CLIENT])).ok_or_else(missing)?;
            if !works(&client) {
                return Err(missing());
            }
        }
        Ok(client.display().to_string())
    })
}

fn works(client: &Path) -> bool {
    quiet(Command::new(client).arg("--help")).is_some()
}

/// Runs a command to its end; `None` when it failed.
fn quiet(command: &mut Command) -> Option<()> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success()).then_some(())
}

/// Returns the folder of collectd's plugins when what the test needs is there.
fn collectd_plugins() -> Result<PathBuf, String> {
    let folders = ["/usr/lib/collectd", "/usr/lib64/collectd", "/usr/local/lib/collectd"].map(PathBuf::from);
    let folder = folders.into_iter().find(|folder| folder.join("write_riemann.so").is_file());
    let folder = folder.ok_or("collectd's write_riemann not installed")?;
    let libraries = Command::new("ldd").arg(folder.join("write_riemann.so")).output();
    match libraries {
        Ok(output) if String::from_utf8_lossy(&output.stdout).lines().any(|line| line.contains("not found")) => {
            Err("libriemann-client0 not installed".to_owned())
        }
        _ => Ok(folder),
    }
}

/// collectd, running; it ends with this.
pub(crate) struct Collectd(Child);

impl Drop for Collectd {
    fn drop(&mut self) {
        // It takes its time over a good end, and there is nothing to save.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts collectd in a folder of the build, with one plugin that is read each second.
pub(crate) fn run_collectd(path: &str, (host, port): (&str, &str)) -> Collectd {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("collectd-{port}"));
    fs::create_dir_all(&folder).unwrap();
    let plugins = collectd_plugins().unwrap();
    let config = format!(
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
        Protocol TCP
        Batch false
        StoreRates false
        AlwaysAppendDS false
    </Node>
    Tag "from-collectd"
</Plugin>
"#,
        folder = folder.display(),
        plugins = plugins.display(),
    );
    let file = folder.join("collectd.conf");
    fs::write(&file, config).unwrap();
    let log = fs::File::create(folder.join("log")).unwrap();
    let mut command = Command::new(path);
    command.arg("-f").arg("-C").arg(&file).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    Collectd(command.spawn().unwrap())
}
