//! The files that dead letters are kept in.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::letter::Letter;

/// How many dead letters are kept on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FolderOptions {
    /// How many bytes all files may have together, give or take one letter; the oldest go first.
    pub bytes: u64,
}

impl Default for FolderOptions {
    fn default() -> FolderOptions {
        FolderOptions { bytes: 256 << 20 }
    }
}

impl FolderOptions {
    /// Returns the defaults: 256 MiB.
    pub fn new() -> FolderOptions {
        FolderOptions::default()
    }

    /// Sets how many bytes all files may have together.
    pub fn bytes(self, bytes: u64) -> FolderOptions {
        FolderOptions { bytes }
    }
}

/// In how many files they lie: when there would be one more, the oldest is removed.
const FILES: u64 = 16;

/// A directory with dead letters, one a line in files of bounded size; several programs may use it at once.
///
/// Whoever changes anything holds the lock of `lock`. Letters are appended in one write and then synced; a line that was torn by
/// a crash is skipped when it is read, and ended before the next is written.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    options: FolderOptions,
}

/// What a folder holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Content {
    /// The letters, the oldest first.
    pub letters: Vec<Letter>,
    /// How many lines could not be read.
    pub torn: usize,
}

impl Folder {
    /// Opens a directory, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made, or is not to be written.
    pub fn open(path: impl Into<PathBuf>, options: FolderOptions) -> io::Result<Folder> {
        let folder = Folder { path: path.into(), options };
        fs::create_dir_all(folder.again())?;
        drop(folder.lock()?);
        Ok(folder)
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Has this program alone send letters again, as long as what this returns is kept.
    ///
    /// # Errors
    /// When another program does.
    pub fn serve(&self) -> io::Result<File> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.path.join("server"))?;
        file.try_lock()?;
        Ok(file)
    }

    /// Reads all letters.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(&self) -> io::Result<Content> {
        let _lock = self.lock()?;
        let mut content = Content::default();
        for (_, path) in self.files()? {
            each_line(&path, |_, letter| match letter {
                Some(letter) => content.letters.push(letter),
                None => content.torn += 1,
            })?;
        }
        Ok(content)
    }

    /// Removes the letters for which `wanted` holds; returns how many.
    ///
    /// # Errors
    /// When a file cannot be read or written; what was removed until then is.
    pub fn drop_letters(&self, wanted: impl Fn(&Letter) -> bool) -> io::Result<usize> {
        let _lock = self.lock()?;
        self.remove(wanted)
    }

    /// Has the sinks get the letters again for which `wanted` holds: at once when a server runs with this directory, else when
    /// one is started. Returns how many.
    ///
    /// # Errors
    /// When a file cannot be read or written. Letters that were to be sent again are, and may be here still.
    pub fn retry(&self, wanted: impl Fn(&Letter) -> bool) -> io::Result<usize> {
        let _lock = self.lock()?;
        let mut lines = Vec::new();
        for (_, path) in self.files()? {
            each_line(&path, |_, letter| letter.iter().filter(|letter| wanted(letter)).for_each(|letter| letter.write(&mut lines)))?;
        }
        if lines.is_empty() {
            return Ok(0);
        }
        // A crash in between leaves them in both places: they are sent again at least once.
        let number = numbered(&self.again())?.last().map_or(0, |(number, _)| number + 1);
        replace(&self.again().join(name(number)), &lines)?;
        self.remove(wanted)
    }

    /// Appends letters, and waits until they are on the disk; returns how many had to make room for them.
    pub(super) fn append(&self, letters: &[Letter]) -> io::Result<u64> {
        let mut thrown = 0;
        let mut lines = Vec::new();
        letters.iter().for_each(|letter| letter.write(&mut lines));
        let _lock = self.lock()?;
        let files = self.files()?;
        let fits = |path: &Path| fs::metadata(path).is_ok_and(|data| data.len() < self.options.bytes / FILES);
        let path = match files.last() {
            Some((_, path)) if fits(path) => path.clone(),
            last => {
                let too_many = (files.len() + 1).saturating_sub(FILES as usize);
                for (_, path) in files.iter().take(too_many) {
                    each_line(path, |_, letter| thrown += u64::from(letter.is_some()))?;
                    fs::remove_file(path)?;
                }
                self.path.join(name(last.map_or(0, |(number, _)| number + 1)))
            }
        };
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        if ends_in_half_a_line(&mut file)? {
            lines.insert(0, b'\n');
        }
        file.write_all(&lines)?;
        file.sync_data()?;
        Ok(thrown)
    }

    /// Returns the files with letters that are to be sent again, the oldest first.
    pub(in crate::sink) fn files_again(&self) -> io::Result<Vec<PathBuf>> {
        Ok(numbered(&self.again())?.into_iter().map(|(_, path)| path).collect())
    }

    fn again(&self) -> PathBuf {
        self.path.join("again")
    }

    fn remove(&self, wanted: impl Fn(&Letter) -> bool) -> io::Result<usize> {
        let mut removed = 0;
        for (_, path) in self.files()? {
            let (mut rest, mut here) = (Vec::new(), 0);
            each_line(&path, |line, letter| {
                if letter.is_some_and(|letter| wanted(&letter)) {
                    here += 1;
                } else {
                    rest.extend_from_slice(line.as_bytes());
                    rest.push(b'\n');
                }
            })?;
            match here {
                0 => continue,
                _ if rest.is_empty() => fs::remove_file(&path)?,
                _ => replace(&path, &rest)?,
            }
            removed += here;
        }
        Ok(removed)
    }

    fn files(&self) -> io::Result<Vec<(u64, PathBuf)>> {
        numbered(&self.path)
    }

    fn lock(&self) -> io::Result<File> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.path.join("lock"))?;
        file.lock()?;
        Ok(file)
    }
}

fn name(number: u64) -> String {
    format!("{number:08}.jsonl")
}

/// Returns the numbered files of a directory, in order.
fn numbered(path: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let number = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".jsonl")?.parse().ok());
        files.extend(number.map(|number| (number, path)));
    }
    files.sort();
    Ok(files)
}

/// Shows each line of a file, and the letter that it is, if it is one. Empty lines are nothing.
pub(super) fn each_line(path: &Path, mut show: impl FnMut(&str, Option<Letter>)) -> io::Result<()> {
    let mut file = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    while file.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches('\n');
        if !text.is_empty() {
            show(text, Letter::read(text));
        }
        line.clear();
    }
    Ok(())
}

/// Writes a file that is there whole, or as it was.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(content)?;
    file.sync_data()?;
    fs::rename(new, path)
}

fn ends_in_half_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Time;

    /// A directory that is removed at the end.
    struct Dir(Folder);

    fn folder(name: &str, bytes: u64) -> Dir {
        let path = std::env::temp_dir().join(format!("fastts-letters-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Dir(Folder::open(path, FolderOptions::new().bytes(bytes)).unwrap())
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0.path);
        }
    }

    impl Dir {
        fn append(&self, sink: &str, contents: impl IntoIterator<Item = usize>) {
            let letter = |content: usize| Letter::new(Time::EPOCH, sink, "down".to_owned(), content.to_string().as_bytes());
            self.0.append(&contents.into_iter().map(letter).collect::<Vec<_>>()).unwrap();
        }

        fn contents(&self) -> Vec<usize> {
            self.0.read().unwrap().letters.iter().map(|letter| letter.content.parse().unwrap()).collect()
        }

        fn newest_file(&self) -> PathBuf {
            self.0.files().unwrap().pop().unwrap().1
        }
    }

    #[test]
    fn the_newest_are_kept_in_files_of_bounded_size() {
        let dir = folder("bounded", 16_000);
        (0..1_000).for_each(|number| dir.append("s", [number]));
        let files = dir.0.files().unwrap();
        let bytes: u64 = files.iter().map(|(_, path)| fs::metadata(path).unwrap().len()).sum();
        assert!(files.len() == 16 && bytes < 18_000, "{} files, {bytes} bytes", files.len());
        let kept = dir.contents();
        assert_eq!(kept, (1_000 - kept.len()..1_000).collect::<Vec<_>>(), "the oldest went first");
        assert!(kept.len() > 100, "{}", kept.len());
    }

    #[test]
    fn a_torn_last_line_costs_no_other() {
        let dir = folder("torn", 1 << 20);
        dir.append("s", [1, 2]);
        let file = dir.newest_file();
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..whole.len() - 5]).unwrap();
        assert_eq!((dir.contents(), dir.0.read().unwrap().torn), (vec![1], 1));
        dir.append("s", [3]);
        assert_eq!((dir.contents(), dir.0.read().unwrap().torn), (vec![1, 3], 1));
        assert_eq!(dir.0.drop_letters(|letter| letter.content == "1").unwrap(), 1);
        assert_eq!((dir.contents(), dir.0.read().unwrap().torn), (vec![3], 1), "what cannot be read is left alone");
    }

    #[test]
    fn letters_are_dropped_and_retried_by_sink() {
        let dir = folder("chosen", 2_000);
        dir.append("a", 0..5);
        dir.append("b", 5..10);
        dir.append("a", 10..15);
        assert_eq!(dir.0.drop_letters(|letter| letter.sink == "b").unwrap(), 5);
        assert_eq!(dir.contents(), (0..5).chain(10..15).collect::<Vec<_>>());
        assert_eq!(dir.0.retry(|letter| letter.sink == "b").unwrap(), 0);
        assert!(dir.0.files_again().unwrap().is_empty());
        assert_eq!(dir.0.retry(|letter| letter.content.len() == 1).unwrap(), 5);
        assert_eq!(dir.contents(), (10..15).collect::<Vec<_>>());
        let mut again = Vec::new();
        each_line(&dir.0.files_again().unwrap()[0], |_, letter| again.extend(letter)).unwrap();
        assert_eq!(again.iter().map(|letter| &*letter.content).collect::<String>(), "01234");
        assert_eq!(dir.0.retry(|_| true).unwrap(), 5);
        assert_eq!(dir.0.files_again().unwrap().len(), 2, "one file each time");
        dir.append("a", [15]);
        assert_eq!(dir.contents(), [15]);
    }

    #[test]
    fn several_programs_may_append_and_drop_at_once() {
        let dir = folder("several", 1 << 20);
        std::thread::scope(|scope| {
            for sink in ["a", "b", "c"] {
                let dir = &dir;
                scope.spawn(move || (0..50).for_each(|number| dir.append(sink, [number])));
            }
            scope.spawn(|| (0..20).for_each(|_| assert!(dir.0.drop_letters(|letter| letter.sink == "a").is_ok())));
        });
        dir.0.drop_letters(|letter| letter.sink == "a").unwrap();
        assert_eq!((dir.contents().len(), dir.0.read().unwrap().torn), (100, 0));
    }

    #[test]
    fn one_program_alone_sends_letters_again() {
        let dir = folder("alone", 1_000);
        let alone = dir.0.serve().unwrap();
        assert!(dir.0.serve().is_err());
        drop(alone);
        assert!(dir.0.serve().is_ok());
    }
}
