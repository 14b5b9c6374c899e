//! Topics across the pipelines of a router: their names, circles of pipelines that publish to each other, topics that nobody
//! publishes.
//!
//! Whether subscribers take the type that is published is left to rustc, which knows the types.

use std::collections::VecDeque;

use proc_macro2::Span;

use crate::diagnostics::Diagnostics;
use crate::lint::Lint;
use crate::messages;
use crate::syntax::{Block, Kind, Pipeline, Stage, TopicDeclaration};
use crate::table::INDEX;
use crate::tokens::Reach;

const LONGEST: usize = 128;

/// A stage that publishes.
struct Publication<'r> {
    pipeline: &'r Pipeline,
    topic: String,
    reach: Reach,
}

pub(super) fn check(pipelines: &[Pipeline], declared: &[TopicDeclaration], diagnostics: &mut Diagnostics) {
    for (index, one) in declared.iter().enumerate() {
        if declared[..index].iter().any(|before| before.name.text == one.name.text) {
            diagnostics.error(Reach::of(one.name.literal.span()), messages::topic_twice(&one.name.text));
        }
    }
    let mut publications = Vec::new();
    pipelines.iter().for_each(|pipeline| collect(pipeline, &pipeline.body, &mut publications));
    let subscribed = pipelines.iter().filter_map(|one| one.from.as_ref()).map(|topic| (&topic.text, Reach::of(topic.literal.span())));
    let declared = declared.iter().map(|one| (&one.name.text, Reach::of(one.name.literal.span())));
    let published = publications.iter().map(|one| (&one.topic, one.reach)).chain(declared);
    for (topic, reach) in subscribed.chain(published) {
        name(topic, reach, diagnostics);
    }
    circles(pipelines, &publications, diagnostics);
    // a publication that is missing may be the one that is wrong
    if !diagnostics.has_errors() && pipelines.iter().all(|one| !one.faulty) {
        silent(pipelines, &publications, diagnostics);
        similar(pipelines, &publications, diagnostics);
    }
}

/// Finds the stages of a block that publish.
fn collect<'r>(pipeline: &'r Pipeline, block: &'r Block, found: &mut Vec<Publication<'r>>) {
    for stage in &block.stages {
        if let Some((topic, reach)) = published(stage) {
            found.push(Publication { pipeline, topic, reach });
        }
        stage.blocks().for_each(|block| collect(pipeline, block, found));
    }
}

/// The topic that a stage publishes, and where it says so.
fn published(stage: &Stage) -> Option<(String, Reach)> {
    let Kind::Call(call) = &stage.kind else { return None };
    let name = call.builtin.filter(|_| stage.broken.is_none())?.name;
    match name {
        INDEX => Some((INDEX.to_owned(), Reach::of(stage.reach.first))),
        _ => call.topic().map(|topic| (topic.text.clone(), Reach::of(topic.literal.span()))),
    }
}

fn name(topic: &str, reach: Reach, diagnostics: &mut Diagnostics) {
    if topic.trim().is_empty() {
        diagnostics.error(reach, messages::topic_empty());
    } else if let Some(found) = topic.chars().find(|one| one.is_control() || ['"', '\\'].contains(one)) {
        diagnostics.error(reach, messages::topic_unprintable(found));
    } else if topic.len() > LONGEST {
        diagnostics.error(reach, messages::topic_too_long(topic.len()));
    }
}

/// Refuses pipelines that publish to each other in a circle, since items would go round in it for ever. Each circle is reported
/// once.
fn circles(pipelines: &[Pipeline], publications: &[Publication<'_>], diagnostics: &mut Diagnostics) {
    let mut told: Vec<Span> = Vec::new();
    // pipelines under `#[cfg]` may well exclude each other; the run-time looks again
    let certain = |pipeline: &Pipeline| pipeline.conditions.is_empty();
    for publication in publications.iter().filter(|one| certain(one.pipeline)) {
        // the way from the topic to each pipeline that it comes to, the shortest first
        let mut ways: VecDeque<Vec<&Publication<'_>>> = VecDeque::from([vec![publication]]);
        let mut seen: Vec<&str> = vec![&publication.topic];
        let circle = 'found: loop {
            let Some(way) = ways.pop_front() else { break None };
            let Some(last) = way.last() else { break None };
            let takers = pipelines.iter().filter(|one| certain(one) && one.from.as_ref().is_some_and(|from| from.text == last.topic));
            for taker in takers {
                if std::ptr::eq(taker, publication.pipeline) {
                    break 'found Some(way);
                }
                for next in publications.iter().filter(|one| std::ptr::eq(one.pipeline, taker)) {
                    if !seen.contains(&&*next.topic) {
                        seen.push(&next.topic);
                        ways.push_back(way.iter().copied().chain([next]).collect());
                    }
                }
            }
        };
        let Some(circle) = circle else { continue };
        let members: Vec<Span> = circle.iter().map(|one| one.pipeline.body.reach.first).collect();
        if members.iter().any(|one| told.iter().any(|other| same(*one, *other))) {
            continue;
        }
        // it comes to the pipeline of the next publication, and from the last to that of the first
        let next = circle.iter().skip(1).chain([&publication]);
        let steps = circle.iter().zip(next).map(|(one, next)| format!("\"{}\" → pipeline \"{}\" → ", one.topic, next.pipeline.name.text));
        let path = format!("{}\"{}\"", steps.collect::<String>(), publication.topic);
        diagnostics.error(publication.reach, messages::topics_in_a_circle(&path));
        told.extend(members);
    }
}

fn same(one: Span, other: Span) -> bool {
    let place = |span: Span| (span.start().line, span.start().column);
    place(one) == place(other)
}

/// Warns of a topic that nobody publishes.
fn silent(pipelines: &[Pipeline], publications: &[Publication<'_>], diagnostics: &mut Diagnostics) {
    for pipeline in pipelines.iter().filter(|one| !one.allowed.contains(&Lint::SilentTopic)) {
        let Some(from) = pipeline.from.as_ref().filter(|from| is_silent(&from.text, publications)) else { continue };
        let known: Vec<&str> = publications.iter().map(|one| &*one.topic).collect();
        let message = messages::silent_topic(&from.text, &known).unless_allowed(Lint::SilentTopic);
        diagnostics.warning(Reach::of(from.literal.span()), message);
    }
}

fn is_silent(topic: &str, publications: &[Publication<'_>]) -> bool {
    topic != INDEX && publications.iter().all(|one| one.topic != topic)
}

/// Warns of a topic to which nobody subscribes, if there are subscribers to one of nearly that name. If nobody publishes that
/// one, [`silent`] has said so already.
fn similar(pipelines: &[Pipeline], publications: &[Publication<'_>], diagnostics: &mut Diagnostics) {
    let known: Vec<&str> = pipelines.iter().filter_map(|one| one.from.as_ref()).map(|from| &*from.text).collect();
    for one in publications.iter().filter(|one| one.topic != INDEX && !known.contains(&&*one.topic)) {
        if let Some(meant) = messages::suggestion(&one.topic, &known)
            && !one.pipeline.allowed.contains(&Lint::SimilarTopic)
            && !is_silent(meant, publications)
        {
            diagnostics.warning(one.reach, messages::similar_topic(&one.topic, meant).unless_allowed(Lint::SimilarTopic));
        }
    }
}
