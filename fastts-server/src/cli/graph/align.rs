//! Which stages of a chain, as it was compiled, belong to which that were written.
//!
//! A built-in stage is one stage of the chain, a `tee` one for each branch. A function of the user's can be any number, none
//! too, and the chain does not say where it ends: what the built-in stages around it are must tell that. Where there is more
//! than one way to read it, nothing is said.

use std::any::type_name;
use std::ops::Range;
use std::sync::LazyLock;

use fastts_core::{Outline, Start};

use super::tree::{Node, short_type};

/// The names of the built-in stages, as they are written in routers.
static BUILTINS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    fastts_core::__private::builtin_stages!().iter().map(|&(name, _): &(&str, &str)| name.trim_end_matches('_')).collect()
});

/// Notes at every stage of a block, and in its blocks, which part of the chain it is.
pub(super) fn align(nodes: &mut [Node], chain: &[Outline]) {
    let places = places(nodes, chain, fits).or_else(|| places(nodes, chain, |_, _| true));
    for (index, node) in nodes.iter_mut().enumerate() {
        let Some(range) = places.as_ref().and_then(|places| Some(places[index]?..places[index + 1]?)) else { continue };
        node.item = chain.get(range.start).map(|stage| short_type(stage.item));
        node.parts = chain.get(range.clone()).unwrap_or_default().iter().map(|stage| short_type(stage.stage)).collect();
        blocks(node, &chain[range.clone()]);
        node.range = Some(range);
    }
}

/// Goes on in the blocks of a stage.
fn blocks(node: &mut Node, stages: &[Outline]) {
    let ways: Vec<&Vec<Outline>> = stages.iter().flat_map(|stage| &stage.blocks).collect();
    if !node.inner.is_empty() && node.inner.iter().all(Node::is_way) {
        if ways.len() == node.inner.len() {
            node.inner.iter_mut().zip(ways).for_each(|(way, chain)| enter(way, chain));
        }
    } else if let ([chain], Some(1)) = (&ways[..], width(node)) {
        // A function of the user's may have put more than the block into the block.
        align(&mut node.inner, chain);
    }
}

fn enter(way: &mut Node, chain: &[Outline]) {
    way.item = chain.first().map(|stage| short_type(stage.item));
    way.range = Some(0..chain.len());
    align(&mut way.inner, chain);
}

/// Returns where each stage begins in the chain, and after the last where that ends; `None` where that is not certain.
fn places(nodes: &[Node], chain: &[Outline], fits: fn(&Node, &Outline) -> bool) -> Option<Vec<Option<usize>>> {
    // From the front: where a stage can begin when those before it fit; from the back likewise.
    let count = nodes.len();
    let mut front = vec![vec![false; chain.len() + 1]; count + 1];
    let mut back = front.clone();
    front[0][0] = true;
    back[count][chain.len()] = true;
    let ends = |node: &Node, start: usize| -> Range<usize> {
        match width(node) {
            Some(width) => {
                let all = chain.get(start..start + width).is_some_and(|stages| stages.iter().all(|stage| fits(node, stage)));
                if all { start + width..start + width + 1 } else { 0..0 }
            }
            None => start..chain.len() + 1,
        }
    };
    for (index, node) in nodes.iter().enumerate() {
        for start in (0..=chain.len()).filter(|&start| front[index][start]).collect::<Vec<_>>() {
            ends(node, start).for_each(|end| front[index + 1][end] = true);
        }
    }
    for (index, node) in nodes.iter().enumerate().rev() {
        for start in 0..=chain.len() {
            back[index][start] = ends(node, start).any(|end| back[index + 1][end]);
        }
    }
    let place = |index: usize| {
        let mut possible = (0..=chain.len()).filter(|&place| front[index][place] && back[index][place]);
        let first = possible.next()?;
        Some(possible.next().is_none().then_some(first))
    };
    (0..=count).map(place).collect()
}

/// Returns of how many stages of the chain a stage is; `None` when anything is possible.
fn width(node: &Node) -> Option<usize> {
    match node.stage.name.as_str() {
        "tee" => Some(node.inner.len()),
        name => BUILTINS.contains(&name).then_some(1),
    }
}

/// The types of stages that are not called as the stages are.
const OTHERWISE: &[(&str, &str)] = &[
    ("not_expired", "Expired"),
    ("moving_event_window", "EventWindow"),
    ("fixed_event_window", "EventWindow"),
    ("fixed_offset_time_window", "FixedTimeWindow"),
    ("join", "Project"),
    ("sorted_sample_extract", "SortedSample"),
    ("above_for", "Lasting"),
    ("below_for", "Lasting"),
    ("between_for", "Lasting"),
    ("delete_from_index", "Delete"),
];

/// Returns false when a built-in stage cannot be that part of a chain: its type has another name.
fn fits(node: &Node, part: &Outline) -> bool {
    let name = node.stage.name.as_str();
    // In a release it is nothing, but has its place.
    if name == "tap" && part.stage == type_name::<Start>() {
        return true;
    }
    let stem = name.strip_suffix("_by").or(name.strip_suffix("_value")).unwrap_or(name);
    if let Some((_, kind)) = OTHERWISE.iter().find(|(otherwise, _)| *otherwise == name) {
        return part.stage.contains(&format!("::{kind}"));
    }
    let words = stem.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
    part.stage.contains(&format!("::{}", words.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use fastts_core::{Event, Flow, Metric, Pipeline, router, stages};

    use super::super::tree::Drawn;
    use super::*;

    fn twice<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        stages::tag(stages::under(flow, 3), "x")
    }

    fn nothing<F: Flow<Item = Event>>(flow: F) -> F {
        flow
    }

    router! {
        fn known;

        // only their names matter here, not what they let through
        #[allow(unreachable, mixed_keys, repeated_condition, no_effect)]
        pipeline "every built-in stage" {
            under(1); over(1); within(1, 2); without(1, 2); scale(2); adjust(metric, |metric| metric);
            where(metric > 1); with(host = "a"); default(host = "b");
            filter(|_| true); inspect(|_| ()); tag("x"); untag("x"); tagged_all("x"); tagged_any("x"); expired; not_expired;
            map(|event| event.to_owned()); filter_map(|event| Some(event.to_owned())); flat_map(|event| [event.to_owned()]);
            sreduce(|_, event| event.to_owned()); sreduce(|_, event| event.to_owned(), Event::new());
            throttle(1, 1s); rate(1s); stable(1s, host); stable_by(1s, |event| event.host().is_some());
            changed(host); changed_by(|event| event.host().is_some()); changed_pairs(host); map(|pair| pair.1.clone());
            changed_state; runs(1, host); runs_by(1, |event| event.host().is_some());
            by(host) { stdout; tag("y") }
            by_value(|event| event.host().is_some()) { stdout }
            tee { { stdout } { stdout; twice } }
            split { metric > 1 => tag("z"), _ => { nothing; stdout } }
            moving_event_window(1); sflatten; fixed_event_window(1); sum; moving_time_window(1s); product; fixed_time_window(1s);
            difference; fixed_offset_time_window(1s); quotient; batch(1, 1s); quotient_sloppy; rollup(1, 1s); mean; coalesce(1s); std_dev;
            coalesce_by(1s, |event| event.host().is_some()); count; project(metric > 1); maximum; join(metric > 1, metric < 1); minimum;
            batch(1, 1s); median; batch(1, 1s); mode; batch(1, 1s); modes; batch(1, 1s); sorted_sample([0.5]);
            batch(1, 1s); sorted_sample_extract([0.5]); batch(1, 1s); extremum(|one, best| one > best);
            batch(1, 1s); fold(|one, other| one.plus(other)); batch(1, 1s); combine(|window| window.get(0).map(|event| event.to_owned()));
            percentiles(1s, [0.5]); quantiles(1s, [0.5]); apdex(1s, metric < 1, metric < 2); top(1, metric);
            top_by(1, |event| event.metric()); fold_interval(1s, metric, |window| window.get(0).map_or(Metric::Missing, |event| event.metric()));
            fold_interval_metric(1s, |metrics| metrics[0]); ewma_timeless(0.5); ewma(1s); counter; counter(1); ddt; ddt(1s);
            fill_in(1s, Event::new()); fill_in_last(1s, state = "filled"); interpolate_constant(1s); clock_skew; predict_linear(2, 1s); expire;
            above_for(1, 1s); below_for(1, 1s); between_for(1, 2, 1s); debounce(1s); deadman(1s);
            index; delete_from_index; delete_from_index(state); tap("end"); tap; publish("topic"); stdout
        }
        pipeline "one of the user's" { twice; stdout }
        pipeline "several" { twice; stdout; nothing; stdout; twice; where(metric > 1); stdout }
        pipeline "nobody knows" { where(metric > 1); twice; nothing; stdout }
        pipeline "which tag" { twice; tag("x"); twice; stdout }
    }

    fn ranges(pipeline: &Pipeline) -> Vec<Option<Range<usize>>> {
        let drawn = Drawn::new(pipeline);
        assert_eq!(drawn.broken, None);
        drawn.nodes.into_iter().map(|node| node.range).collect()
    }

    #[test]
    fn every_built_in_stage_is_found() {
        let router = known();
        let pipeline = &router.pipelines()[0];
        let drawn = Drawn::new(pipeline);
        let written: Vec<&str> = pipeline.stages().iter().map(|stage| &*stage.name).collect();
        let missing: Vec<_> = BUILTINS.iter().filter(|name| !written.contains(name)).collect();
        assert!(missing.is_empty(), "not in the test: {missing:?}");
        fn all_known(nodes: &[Node]) -> bool {
            nodes.iter().all(|node| node.range.is_some() && all_known(&node.inner))
        }
        assert!(all_known(&drawn.nodes), "{drawn:#?}");
        let chain = pipeline.outline();
        let mut place = 0;
        for node in &drawn.nodes {
            let range = node.range.clone().unwrap();
            assert_eq!(range.start, place, "{}", node.stage.text);
            place = range.end;
            let parts = chain[range].iter().all(|part| fits(node, part));
            assert!(parts, "{} does not fit its type", node.stage.text);
        }
    }

    #[test]
    fn functions_of_the_users_are_what_is_left() {
        let router = known();
        let pipelines = router.pipelines();
        assert_eq!(ranges(&pipelines[1]), [Some(0..2), Some(2..3)]);
        let several = [Some(0..2), Some(2..3), Some(3..3), Some(3..4), Some(4..6), Some(6..7), Some(7..8)];
        assert_eq!(ranges(&pipelines[2]), several);
    }

    #[test]
    fn what_can_be_read_in_several_ways_is_not_guessed() {
        let router = known();
        assert_eq!(ranges(&router.pipelines()[3]), [Some(0..1), None, None, Some(3..4)]);
        assert_eq!(ranges(&router.pipelines()[4]), [None, None, None, Some(5..6)]);
    }
}
