//! `dead`: what sinks have given up, in the directory that a server keeps it in.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use fastts_core::sink::{Content, Folder, FolderOptions, Letter};

use super::arguments::Serve;
use super::output::{self, fail, misused};
use super::values;

/// Where dead letters are kept.
#[derive(Debug, Args)]
pub(super) struct DeadLetters {
    /// A directory in which events are kept that sinks have given up, for the command `dead`; without it the newest are in memory.
    #[arg(long, env = "FASTTS_DEAD_LETTERS", value_name = "DIR")]
    dead_letters: Option<PathBuf>,
    /// How much may be kept there; the oldest go first.
    #[arg(long, env = "FASTTS_DEAD_LETTERS_LIMIT", help_heading = "Limits", value_name = "SIZE", default_value = "256MiB", value_parser = values::size)]
    dead_letters_limit: usize,
}

impl DeadLetters {
    /// Opens the directory, if there is one.
    pub(super) fn open(&self) -> Result<Option<Folder>, String> {
        let options = FolderOptions::new().bytes(self.dead_letters_limit as u64);
        let open = |path: &PathBuf| Folder::open(path, options).map_err(|error| cannot(path, &error));
        self.dead_letters.as_ref().map(open).transpose()
    }
}

fn cannot(path: &std::path::Path, error: &io::Error) -> String {
    format!("cannot keep dead letters in {}: {error}", path.display())
}

/// What to do with which dead letters.
#[derive(Debug, Args)]
pub(super) struct Dead {
    /// What to do with them.
    #[arg(value_enum)]
    action: Action,
    /// Only those of this sink, such as `forward riemann2:5555`.
    #[arg(long, value_name = "NAME")]
    sink: Option<String>,
    /// The directory [default: that of --dead-letters, in the settings of the server].
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Who reads the list [default: text on a terminal, json elsewhere].
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Lists them
    List,
    /// Has their sinks get them again: at once if a server runs with this directory, else when one is started
    Retry,
    /// Removes them
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// People
    Text,
    /// Programs: one JSON object a line, with time, sink, reason, and the event or text
    Json,
    /// `replay` and `send --file`: the events alone, one a line
    Events,
}

/// Lists, retries or drops dead letters.
pub(super) fn dead(dead: &Dead, serve: &Serve) -> ExitCode {
    let Some(path) = dead.dir.as_ref().or(serve.dead_letters.dead_letters.as_ref()) else {
        return misused("where are they? Say --dir DIR, the directory that the server was given with --dead-letters");
    };
    if !path.is_dir() {
        return fail(format!("there is no directory {}", path.display()));
    }
    let done = Folder::open(path, FolderOptions::new()).and_then(|folder| run(dead, &folder));
    done.unwrap_or_else(|error| fail(format!("cannot read the dead letters in {}: {error}", path.display())))
}

fn run(dead: &Dead, folder: &Folder) -> io::Result<ExitCode> {
    let wanted = |letter: &Letter| dead.sink.as_ref().is_none_or(|sink| *sink == letter.sink);
    Ok(match dead.action {
        Action::List => {
            let Content { mut letters, torn, .. } = folder.read()?;
            letters.retain(wanted);
            if torn > 0 {
                output::warn(format!("{torn} lines cannot be read, and are left out"));
            }
            let terminal = if io::stdout().is_terminal() { Format::Text } else { Format::Json };
            output::print(&list(&letters, dead.format.unwrap_or(terminal)))
        }
        Action::Retry => {
            let letters = letters(folder.retry(wanted)?);
            // Whoever serves the letters of a directory holds its lock.
            let when = if folder.serve().is_err() { "within a second" } else { "when a server is started with this directory" };
            output::print(&format!("{letters} to be sent again, {when}\n"))
        }
        Action::Drop => output::print(&format!("{} dropped\n", letters(folder.drop_letters(wanted)?))),
    })
}

fn letters(count: usize) -> String {
    if count == 1 { "1 dead letter".to_owned() } else { format!("{count} dead letters") }
}

fn list(letters: &[Letter], format: Format) -> String {
    let mut text = String::new();
    for letter in letters {
        match format {
            Format::Text => {
                let Letter { time, sink, reason, content, .. } = letter;
                let plain = |text: &str| text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect::<String>();
                // Writing into a string cannot fail.
                let _ = writeln!(text, "{time}  {sink}: {}\n    {}", plain(reason), plain(content));
            }
            Format::Json => {
                let mut line = Vec::new();
                letter.write(&mut line);
                text.push_str(&String::from_utf8_lossy(&line));
            }
            Format::Events if letter.is_event() => {
                text.push_str(&letter.content);
                text.push('\n');
            }
            Format::Events => {}
        }
    }
    if format == Format::Text {
        let _ = writeln!(text, "{}", self::letters(letters.len()));
    }
    text
}
