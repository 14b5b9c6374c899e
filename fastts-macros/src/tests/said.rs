//! What is said in full about routers that are wrong in a way of which another shows up in `tests/ui`: there the compiler draws one
//! of each number, and here nothing is compiled.

use crate::tests::harness::said;

#[test]
fn each_mistake_is_told_with_its_words_at_its_place() {
    let cases = include_str!("said.txt").split("\n\n").map(|case| {
        let (title, source) = case.trim().split_once('\n').expect("a case has a title and a source");
        format!("{title}\n{}\n", said(source))
    });
    insta::assert_snapshot!(cases.collect::<Vec<_>>().join("\n"));
}
