//! Groups: what may stand in one, and what it sees of the router. Warnings are errors here.
#![deny(warnings)]

use std::time::Duration;

use fastts_core::testing::Driver;
use fastts_core::{Event, EventView, Flow, GroupPolicy, Strategy, event, router};

/// A stage of one's own that is called like the word for groups.
fn group<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
    fastts_core::stages::under(flow, limit)
}

fn is_small(event: EventView<'_>) -> bool {
    event.metric() < 3
}

router! {
    const RESTARTS: u32 = 7;
    const SOON: Duration = Duration::from_millis(1500);
    let limit = 5.0;
    stages small(most: f64) { under(most); filter(is_small) }

    /// Has all that a group may have.
    #[rest_for_one(RESTARTS, within = SOON)]
    #[on_stop(retry)]
    group "outer" {
        /// Uses what the router has.
        #[mailbox(10)]
        #[allow(no_effect)]
        pipeline "first" { small(limit); group(4.0); publish("small"); tap("first") };
        #[one_for_all(0)]
        group "inner" {
            pipeline "second" from subscribe("small") { by(host, restart = key, idle = 5m) { counter } tap("second") }
            #[cfg(any())]
            group "absent" { pipeline "third" { stdout } }
        }
    }
    #[on_stop(exit)]
    #[restart(1)]
    pipeline "alone" { by_value(|e| e.metric() > 5, restart = key) { changed(state) } stdout }
}

#[test]
fn groups_are_as_they_were_written_and_their_pipelines_run() {
    let router = router();
    let policies: Vec<GroupPolicy> = router.groups().iter().map(|group| group.policy.clone()).collect();
    let outer = GroupPolicy::new().strategy(Strategy::RestForOne).restart(7, Duration::from_millis(1500));
    assert_eq!(policies[0].restarts, outer.restarts);
    assert_eq!((policies[0].strategy, policies[0].within), (outer.strategy, outer.within));
    assert_eq!(policies[1], GroupPolicy::new().strategy(Strategy::OneForAll).restart(0, Duration::from_secs(5)));
    assert_eq!(policies.len(), 2);
    let mut driver = Driver::new(router);
    driver.inject(event! { time: 1, host: "a", metric: 2 });
    driver.inject(event! { time: 1, host: "a", metric: 4 });
    assert_eq!(driver.tapped::<Event>("second").len(), 1);
}
