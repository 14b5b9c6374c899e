//! rust-analyzer on a route crate of its own, outside of the workspace, as a user has one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::client::Client;

/// The repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// rust-analyzer with the route crate loaded.
pub(crate) struct Server {
    client: Client,
    file: PathBuf,
    version: u64,
}

/// Tells what is not installed.
pub(crate) fn missing() -> Option<String> {
    // rustup puts a program of this name there that only says that the component is missing
    let works = Command::new("rust-analyzer").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !works.is_ok_and(|status| status.success()) {
        return Some("rust-analyzer not installed".to_owned());
    }
    // without it closures have no types
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().ok()?.stdout;
    let sources = Path::new(String::from_utf8_lossy(&sysroot).trim()).join("lib/rustlib/src/rust/library");
    (!sources.is_dir()).then(|| "rust-src not installed".to_owned())
}

impl Server {
    /// Writes the route crate, starts rust-analyzer on it and waits until all is loaded.
    pub(crate) fn start() -> Result<Server, String> {
        let crate_ = write_crate().map_err(|error| format!("the route crate cannot be written: {error}"))?;
        let mut command = Command::new("rust-analyzer");
        command.current_dir(&crate_).env("CARGO_TARGET_DIR", crate_.join("target"));
        let mut client = Client::start(&mut command).map_err(|error| format!("rust-analyzer cannot be started: {error}"))?;
        client.ask(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": uri(&crate_),
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "textDocument": { "hover": { "contentFormat": ["markdown"] } },
                },
                "initializationOptions": { "checkOnSave": false, "cachePriming": { "enable": false } },
            }),
        )?;
        client.tell("initialized", json!({}))?;
        let status = client
            .wait_for("loading", |message| message["method"] == "experimental/serverStatus" && message["params"]["quiescent"] == true)?;
        let status = &status["params"];
        if status["health"] != "ok" {
            return Err(format!("the route crate cannot be loaded: {status}"));
        }
        Ok(Server { client, file: crate_.join("src/main.rs"), version: 0 })
    }

    /// Lets the editor show another text.
    pub(crate) fn open(&mut self, text: &str) -> Result<(), String> {
        self.version += 1;
        let (uri, version) = (uri(&self.file), self.version);
        if version == 1 {
            let document = json!({ "uri": uri, "languageId": "rust", "version": version, "text": text });
            return self.client.tell("textDocument/didOpen", json!({ "textDocument": document }));
        }
        let document = json!({ "uri": uri, "version": version });
        self.client.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }))
    }

    /// Returns the names that completion offers, without what it writes behind them.
    pub(crate) fn completions(&mut self, cursor: (usize, usize)) -> Result<Vec<String>, String> {
        let answer = self.ask("completion", cursor)?;
        let items = if answer.is_array() { &answer } else { &answer["items"] };
        let labels = items.as_array().into_iter().flatten().filter_map(|item| item["label"].as_str());
        Ok(labels
            .map(|label| label.split(|one: char| !one.is_alphanumeric() && one != '_').next().unwrap_or_default().to_owned())
            .collect())
    }

    /// Returns the text that the editor shows over the cursor.
    pub(crate) fn hover(&mut self, cursor: (usize, usize)) -> Result<String, String> {
        Ok(self.ask("hover", cursor)?["contents"]["value"].as_str().unwrap_or_default().to_owned())
    }

    /// Returns where go-to-definition goes: the path and the line that stands there.
    pub(crate) fn definitions(&mut self, cursor: (usize, usize), shown: &str) -> Result<Vec<(String, String)>, String> {
        let answer = self.ask("definition", cursor)?;
        let targets = answer.as_array().cloned().unwrap_or_else(|| if answer.is_null() { Vec::new() } else { vec![answer] });
        targets.iter().map(|target| self.place(target, shown)).collect()
    }

    /// Returns what is underlined in the file, without what `cargo check` says.
    pub(crate) fn diagnostics(&mut self) -> Result<Vec<String>, String> {
        let answer = self.client.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": uri(&self.file) } }))?;
        Ok(answer["items"].as_array().into_iter().flatten().map(ToString::to_string).collect())
    }

    fn place(&self, target: &Value, shown: &str) -> Result<(String, String), String> {
        let path = target["uri"].as_str().and_then(|uri| uri.strip_prefix("file://")).ok_or_else(|| format!("no file: {target}"))?;
        let text = if Path::new(path) == self.file { Ok(shown.to_owned()) } else { fs::read_to_string(path) };
        let text = text.map_err(|error| format!("{path}: {error}"))?;
        let line = target["range"]["start"]["line"].as_u64().and_then(|line| text.lines().nth(usize::try_from(line).ok()?));
        Ok((path.to_owned(), line.unwrap_or_default().trim().to_owned()))
    }

    fn ask(&mut self, what: &str, (line, character): (usize, usize)) -> Result<Value, String> {
        let document = json!({ "uri": uri(&self.file) });
        let position = json!({ "line": line, "character": character });
        self.client.ask(&format!("textDocument/{what}"), json!({ "textDocument": document, "position": position }))
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Writes the route crate and returns its folder.
fn write_crate() -> std::io::Result<PathBuf> {
    let root = Path::new(ROOT).canonicalize()?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).canonicalize()?.join("route");
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"route\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nfastts-server = {{ path = {:?} }}\n\n[workspace]\n",
        root.join("fastts-server")
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    Ok(folder)
}
