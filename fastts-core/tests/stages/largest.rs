//! `top`, `top_by`.

rows! {
    top_lets_in_what_is_larger_than_the_smallest: { top(2, metric) }
        ["0 host=a metric=1", "1 host=b metric=2", "2 host=c metric=3", "3 host=a metric=1"]
        => ["0 host=a metric=1", "1 host=b metric=2", "2 host=c metric=3", "3 host=a state=expired"];
    top_keeps_members_that_shrink: { top(1, metric) } ["0 host=a metric=9", "1 host=a metric=1", "2 host=b metric=1", "3 host=b metric=2"]
        => ["0 host=a metric=9", "1 host=a metric=1", "2 host=b state=expired", "3 host=b metric=2"];
    top_tells_services_apart: { top(2, metric) } ["0 host=a service=x metric=1", "1 host=a service=y metric=1", "2 host=a service=z metric=1"]
        => ["0 host=a service=x metric=1", "1 host=a service=y metric=1", "2 host=a service=z state=expired"];
    top_takes_the_smallest_out_after_members_changed: { top(2, metric) }
        ["0 host=a metric=1", "1 host=b metric=2", "2 host=a metric=9", "3 host=c metric=5", "4 host=b metric=6"]
        => ["0 host=a metric=1", "1 host=b metric=2", "2 host=a metric=9", "3 host=c metric=5", "4 host=b metric=6"];
    top_of_several_smallest_takes_the_oldest_out: { top(2, metric) { seen }; where(false) }
        ["0 host=a metric=1", "1 host=b metric=1", "2 host=c metric=2"]
        => ["0 host=a state=expired", "1 host=b state=expired", "2 host=a metric=1 time=0", "2 host=c state=expired"];
    top_leaves_out_what_has_no_metric: { top(2, metric) } ["0 host=a metric=1", "1 host=a", "2 host=b metric=NaN", "3 host=c metric=1"]
        => ["0 host=a metric=1", "1 host=a state=expired", "2 host=b state=expired", "3 host=c metric=1"];
    top_lets_expired_members_leave: { top(1, metric) } ["0 host=a metric=9", "1 host=a state=expired metric=9", "2 host=b metric=1"]
        => ["0 host=a metric=9", "1 host=a state=expired metric=9", "2 host=b metric=1"];
    top_gives_the_rest_to_its_block: { top(1, metric) { tag("rest"); seen }; tag("top") }
        ["0 host=a metric=1", "1 host=b metric=2", "2 host=a metric=1", "3 host=b state=expired"]
        => ["0 host=a state=expired tags=rest", "0 host=a metric=1 tags=top",
            "1 host=a state=expired tags=top", "1 host=a metric=1 tags=rest time=0", "1 host=b state=expired tags=rest", "1 host=b metric=2 tags=top",
            "2 host=a state=expired tags=top", "2 host=a metric=1 tags=rest",
            "3 host=b state=expired tags=top", "3 host=b state=expired tags=rest"];
    top_tells_at_once_who_lost_its_place_when_asked: { top(1, metric, demote = true) } ["0 host=a metric=1", "1 host=b metric=2"]
        => ["0 host=a metric=1", "1 host=a state=expired", "1 host=b metric=2"];
    top_waits_with_a_block_when_asked: { top(1, metric, demote = false) { seen }; where(false) } ["0 host=a metric=1", "1 host=b metric=2"]
        => ["0 host=a state=expired", "1 host=b state=expired"];
    top_runs_the_timers_of_its_block: { top(1, metric) { where(metric > 0); rate(1s); seen }; where(false) } ["0 host=a metric=2", "0 host=b metric=1", "1 …"]
        => ["1 host=b metric=1"];
    top_compares_texts_and_several_fields: { top(1, state, metric) }
        ["0 host=a state=b metric=1", "1 host=b state=a metric=9", "2 host=c state=b metric=2", "3 host=d metric=5"]
        => ["0 host=a state=b metric=1", "1 host=b state=expired", "2 host=c state=b metric=2", "3 host=d state=expired"];
    top_by_takes_a_closure: { top_by(1, |event| event.time()) } ["0 host=a", "1 host=b", "2 host=c time=0"]
        => ["0 host=a", "1 host=b", "2 host=c state=expired"];
    top_by_takes_a_block: { top_by(1, |event| event.metric()) { where(metric > 0); seen }; where(false) } ["0 host=a metric=2", "1 host=b metric=1"]
        => ["1 host=b metric=1"];
}
