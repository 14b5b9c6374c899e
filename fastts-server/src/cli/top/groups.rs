//! What groups did between two looks.

use super::rates::{Concern, count};
use crate::telemetry::stats::Group;

/// The columns of the table of groups.
pub(super) const GROUPS: [(&str, usize); 5] = [("GROUP", 16), ("STATE", 11), ("UP", 7), ("RESTARTS/S", 10), ("RESTARTS", 8)];

/// What a group does in a second.
#[derive(Clone, Debug)]
pub(super) struct GroupRates {
    pub(super) now: Group,
    pub(super) restarts: f64,
    /// How many groups it stands in.
    depth: usize,
}

impl GroupRates {
    /// Compares a group with what it was `passed` seconds ago.
    pub(super) fn between(before: Option<&Group>, now: &Group, all: &[Group], passed: f64) -> GroupRates {
        let parent = |group: &Group| all.iter().find(|one| group.parent.as_ref() == Some(&one.name));
        let depth = std::iter::successors(parent(now), |group| parent(group)).take(all.len()).count();
        let restarts = now.restarts.saturating_sub(before.map_or(0, |before| before.restarts)) as f64 / passed;
        GroupRates { now: now.clone(), restarts, depth }
    }

    /// Returns what stands in each column.
    pub(super) fn cells(&self) -> [String; 5] {
        let (up, all) = (self.now.members.iter().filter(|member| member.up).count(), self.now.members.len());
        let state = match self.now.again {
            Some(again) => format!("{} {again:.0}s", self.now.state),
            None => self.now.state.clone(),
        };
        let name = format!("{:indent$}{}", "", self.now.name, indent = 2 * self.depth);
        [name, state, format!("{up}/{all}"), count(self.restarts), count(self.now.restarts as f64)]
    }

    /// Returns how much the group needs somebody to look at it.
    pub(super) fn concern(&self) -> Concern {
        match &self.now.state[..] {
            "stopped" => Concern::Alarm,
            _ if self.restarts > 0.0 => Concern::Warning,
            _ => Concern::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain;
    use super::super::rates::Rates;
    use super::super::rates::tests::samples;
    use super::*;
    use crate::telemetry::stats::Member;

    #[test]
    fn groups_are_a_tree_with_rates() {
        let [mut before, mut now] = samples();
        let member = |name: &str, up: bool| Member { kind: "pipeline".to_owned(), name: name.to_owned(), up };
        let group = |name: &str, parent: Option<&str>, state: &str, restarts: u64| Group {
            again: (state == "stopped").then_some(60.0),
            members: vec![member("a", true), member("b", state == "running")],
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            restarts,
            state: state.to_owned(),
            strategy: "one_for_all".to_owned(),
        };
        before.stats.groups = vec![group("imgout", None, "running", 1), group("workers", Some("imgout"), "running", 1)];
        now.stats.groups = vec![group("imgout", None, "running", 1), group("workers", Some("imgout"), "stopped", 3)];
        let rates = Rates::between(&before, &now);
        assert_eq!(rates.groups[0].cells(), ["imgout", "running", "2/2", "0", "1"].map(str::to_owned));
        assert_eq!(rates.groups[1].cells(), ["  workers", "stopped 60s", "1/2", "2", "3"].map(str::to_owned));
        assert_eq!((rates.groups[0].concern(), rates.groups[1].concern()), (Concern::None, Concern::Alarm));
        assert!(plain::lines("x", &rates).contains("\n  workers"), "{}", plain::lines("x", &rates));
    }
}
