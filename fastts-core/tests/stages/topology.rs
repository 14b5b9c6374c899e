//! What the stages that are written in a router become.

use fastts_core::prelude::*;
use fastts_core::{Pipeline, Read, Silence, Written, stages};

fn twice<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(stages::under(flow, 3), "x")
}

fn nothing<F: Flow<Item = Event>>(flow: F) -> F {
    flow
}

router! {
    fn known;

    // Only their names matter here, not what they let through. They are several pipelines, as one of a hundred stages is a type that takes
    // the compiler long.
    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic, expired_fields)]
    pipeline "conditions and fields" {
        under(1); over(1); within(1, 2); without(1, 2); scale(2); adjust(metric, |metric| metric);
        where(metric > 1); with(host = "a"); default(host = "b")
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "filters and closures" {
        filter(|_| true); inspect(|_| ()); tag("x"); untag("x"); tagged_all("x"); tagged_any("x"); expired; not_expired;
        map(|event| event.to_owned()); filter_map(|event| Some(event.to_owned())); flat_map(|event| [event.to_owned()]);
        sreduce(|_, event| event.to_owned()); sreduce(|_, event| event.to_owned(), Event::new())
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "changes and rates" {
        throttle(1, 1s); rate(1s); stable(1s, host); stable_by(1s, |event| event.host().is_some());
        changed(host); changed_by(|event| event.host().is_some()); changed_pairs(host); map(|pair| pair.1.clone());
        changed_state; runs(1, host); runs_by(1, |event| event.host().is_some())
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "blocks" {
        by(host) { stdout; tag("y") }
        by_value(|event| event.host().is_some()) { stdout }
        tee { { stdout } { stdout; twice } }
        split { metric > 1 => tag("z"), _ => { nothing; stdout } }
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "windows" {
        moving_event_window(1); sflatten; fixed_event_window(1); sum; moving_time_window(1s); product; fixed_time_window(1s);
        difference; fixed_offset_time_window(1s); quotient; batch(1, 1s); quotient_sloppy; rollup(1, 1s); mean; coalesce(1s); std_dev
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "groups" {
        coalesce_by(1s, |event| event.host().is_some()); count; project(metric > 1); maximum; join(metric > 1, metric < 1); minimum;
        batch(1, 1s); median; batch(1, 1s); mode; batch(1, 1s); modes; batch(1, 1s); sorted_sample([0.5])
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "folds" {
        batch(1, 1s); sorted_sample_extract([0.5]); batch(1, 1s); extremum(|one, best| one > best);
        batch(1, 1s); fold(|one, other| one.plus(other)); batch(1, 1s); combine(|window| window.get(0).map(|event| event.to_owned()))
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "quantiles" {
        percentiles(1s, [0.5]); quantiles(1s, [0.5]); apdex(1s, metric < 1, metric < 2); top(1, metric);
        top_by(1, |event| event.metric()) { stdout; twice }
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "intervals" {
        fold_interval(1s, metric, |window| window.get(0).map_or(Metric::Missing, |event| event.metric()));
        fold_interval_metric(1s, |metrics| metrics[0]); ewma_timeless(0.5); ewma(1s); counter; counter(1); ddt; ddt(1s);
        fill_in(1s, Event::new()); fill_in_last(1s, state = "filled"); interpolate_constant(1s); clock_skew; predict_linear(2, 1s); expire
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "durations and the end" {
        above_for(1, 1s); below_for(1, 1s); between_for(1, 2, 1s); debounce(1s); deadman(1s);
        index; delete_from_index; delete_from_index(state); tap("end"); tap; publish("topic"); log(info, "x"); stdout
    }

    #[allow(unreachable, mixed_keys, repeated_condition, no_effect, silent_topic)]
    pipeline "boundaries and counts" {
        meter("x"); count_as("y"); pool(1) { under(1) } map_async(1, |event: Event| async move { event });
        serve(0, |count: &mut u64, event| { *count += 1; event.to_owned() }); stdout
    }

    pipeline "functions" { twice; stdout; nothing; stdout; twice; nothing }

    #[allow(mixed_keys)]
    pipeline "reads" {
        where(service =~ "^a" && metric > 1 || attribute("zone a") == None && !tagged("x"));
        by(host, attribute("zone b")) { changed(state) }
        filter(|e| e.ttl() > Some(1.0) && e.attribute("zone c").is_some() && format!("{:?}", e.time()) != "host");
        changed_state;
        rate(5);
        stdout
    }
}

fn built_ins() -> impl Iterator<Item = &'static str> {
    fastts_core::__private::builtin_stages!().iter().map(|&(name, _): &(&str, &str)| name.trim_end_matches('_'))
}

/// Checks that a row of written stages is a chain without a gap, and that built-in stages are as many stages as they say.
#[track_caller]
fn check(stages: &[Written]) {
    let mut next = 0;
    for stage in stages {
        let (text, place) = (stage.info.text, stage.place.as_ref().unwrap());
        assert_eq!(place.range.start, next, "{text}");
        assert_eq!(place.parts.len(), place.range.len(), "{text}");
        next = place.range.end;
        match stage.info.name {
            "tee" => assert_eq!(place.range.len(), stage.inner.len(), "{text}"),
            name if built_ins().any(|built_in| built_in == name) => assert_eq!(place.range.len(), 1, "{text}"),
            _ => {}
        }
        match stage.inner.first() {
            Some(way) if way.is_way() => stage.inner.iter().for_each(|way| {
                check(&way.inner);
                let place = way.place.as_ref().unwrap();
                let inside = way.inner.last().map(|last| last.place.as_ref().unwrap());
                assert!(inside.is_none_or(|last| last.path == place.path && last.range.end == place.range.end), "{}", way.info.text);
            }),
            Some(_) => check(&stage.inner),
            None => {}
        }
    }
}

fn topology(pipeline: &Pipeline) -> Vec<Written> {
    let topology = pipeline.topology();
    assert_eq!(topology.length, pipeline.check().len());
    topology.stages
}

/// Returns the pipeline of that name.
fn named(name: &str) -> Pipeline {
    known().pipelines().iter().find(|pipeline| pipeline.name() == name).unwrap().clone()
}

#[test]
fn every_built_in_stage_is_found() {
    let mut missing: Vec<&str> = built_ins().collect();
    for pipeline in known().pipelines() {
        let stages = topology(pipeline);
        missing.retain(|name| stages.iter().all(|stage| stage.info.name != *name));
        check(&stages);
        let last = stages.last().unwrap().place.as_ref().unwrap();
        assert_eq!(last.range.end, pipeline.topology().length, "{}", pipeline.name());
    }
    assert!(missing.is_empty(), "not in the test: {missing:?}");
}

#[test]
fn functions_are_what_they_append() {
    let ranges: Vec<_> = topology(&named("functions")).into_iter().map(|stage| stage.place.unwrap().range).collect();
    assert_eq!(ranges, [0..2, 2..3, 3..3, 3..4, 4..6, 6..6]);
}

#[test]
fn a_stage_says_what_it_reads_and_why_nothing_comes_out() {
    use Read::{Attribute, Field};
    let pipeline = named("reads");
    let stages = pipeline.stages();
    let reads: Vec<&[Read]> = stages.iter().map(|stage| &stage.reads[..]).collect();
    let expected: [&[Read]; 7] = [
        &[Field("service"), Field("metric"), Attribute("zone a"), Field("tags")],
        &[Field("host"), Attribute("zone b")],
        &[Field("state")],
        &[Field("ttl"), Attribute("zone c"), Field("time")],
        &[Field("host"), Field("service"), Field("state")],
        &[],
        &[],
    ];
    assert_eq!(reads, expected);
    assert_eq!(stages[0].silence, Some(Silence::Stops("is false")));
    assert_eq!(stages[5].silence, Some(Silence::Holds("it is counted, and the rate comes by time")));
    assert_eq!(stages[6].silence, None);
}
