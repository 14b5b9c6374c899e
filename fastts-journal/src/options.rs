use std::time::Duration;

use crate::disk::BLOCK;
use crate::error::OpenError;
use crate::format::head::DATA;
use crate::format::record::space;

/// How large a journal is and how it goes about its work. All sizes are in bytes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How large a segment is: what is written ahead, used again and given back at once. 64 MiB unless said otherwise. With another size
    /// than the last time new segments have it, old ones stay as they are.
    pub segment_size: u64,
    /// How large all segments may be together, spare ones too: 10 GiB unless said otherwise, and at least two segments.
    pub max_bytes: u64,
    /// How many records may be kept that a cursor still needs; without cursors, how many there are. No limit unless said otherwise.
    pub max_records: Option<u64>,
    /// How long a record may be: 8 MiB unless said otherwise.
    pub max_record: usize,
    /// How many bytes may wait to be written at once: 16 MiB unless said otherwise.
    pub max_group: usize,
    /// After how long without work the last records are marked as safe, so that damage to them can be told from a crash: 50 ms unless said
    /// otherwise.
    pub idle: Duration,
    /// How often the cursors are written: every 100 ms unless said otherwise. After a crash as much may be read twice.
    pub save_cursors: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            segment_size: 64 << 20,
            max_bytes: 10 << 30,
            max_records: None,
            max_record: 8 << 20,
            max_group: 16 << 20,
            idle: Duration::from_millis(50),
            save_cursors: Duration::from_millis(100),
        }
    }
}

impl Options {
    /// How many bytes of groups fit into a segment: behind them a marker must have room.
    pub(crate) fn capacity(&self) -> u64 {
        self.segment_size - DATA - BLOCK as u64
    }

    /// Checks that the options go together.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let wrong = |text: String| Err(OpenError::Options(text));
        let (segment, block) = (self.segment_size, BLOCK as u64);
        if segment % block != 0 || segment < 8 * block || segment > 1 << 40 {
            return wrong(format!("`segment_size` is {segment}; it must be a multiple of {block}, from {} to {}", 8 * block, 1_u64 << 40));
        }
        if self.max_bytes < 2 * segment {
            return wrong(format!("`max_bytes` is {}; it must be at least {}, two segments", self.max_bytes, 2 * segment));
        }
        if self.max_group as u64 > self.capacity() {
            return wrong(format!("`max_group` is {}; a segment of {segment} bytes holds at most {}", self.max_group, self.capacity()));
        }
        if space(self.max_record).next_multiple_of(BLOCK) > self.max_group || self.max_record > u32::MAX as usize {
            let most = (self.max_group / BLOCK * BLOCK).saturating_sub(space(0));
            return wrong(format!("`max_record` is {}; with `max_group` = {} it may be {most}", self.max_record, self.max_group));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_go_together_is_told() {
        let check = |change: fn(&mut Options)| {
            let mut options = Options::default();
            change(&mut options);
            options.check().map_err(|error| error.to_string())
        };
        assert_eq!(check(|_| ()), Ok(()));
        for (change, wanted) in [
            (
                (|options| options.segment_size = 100_000) as fn(&mut Options),
                "`segment_size` is 100000; it must be a multiple of 4096, from 32768 to 1099511627776",
            ),
            (|options| options.max_bytes = 64 << 20, "`max_bytes` is 67108864; it must be at least 134217728, two segments"),
            (|options| options.max_group = 64 << 20, "`max_group` is 67108864; a segment of 67108864 bytes holds at most 67096576"),
            (|options| options.max_record = 16 << 20, "`max_record` is 16777216; with `max_group` = 16777216 it may be 16777176"),
        ] {
            assert_eq!(check(change), Err(wanted.to_owned()));
        }
    }
}
