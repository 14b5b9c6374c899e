//! The words and operators of conditions.

use crate::tests::harness::check;

#[test]
fn names_that_are_keywords_elsewhere() {
    check(
        r#"
let pipeline = 8; let other = pipeline; const LIMIT: u8 = pipeline::LIMIT; pipeline "P" { under(pipeline); stdout }
"#,
    );
    check(
        r#"
let pipeline = 8 pipeline "P" { stdout }
^^^^^^^^^^^^^^^^ FT090
"#,
    );
}

#[test]
fn conditions_of_other_languages() {
    check(
        r#"
pipeline "P" { where(metric =< 5); where(metric => 5); where(not metric > 5); where(not expired && metric > 1); stdout }
                            ^^ FT047
                                                ^^ FT047
                                                             ^^^ FT047
                                                                                    ^^^ FT047
"#,
    );
    check(
        r#"
pipeline "P" { where(metric > 5 | expired); where(metric & 5 == 4); where(host in ["a", "b"]); where(host is nil); stdout }
                                ^ FT047
                                                         ^ FT047
                                                                               ^^ FT047
                                                                                                          ^^ FT047
"#,
    );
    check(
        r#"
pipeline "P" { where(host == nil || host != null); where(host not in ["a"] && metric > 1); where(host is not null); stdout }
                             ^^^ FT106
                                            ^^^^ FT106
                                                              ^^^^^^ FT047
                                                                                                      ^^ FT047
"#,
    );
    check(
        r#"
pipeline "P" { split { host in ["a", "b"] => stdout, metric =< 5 => stdout, metric > 1 | expired => stdout } }
                            ^^ FT047
                                                            ^^ FT047
                                                                                       ^ FT047
"#,
    );
}
