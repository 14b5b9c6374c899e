//! In which order the pipelines are flushed when the router is drained.

use crate::engine::assembly::Assembly;
use crate::engine::groups::decision::Leaf;
use crate::engine::groups::tree::Tree;

/// Returns for each pipeline those that are flushed before it: all that publish to it, and in a group those that are written below it, unless what
/// they flush would come from it.
pub(in crate::engine::live) fn before_each(assembly: &Assembly, tree: &Tree) -> Vec<Vec<usize>> {
    let count = assembly.pipelines().len();
    let publishes_to = |one: usize, other: usize| assembly.routes.behind(one).any(|taker| taker == other);
    let mut left: Vec<usize> = (0..count).rev().collect();
    let mut order: Vec<usize> = Vec::with_capacity(count);
    while !left.is_empty() {
        let free = left.iter().position(|&other| !left.iter().any(|&one| publishes_to(one, other)));
        order.push(left.remove(free.unwrap_or(0)));
    }
    let mut before = vec![Vec::new(); count];
    for (place, &pipeline) in order.iter().enumerate() {
        let top = tree.top(Leaf::Pipeline(pipeline));
        let in_its_group = |one: usize| top.is_some() && tree.top(Leaf::Pipeline(one)) == top;
        before[pipeline] = order[..place].iter().copied().filter(|&one| publishes_to(one, pipeline) || in_its_group(one)).collect();
    }
    before
}
