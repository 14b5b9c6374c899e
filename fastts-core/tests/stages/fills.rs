//! `fill_in`, `fill_in_last`, `interpolate_constant`.

use fastts_core::Event;

rows! {
    fill_in_fills_gaps: { fill_in(2s, Event::new().with_service("f")) } ["1", "2", "7"] => ["1", "2", "4 service=f", "6 service=f", "7"];
    fill_in_begins_with_the_pipeline: { fill_in(2s, Event::new().with_service("f").with_time(99)) } ["3", "4 …"] => ["2 service=f", "3"];
    fill_in_fires_before_the_event_of_its_instant: { fill_in(2s, Event::new().with_service("f")) } ["1", "3"] => ["1", "3 service=f", "3"];
    fill_in_stops_at_an_expired_event: { fill_in(2s, Event::new().with_service("f")) } ["1", "2 state=expired", "9", "11 …"] => ["1", "2 state=expired", "9", "11 service=f"];
    fill_in_goes_on_after_the_ttl: { fill_in(2s, Event::new().with_service("f")) } ["0 ttl=1", "4 …"] => ["0 ttl=1", "2 service=f", "4 service=f"];
    fill_in_stops_at_an_event_that_came_expired: { fill_in(2s, Event::new().with_service("f")) } ["1 ttl=1 time=-5", "9 …"] => ["1 ttl=1 time=-5"];
    fill_in_per_key_begins_with_the_key: { by(host) { fill_in(2s, Event::new().with_service("f")) } } ["3 host=a", "4 host=b", "6 …"]
        => ["3 host=a", "4 host=b", "5 service=f", "6 service=f"];
    fill_in_has_nothing_for_the_end: { fill_in(2s, Event::new().with_service("f")) } ["1", "finish"] => ["1"];

    fill_in_last_fills_with_the_last: { fill_in_last(2s, state = "filled") } ["1 host=a metric=1", "2 host=b metric=2", "6 host=c"]
        => ["1 host=a metric=1", "2 host=b metric=2", "4 host=b state=filled metric=2", "6 host=b state=filled metric=2", "6 host=c"];
    fill_in_last_changes_see_the_last_event: { fill_in_last(2s, metric = metric + 1, description = service, attribute("k") = host) }
        ["1 host=a service=s metric=1", "5 …"] => ["1 host=a service=s metric=1", "3 host=a service=s description=s k=a metric=2", "5 host=a service=s description=s k=a metric=2"];
    fill_in_last_without_changes: { fill_in_last(2s) } ["1 host=a", "3 …"] => ["1 host=a", "3 host=a"];
    fill_in_last_does_not_begin_before_the_first: { fill_in_last(2s, state = "filled") } ["9 …", "9 host=a"] => ["9 host=a"];
    fill_in_last_goes_on_after_the_ttl: { fill_in_last(2s, state = "filled") } ["0 ttl=1", "4 …"] => ["0 ttl=1", "2 state=filled ttl=1", "4 state=filled ttl=1"];
    fill_in_last_stops_at_an_expired_event: { fill_in_last(2s, state = "filled") } ["1 host=a", "2 state=expired", "9 host=b", "11 …"]
        => ["1 host=a", "2 state=expired", "9 host=b", "11 host=b state=filled"];
    fill_in_last_cannot_set_the_time: { fill_in_last(2s, time = 99) } ["1", "3 …"] => ["1", "3"];
    fill_in_last_per_key: { by(host) { fill_in_last(2s, state = "filled") } } ["1 host=a", "2 host=b", "3 …", "4 …"]
        => ["1 host=a", "2 host=b", "3 host=a state=filled", "4 host=b state=filled"];

    interpolate_constant_emits_the_last_every_so_often: { interpolate_constant(2s) } ["1 metric=1", "4 metric=2", "8 …"]
        => ["1 metric=1", "3 metric=1", "5 metric=2", "7 metric=2"];
    interpolate_constant_sees_all_events_of_an_instant: { interpolate_constant(2s) } ["1 metric=1", "1 metric=2", "2 …"] => ["1 metric=2"];
    interpolate_constant_stops_when_the_ttl_has_run_out: { interpolate_constant(2s) } ["1 metric=1 ttl=3", "9 …"] => ["1 metric=1 ttl=3", "3 metric=1 ttl=3"];
    interpolate_constant_ends_with_an_expired_event: { interpolate_constant(2s) } ["1 metric=1", "2 metric=2 state=expired", "9 …", "9 metric=3", "10 …"]
        => ["1 metric=1", "2 state=expired metric=2", "9 metric=3"];
    interpolate_constant_ignores_an_event_that_expires_in_its_instant: { interpolate_constant(2s) } ["1 metric=1", "1 state=expired", "9 …"] => ["1 state=expired"];
    interpolate_constant_per_key: { by(host) { interpolate_constant(2s) } } ["1 host=a", "2 host=b", "4 …"]
        => ["1 host=a", "2 host=b", "3 host=a", "4 host=b"];
    interpolate_constant_behind_a_timer: { rate(2s); interpolate_constant(1s) } ["0 metric=4", "3 …"] => ["2 metric=2", "3 metric=2"];
}
