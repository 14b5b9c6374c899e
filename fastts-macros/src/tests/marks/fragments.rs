//! Fragments: how they are written, and how they are used.

use crate::tests::harness::check;

#[test]
fn fragments() {
    check(
        r#"
stages critical(limit: f64) { where(metric > limit); by(host) { changed(state) } }
stages twice(limit: f64, within: core::time::Duration) { critical(limit * 2.0); throttle(1, within) }
stages empty_parentheses() { where(metric > 1) }
stages _kept { where(metric > 1) }
pipeline "P" { critical(0.9); stdout }
pipeline "Q" { by(service) { twice(0.9, 5s) } tee { { empty_parentheses; stdout } { below; stdout } } stdout }
stages below { where(metric > 1) }
"#,
    );
}

#[test]
fn how_a_fragment_is_written() {
    check(
        r#"
stages { stdout }
^^^^^^ FT160
stages "critical" { stdout }
       ^^^^^^^^^^ FT160
stages(limit: f64) { stdout }
^^^^^^ FT160
stages where(limit: f64) { stdout }
       ^^^^^ FT160
stages critical(limit: f64)
^^^^^^^^^^^^^^^^^^^^^^^^^^^ FT160
pipeline "P" { stdout }
stage critical(limit: f64) { stdout }
^^^^^ FT160
fragment other { stdout }
^^^^^^^^ FT160
#[mailbox(10)] stages third { stdout }
^^^^^^^^^^^^^^ FT161
stages fourth(limit) { stdout }
                   ^ FT162
stages fifth(5) { stdout }
             ^ FT162
stages sixth(limit: f64, limit: f64) { stdout }
                         ^^^^^ FT163
stages sixth { stdout }
       ^^^^^ FT163
stages under(limit: f64) { stdout }
       ^^^^^ FT164
stages split { stdout }
       ^^^^^ FT164
stages with_nothing { }
       ------------ FT069
pipeline "Q" { stages inner { stdout } inner }
               ^^^^^^ FT166
"#,
    );
}

#[test]
fn the_rest_is_read_behind_a_mistake() {
    check(
        r#"
let limit = 5
^^^^^^^^^^^^^ FT090
stages critical { under(limit, 2); stdout }
                               ^ FT025
pipeline "P"
stages other { over(); stdout }
^^^^^^ FT092
               ^^^^^^ FT024
pipeline "Q" { critical; other }
"#,
    );
}

#[test]
fn mistakes_in_a_fragment_are_told_once() {
    check(
        r#"
stages critical(limit: f64) { under(limit, 2); where(metric >); with(sate = "x") }
                                           ^ FT025
                                                             ^ FT052
                                                                     ^^^^ FT061
pipeline "P" { critical(1.0); stdout }
pipeline "Q" { critical(2.0); by(host) { critical(3.0) } stdout }
"#,
    );
}

#[test]
fn how_a_fragment_is_used() {
    check(
        r#"
stages critical(limit: f64, host: &str) { where(metric > limit && host == "a") }
pipeline "P" { critical; critical(1.0); critical(1.0, "a", 2); stdout }
               ^^^^^^^^ FT024
                         ^^^^^^^^^^^^^ FT024
                                                           ^ FT025
pipeline "Q" { critical(1.0, host = "a"); critical(1.0, "a") { stdout } stdout }
                             ^^^^^^^^^^ FT103
                                                             ^ FT066
pipeline "R" { critical(1.0 +, "a"); stdout }
                             ^ FT091
stages nothing { over(3) }
pipeline "S" { nothing(3); stdout }
                       ^ FT026
"#,
    );
}

#[test]
fn fragments_use_those_above_them() {
    check(
        r#"
stages itself { over(3); by(host) { itself } }
                                    ^^^^^^ FT165
stages upper { lower }
               ^^^^^ FT165
stages lower { over(3) }
pipeline "P" { itself; upper; stdout }
"#,
    );
    check(
        r#"
stages used { over(3) }
stages alone { used }
       ----- FT167
pipeline "P" { stdout }
"#,
    );
}

#[test]
fn a_fragment_does_not_grow_without_bounds() {
    let mut router = String::from("stages f0 { over(3); over(4) }\n");
    (1..9).for_each(|n| router += &format!("stages f{n} {{ f{0}; f{0}; f{0} }}\n", n - 1));
    router += "pipeline \"P\" { f8; stdout }";
    let said = crate::tests::harness::numbers_of_router(&router);
    assert!(said.iter().all(|number| number == "FT168") && !said.is_empty(), "{said:?}");
}

#[test]
fn lints_look_at_a_fragment_by_itself() {
    check(
        r#"
stages critical(limit: f64) { where(metric > limit); where(metric > limit) }
                                                           -------------- FT110
stages low { under(3); over(5) }
                       ------- FT108
#[allow(unreachable)]
stages meant_so { under(3); over(5) }
stages branches { tee { { tag("x") } } }
                          --- FT020
pipeline "P" { critical(3.0); where(metric > 2); low; meant_so; branches; stdout }
pipeline "Q" { over(9); low }
                        --- FT020
"#,
    );
}
