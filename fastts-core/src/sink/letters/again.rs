//! Dead letters that are to be sent again, by the program whose sinks they are for.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::folder::{Folder, each_line};
use super::letter::Letter;
use crate::clock::{Clock, blocking};
use crate::model::token::Receipt;

/// What a sink made of a letter.
#[derive(Debug)]
pub(in crate::sink) enum Revived {
    /// It waits to be delivered.
    Queued(Receipt),
    /// There is no room now.
    Later,
    /// It cannot be made a record of again.
    Never(&'static str),
}

/// How often is looked whether somebody wants letters sent again, and whether there is room for the next.
const EVERY: Duration = Duration::from_secs(1);

/// Gives sinks the letters that are to be sent again, as long as there are sinks. A letter leaves its file when it was delivered,
/// or is a dead letter again.
pub(in crate::sink) async fn send_again(folder: &Folder, clock: &Clock, there: impl Fn() -> bool, revive: impl Fn(&Letter) -> Revived) {
    while there() {
        match blocking(|| folder.files_again()) {
            Ok(files) => {
                for file in files {
                    if let Err(error) = one_file(folder, &file, clock, &revive).await {
                        tracing::error!("cannot send the dead letters in {} again: {error}", file.display());
                    }
                }
            }
            Err(error) => tracing::error!("cannot read {}: {error}", folder.path().display()),
        }
        clock.sleep(EVERY).await;
    }
}

async fn one_file(folder: &Folder, file: &Path, clock: &Clock, revive: &impl Fn(&Letter) -> Revived) -> io::Result<()> {
    let (mut letters, mut waiting, mut dead) = (Vec::new(), Vec::new(), Vec::new());
    blocking(|| each_line(file, |_, letter| letters.extend(letter)))?;
    for mut letter in letters {
        loop {
            match revive(&letter) {
                Revived::Queued(receipt) => break waiting.push((letter, receipt)),
                Revived::Later => clock.sleep(EVERY).await,
                Revived::Never(why) => {
                    letter.reason = format!("cannot be sent again, {why}; before: {}", letter.reason);
                    break dead.push(letter);
                }
            }
        }
    }
    for (letter, mut receipt) in waiting {
        if !receipt.wait().await.is_delivered() {
            dead.push(letter);
        }
    }
    blocking(|| {
        if !dead.is_empty() {
            folder.append(&dead)?;
        }
        std::fs::remove_file(file)
    })
}
