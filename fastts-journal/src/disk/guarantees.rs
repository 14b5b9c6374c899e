use std::fmt;

/// What a disk promises to the journal, and what it does not. Its text has a sentence for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarantees {
    /// The kind of file system, such as `ext4`.
    pub file_system: String,
    /// Whether writes and reads pass by the page cache (`O_DIRECT`).
    pub direct: bool,
    /// How it is known that bytes are safe.
    pub sync: SyncKind,
    /// What is weaker than on the best of disks.
    pub weaker: Vec<Weakness>,
}

/// How it is known that bytes are safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncKind {
    /// Each write returns when its bytes are safe (`O_DSYNC`).
    EachWrite,
    /// A call after the write returns when they are (`fdatasync`, on Apple's systems `F_FULLFSYNC`).
    AfterWrites,
}

/// Something that a disk does less well than the journal would like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// The files are in memory: a crash of the process costs nothing, one of the machine everything.
    Memory,
    /// What was written before in a file does not make later writes to it safe from a full disk.
    CopiesOnWrite,
    /// The files are on another machine, which decides what is safe.
    Remote,
    /// What is safe depends on the file systems below.
    Layered,
    /// Writes go through the page cache, which costs a tenth to a fifth of the speed.
    Cached,
    /// Names of files cannot be made safe by themselves; the file system does it when it likes.
    Names,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Weakness::Memory => "it is in memory: what is acknowledged survives the process, not the machine; use a directory on a disk",
            Weakness::CopiesOnWrite => {
                "it copies what is overwritten: a full disk is met while writing, not ahead of it; acknowledgements wait then"
            }
            Weakness::Remote => "it is on another machine: what is acknowledged is as safe as that machine makes it",
            Weakness::Layered => "it lies on other file systems: what is acknowledged is as safe as those make it",
            Weakness::Cached => "it takes no O_DIRECT: writes go through the page cache and are made safe by a second call",
            Weakness::Names => "a directory cannot be synced here: a new segment may lose its name in a crash of the machine",
        })
    }
}

impl fmt::Display for Guarantees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match (self.direct, self.sync) {
            (true, SyncKind::EachWrite) => "direct writes that are safe when they return",
            (true, SyncKind::AfterWrites) => "direct writes and a sync after them",
            (false, SyncKind::EachWrite) => "writes that are safe when they return",
            (false, SyncKind::AfterWrites) => "writes and a sync after them",
        };
        write!(f, "{}: {how}", self.file_system)?;
        self.weaker.iter().try_for_each(|weakness| write!(f, "; {weakness}"))
    }
}
