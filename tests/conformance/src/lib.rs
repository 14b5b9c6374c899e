//! Inputs with the outputs that Riemann gave for them; see `tests/streams` and `tests/queries`.

use std::path::{Path, PathBuf};

/// Returns the directory of the vectors: that of the repository, or what `FASTTS_CONFORMANCE_DIR` names.
pub fn directory() -> PathBuf {
    std::env::var_os("FASTTS_CONFORMANCE_DIR").map_or_else(own_directory, PathBuf::from)
}

/// Returns the directory of the vectors of the repository.
pub fn own_directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"))
}

/// Returns whether the vectors are those of the repository, of which it is known how many there are.
pub fn is_own() -> bool {
    std::env::var_os("FASTTS_CONFORMANCE_DIR").is_none()
}

/// Returns the texts of the `*.jsonl` of a directory whose names begin so, in the order of their names.
///
/// # Panics
/// When the directory or one of them cannot be read.
pub fn texts(directory: &Path, prefix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| {
        let begins = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(prefix));
        begins && path.extension().is_some_and(|extension| extension == "jsonl")
    });
    files.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    files.iter().map(read).collect()
}
