//! The groups of a router, and who of their members runs: it decides, as OTP's supervisors do, what becomes of them.

use std::collections::HashMap;
use std::time::Duration;

use super::decision::{Decision, End, Leaf, Stopped};
use super::intensity::{Intensity, Rests};
use super::policy::{Group, Lifetime, Member, OnStop, Strategy};
use crate::model::time::Time;

/// The groups of a router and their members.
///
/// # Design
/// It is a model only: what it decides is a value, which somebody else carries out, one decision after the other. It takes for done
/// what it has decided.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// The group that each leaf is in.
    homes: HashMap<Leaf, usize>,
}

/// A group.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) name: &'static str,
    pub(crate) parent: Option<usize>,
    pub(crate) strategy: Strategy,
    children: Vec<Child>,
    intensity: Intensity,
    rests: Rests,
    on_stop: OnStop,
    /// How often members were started again as one of them had come to its end.
    pub(crate) restarts: u64,
    /// Until when it is stopped.
    pub(crate) stopped: Option<Time>,
}

/// A member of a group.
#[derive(Clone, Copy, Debug)]
struct Child {
    kind: Kind,
    lifetime: Lifetime,
    /// Whether it runs; of a group nobody asks.
    is_up: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Leaf(Leaf),
    Group(usize),
}

impl Tree {
    /// Makes the tree of groups as they are written, all of whose members have started at `now`; `on_stop` is what becomes of those at the top that do
    /// not say it themselves.
    pub(crate) fn new(groups: &[Group], on_stop: OnStop, now: Time) -> Tree {
        let mut homes = HashMap::new();
        let mut node = |(place, group): (usize, &Group)| {
            let child = |member: &Member| {
                let kind = match *member {
                    Member::Pipeline(pipeline) => Kind::Leaf(Leaf::Pipeline(pipeline)),
                    Member::Group(group) => Kind::Group(group),
                };
                if let Kind::Leaf(leaf) = kind {
                    homes.insert(leaf, place);
                }
                Child { kind, lifetime: Lifetime::Permanent, is_up: true }
            };
            Node {
                name: group.name,
                parent: group.parent,
                strategy: group.policy.strategy,
                children: group.members.iter().map(child).collect(),
                intensity: Intensity::new(group.policy.restarts, group.policy.within),
                rests: Rests::new(now),
                on_stop: group.policy.on_stop.unwrap_or(on_stop),
                restarts: 0,
                stopped: None,
            }
        };
        let nodes = groups.iter().enumerate().map(&mut node).collect();
        Tree { nodes, homes }
    }

    /// Makes the tree of groups none of which ever restarts too often.
    pub(crate) fn patient(groups: &[Group], now: Time) -> Tree {
        let patient = |group: &Group| Group { policy: group.policy.clone().restart(u32::MAX, Duration::ZERO), ..group.clone() };
        Tree::new(&groups.iter().map(patient).collect::<Vec<_>>(), OnStop::Retry, now)
    }

    /// Returns the groups.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Returns the place of the group of this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// Returns the group that a leaf is in.
    pub(crate) fn home(&self, leaf: Leaf) -> Option<usize> {
        self.homes.get(&leaf).copied()
    }

    /// Returns the group at the top that a leaf is in.
    pub(crate) fn top(&self, leaf: Leaf) -> Option<usize> {
        self.home(leaf).map(|home| self.top_of(home))
    }

    fn top_of(&self, mut group: usize) -> usize {
        while let Some(parent) = self.nodes[group].parent {
            group = parent;
        }
        group
    }

    /// Returns true when a leaf runs, or is about to.
    pub(crate) fn is_up(&self, leaf: Leaf) -> bool {
        self.child(leaf).is_some_and(|child| child.is_up)
    }

    /// Returns until when the group at the top that a leaf is in is stopped.
    pub(crate) fn stopped(&self, leaf: Leaf) -> Option<Time> {
        self.home(leaf).and_then(|home| self.stopped_until(home))
    }

    /// Returns until when a group, or the one at the top that it is in, is stopped.
    pub(crate) fn stopped_until(&self, group: usize) -> Option<Time> {
        self.nodes[self.top_of(group)].stopped
    }

    /// Returns when the next group that is stopped is tried again.
    pub(crate) fn next_retry(&self) -> Option<Time> {
        self.nodes.iter().filter_map(|node| node.stopped).min()
    }

    /// Adds a leaf as the last member of a group. Returns whether it is started: not when the group is stopped.
    pub(crate) fn add(&mut self, group: usize, leaf: Leaf, lifetime: Lifetime) -> bool {
        let is_up = self.nodes[self.top_of(group)].stopped.is_none();
        self.nodes[group].children.push(Child { kind: Kind::Leaf(leaf), lifetime, is_up });
        self.homes.insert(leaf, group);
        is_up
    }

    /// Returns the leaves of a group in the order in which they start, with whether they run.
    pub(crate) fn leaves(&self, group: usize) -> Vec<(Leaf, bool)> {
        let mut leaves = Vec::new();
        self.nodes[group].children.iter().for_each(|child| self.collect(child, &mut leaves));
        leaves
    }

    fn collect(&self, child: &Child, leaves: &mut Vec<(Leaf, bool)>) {
        match child.kind {
            Kind::Leaf(leaf) => leaves.push((leaf, child.is_up)),
            Kind::Group(group) => self.nodes[group].children.iter().for_each(|child| self.collect(child, leaves)),
        }
    }

    /// Returns the sources in the groups, in the order in which they start.
    pub(crate) fn sources(&self) -> Vec<usize> {
        let tops = (0..self.nodes.len()).filter(|&group| self.nodes[group].parent.is_none());
        let source = |(leaf, _)| if let Leaf::Source(source) = leaf { Some(source) } else { None };
        tops.flat_map(|top| self.leaves(top)).filter_map(source).collect()
    }

    /// Returns the members of a group in the order in which they start: leaves, or groups.
    pub(crate) fn members(&self, group: usize) -> Vec<Result<Leaf, usize>> {
        let member = |child: &Child| match child.kind {
            Kind::Leaf(leaf) => Ok(leaf),
            Kind::Group(group) => Err(group),
        };
        self.nodes[group].children.iter().map(member).collect()
    }

    /// Decides what becomes of all others when a leaf has come to its end at `now`; `pending` are those that were about to be started, after it, and
    /// still have to be. `None` when there is nothing to do.
    pub(crate) fn ended(&mut self, leaf: Leaf, end: End, pending: &[Leaf], now: Time) -> Option<Decision> {
        let mut group = self.home(leaf)?;
        let child = self.child_mut(leaf).filter(|child| child.is_up)?;
        child.is_up = false;
        let lifetime = child.lifetime;
        for &leaf in pending {
            if let Some(child) = self.child_mut(leaf) {
                child.is_up = false;
            }
        }
        let is_over = match lifetime {
            Lifetime::Permanent => false,
            Lifetime::Transient => end == End::Finished,
            Lifetime::Temporary => {
                self.remove(leaf);
                true
            }
        };
        if is_over {
            let starts = pending.to_vec();
            self.set_up(&starts, true);
            return Some(Decision { starts, ..Decision::default() });
        }
        let mut decision = Decision::default();
        let mut fallen = Kind::Leaf(leaf);
        loop {
            if self.nodes[group].intensity.is_spent_by(now) {
                decision.spent.push(group);
                let all = 0..self.nodes[group].children.len();
                self.stop(group, all, &mut decision);
                let Some(parent) = self.nodes[group].parent else {
                    let node = &mut self.nodes[group];
                    let rest = (node.on_stop == OnStop::Retry).then(|| node.rests.stop(now));
                    node.stopped = Some(rest.map_or(Time::MAX, |rest| now + rest));
                    decision.stopped = Some(Stopped { group, rest });
                    return Some(decision);
                };
                (fallen, group) = (Kind::Group(group), parent);
                continue;
            }
            self.nodes[group].restarts += 1;
            let children = &self.nodes[group].children;
            let place = children.iter().position(|child| child.kind == fallen)?;
            let affected = match self.nodes[group].strategy {
                Strategy::OneForOne => place..place + 1,
                Strategy::OneForAll => 0..children.len(),
                Strategy::RestForOne => place..children.len(),
            };
            let starts: Vec<Kind> = children[affected.clone()].iter().map(|child| child.kind).collect();
            self.stop(group, affected, &mut decision);
            for kind in &starts {
                if let Kind::Group(group) = *kind {
                    self.forget_falls(group);
                }
            }
            let mut wanted: Vec<Leaf> = pending.to_vec();
            // temporary ones are gone
            let children = self.nodes[group].children.iter().filter(|child| starts.contains(&child.kind));
            let mut leaves = Vec::new();
            children.for_each(|child| self.collect(child, &mut leaves));
            wanted.extend(leaves.into_iter().map(|(leaf, _)| leaf));
            let order = self.leaves(self.top_of(group)).into_iter().map(|(leaf, _)| leaf);
            decision.starts = order.filter(|leaf| wanted.contains(leaf)).collect();
            let starts = decision.starts.clone();
            self.set_up(&starts, true);
            return Some(decision);
        }
    }

    /// Returns those that are started again of a group that was stopped, in order.
    pub(crate) fn retry(&mut self, group: usize, now: Time) -> Vec<Leaf> {
        let node = &mut self.nodes[group];
        node.stopped = None;
        node.rests.restarted(now);
        self.forget_falls(group);
        let starts: Vec<Leaf> = self.leaves(group).into_iter().map(|(leaf, _)| leaf).collect();
        self.set_up(&starts, true);
        starts
    }

    /// Returns the groups at the top whose rest is over.
    pub(crate) fn rested(&self, now: Time) -> Vec<usize> {
        (0..self.nodes.len()).filter(|&group| self.nodes[group].stopped.is_some_and(|until| until <= now)).collect()
    }

    /// Stops those of some children that run, the last first. Temporary ones are members no more then.
    fn stop(&mut self, group: usize, children: std::ops::Range<usize>, decision: &mut Decision) {
        let mut leaves = Vec::new();
        self.nodes[group].children[children].iter().for_each(|child| self.collect(child, &mut leaves));
        for (leaf, is_up) in leaves.into_iter().rev() {
            if is_up {
                decision.stops.push(leaf);
                self.set_up(&[leaf], false);
                if self.child(leaf).is_some_and(|child| child.lifetime == Lifetime::Temporary) {
                    self.remove(leaf);
                }
            }
        }
    }

    /// Forgets the falls of a group that is started anew, and of those in it.
    fn forget_falls(&mut self, group: usize) {
        self.nodes[group].intensity.forget();
        for child in self.nodes[group].children.clone() {
            if let Kind::Group(group) = child.kind {
                self.forget_falls(group);
            }
        }
    }

    fn set_up(&mut self, leaves: &[Leaf], is_up: bool) {
        for &leaf in leaves {
            if let Some(child) = self.child_mut(leaf) {
                child.is_up = is_up;
            }
        }
    }

    fn remove(&mut self, leaf: Leaf) {
        if let Some(home) = self.homes.remove(&leaf) {
            self.nodes[home].children.retain(|child| child.kind != Kind::Leaf(leaf));
        }
    }

    fn child(&self, leaf: Leaf) -> Option<&Child> {
        self.nodes[self.home(leaf)?].children.iter().find(|child| child.kind == Kind::Leaf(leaf))
    }

    fn child_mut(&mut self, leaf: Leaf) -> Option<&mut Child> {
        let home = self.home(leaf)?;
        self.nodes[home].children.iter_mut().find(|child| child.kind == Kind::Leaf(leaf))
    }
}
