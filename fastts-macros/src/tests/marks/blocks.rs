//! Blocks: what stands between the stages, and what is no stage.

use crate::tests::harness::check;

#[test]
fn blocks() {
    check(
        r#"
pipeline "P" {
    under(12)
    ^^^^^^^^^ FT008
    stdout
}
"#,
    );
    check(
        r#"
pipeline "P" { under(12), stdout }
                        ^ FT009
"#,
    );
    check(
        r#"
pipeline "P" { under(12) -> stdout |> stdout >> stdout }
                         ^^ FT010
                                   ^^ FT010
                                             ^^ FT010
"#,
    );
    check(
        r#"
pipeline "P" { |> under(12); stdout }
               ^^ FT010
"#,
    );
    check(
        r#"
pipeline "P" { by(host) do rate(5) end; stdout }
                        ^^ FT011
"#,
    );
    check(
        r#"
pipeline "P" { do stdout end }
               ^^ FT011
"#,
    );
    check(
        r#"
pipeline "P" { stdout end }
                      ^^^ FT082
"#,
    );
    check(
        r#"
pipeline "P" { "x"; 12; stdout }
               ^^^ FT013
                    ^^ FT013
"#,
    );
    check(
        r#"
pipeline "P" { let x = 1; under(x); stdout }
               ^^^ FT014
"#,
    );
    check(
        r#"
pipeline "P" { use a::b; stdout }
               ^^^ FT014
"#,
    );
    check(
        r#"
pipeline "P" { @x 12; stdout }
               ^ FT015
"#,
    );
    check(
        r#"
pipeline "P" { println!("x"); stdout }
               ^^^^^^^^ FT016
"#,
    );
    check(
        r#"
pipeline "P" { std::println!("x") }
               ^^^^^^^^^^^^^ FT016
"#,
    );
    check(
        r#"
pipeline "P" { #[run(task)] stdout }
               ^^^^^^^^^^^^ FT083
"#,
    );
    check(
        r#"
pipeline "P" { { stdout } stdout }
               ^^^^^^^^^^ FT078
"#,
    );
    check(
        r#"
pipeline "P" { (under 12) stdout }
               ^^^^^^^^^^ FT054
"#,
    );
    check(
        r#"
pipeline "P" { [stdout] }
               ^^^^^^^^ FT079
"#,
    );
    check(
        r#"
pipeline "P" { if x { stdout } }
               ^^ FT077
"#,
    );
    check(
        r#"
pipeline "P" { match metric { _ => stdout }; stdout }
               ^^^^^^^^^^^^ FT146
"#,
    );
    check(
        r#"
pipeline "P" { return; stdout }
               ^^^^^^ FT077
"#,
    );
    check(
        r#"
pipeline "P" { under 12; stdout }
                     ^^ FT080
"#,
    );
    check(
        r#"
pipeline "P" { under(1)(2); stdout }
                       ^^^ FT081
"#,
    );
    check(
        r#"
pipeline "P" { under = 12; stdout }
                     ^ FT081
"#,
    );
    check(
        r#"
pipeline "P" { under(12).tag("x"); stdout }
                        ^ FT081
"#,
    );
    check(
        r#"
pipeline "P" { LIMIT; stdout }
               ^^^^^ FT033
"#,
    );
    check(
        r#"
pipeline "P" { stdout; under(12) }
                       ----- FT020
"#,
    );
    check(
        r#"
pipeline "P" { by(host) { rate(5) } }
                          ---- FT020
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 1 => under(5), _ => tag("x") } }
               ----- FT020
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 1 => under(5), _ => stdout } }
"#,
    );
    check(
        r#"
pipeline "P" { tee { { under(12) } {} { stdout } } stdout }
                       ----- FT020
                                   - FT069
"#,
    );
    check(
        r#"
pipeline "P" { mine::anything }
"#,
    );
    check(
        r#"
pipeline "P" { by(host) { }; stdout }
                        - FT069
"#,
    );
}

#[test]
fn comments_and_lists() {
    check(
        r#"
pipeline "P" {
    /// Only the high ones,
    ^^^^^^^^^^^^^^^^^^^^^^^ FT083
    /// and no others.
    over(5);
    stdout
}
"#,
    );
    check(
        r#"
pipeline "P" { (where (> metric 5) stdout) (by [:host] stdout) (rate 5 stdout) (mine (f x)) stdout }
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^ FT054
                                           ^^^^^^^^^^^^^^^^^^^ FT054
                                                               ^^^^^^^^^^^^^^^ FT054
                                                                               ^^^^^^^^^^^^ FT054
"#,
    );
}
