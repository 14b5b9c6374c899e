//! The router itself: names, types, `let`s and items.

use crate::tests::harness::check;

#[test]
fn the_router() {
    check(
        r#"
pipline "P" { under(12); stdout }
^^^^^^^ FT001
"#,
    );
    check(
        r#"
route "P" { under(12); stdout }
^^^^^ FT001
"#,
    );
    check(
        r#"
pipelin P { stdout }
^^^^^^^ FT001
"#,
    );
    check(
        r#"
pipeline { under(12); stdout }
^^^^^^^^ FT002
"#,
    );
    check(
        r#"
pipeline basic { under(12); stdout }
         ^^^^^ FT003
"#,
    );
    check(
        r#"
pipeline two words { stdout }
         ^^^^^^^^^ FT003
"#,
    );
    check(
        r#"
pipeline 7 { under(12); stdout }
         ^ FT003
"#,
    );
    check(
        r#"
pipeline b"x" { stdout }
         ^^^^ FT003
"#,
    );
    check(
        r#"
pipeline "" { under(12); stdout }
         ^^ FT004
"#,
    );
    check(
        r#"
pipeline "P"
{ stdout }
pipeline "P" { stdout }
         ^^^ FT005
"#,
    );
    check(
        r#"
#[cfg(a)] pipeline "P" { stdout } #[cfg(b)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
pipeline "a\nb" { stdout }
         ^^^^^^ FT006
"#,
    );
    check(
        r#"
pipeline "Basic pipeline" { stdout } pipeline "basicpipeline" { stdout }
                                              --------------- FT007
"#,
    );
    check(
        r#"
pipeline "P" do
             ^^ FT011
under(12)
end
pipeline "Q" { stdout, stdout }
                     ^ FT009
"#,
    );
    check(
        r#"
pipeline "P", do: stdout
              ^^ FT011
"#,
    );
    check(
        r#"
pipeline "P" under(12); stdout
             ^^^^^ FT092
"#,
    );
    check(
        r#"
pipeline "P"
         ^^^ FT092
"#,
    );
    check(
        r#"
under(12); pipeline "P" { stdout }
^^^^^^^^^ FT012
"#,
    );
    check(
        r#"
where(metric > 5);
^^^^^^^^^^^^^^^^^ FT012
"#,
    );
    check(
        r#"
"P" { stdout }
^^^ FT094
"#,
    );
    check(
        r#"
@limit 12
^ FT015
pipeline "P" { stdout }
"#,
    );
    check(
        r#"
pipeline "P": { stdout }
            ^ FT093
"#,
    );
    check(
        r#"
pipeline "P": 5 { stdout }
              ^ FT093
"#,
    );
    check(
        r#"
pipeline "P" from kafka("x") { stdout }
             ^^^^^^^^^^^^^^^ FT042
"#,
    );
    check(
        r#"
pipeline "P": Event -> u8 from kafka("x") { stdout }
                          ^^^^^^^^^^^^^^^ FT042
"#,
    );
    check(
        r#"
pipeline "P" { }
         --- FT019
"#,
    );
    check(
        r#"
pipeline "P" { pipeline "Q" { under(1), stdout } stdout }
               ^^^^^^^^ FT018
                                      ^ FT009
"#,
    );
    check(
        r#"
fn a; fn b; pipeline "P" { stdout }
      ^^^^^ FT089
"#,
    );
    check(
        r#"
let x = 12 pipeline "P" { stdout }
^^^^^^^^^^ FT090
"#,
    );
    check(
        r#"
let x = ; pipeline "P" { under(x); stdout }
        ^ FT091
"#,
    );
    check(
        r#"
use std::time::Duration pipeline "P" { stdout }
^^^^^^^^^^^^^^^^^^^^^^^ FT090
"#,
    );
    check(
        r#"
const X: i32 = ; pipeline "P" { stdout }
               ^ FT091
"#,
    );
    check(
        r#"
pipeline "P" { stdout } #[run(task)]
                        ^^^^^^^^^^^^ FT084
"#,
    );
}

#[test]
fn statements_without_a_semicolon() {
    check(
        r#"
let a = 5
^^^^^^^^^ FT090
let b = 6;
pipeline "P" { under(a); over(b); stdout }
"#,
    );
    check(
        r#"
use std::time::Duration
^^^^^^^^^^^^^^^^^^^^^^^ FT090
const A: f64 = f(1)
^^^^^^^^^^^^^^^^^^^ FT090
let b = c?
^^^^^^^^^^ FT090
/// Described.
pipeline "P" { stdout }
"#,
    );
    check(
        r#"
let a: unsafe extern "C" fn() = unsafe { f };
type F = extern "C" fn();
let b = if let Some(b) = a { b } else { c };
let c = &raw const x;
let d = const { 1 };
pub const unsafe fn e() {}
pipeline "P" { stdout }
"#,
    );
}

#[test]
fn lets_that_change() {
    check(
        r#"
let mut n = 0; let (a, mut b): (u8, u8) = (1, 2); let c = { let mut d = 1; d += 1; d };
    ^^^^^ FT105
                       ^^^^^ FT105
pipeline "P" { under(c); inspect(|_| n += 1) }
"#,
    );
}
