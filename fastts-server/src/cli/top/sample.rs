//! What a server has counted at some time: what `/stats` of its HTTP listener says.

use std::io::Read;
use std::time::{Duration, Instant};

use crate::cli::web::Web;
use crate::telemetry::stats::Stats;

/// The longest answer that is read.
const LONGEST: u64 = 64 << 20;

/// What was counted since the server began.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) at: Instant,
    pub(super) stats: Stats,
}

impl Sample {
    /// Asks a server.
    ///
    /// # Errors
    /// When it does not answer, or not as expected.
    pub(super) fn take(web: &Web) -> Result<Sample, String> {
        let body = web.get("/stats", "application/json")?;
        let mut text = String::new();
        let read = body.take(LONGEST).read_to_string(&mut text);
        read.map_err(|error| format!("the answer of {} broke off: {error}", web.server))?;
        Sample::read(&text).ok_or_else(|| format!("what {} answers are not the figures of a FastTS server", web.server))
    }

    /// Reads the answer.
    pub(super) fn read(text: &str) -> Option<Sample> {
        Some(Sample { at: Instant::now(), stats: serde_json::from_str(text).ok()? })
    }

    /// Returns for how long the server had run.
    pub(super) fn uptime(&self) -> Duration {
        seconds(self.stats.uptime)
    }
}

/// Returns a time that was told in seconds; none when that makes no sense.
pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
