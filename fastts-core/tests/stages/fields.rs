//! `where`, `with`, `default`, `adjust`, `expired`, `not_expired`.

rows! {
    where_compares: { where(metric > 5 && state != "ok") } ["0 metric=6 state=bad", "1 metric=6 state=ok", "2 metric=5 state=bad"]
        => ["0 state=bad metric=6"];
    where_a_missing_field_makes_comparisons_false: { where(metric < 5 || metric >= 5 || host == "a" || host < "z" || ttl > 0) } ["0", "1 state=x"] => [];
    where_a_missing_field_differs: { where(host != "a" && metric != 3) } ["0", "1 host=a", "2 host=b"] => ["0", "2 host=b"];
    where_not_turns_a_missing_field_around: { where(!(metric > 5)) } ["0", "1 metric=5", "2 metric=6", "3 metric=NaN"]
        => ["0", "1 metric=5", "3 metric=NaN"];
    where_asks_for_none: { where(host == None || metric == None) } ["0 host=a metric=1", "1 host=a", "2 metric=1"]
        => ["1 host=a", "2 metric=1"];
    where_nan_equals_nothing: { where(metric == metric) } ["0 metric=NaN", "1 metric=2", "2"] => ["1 metric=2"];
    where_numbers_compare_by_value: { where(metric == 2) } ["0 metric=2", "1 metric=2.0", "2 metric=2.5"]
        => ["0 metric=2", "1 metric=2.0"];
    where_calculates: { where(metric * 2 + 1 > 6 && metric % 2 == 0) } ["0 metric=2", "1 metric=3", "2 metric=4", "3"] => ["2 metric=4"];
    where_compares_times_and_ttls: { where(time > 2 && ttl < 1m) } ["1 ttl=3", "3 ttl=3", "4 ttl=60", "5 time=- ttl=3"] => ["3 ttl=3"];
    where_searches: { where(service =~ "^api" && host =~ "[0-9]$" && state =~ "^(ok|up)$") }
        ["0 service=api.x host=w1 state=up", "1 service=xapi host=w1 state=ok", "2 service=api host=w state=ok", "3 service=api host=w1 state=okk", "4"]
        => ["0 host=w1 service=api.x state=up"];
    where_looks_into_tags_and_attributes: { where(tagged("x") && !tagged_any(["y", "z"]) && attribute("k") == "v") }
        ["0 tags=x k=v", "1 tags=x,y k=v", "2 tags=x", "3 tags=x k=w"] => ["0 k=v tags=x"];
    where_knows_what_is_expired: { where(expired) } ["0 state=expired", "1 ttl=3", "5 ttl=3 time=1", "6 time=1"]
        => ["0 state=expired", "5 ttl=3 time=1"];

    with_sets_fields: { with(state = "red", metric = metric + 1, description = service) } ["0 state=ok metric=1 service=s", "1"]
        => ["0 service=s state=red description=s metric=2", "1 state=red"];
    with_sees_the_event_as_it_came: { with(host = service, service = host) } ["0 host=a service=b"] => ["0 host=b service=a"];
    with_none_clears: { with(state = None, metric = None, ttl = None, time = None) } ["0 host=a state=ok metric=1 ttl=3"] => ["0 host=a time=-"];
    with_sets_every_field: { with(host = "h", service = "s", state = "t", description = "d", metric = 1.5, time = 9, ttl = 2m, tags = ["x"], attribute("k") = "v") }
        ["0 host=a tags=y,z k=w l=m"] => ["0 host=h service=s state=t description=d k=v l=m metric=1.5 ttl=120 tags=x time=9"];
    with_lies_over_with: { with(state = "a", host = "h"); with(state = "b") } ["0"] => ["0 host=h state=b"];
    with_can_be_asked: { with(state = "a"); where(state == "a") } ["0", "1 state=b"] => ["0 state=a", "1 state=a"];

    default_sets_what_is_missing: { default(state = "dflt", ttl = 9, metric = 1, tags = ["x"]) } ["0", "1 state=ok ttl=1 metric=0 tags=y", "2 metric=NaN"]
        => ["0 state=dflt metric=1 ttl=9 tags=x", "1 state=ok metric=0 ttl=1 tags=y", "2 state=dflt metric=NaN ttl=9 tags=x"];
    default_sets_a_missing_time: { default(time = 4) } ["0 time=-", "1 time=3"] => ["0 time=4", "1 time=3"];
    default_sets_attributes_one_by_one: { default(attribute("k") = "v", attribute("l") = "w") } ["0 k=own"] => ["0 k=own l=w"];
    default_after_with_none_sets: { with(state = None); default(state = "x") } ["0 state=ok"] => ["0 state=x"];

    adjust_changes_a_text: { adjust(service, |service| service.map(|service| format!("{service}.rate"))) } ["0 service=in", "1"]
        => ["0 service=in.rate", "1"];
    adjust_changes_a_number: { adjust(metric, |metric| metric.times(2.into())); adjust(ttl, |ttl| ttl.unwrap_or(1.0) + 1.0) } ["0 metric=3", "1 ttl=4"]
        => ["0 metric=6 ttl=2", "1 ttl=5"];
    adjust_changes_a_time: { adjust(time, |time| time.map(|time| time + 5s)) } ["1", "2 time=-", "3 time=max"]
        => ["1 time=6", "2 time=-", "3 time=9223372036854.775"];
    adjust_may_clear: { adjust(state, |_| None::<String>); adjust(host, |_| fastts_core::event::Missing) } ["0 state=ok host=a"] => ["0"];

    expired_by_state_or_ttl: { expired } ["0 state=expired", "1 ttl=2", "5 ttl=2 time=2", "6 ttl=2 time=4", "7 time=0"]
        => ["0 state=expired", "5 ttl=2 time=2"];
    expired_never_without_a_time: { expired } ["100 ttl=1 time=-"] => [];
    expired_after_the_ttl_not_at_its_end: { expired } ["3 ttl=2 time=1", "3.000001 ttl=2 time=1"] => ["3.000001 ttl=2 time=1"];
    expired_at_the_ends_of_time: { expired } ["0 ttl=1e300 time=max", "1 ttl=1 time=min", "2 ttl=inf time=0", "3 ttl=-1 time=3"]
        => ["1 ttl=1 time=-9223372036854.775", "3 ttl=-1"];
    expired_never_at_an_endless_ttl: { expired } ["9 ttl=inf time=min", "9 ttl=1e300 time=min"] => [];
    expired_never_at_a_ttl_that_is_no_number: { expired } ["9 ttl=NaN time=0"] => [];
    not_expired_is_the_rest: { not_expired } ["0 state=expired", "1 ttl=2", "5 ttl=2 time=2", "6 ttl=2 time=4", "7 time=0", "8"]
        => ["1 ttl=2", "6 ttl=2 time=4", "7 time=0", "8"];
}
