//! Options of meters, and what is asked and told when one begins and ends.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::dump::Dump;

/// Options of the meters of a router.
#[derive(Clone)]
#[non_exhaustive]
pub struct MeterOptions {
    /// For how long a meter remembers a second, unless the stage says otherwise; 900 s by default.
    pub ttl: Duration,
    /// How many meters and counters there may be; 10,000 by default. What would be counted in more of them is not, and that is counted.
    pub limit: usize,
    /// What a counter begins with, by its name.
    pub(super) counter_init: Arc<dyn Fn(&str) -> i64 + Send + Sync>,
    /// What a meter begins with, by its name.
    pub(super) meter_init: Arc<dyn Fn(&str) -> BTreeMap<i64, i64> + Send + Sync>,
    /// Is told what a meter or a counter held when it goes.
    pub(super) exit: Arc<dyn Fn(&str, Dump) + Send + Sync>,
}

impl Default for MeterOptions {
    fn default() -> MeterOptions {
        MeterOptions {
            ttl: Duration::from_secs(900),
            limit: 10_000,
            counter_init: Arc::new(|_| 0),
            meter_init: Arc::new(|_| BTreeMap::new()),
            exit: Arc::new(|_, _| ()),
        }
    }
}

impl MeterOptions {
    /// Returns the default options.
    pub fn new() -> MeterOptions {
        MeterOptions::default()
    }

    /// Sets for how long a meter remembers a second.
    pub fn ttl(self, ttl: Duration) -> MeterOptions {
        MeterOptions { ttl, ..self }
    }

    /// Sets how many meters and counters there may be.
    pub fn limit(self, limit: usize) -> MeterOptions {
        MeterOptions { limit, ..self }
    }

    /// Says what a counter begins with: what one of its name held when the program ended last, say.
    pub fn counter_init(self, init: impl Fn(&str) -> i64 + Send + Sync + 'static) -> MeterOptions {
        MeterOptions { counter_init: Arc::new(init), ..self }
    }

    /// Says what a meter begins with, by second.
    pub fn meter_init(self, init: impl Fn(&str) -> BTreeMap<i64, i64> + Send + Sync + 'static) -> MeterOptions {
        MeterOptions { meter_init: Arc::new(init), ..self }
    }

    /// Is told what each meter and counter held when it is removed, and when the router is gone.
    pub fn exit(self, exit: impl Fn(&str, Dump) + Send + Sync + 'static) -> MeterOptions {
        MeterOptions { exit: Arc::new(exit), ..self }
    }
}

impl fmt::Debug for MeterOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeterOptions").field("ttl", &self.ttl).field("limit", &self.limit).finish_non_exhaustive()
    }
}
