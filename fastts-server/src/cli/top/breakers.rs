//! What breakers did between two looks.

use super::rates::{Concern, count};
use crate::telemetry::stats::Breaker;

/// The columns of the table of breakers.
pub(super) const BREAKERS: [(&str, usize); 6] =
    [("BREAKER", 16), ("STATE", 11), ("FAILED/S", 8), ("REFUSED/S", 9), ("BLOWN", 7), ("KEYS", 7)];

/// What a breaker does in a second.
#[derive(Clone, Debug)]
pub(super) struct BreakerRates {
    pub(super) now: Breaker,
    pub(super) melted: f64,
    pub(super) refused: f64,
}

impl BreakerRates {
    /// Compares a breaker with what it was `passed` seconds ago.
    pub(super) fn between(before: Option<&Breaker>, now: &Breaker, passed: f64) -> BreakerRates {
        let rate = |count: fn(&Breaker) -> u64| count(now).saturating_sub(before.map_or(0, count)) as f64 / passed;
        BreakerRates { now: now.clone(), melted: rate(|one| one.melted), refused: rate(|one| one.refused) }
    }

    /// Returns what stands in each column.
    pub(super) fn cells(&self) -> [String; 6] {
        [
            self.now.name.clone(),
            self.now.state.clone(),
            count(self.melted),
            count(self.refused),
            count(self.now.blew as f64),
            self.now.keys.as_ref().map_or_else(String::new, |keys| format!("{}/{}", count(keys.blown as f64), count(keys.known as f64))),
        ]
    }

    /// Returns how much the breaker needs somebody to look at it.
    pub(super) fn concern(&self) -> Concern {
        match &self.now.state[..] {
            "blown" | "off" => Concern::Alarm,
            "probing" => Concern::Warning,
            _ if self.melted > 0.0 => Concern::Warning,
            _ => Concern::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rates::Rates;
    use super::super::rates::tests::samples;
    use super::*;
    use crate::telemetry::stats::Keys;

    #[test]
    fn breakers_have_rates_too() {
        let [mut before, mut now] = samples();
        let breaker = |state: &str, melted: u64, refused: u64| Breaker {
            name: "resize".to_owned(),
            state: state.to_owned(),
            melted,
            refused,
            blew: 1,
            keys: Some(Keys { blown: 2, known: 7, limit: 100, forgotten: 0 }),
            ..Breaker::default()
        };
        before.stats.breakers = vec![breaker("closed", 0, 0)];
        now.stats.breakers = vec![breaker("blown", 3, 250)];
        let rates = Rates::between(&before, &now);
        assert_eq!(rates.breakers[0].cells(), ["resize", "blown", "3", "250", "1", "2/7"].map(str::to_owned));
        assert_eq!(rates.breakers[0].concern(), Concern::Alarm);
        assert_eq!(Rates::between(&before, &before).breakers[0].concern(), Concern::None);
    }
}
