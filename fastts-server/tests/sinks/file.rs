//! `file`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fastts_server::prelude::*;
use fastts_server::testing::compliance::{Compliance, Peer};
use fastts_server::{Overflow, Rotate, event};
use libtest_mimic::Trial;

use crate::kit::{Route, folder, set_target, target, trial, until};

router! {
    pub fn compliant;
    let path = target();
    pipeline "file" { file(path, queue = 100, batch = 10, line = "{service}") }
}

router! {
    pub fn rotating;
    let path = target();
    pipeline "file" { file(path, line = "{service}", rotate = Rotate::at(20).keep(2)) }
}

// `file` is a `let` here too.
router! {
    pub fn plain;
    let file = target();
    pipeline "file" { file(file) }
}

pub(crate) fn trials() -> Vec<Trial> {
    let mounts = (rustix::process::geteuid().is_root() && mounted(&folder("probe")).is_some()).then_some(());
    let missing = mounts.is_none().then(|| "a file system of its own (mount, as root) not allowed".to_owned());
    vec![
        trial("file_keeps_what_every_sink_promises", None, keeps),
        trial("a_full_disk_is_told_and_what_waits_is_written_when_there_is_room", missing, full),
        trial("a_file_that_was_moved_away_is_begun_anew", None, moved),
        trial("files_make_room_for_others", None, rotates),
        trial("a_file_is_appended_to", None, appends),
    ]
}

/// The folder of the file, which is there or is not.
struct Folder(PathBuf);

impl Folder {
    fn away(&self) -> PathBuf {
        self.0.with_extension("away")
    }
}

impl Peer for Folder {
    fn start(&mut self) {
        if self.away().is_dir() {
            fs::remove_file(&self.0).unwrap();
            fs::rename(self.away(), &self.0).unwrap();
        }
    }

    /// Where its folder was there is a file, so that nothing can be written.
    fn stop(&mut self) -> bool {
        fs::rename(&self.0, self.away()).unwrap();
        fs::write(&self.0, "").unwrap();
        true
    }

    fn arrived(&mut self) -> Vec<String> {
        let folder = if self.away().is_dir() { self.away() } else { self.0.clone() };
        lines(&folder.join("lines.log"))
    }
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn keeps() {
    let folder = folder("compliant");
    let _ = fs::remove_dir_all(Folder(folder.clone()).away());
    set_target(folder.join("lines.log").display().to_string());
    Compliance::new(compliant, Overflow::Block).check(&mut Folder(folder));
}

/// A file system in memory, of 64 KiB.
struct Mounted(PathBuf);

fn mounted(at: &Path) -> Option<Mounted> {
    let status = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(at).output().ok()?.status;
    status.success().then(|| Mounted(at.to_owned()))
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn full() {
    let folder = folder("full");
    let _mounted = mounted(&folder).unwrap();
    let (path, ballast) = (folder.join("lines.log"), folder.join("ballast"));
    set_target(path.display().to_string());
    fs::write(&ballast, [0; 48 << 10]).unwrap();
    let route = Route::start(compliant);
    let service = |number: usize| format!("{number:04} {}", "x".repeat(500));
    // More than fits, and less than may wait.
    (0..6).for_each(|part| route.send((part * 10..part * 10 + 10).map(|number| event! { service: service(number) })));
    until("the sink says that the disk is full", || {
        route.stats().reason.is_some_and(|reason| reason.contains("cannot write") && reason.contains("No space left"))
    });
    assert!(fs::read(&path).unwrap().ends_with(b"\n"), "no line is written in part");
    fs::remove_file(&ballast).unwrap();
    assert!(route.drain().is_complete());
    assert_eq!(lines(&path), (0..60).map(service).collect::<Vec<_>>(), "each once, and whole");
    assert_eq!((route.stats().dropped, route.stats().refused), (0, 0));
}

fn moved() {
    let path = folder("moved").join("lines.log");
    set_target(path.display().to_string());
    let route = Route::start(compliant);
    let old = path.with_extension("old");
    for (number, service) in ["a", "b", "c"].into_iter().enumerate() {
        route.send([event! { service: service }]);
        until("it is written", || lines(&path) == [service]);
        match number {
            0 => fs::rename(&path, &old).unwrap(),
            _ => fs::remove_file(&path).unwrap(),
        }
    }
    assert_eq!(lines(&old), ["a"]);
}

fn rotates() {
    let folder = folder("rotating");
    set_target(folder.join("lines.log").display().to_string());
    let route = Route::start(rotating);
    // Three lines of six bytes fit into twenty.
    route.send((0..10).map(|number| event! { service: format!("line{number}") }));
    route.send([event! { service: "one that is longer than a file may be" }]);
    assert!(route.drain().is_complete());
    let lines = |name: &str| lines(&folder.join(name));
    assert_eq!(lines("lines.log"), ["one that is longer than a file may be"]);
    assert_eq!(lines("lines.log.1"), ["line9"]);
    assert_eq!(lines("lines.log.2"), ["line6", "line7", "line8"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3, "no more are kept");
}

fn appends() {
    let path = folder("appended").join("deep/down/lines.log");
    set_target(path.display().to_string());
    for service in ["a", "b"] {
        let route = Route::start(plain);
        route.send([event! { service: service }]);
        assert!(route.drain().is_complete());
    }
    assert_eq!(lines(&path), [r#"{"service":"a"}"#, r#"{"service":"b"}"#]);
}
