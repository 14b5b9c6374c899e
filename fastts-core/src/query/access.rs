//! Where in an index the events are that a query may match.

use std::collections::HashSet;
use std::time::Duration;

use super::budget::Budget;
use super::tree::{Field, Node, Operand};
use crate::model::event::Event;

/// The narrowest look-up in an index that misses no event that matches a query; what it finds is still to be tried.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access<'q> {
    /// Nothing matches.
    Nothing,
    /// The one event of a host and a service; `None` is one that is missing.
    One {
        /// The host.
        host: Option<&'q str>,
        /// The service.
        service: Option<&'q str>,
    },
    /// The events of a host.
    Host(&'q str),
    /// The events of a service.
    Service(&'q str),
    /// The events with a tag.
    Tag(&'q str),
    /// The events of the hosts that begin so.
    HostPrefix(&'q str),
    /// The events of the services that begin so.
    ServicePrefix(&'q str),
    /// The events of several look-ups, of which none is `Nothing`, `All` or `Any`; they may find the same event.
    Any(Vec<Access<'q>>),
    /// Every event.
    All,
}

/// How long it may take to find out how a condition comes out that asks for no field.
const CONSTANT: Duration = Duration::from_millis(1);

/// How many look-ups one query may become; beyond that they are not multiplied out.
const MOST: usize = 256;

pub(super) fn of(root: &Node) -> Access<'_> {
    let mut seen = HashSet::new();
    let mut found: Vec<Access<'_>> = holds(root, true).into_iter().map(Path::access).collect();
    found.retain(|access| seen.insert(access.clone()));
    if found.contains(&Access::All) {
        return Access::All;
    }
    match found.len() {
        0 => Access::Nothing,
        1 => found.swap_remove(0),
        _ => Access::Any(found),
    }
}

/// What all events on one way through a query have in common.
#[derive(Clone, Copy, Default, PartialEq)]
struct Path<'q> {
    host: Known<'q>,
    service: Known<'q>,
    tag: Option<&'q str>,
}

/// What is known of a text.
#[derive(Clone, Copy, Default, PartialEq)]
enum Known<'q> {
    #[default]
    Nothing,
    Begins(&'q str),
    Is(Option<&'q str>),
}

impl<'q> Known<'q> {
    /// Returns what is known when both are; `None` when they contradict each other.
    fn and(self, other: Known<'q>) -> Option<Known<'q>> {
        match (self, other) {
            (Known::Nothing, known) | (known, Known::Nothing) => Some(known),
            (Known::Is(a), Known::Is(b)) => (a == b).then_some(self),
            (Known::Is(text), Known::Begins(prefix)) | (Known::Begins(prefix), Known::Is(text)) => {
                text.is_some_and(|text| text.starts_with(prefix)).then_some(Known::Is(text))
            }
            (Known::Begins(a), Known::Begins(b)) if a.starts_with(b) => Some(self),
            (Known::Begins(a), Known::Begins(b)) => b.starts_with(a).then_some(other),
        }
    }
}

impl<'q> Path<'q> {
    fn and(self, other: Path<'q>) -> Option<Path<'q>> {
        let (host, service) = (self.host.and(other.host)?, self.service.and(other.service)?);
        Some(Path { host, service, tag: self.tag.or(other.tag) })
    }

    fn access(self) -> Access<'q> {
        match (self.host, self.service, self.tag) {
            (Known::Is(host), Known::Is(service), _) => Access::One { host, service },
            // A host has few services, a service may be on every host.
            (Known::Is(Some(host)), _, _) => Access::Host(host),
            (_, Known::Is(Some(service)), _) => Access::Service(service),
            (_, _, Some(tag)) => Access::Tag(tag),
            (Known::Begins(host), Known::Begins(service), _) if host.len() >= service.len() => Access::HostPrefix(host),
            (_, Known::Begins(service), _) => Access::ServicePrefix(service),
            (Known::Begins(host), _, _) => Access::HostPrefix(host),
            _ => Access::All,
        }
    }

    /// How wide it is, roughly: for choosing between two ways that both hold.
    fn width(self) -> usize {
        match self.access() {
            Access::One { .. } => 1,
            Access::Host(_) => 10,
            Access::Service(_) | Access::Tag(_) => 100,
            Access::HostPrefix(_) | Access::ServicePrefix(_) => 1000,
            _ => 1_000_000,
        }
    }
}

/// Returns the paths of which one at least holds for every event for which `node` comes out as `truth`.
fn holds(node: &Node, truth: bool) -> Vec<Path<'_>> {
    match (node, truth) {
        (Node::Not(node), _) => holds(node, !truth),
        (Node::Or(nodes), true) | (Node::And(nodes), false) => any(nodes, truth),
        (Node::And(nodes), true) | (Node::Or(nodes), false) => every(nodes, truth),
        // What asks for no field comes out the same for every event.
        _ if is_constant(node) => {
            // What asks for no field is a text of the query itself at most; one that takes long is tried on every event, and stopped there.
            let comes_out = node.matches(Event::new().view(), &mut Budget::lasting(CONSTANT));
            if comes_out.is_err() || comes_out == Ok(truth) { vec![Path::default()] } else { Vec::new() }
        }
        (Node::Tagged(tag), true) => vec![Path { tag: Some(tag), ..Path::default() }],
        (Node::Equal(left, right), true) | (Node::NotEqual(left, right), false) => equal(left, right),
        (Node::Like(Operand::Field(field), like), true) => of_field(field, Known::Begins(like.prefix())),
        (Node::Matches(Operand::Field(field), regex), true) => of_field(field, Known::Begins(literal_prefix(regex.as_str()))),
        _ => vec![Path::default()],
    }
}

fn any(nodes: &[Node], truth: bool) -> Vec<Path<'_>> {
    let mut paths = Vec::new();
    for node in nodes {
        paths.extend(holds(node, truth));
        if paths.len() > MOST || paths.contains(&Path::default()) {
            return vec![Path::default()];
        }
    }
    paths
}

fn every(nodes: &[Node], truth: bool) -> Vec<Path<'_>> {
    let width = |paths: &[Path<'_>]| paths.iter().map(|path| path.width()).sum::<usize>();
    let mut paths = vec![Path::default()];
    for node in nodes {
        let more = holds(node, truth);
        if paths.len() * more.len() <= MOST {
            paths = paths.iter().flat_map(|path| more.iter().filter_map(|other| path.and(*other))).collect();
        } else if width(&more) < width(&paths) {
            paths = more;
        }
    }
    paths
}

fn is_constant(node: &Node) -> bool {
    let literal = |operand: &Operand| !matches!(operand, Operand::Field(_));
    match node {
        Node::Truth(operand) | Node::Like(operand, _) | Node::Matches(operand, _) => literal(operand),
        Node::Equal(left, right) | Node::NotEqual(left, right) | Node::Compare(left, _, right) => literal(left) && literal(right),
        Node::Or(_) | Node::And(_) | Node::Not(_) | Node::Tagged(_) => false,
    }
}

/// Returns the paths of the events for which the two, of which one is a field, are equal.
fn equal<'q>(left: &'q Operand, right: &'q Operand) -> Vec<Path<'q>> {
    let (field, other) = match (left, right) {
        (Operand::Field(field), other) | (other, Operand::Field(field)) => (field, other),
        _ => return vec![Path::default()],
    };
    match other {
        Operand::Text(text) => of_field(field, Known::Is(Some(text))),
        Operand::Nil => of_field(field, Known::Is(None)),
        Operand::Number(_) | Operand::Bool(_) if matches!(field, Field::Host | Field::Service) => Vec::new(),
        _ => vec![Path::default()],
    }
}

fn of_field<'q>(field: &Field, known: Known<'q>) -> Vec<Path<'q>> {
    let known = if known == Known::Begins("") { Known::Nothing } else { known };
    vec![match field {
        Field::Host => Path { host: known, ..Path::default() },
        Field::Service => Path { service: known, ..Path::default() },
        _ => Path::default(),
    }]
}

/// Returns what every text begins with in which the regular expression is found; nothing unless that is plain to see.
fn literal_prefix(pattern: &str) -> &str {
    let Some(pattern) = pattern.strip_prefix('^').filter(|pattern| !pattern.contains('|')) else { return "" };
    let end = pattern.find(|c| r"\.+*?()[]{}^$".contains(c)).unwrap_or(pattern.len());
    let prefix = &pattern[..end];
    // The last character may be there no time at all.
    let optional = pattern[end..].starts_with(['*', '?', '{']);
    prefix.char_indices().next_back().filter(|_| optional).map_or(prefix, |(at, _)| &prefix[..at])
}
