//! What docs/queries.md says.

use fastts_core::event::BatchBuilder;
use fastts_core::query::Query;

use crate::events::parse;

const PAGE: &str = include_str!("../../../docs/queries.md");

/// The texts of the page's blocks of a kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    let begin = format!("```{kind}\n");
    let blocks: Vec<_> = PAGE.split(&*begin).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect();
    assert!(!blocks.is_empty(), "no block {kind}");
    blocks
}

#[test]
fn the_examples_give_what_the_page_says() {
    let mut builder = BatchBuilder::new();
    for line in blocks("events")[0].lines() {
        builder.push_json(line, None).unwrap_or_else(|error| panic!("{error} in {line}"));
    }
    let batch = builder.finish();
    for line in blocks("results")[0].lines() {
        let (numbers, query) = line.split_at(10);
        let mut expected: Vec<usize> = numbers.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        expected.sort_unstable();
        let query = parse(query);
        let matching: Vec<_> = batch.iter().enumerate().filter(|(_, event)| query.matches(*event)).map(|(index, _)| index).collect();
        assert_eq!(matching, expected, "{line}");
    }
    blocks("query").into_iter().for_each(|query| drop(parse(query)));
}

#[test]
fn the_errors_are_those_of_the_page() {
    for block in blocks("error") {
        let (query, report) = block.split_once('\n').unwrap_or_default();
        assert_eq!(Query::parse(query).map_err(|error| error.report()).err().as_deref(), Some(report), "{query}");
    }
}

#[test]
fn what_the_page_shows_as_a_query_is_one() {
    // The first column of the table of conditions; what is shorter is an operator.
    let table = PAGE.lines().filter(|line| line.starts_with("| `")).map(|line| line.split(" | ").next().unwrap_or_default());
    let mut count = 0;
    for query in table.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(|query| query.len() > 2) {
        parse(query);
        count += 1;
    }
    assert!(count > 12, "{count}");
}
