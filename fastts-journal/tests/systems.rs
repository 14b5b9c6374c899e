//! File systems that are full, in memory, or read only, and a second process: what needs a mount needs root.
//!
//! Without root it is listed as ignored; with `CI=true` that is a failure.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use fastts_journal::disk::{SyncKind, Weakness};
use fastts_journal::{AppendError, Journal, Lsn, OpenError, Options, Shortage, Start};
use libtest_mimic::{Arguments, Failed, Trial};
use support::{append, payload, read_all, small, write};

fn main() -> ExitCode {
    if let Some(directory) = std::env::var_os("FASTTS_JOURNAL_SECOND") {
        let error = Journal::open(PathBuf::from(directory), small()).err().unwrap();
        println!("{error}");
        return ExitCode::SUCCESS;
    }
    let trials = vec![
        Trial::test("a_second_process_is_refused_and_told_who_has_it", passes(a_second_process)),
        Trial::test("the_disk_of_this_machine_says_what_it_promises", passes(this_machine)),
        root("a_full_disk_refuses_before_it_acknowledges_and_goes_on_when_there_is_room", full_disk),
        root("a_full_disk_can_be_opened_and_read", full_disk_at_start),
        root("a_disk_in_memory_is_told", memory),
        root("a_disk_on_top_of_others_is_told", overlay),
        root("a_disk_that_is_read_only_is_told_and_left_alone", read_only),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn passes(test: fn()) -> impl FnOnce() -> Result<(), Failed> + Send {
    move || {
        test();
        Ok(())
    }
}

/// Makes a test that mounts something.
fn root(name: &str, test: fn(&Path)) -> Trial {
    let required = std::env::var("CI").is_ok_and(|value| value == "true");
    let is_root = rustix::process::geteuid().is_root() && cfg!(target_os = "linux");
    let run = move || {
        let folder = tempfile::tempdir().unwrap();
        test(folder.path());
        Ok(())
    };
    match (is_root, required) {
        (true, _) => Trial::test(name, run),
        (false, true) => Trial::test(name, || Err(Failed::from("needs root"))),
        (false, false) => Trial::test(name, || Ok(())).with_ignored_flag(true).with_kind("needs root"),
    }
}

/// Something that is mounted, until it is dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn new(at: &Path, arguments: &[&str]) -> Mounted {
        std::fs::create_dir_all(at).unwrap();
        run("mount", &[arguments, &[at.to_str().unwrap()]].concat());
        Mounted(at.to_owned())
    }

    /// Makes a file system of so many megabytes in a file.
    fn ext4(folder: &Path, megabytes: u64) -> Mounted {
        let image = folder.join("image");
        std::fs::File::create(&image).unwrap().set_len(megabytes << 20).unwrap();
        run("mkfs.ext4", &["-q", image.to_str().unwrap()]);
        Mounted::new(&folder.join("disk"), &["-o", "loop", image.to_str().unwrap()])
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &["--lazy", self.0.to_str().unwrap()]);
    }
}

fn run(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn a_second_process() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(directory.path(), small()).unwrap();
    let second = Command::new(std::env::current_exe().unwrap()).env("FASTTS_JOURNAL_SECOND", directory.path()).output().unwrap();
    let said = String::from_utf8(second.stdout).unwrap();
    let who = format!("is in use by process {}", std::process::id());
    assert!(said.contains(&who) && said.contains("stop that one, or give this one a directory of its own"), "{said}");
    // The first one has noticed nothing.
    write(&journal, b"on");
    drop(journal);
    let (journal, _) = Journal::open(directory.path(), small()).unwrap();
    assert_eq!(read_all(&journal).0.len(), 1);
}

fn this_machine() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, report) = Journal::open(directory.path(), small()).unwrap();
    assert_eq!(report.guarantees, journal.guarantees());
    let guarantees = journal.guarantees();
    assert_eq!(guarantees.direct, guarantees.sync == SyncKind::EachWrite);
    assert_eq!(guarantees.direct, !guarantees.weaker.contains(&Weakness::Cached));
    assert!(report.to_string().contains(&guarantees.to_string()));
}

/// Segments of a megabyte, more of them than the disk has room for.
fn megabytes() -> Options {
    let mut options = Options::default();
    options.segment_size = 1 << 20;
    options.max_bytes = 1 << 30;
    options.max_group = 1 << 18;
    options.max_record = 1 << 17;
    options
}

fn fill(journal: &Journal) -> (u64, AppendError) {
    loop {
        let newest = journal.status().newest.0;
        match append(journal, &payload(newest + 1, 100_000)) {
            Ok(_) => {}
            Err(AppendError::Busy) => journal.room(100_000).wait().unwrap(),
            Err(error) => return (newest, error),
        }
    }
}

fn full_disk(folder: &Path) {
    let disk = Mounted::ext4(folder, 24);
    let (journal, report) = Journal::open(disk.0.join("journal"), megabytes()).unwrap();
    assert_eq!((report.guarantees.file_system.as_str(), report.guarantees.direct), ("ext4", true));
    let cursor = journal.cursor("slow", Start::Oldest).unwrap();
    let (newest, refused) = fill(&journal);
    assert!(matches!(refused, AppendError::Full(Shortage::Disk(_))), "{refused}");
    assert!(refused.to_string().contains("No space left on device"), "{refused}");
    assert!(refused.to_string().ends_with("make room on the disk, or trim the journal"), "{refused}");
    // All that was taken is acknowledged: nobody waits for what cannot be written.
    journal.durable(Lsn(newest)).wait().unwrap();
    assert!(newest > 100, "{newest}");
    // Room by a consumer.
    cursor.advance(Lsn(newest / 2));
    journal.room(100_000).wait().unwrap();
    let more = write(&journal, &payload(newest + 1, 100_000)).0;
    assert_eq!(more, newest + 1);
    let (newest, _) = fill(&journal);
    journal.durable(Lsn(newest)).wait().unwrap();
    drop(cursor);
    journal.close().unwrap();
    let (journal, report) = Journal::open(disk.0.join("journal"), megabytes()).unwrap();
    assert_eq!((report.findings, report.newest), (vec![], Lsn(newest)));
    let (records, lost) = read_all(&journal);
    // Those that were given back.
    assert_eq!(lost, (1..report.oldest.0).collect::<Vec<_>>());
    for (number, found) in records {
        assert!(found == payload(number, 100_000), "record {number}");
    }
}

fn full_disk_at_start(folder: &Path) {
    let disk = Mounted::ext4(folder, 24);
    let directory = disk.0.join("journal");
    let (journal, _) = Journal::open(&directory, megabytes()).unwrap();
    let cursor = journal.cursor("slow", Start::Oldest).unwrap();
    let (newest, _) = fill(&journal);
    drop(cursor);
    journal.close().unwrap();
    let ballast = disk.0.join("ballast");
    // What is left of the disk, to the last block.
    let _ = std::fs::write(&ballast, vec![1; 24 << 20]);
    let (journal, _) = Journal::open(&directory, megabytes()).unwrap();
    assert_eq!(read_all(&journal).0.len() as u64, newest);
    let cursor = journal.cursor("slow", Start::Oldest).unwrap();
    assert!(matches!(fill(&journal).1, AppendError::Full(_)));
    std::fs::remove_file(ballast).unwrap();
    cursor.advance(Lsn(newest));
    journal.room(100_000).wait().unwrap();
    assert_eq!(write(&journal, &payload(newest + 1, 100_000)), Lsn(newest + 1));
}

fn memory(folder: &Path) {
    let disk = Mounted::new(&folder.join("disk"), &["-t", "tmpfs", "-o", "size=4m", "tmpfs"]);
    let (journal, report) = Journal::open(&disk.0, small()).unwrap();
    assert_eq!(report.guarantees.file_system, "tmpfs");
    assert!(report.guarantees.weaker.contains(&Weakness::Memory), "{report}");
    assert!(report.to_string().contains("it is in memory: what is acknowledged survives the process, not the machine"), "{report}");
    assert_eq!(write(&journal, b"one"), Lsn(1));
    drop(journal);
}

fn overlay(folder: &Path) {
    let [lower, upper, work] = ["lower", "upper", "work"].map(|name| folder.join(name));
    for path in [&lower, &upper, &work] {
        std::fs::create_dir(path).unwrap();
    }
    let layers = format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    let disk = Mounted::new(&folder.join("disk"), &["-t", "overlay", "-o", &layers, "overlay"]);
    let (journal, report) = Journal::open(disk.0.join("journal"), small()).unwrap();
    assert!(report.guarantees.weaker.contains(&Weakness::Layered), "{report}");
    for number in 1..=40 {
        assert_eq!(write(&journal, &payload(number, 6_000)), Lsn(number));
    }
    drop(journal);
    let (journal, report) = Journal::open(disk.0.join("journal"), small()).unwrap();
    assert_eq!(report.findings, vec![]);
    assert_eq!(read_all(&journal).0.len(), 40);
    drop(journal);
}

fn read_only(folder: &Path) {
    let disk = Mounted::ext4(folder, 24);
    let directory = disk.0.join("journal");
    drop(Journal::open(&directory, small()).unwrap());
    run("mount", &["-o", "remount,ro", disk.0.to_str().unwrap()]);
    let error = Journal::open(&directory, small()).err().unwrap();
    assert!(matches!(error, OpenError::Lock(_)));
    let said = error.to_string();
    assert!(said.contains("Read-only file system") && said.ends_with("the directory must be one that this process may write to"), "{said}");
}
