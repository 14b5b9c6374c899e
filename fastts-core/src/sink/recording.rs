//! What sinks are given while a test runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The records of all sinks, as a person sees them, by the name of the sink.
#[derive(Clone, Debug, Default)]
pub(super) struct Recordings(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

impl Recordings {
    /// Takes the records of one sink.
    pub(super) fn take(&self, sink: &str) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(sink).unwrap_or_default()
    }

    pub(super) fn of(&self, sink: &str) -> Recording {
        Recording { all: self.clone(), sink: sink.into() }
    }
}

/// What one sink is given.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    all: Recordings,
    sink: Arc<str>,
}

impl Recording {
    /// Keeps what `show` appends.
    pub(super) fn keep(&self, show: impl FnOnce(&mut Vec<u8>)) {
        let mut shown = Vec::new();
        show(&mut shown);
        let line = String::from_utf8_lossy(&shown).into_owned();
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry((*self.sink).to_owned()).or_default().push(line);
    }
}
