//! Dead letters: records that a sink has given up.
//!
//! | file | what it is |
//! |---|---|
//! | `letter` | a dead letter, and its line in a file |
//! | `folder` | the files that they are kept in |
//! | `again` | those that are to be sent again |

mod again;
mod folder;
mod letter;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) use again::{Revived, send_again};
pub use folder::{Content, Folder, FolderOptions};
pub use letter::Letter;

use crate::clock::{Rarely, blocking};

/// How many are kept in memory, the newest, and how many bytes of each.
const KEPT: usize = 1_000;
const KEPT_BYTES: usize = 16 << 10;

/// Where the dead letters of a router's sinks go; its copies are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Letters(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    folder: Option<Folder>,
    newest: Mutex<VecDeque<Letter>>,
    failed: Rarely,
    /// How many were kept and had to make room for others.
    thrown: AtomicU64,
}

impl Letters {
    /// Keeps them in files too.
    pub(super) fn within(folder: Folder) -> Letters {
        Letters(Arc::new(Shared { folder: Some(folder), ..Shared::default() }))
    }

    pub(super) fn folder(&self) -> Option<&Folder> {
        self.0.folder.as_ref()
    }

    /// Keeps some; returns whether they are on the disk now.
    pub(super) fn keep(&self, letters: Vec<Letter>) -> bool {
        let kept = self.0.folder.as_ref().is_some_and(|folder| match blocking(|| folder.append(&letters)) {
            Ok(thrown) => {
                self.0.thrown.fetch_add(thrown, Ordering::Relaxed);
                true
            }
            Err(error) => {
                self.0.failed.say(|more| {
                    let folder = folder.path().display();
                    tracing::error!("cannot keep dead letters in {folder} ({more} times before), the newest are in memory: {error}");
                });
                false
            }
        });
        let mut newest = self.newest_mut();
        for mut letter in letters {
            letter.shorten(KEPT_BYTES);
            if newest.len() == KEPT {
                newest.pop_front();
                if self.0.folder.is_none() {
                    self.0.thrown.fetch_add(1, Ordering::Relaxed);
                }
            }
            newest.push_back(letter);
        }
        kept
    }

    /// Returns how many were kept and had to make room for others.
    pub(super) fn thrown(&self) -> u64 {
        self.0.thrown.load(Ordering::Relaxed)
    }

    /// Returns the newest that were given up since the router started, the oldest of them first.
    pub(super) fn newest(&self) -> Vec<Letter> {
        self.newest_mut().iter().cloned().collect()
    }

    fn newest_mut(&self) -> MutexGuard<'_, VecDeque<Letter>> {
        // What is put in is whole.
        self.0.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
