//! What became of calls between two looks.

use super::rates::{Concern, count};
use crate::telemetry::stats::{Calls, Pipeline};

/// The columns of the table of pipelines that are called.
pub(super) const CALLS: [(&str, usize); 6] =
    [("CALLS OF", 16), ("UNDER WAY", 9), ("REPLIES/S", 9), ("FAILED/S", 8), ("MOST OFTEN", 12), ("TOTAL", 7)];

/// What becomes of the calls of a pipeline in a second.
#[derive(Clone, Debug)]
pub(super) struct CallRates {
    name: String,
    now: Calls,
    replied: f64,
    failed: f64,
    /// For which reason most have failed.
    reason: Option<String>,
}

fn failures(calls: &Calls) -> u64 {
    calls.failed.values().sum()
}

impl CallRates {
    /// Compares a pipeline with what it was `passed` seconds ago; `None` when it is not called.
    pub(super) fn between(before: Option<&Pipeline>, now: &Pipeline, passed: f64) -> Option<CallRates> {
        let (before, calls) = (before.and_then(|before| before.calls.as_ref()), now.calls.as_ref()?);
        let rate = |count: fn(&Calls) -> u64| count(calls).saturating_sub(before.map_or(0, count)) as f64 / passed;
        let newly = |reason: &str, count: u64| count.saturating_sub(before.and_then(|one| one.failed.get(reason).copied()).unwrap_or(0));
        let reasons = calls.failed.iter().map(|(reason, count)| (newly(reason, *count), reason)).filter(|(count, _)| *count > 0);
        Some(CallRates {
            name: now.name.clone(),
            now: calls.clone(),
            replied: rate(|one| one.replied),
            failed: rate(failures),
            reason: reasons.max().map(|(_, reason)| reason.clone()),
        })
    }

    /// Returns what stands in each column.
    pub(super) fn cells(&self) -> [String; 6] {
        [
            self.name.clone(),
            count(self.now.under_way as f64),
            count(self.replied),
            count(self.failed),
            self.reason.clone().unwrap_or_default(),
            count(self.now.replied as f64),
        ]
    }

    /// Returns how much the pipeline needs somebody to look at it.
    pub(super) fn concern(&self) -> Concern {
        if self.now.under_way >= self.now.limit {
            return Concern::Alarm;
        }
        if self.failed > 0.0 { Concern::Warning } else { Concern::None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rates::Rates;
    use super::super::rates::tests::samples;
    use super::*;

    #[test]
    fn calls_have_rates_too_and_the_reason_for_which_most_fail() {
        let [mut before, mut now] = samples();
        let calls = |under_way: usize, replied: u64, failed: [(&str, u64); 2]| {
            let failed = failed.map(|(reason, count)| (reason.to_owned(), count)).into();
            Some(Calls { failed, limit: 100, replied, reply: "Thumb".to_owned(), under_way })
        };
        before.stats.pipelines[0].calls = calls(1, 1_000, [("timeout", 500), ("filtered", 1)]);
        now.stats.pipelines[0].calls = calls(3, 1_250, [("timeout", 501), ("filtered", 5)]);
        let rates = Rates::between(&before, &now);
        assert_eq!(rates.calls.len(), 1, "the others are not called");
        assert_eq!(rates.calls[0].cells(), ["errors per host", "3", "250", "5", "filtered", "1250"].map(str::to_owned));
        assert_eq!(rates.calls[0].concern(), Concern::Warning);
        now.stats.pipelines[0].calls = calls(100, 1_250, [("timeout", 500), ("filtered", 1)]);
        let rates = Rates::between(&before, &now);
        assert_eq!((rates.calls[0].concern(), rates.calls[0].cells()[4].clone()), (Concern::Alarm, String::new()));
    }
}
