use std::io::IoSlice;
use std::sync::Arc;

use super::model::Model;
use super::tally::Tally;
use crate::disk::sim_random::Random;
use crate::disk::{BLOCK, Disk, Faults, SimDisk};
use crate::error::AppendError;
use crate::log::{Commit, Log, Position, Start};
use crate::options::Options;
use crate::reader::{Entry, Reader};
use crate::report::{Finding, Report};

/// One disk and what happens to it.
pub(super) struct World<'t> {
    pub(super) disk: SimDisk,
    pub(super) random: Random,
    pub(super) options: Options,
    pub(super) model: Model,
    pub(super) tally: &'t mut Tally,
    pub(super) names: &'static [&'static str],
    pub(super) may_rot: bool,
}

/// A process, from its start to its end.
pub(super) struct Life {
    pub(super) log: Arc<Log<SimDisk>>,
    /// The first number that it has given.
    from: u64,
    cursors: Vec<Arc<Position>>,
}

impl Life {
    fn new(log: Log<SimDisk>) -> Life {
        let from = log.state().next;
        Life { log: Arc::new(log), from, cursors: Vec::new() }
    }
}

/// Has a disk go through several lives.
pub(super) fn run(seed: u64, tally: &mut Tally) -> Result<(), String> {
    let mut random = Random::new(seed ^ 0x006C_6976_6573);
    let direct = random.chance(0.3);
    let disk = SimDisk::new(seed, direct);
    let mut options = Options::default();
    let blocks = 8 + random.below(9);
    options.segment_size = blocks * BLOCK as u64;
    options.max_bytes = options.segment_size * (3 + random.below(6));
    options.max_group = ((blocks - 3) * BLOCK as u64) as usize;
    options.max_record = 9_500;
    options.max_records = random.chance(0.1).then(|| 50 + random.below(100));
    let names: &[&str] = [&[][..], &["a"], &["a", "b"]][random.below(3) as usize];
    let may_rot = random.chance(0.4);
    let mut world = World { disk, random, options, model: Model::default(), tally, names, may_rot };
    for _ in 0..3 + world.random.below(5) {
        world.live()?;
        world.rot();
    }
    world.last_life()
}

impl World<'_> {
    /// From the start of a process to its end.
    fn live(&mut self) -> Result<(), String> {
        let fails = self.random.chance(0.7);
        if fails {
            let within = [20, 60, 250][self.random.below(3) as usize];
            self.disk.stop_after(self.random.below(within));
        }
        let mut faults = Faults::default();
        if self.random.chance(0.3) {
            faults.sync = 0.08;
        }
        if self.random.chance(0.2) {
            faults.full = 0.3;
        }
        if self.random.chance(0.2) {
            faults.names = 0.2;
        }
        if self.random.chance(0.1) {
            faults.read = 0.05;
        }
        self.disk.set_faults(faults);
        let (segments, extra) = (2 + self.random.below(7), self.random.below(40_000));
        let capacity = if self.random.chance(0.2) { segments * self.options.segment_size + extra } else { u64::MAX };
        self.disk.set_capacity(capacity);
        if let Some(life) = self.open()? {
            self.work(&life)?;
        }
        self.end(fails);
        Ok(())
    }

    fn opened(&mut self, report: &Report) -> Result<(), String> {
        self.model.checked = false;
        self.model.check_report(report)?;
        self.tally.carried += report.carried;
        self.tally.torn += u64::from(report.findings.iter().any(|finding| matches!(finding, Finding::Torn { .. })));
        // What was written after a crash is what counts.
        for (name, at) in &report.cursors {
            if let Some((saved, moved)) = self.model.cursors.get_mut(name) {
                (*saved, *moved) = ((*saved).min(at.0), at.0);
            }
        }
        Ok(())
    }

    /// Starts a process, if the disk lets it, and checks what it finds.
    pub(super) fn open(&mut self) -> Result<Option<Life>, String> {
        let Ok((log, report)) = Log::open(self.disk.clone(), self.options.clone()) else {
            self.tally.refused_to_open += 1;
            return Ok(None);
        };
        self.opened(&report)?;
        let mut life = Life::new(log);
        let _ = life.log.keep();
        self.commit(&life);
        for name in self.names {
            let Ok(cursor) = life.log.claim(name, Start::Oldest) else { continue };
            self.model.cursors.entry((*name).to_owned()).or_insert((cursor.get(), cursor.get()));
            life.cursors.push(cursor);
        }
        if !self.disk.is_off() {
            match self.model.check(&life.log, self.tally) {
                // The disk may fail while it is read.
                Err(error) if error.starts_with("cannot read") || self.disk.is_off() => {}
                checked => checked?,
            }
        }
        Ok(Some(life))
    }

    fn work(&mut self, life: &Life) -> Result<(), String> {
        let log = &life.log;
        let mut reader = Reader::new(log.clone(), log.state().oldest());
        for _ in 0..self.random.below(120) {
            if self.disk.is_off() {
                return Ok(());
            }
            match self.random.below(12) {
                0..4 => self.append(log)?,
                4..8 => {
                    self.commit(life);
                }
                8 => self.keep(log),
                9 => self.advance(life),
                10 => {
                    if self.commit(life) == Commit::Idle && log.mark().is_ok() {
                        self.model.newest.clear();
                    }
                }
                _ => self.read(&mut reader)?,
            }
        }
        if self.random.chance(0.3) && !self.disk.is_off() {
            while self.commit(life) == Commit::Done {}
            let _ = log.mark();
            self.keep(log);
            self.tally.closes += 1;
        }
        Ok(())
    }

    pub(super) fn append(&mut self, log: &Log<SimDisk>) -> Result<(), String> {
        for _ in 0..=self.random.below(5) {
            let (tag, payload) = self.model.draw();
            let half = payload.len() / 2;
            match log.append(&[IoSlice::new(&payload[..half]), IoSlice::new(&payload[half..])]) {
                Ok(number) => {
                    self.model.submit(number, tag)?;
                    self.tally.appended += 1;
                }
                Err(AppendError::Full(_) | AppendError::Busy) => {
                    self.tally.full += 1;
                    if self.model.cursors.is_empty() && self.random.chance(0.2) {
                        self.drop_oldest(log);
                    }
                    return Ok(());
                }
                Err(AppendError::Stopped(_)) => return Ok(()),
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(())
    }

    pub(super) fn commit(&mut self, life: &Life) -> Commit {
        let Life { log, from, .. } = life;
        let before = log.durable();
        let done = log.commit();
        match done {
            Commit::Done => {
                self.model.acknowledge(before + 1, log.durable(), *from);
                self.tally.acknowledged += log.durable() - before;
            }
            Commit::Failed => self.tally.failed_groups += 1,
            Commit::Stopped => self.tally.gave_up += 1,
            Commit::Idle | Commit::Short => {}
        }
        done
    }

    pub(super) fn keep(&mut self, log: &Log<SimDisk>) {
        let before = log.state().oldest();
        self.model.raise_floor();
        if log.keep().is_ok() {
            self.model.cursors.values_mut().for_each(|(saved, moved)| *saved = *moved);
        }
        self.tally.trimmed += u64::from(log.state().oldest() > before);
    }

    pub(super) fn advance(&mut self, life: &Life) {
        for cursor in &life.cursors {
            let by = self.random.below(60);
            life.log.advance(cursor, cursor.get() + by);
            if let Some((_, moved)) = self.model.cursors.get_mut(&cursor.name) {
                *moved = cursor.get();
            }
        }
    }

    fn drop_oldest(&mut self, log: &Log<SimDisk>) {
        if let Some(end) = log.end_of_oldest() {
            self.model.floor = self.model.floor.max(end.0);
            let _ = log.trim(end.0);
        }
    }

    fn read(&mut self, reader: &mut Reader<SimDisk>) -> Result<(), String> {
        for _ in 0..self.random.below(20) {
            match reader.read() {
                Ok(Some(Entry::Record { lsn, payload })) => {
                    self.model.check_record(lsn.0, payload)?;
                }
                Ok(Some(Entry::Lost { last, .. })) if last.0 > self.model.floor && !self.model.rotten => {
                    return Err(format!("the reader misses records up to {last}"));
                }
                Ok(Some(Entry::Lost { .. })) => {}
                Ok(None) | Err(_) => break,
            }
        }
        Ok(())
    }

    /// The process has ended, one way or the other.
    fn end(&mut self, fails: bool) {
        let chance = if self.disk.is_off() || fails { 0.6 } else { 0.3 };
        if self.random.chance(chance) {
            self.disk.restart();
            self.tally.power_failures += 1;
        } else {
            self.disk.resume();
            self.tally.kills += 1;
        }
    }

    /// Flips a bit, once in all lives.
    fn rot(&mut self) {
        if !self.may_rot || self.model.rotten || self.random.chance(0.6) {
            return;
        }
        self.disk.set_faults(Faults::default());
        let files = self.disk.list().unwrap_or_default();
        let segments: Vec<_> = files.iter().filter(|file| file.name.starts_with("segment-") || file.name == "cursors").collect();
        if let Some(file) = segments.get(self.random.below(segments.len() as u64) as usize) {
            let byte = if self.random.chance(0.5) { self.random.below(file.size) } else { self.random.below(file.size.min(24_000)) };
            self.disk.flip(&file.name, byte, self.random.below(8) as u8);
            self.model.rotten = true;
            self.tally.flips += 1;
        }
    }

    /// With a disk that works everything is there, and the journal goes on.
    pub(super) fn last_life(&mut self) -> Result<(), String> {
        self.disk.set_faults(Faults::default());
        self.disk.set_capacity(u64::MAX);
        // The last segment stays, and may have as many records.
        self.options.max_records = None;
        let (log, report) = Log::open(self.disk.clone(), self.options.clone()).map_err(|error| error.to_string())?;
        self.opened(&report)?;
        let life = Life::new(log);
        let log = &life.log;
        let _ = log.keep();
        while self.commit(&life) == Commit::Short {
            // All segments are in use, and what survived needs one.
            self.drop_oldest(log);
            self.model.raise_floor();
            log.keep().map_err(|error| error.to_string())?;
        }
        self.model.check(log, self.tally)?;
        let (tag, payload) = self.model.draw();
        for _ in 0..20 {
            match log.append(&[IoSlice::new(&payload)]) {
                Ok(number) => {
                    self.model.submit(number, tag)?;
                    if self.commit(&life) != Commit::Done {
                        return Err("it cannot write to a disk that works".to_owned());
                    }
                    return self.model.check(log, self.tally);
                }
                Err(_) => {
                    self.drop_oldest(log);
                    log.keep().map_err(|error| error.to_string())?;
                }
            }
        }
        Err("it takes no record although there is room".to_owned())
    }
}

impl Model {
    /// What all cursors are done with may be given back.
    fn raise_floor(&mut self) {
        let done = self.cursors.values().map(|(_, moved)| *moved).min().unwrap_or(0);
        self.floor = self.floor.max(done);
    }
}
