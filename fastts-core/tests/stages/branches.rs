//! `tee`, `split`.

use fastts_core::testing::{outputs, take_tapped};
use fastts_core::{Event, Time};

rows! {
    tee_passes_the_item_on_and_drops_what_branches_emit: { tee { { under(5); seen } { with(state = "b"); seen } } }
        ["0 metric=1", "1 metric=9"]
        => ["0 metric=1", "0 state=b metric=1", "0 metric=1", "1 state=b metric=9", "1 metric=9"];
    tee_branches_do_not_see_each_others_changes: { tee { { with(state = "a"); seen } { tag("b"); seen } } } ["0"] => ["0 state=a", "0 tags=b", "0"];
    tee_branches_may_have_another_type: { tee { { map(|e| e.host().map_or(0, str::len)); seen } } } ["0 host=abc"] => ["0 3", "0 host=abc"];
    tee_branches_have_timers: { tee { { rate(5); seen } }; filter(|_| false) } ["0 metric=10", "5 …"] => ["5 metric=2"];
    tee_branches_are_flushed: { tee { { by(host) { last_at_the_end(); seen } } } } ["0 host=a", "finish"] => ["0 host=a", "0 host=a"];

    split_takes_the_first_arm_that_wants: { split { metric > 9 => with(state = "high"), metric > 5 => with(state = "middle"), _ => with(state = "low") } }
        ["0 metric=10", "1 metric=6", "2 metric=1", "3"]
        => ["0 state=high metric=10", "1 state=middle metric=6", "2 state=low metric=1", "3 state=low"];
    split_drops_what_no_arm_wants: { split { metric > 9 => with(state = "high") } } ["0 metric=10", "1 metric=1", "2"] => ["0 state=high metric=10"];
    split_arms_are_blocks: { split { host == "a" => { scale(2); tag("x") }, _ => { scale(3) } } } ["0 host=a metric=1", "1 host=b metric=1"]
        => ["0 host=a metric=2 tags=x", "1 host=b metric=3"];
    split_arms_may_make_another_type: { split { host == "a" => map(|_| 1i64), _ => map(|_| 2i64) } } ["0 host=a", "1"] => ["0 1", "1 2"];
    split_arms_keep_state: { split { host == "a" => changed(state), _ => runs(2, state) } }
        ["0 host=a state=x", "1 host=b state=x", "2 host=a state=x", "3 host=b state=x"] => ["0 host=a state=x", "3 host=b state=x"];
    split_arms_have_timers: { split { host == "a" => rate(5), _ => rate(2) } } ["0 host=a metric=10", "0 host=b metric=10", "4 …", "5 …"]
        => ["2 host=b metric=5", "4 host=b metric=0", "5 host=a metric=2"];
    split_timers_of_one_instant_fire_in_the_order_of_the_arms: { split { host == "a" => rate(2), _ => rate(2) } }
        ["0 host=b metric=2", "0 host=a metric=2", "2 …"] => ["2 host=a metric=1", "2 host=b metric=1"];
    split_sees_the_time: { split { expired => with(state = "gone"), _ => with(state = "here") } } ["0 ttl=1", "5 ttl=1 time=0"]
        => ["0 state=here ttl=1", "5 state=gone ttl=1 time=0"];
    split_in_split: { split { metric > 5 => { split { host == "a" => tag("x"), _ => tag("y") } }, _ => tag("z") } }
        ["0 metric=6 host=a", "1 metric=6", "2"] => ["0 host=a metric=6 tags=x", "1 metric=6 tags=y", "2 tags=z"];
    split_in_by_in_split: { split { metric > 5 => { by(host) { split { state == "x" => runs(2, state), _ => tag("y") } } }, _ => tag("z") } }
        ["0 metric=6 host=a state=x", "1 metric=6 host=b state=x", "2 metric=6 host=a state=x", "3 metric=6", "4"]
        => ["2 host=a state=x metric=6", "3 metric=6 tags=y", "4 tags=z"];
}

use crate::own_stages::last_at_the_end;

#[test]
fn tapped_items_of_other_types_are_left_out() {
    fastts_core::router! { pipeline "row" { map(|e| e.metric().as_f64()); tap } }
    let items: Vec<Option<f64>> = outputs(router(), [Event::new().with_metric(2), Event::new()]);
    assert_eq!(items, [Some(2.0), None]);
    assert_eq!(take_tapped::<Event>(), Vec::<(Time, Event)>::new());
}
