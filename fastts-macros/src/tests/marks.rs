//! What is said about mistakes, and where.

use super::harness::check;

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
        ^ FT003
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
pipeline "P": u32 -> u32 { stdout }
                  ^^^^^^ FT041
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
                    ^^^^^ FT041
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
fn policies() {
    check(
        r#"
#[mailbxo(10)] pipeline "P" { stdout }
  ^^^^^^^ FT039
"#,
    );
    check(
        r#"
#[mailbox] pipeline "P" { stdout }
  ^^^^^^^ FT086
"#,
    );
    check(
        r#"
#[mailbox()] pipeline "P" { stdout }
  ^^^^^^^ FT086
"#,
    );
    check(
        r#"
#[mailbox(0)] pipeline "P" { stdout }
          ^ FT087
"#,
    );
    check(
        r#"
#[mailbox(-1)] pipeline "P" { stdout }
          ^^ FT087
"#,
    );
    check(
        r#"
#[mailbox(1.5)] pipeline "P" { stdout }
          ^^^ FT087
"#,
    );
    check(
        r#"
#[mailbox(5s)] pipeline "P" { stdout }
          ^^ FT087
"#,
    );
    check(
        r#"
#[mailbox(10, 20)] pipeline "P" { stdout }
              ^^ FT086
"#,
    );
    check(
        r#"
#[mailbox(10, overflw = block)] pipeline "P" { stdout }
              ^^^^^^^ FT039
"#,
    );
    check(
        r#"
#[mailbox(10, bytes = 0)] pipeline "P" { stdout }
                      ^ FT087
"#,
    );
    check(
        r#"
#[mailbox(10, overflow = block, bytes = "64 MB")] pipeline "P" { stdout }
                                        ^^^^^^^ FT087
"#,
    );
    check(
        r#"
#[mailbox(10, bytes = LIMIT, overflow = block)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[mailbox(10, overflow = sometimes)] pipeline "P" { stdout }
                         ^^^^^^^^^ FT040
"#,
    );
    check(
        r#"
#[mailbox(10)] #[mailbox(20)] pipeline "P" { stdout }
                 ^^^^^^^ FT085
"#,
    );
    check(
        r#"
#[mailbox(10 +)] pipeline "P" { stdout }
              ^ FT091
"#,
    );
    check(
        r#"
#[mailbox(LIMIT, overflow = block)] pipeline "P" { stdout }
"#,
    );
    check(
        r#"
#[restart("x")] pipeline "P" { stdout }
          ^^^ FT087
"#,
    );
    check(
        r#"
#[restart(3, within = 0s)] pipeline "P" { stdout }
                      ^^ FT087
"#,
    );
    check(
        r#"
#[restart(3, within = 5)] pipeline "P" { stdout }
                      ^ FT087
"#,
    );
    check(
        r#"
#[run] pipeline "P" { stdout }
  ^^^ FT086
"#,
    );
    check(
        r#"
#[run(fast)] pipeline "P" { stdout }
      ^^^^ FT088
"#,
    );
    check(
        r#"
#[durable] pipeline "P" { stdout }
  ^^^^^^^ FT043
"#,
    );
}

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
               ^^^^^ FT077
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
fn arguments() {
    check(
        r#"
pipeline "P" { under; over(); within(1); throttle(1); rate; stdout }
               ^^^^^ FT024
                      ^^^^^^ FT024
                              ^^^^^^^^^ FT024
                                         ^^^^^^^^^^^ FT024
                                                      ^^^^ FT024
"#,
    );
    check(
        r#"
pipeline "P" { under(1, 2); within(1, 2, 3, 4); stdout("x"); sreduce(|a, b| a, 0, 1) }
                        ^ FT025
                                         ^^^^ FT025
                                                       ^^^ FT026
                                                                                  ^ FT025
"#,
    );
    check(
        r#"
pipeline "P" { by() { stdout } changed; runs(3); stable(5s); stdout }
               ^^^^ FT024
                               ^^^^^^^ FT024
                                        ^^^^^^^ FT024
                                                 ^^^^^^^^^^ FT024
"#,
    );
    check(
        r#"
pipeline "P" { rate(0); rate(0.0); rate(-1); rate(0s); throttle(1, 0s); rate(0.5); rate("5s"); stdout }
                    ^ FT029
                             ^^^ FT029
                                        ^^ FT029
                                                  ^^ FT029
                                                                   ^^ FT029
"#,
    );
    check(
        r#"
pipeline "P" { throttle(0, 5s); throttle(1.5, 5s); runs(-3, state); moving_event_window("3"); stdout }
                        ^ FT030
                                         ^^^ FT030
                                                        ^^ FT030
                                                                                        ^^^ FT030
"#,
    );
    check(
        r#"
pipeline "P" { filter(metric > 5); map(1); inspect(|e| e); filter(mine); stdout }
                      ^^^^^^^^^^ FT095
                                       ^ FT095
"#,
    );
    check(
        r#"
pipeline "P" { within(5, 1); without(-1, -2); within(1, 5); stdout }
                      ^^^^ FT096
                                     ^^^^^^ FT096
"#,
    );
    check(
        r#"
pipeline "P" { adjust(sate, |s| s); adjust("state", |s| s); adjust(tags, |t| t); adjust(state, 5); stdout }
                      ^^^^ FT061
                                           ^^^^^^^ FT097
                                                                   ^^^^ FT061
                                                                                               ^ FT095
"#,
    );
    check(
        r#"
pipeline "P" { changed("state"); changed(|e| e.state()); changed(:state); changed(state host); stdout }
                       ^^^^^^^ FT056
                                         ^^^^^^^^^^^^^ FT057
                                                                 ^^^^^^ FT055
                                                                                        ^^^^ FT052
"#,
    );
    check(
        r#"
pipeline "P" { changed(state, int = "ok"); rate(5, init = 3); changed(state, init = 1, init = 2); changed(init = 1, state); stdout }
                              ^^^ FT073
                                                   ^^^^ FT073
                                                                                       ^^^^ FT073
                                                                                                                    ^^^^^ FT074
"#,
    );
    check(
        r#"
pipeline "P" { changed(state, init: "ok"); rate(interval: 5); stdout }
                              ^^^^^ FT075
                                                ^^^^^^^^^ FT103
"#,
    );
    check(
        r#"
pipeline "P" { filter(fn e -> e.metric end); under(@limit); tag(:x); stdout }
                      ^^ FT076
                                                   ^ FT015
                                                                ^^ FT055
"#,
    );
    check(
        r#"
pipeline "P" { under(12) { stdout } stdout }
                         ^ FT066
"#,
    );
    check(
        r#"
pipeline "P" { by(host); by_value(|e| 1); stdout }
               ^^^^^^^^ FT067
                         ^^^^^^^^^^^^^^^ FT067
"#,
    );
    check(
        r#"
pipeline "P" { rate(5sec); rate(0x5s); rate(1h30); stdout }
                    ^^^^ FT044
                                ^^^^ FT045
                                            ^^^^ FT044
"#,
    );
    check(
        r#"
pipeline "P" { under(12 +); filter(|e| e.); stdout }
"#,
    );
}

#[test]
fn forms() {
    check(
        r#"
pipeline "P" { where; where metric > 5; where { metric > 5 }; stdout }
               ^^^^^ FT065
                      ^^^^^ FT065
                                        ^^^^^ FT065
"#,
    );
    check(
        r#"
pipeline "P" { where(); where(metric >); where(> 5); where(metric 5); where(metric > 5 > 6); stdout }
                    ^^ FT052
                                      ^ FT052
                                               ^ FT052
                                                                  ^ FT052
                                                                                       ^ FT048
"#,
    );
    check(
        r#"
pipeline "P" { where(metric = 5); where(metric === 5); where(metric <> 5); where(service ~= "x"); where(service !~ "x"); stdout }
                            ^ FT047
                                               ^^^ FT047
                                                                    ^^ FT047
                                                                                         ^^ FT047
                                                                                                                ^^ FT047
"#,
    );
    check(
        r#"
pipeline "P" { where(metric > 5 and host == "x" or not expired); stdout }
                                ^^^ FT047
                                                ^^ FT047
                                                   ^^^ FT047
"#,
    );
    check(
        r#"
pipeline "P" { where(|e| e.metric() > 5); where((> metric 5)); where(metric as f64 > 5); where(:metric > 5); where(@x > 5); stdout }
                     ^^^^^^^^^^^^^^^^^^ FT053
                                                ^^^^^^^^^^^^ FT054
                                                                            ^^^^^^ FT058
                                                                                               ^^^^^^^ FT055
                                                                                                                   ^ FT015
"#,
    );
    check(
        r#"
pipeline "P" { where(if x { true } else { false }); where(metric & 5); where(metric > 5,); stdout }
                     ^^ FT059
                                                                 ^ FT047
"#,
    );
    check(
        r#"
pipeline "P" { where(service =~ host); where(service =~ "a("); where(service =~ "a%"); where(service =~ "a[%]"); stdout }
                                ^^^^ FT049
                                                        ^^^^ FT050
                                                                                ---- FT051
"#,
    );
    check(
        r#"
pipeline "P" { where(tagged); where(tagged()); where(tagged("a", "b")); where(attribute); where(expired(5)); stdout }
                     ^^^^^^ FT060
                                    ^^^^^^^^ FT060
                                                     ^^^^^^^^^^^^^^^^ FT060
                                                                              ^^^^^^^^^ FT060
                                                                                                ^^^^^^^^^^ FT060
"#,
    );
    check(
        r#"
pipeline "P" { where(metric > 5) { stdout } stdout }
                                 ^ FT066
"#,
    );
    check(
        r#"
pipeline "P" { with; with(); with(state: "x"); with(state == "x"); with(sate = "x"); with("state" = "x"); with(state); stdout }
               ^^^^ FT065
                     ^^^^^^ FT065
                                       ^ FT062
                                                          ^^ FT062
                                                                        ^^^^ FT061
                                                                                          ^^^^^^^^^^^^^ FT064
                                                                                                               ^^^^^ FT062
"#,
    );
    check(
        r#"
pipeline "P" { with(state = "x" host = "y"); with(state = "x", state = "y"); with(attribute = "x"); with(key("k") = "x"); stdout }
                                ^^^^ FT052
                                                               ^^^^^ FT063
                                                                                  ^^^^^^^^^ FT060
                                                                                                         ^^^ FT064
"#,
    );
    check(
        r#"
pipeline "P" { default(ttl = ); default(ttl = 5min); stdout }
                             ^ FT052
                                              ^^^^ FT044
"#,
    );
    check(
        r#"
pipeline "P" { tee; tee {}; tee(stdout); tee { stdout; stdout } stdout }
               ^^^ FT065
                    ^^^^^^ FT065
                            ^^^ FT065
                                               ^^^^^^ FT068
"#,
    );
    check(
        r#"
pipeline "P" { split; split {}; split(metric) { _ => stdout }; stdout }
               ^^^^^ FT065
                      ^^^^^^^^ FT065
                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ FT065
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 -> stdout, _ -> tag("x") } stdout }
                                  ^^ FT070
                                               ^^ FT070
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 => stdout; _ => stdout } stdout }
                                           ^ FT070
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 stdout, _ => stdout } stdout }
                                  ^^^^^^ FT070
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 => , host => 5, _ => stdout } stdout }
                                     ^ FT072
                                               ^ FT072
"#,
    );
    check(
        r#"
pipeline "P" { split { _ => stdout, metric > 5 => stdout, _ => stdout } stdout }
                                    ^^^^^^^^^^ FT071
                                                          ^^^^ FT071
"#,
    );
    check(
        r#"
pipeline "P" { split { metric = 5 => under(1, 2), _ => stdout } stdout }
                              ^ FT047
                                              ^ FT025
"#,
    );
}

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

#[test]
fn arguments_of_other_languages() {
    check(
        r#"
pipeline "P" { throttle(count = 3, interval = 5s); over(limit = 5); by(field = host) { stdout } }
                        ^^^^^^^^^^^^^^^^^^^^^^^^ FT103
                                                        ^^^^^^^^^ FT103
                                                                       ^^^^^^^^^^^^ FT103
"#,
    );
    check(
        r#"
pipeline "P" { throttle(count: 3, interval: 5s); under(limit: 5); by(host, idel: 5m) { stdout } by(idel = 5m) { stdout } }
                        ^^^^^^ FT103
                                                       ^^^^^^ FT103
                                                                           ^^^^^ FT075
                                                                                                ^^^^^^^^^^^^^ FT024
                                                                                                   ^^^^ FT073
"#,
    );
    check(
        r#"
pipeline "P" { changed_by(state); runs_by(3, state); by_value(host) { stdout } changed_by(self::state); changed_by(mine); stdout }
                          ^^^^^ FT104
                                             ^^^^^ FT104
                                                              ^^^^ FT104
"#,
    );
    check(
        r#"
let state = f; pipeline "P" { changed_by(state); stdout }
"#,
    );
    check(
        r#"
pipeline "P" { filter(&(&1.metric() > 5)); filter(fn(e) { e }); filter(e => e); filter((e) => e); filter(function(e) { e }); stdout }
                      ^^^^^^^^^^^^^^^^^^ FT076
                                                  ^^ FT076
                                                                       ^^^^ FT076
                                                                                       ^^^^^^ FT076
                                                                                                         ^^^^^^^^ FT076
"#,
    );
    check(
        r#"
pipeline "P" { filter(&(a + 1)); mine(&(&a)); map(e -> e); stdout }
                                                  ^^^^ FT076
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

#[test]
fn policies_of_other_languages() {
    check(
        r#"
#[mailbox(1k)] #[restart(5s, 3)] pipeline "P" { stdout }
          ^^ FT087
                             ^ FT086
"#,
    );
    check(
        r#"
#[mailbox(size = 5)] pipeline "P" { stdout }
          ^^^^ FT039
"#,
    );
    check(
        r#"
#[restart(3, within = 5sec)] pipeline "P" { stdout }
                      ^^^^ FT044
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
