//! The groups of a router as lines.

use std::fmt::Write;

use fastts_core::{Group, Member, Router};

/// Lists the groups of a router, those inside others further in; writes nothing when there is none.
pub(super) fn list(router: &Router, text: &mut String) {
    let tops = || router.groups().iter().filter(|group| group.parent.is_none());
    if tops().next().is_none() {
        return;
    }
    // Writing into a string cannot fail.
    let _ = writeln!(text, "groups");
    for group in tops() {
        one(router, group, 1, text);
    }
}

fn one(router: &Router, group: &Group, depth: usize, text: &mut String) {
    let (indent, policy) = (4 * depth, &group.policy);
    let _ = writeln!(text, "{:indent$}{}: {}, {} restarts within {:?}", "", group.name, policy.strategy, policy.restarts, policy.within);
    let inside = indent + 4;
    for line in group.description.lines() {
        let _ = writeln!(text, "{:inside$}{line}", "");
    }
    for member in &group.members {
        match member {
            Member::Pipeline(pipeline) if router.pipelines()[*pipeline].is_written() => {
                let _ = writeln!(text, "{:inside$}pipeline {}", "", router.pipelines()[*pipeline].written_name());
            }
            Member::Group(group) => one(router, &router.groups()[*group], depth + 1, text),
            _ => {}
        }
    }
}
