//! Groups: how they are written, and what may stand in one.

use crate::tests::harness::check;

#[test]
fn groups() {
    check(
        r#"
/// What serves pictures.
#[rest_for_one(3, within = 5s)]
#[on_stop(exit)]
group "imgout" {
    /// Reads.
    #[mailbox(10)]
    pipeline "read" { publish("pictures") }
    #[one_for_all] #[cfg(unix)] group "write" { pipeline "cache" from subscribe("pictures") { stdout } pipeline "store" { stdout } };
    #[one_for_one(LIMIT, within = 1m)]
    group "rest" { #[run(task)] pipeline "log" { stdout } }
}
#[on_stop(retry)] pipeline "alone" { group(5); group { stdout } stdout }
group "other" { pipeline "P" { stdout } }
"#,
    );
}

#[test]
fn how_a_group_is_written() {
    check(
        r#"
group { pipeline "A" { stdout } }
^^^^^ FT190
group imgout { pipeline "B" { stdout } }
      ^^^^^^ FT190
group 'c' { pipeline "C" { stdout } }
      ^^^ FT190
group "no block"
^^^^^^^^^^^^^^^^ FT190
group "g" { pipeline "D" { stdout } }
gruop "h" { pipeline "E" { stdout } }
^^^^^ FT190
supervisor "i" { piepline "F" { stdout } }
^^^^^^^^^^ FT190
                 ^^^^^^^^ FT001
group "j" { }
      ^^^ FT191
group "k" { group "l" {} }
                  ^^^ FT191
group "" { pipeline "G" { stdout } }
      ^^ FT004
group "a\nb" { pipeline "H" { stdout } }
      ^^^^^^ FT006
"#,
    );
}

#[test]
fn names_are_given_once_to_pipelines_and_groups() {
    check(
        r#"
pipeline "A" { stdout }
group "A" { pipeline "B" { stdout } }
      ^^^ FT192
group "g" { pipeline "g" { stdout } }
      ^^^ FT192
group "h" { group "h" { pipeline "C" { stdout } } }
                  ^^^ FT192
group "i" { pipeline "A" { stdout } }
                     ^^^ FT005
#[cfg(unix)] group "j" { pipeline "D" { stdout } }
#[cfg(windows)] group "j" { pipeline "D" { stdout } }
"#,
    );
}

#[test]
fn strategies() {
    check(
        r#"
#[one_for_al] group "a" { pipeline "A" { stdout } }
  ^^^^^^^^^^ FT193
#[simple_one_for_one] group "b" { pipeline "B" { stdout } }
  ^^^^^^^^^^^^^^^^^^ FT193
#[strategy(one_for_all)] group "c" { pipeline "C" { stdout } }
  ^^^^^^^^ FT193
#[one_for_all(2)] pipeline "D" { stdout }
  ^^^^^^^^^^^ FT194
#[one_for_all(-1)] group "e" { pipeline "E" { stdout } }
              ^^ FT195
#[one_for_all(5s, 3)] group "f" { pipeline "F" { stdout } }
                  ^ FT086
#[rest_for_one(1.5)] group "g" { pipeline "G" { stdout } }
               ^^^ FT195
#[rest_for_one(3s)] group "h" { pipeline "H" { stdout } }
               ^^ FT195
#[rest_for_one(3, within = 0s)] group "i" { pipeline "I" { stdout } }
                           ^^ FT195
#[rest_for_one(3, within = 5)] group "j" { pipeline "J" { stdout } }
                           ^ FT195
#[one_for_one()] group "k" { pipeline "K" { stdout } }
  ^^^^^^^^^^^ FT086
#[one_for_one(3, withn = 5s)] group "l" { pipeline "L" { stdout } }
                 ^^^^^ FT039
#[one_for_one] #[one_for_all] group "m" { pipeline "M" { stdout } }
                 ^^^^^^^^^^^ FT196
#[one_for_one(3)] #[one_for_one(4)] group "n" { pipeline "N" { stdout } }
                    ^^^^^^^^^^^ FT196
#[one_for_all] stages fragment { stdout }
^^^^^^^^^^^^^^ FT161
"#,
    );
}

#[test]
fn what_stands_in_a_group() {
    check(
        r#"
group "a" { under(12); where(metric > 5); pipeline "A" { stdout } stdout }
            ^^^^^^^^^ FT197
                       ^^^^^^^^^^^^^^^^^ FT197
                                                                  ^^^^^^ FT197
group "b" { let limit = 5; pipeline "B" { stdout } use a::b; stages c { stdout } }
            ^^^ FT197
                                                   ^^^ FT197
                                                             ^^^^^^ FT197
group "c" { source tcp("0.0.0.0:5555"); pipeline "C" { c } }
            ^^^^^^ FT197
pipeline "D" { stdout; group "d" { pipeline "E" { stdout } } }
                       ^^^^^ FT197
group "e" { 5; "x", pipeline "F" { stdout } }
            ^ FT197
               ^^^ FT197
group "f" { pipeline "G" { stdout } #[mailbox(5)] }
                                    ^^^^^^^^^^^^^ FT084
"#,
    );
}

#[test]
fn policies_in_their_places() {
    check(
        r#"
#[restart(3)] group "a" { pipeline "A" { stdout } }
  ^^^^^^^ FT198
#[mailbox(3)] #[run(task)] group "b" { pipeline "B" { stdout } }
  ^^^^^^^ FT198
                ^^^ FT198
group "c" { #[restart(3)] pipeline "C" { stdout } }
              ^^^^^^^ FT198
group "d" { #[on_stop(exit)] pipeline "D" { stdout } #[on_stop(exit)] group "e" { pipeline "E" { stdout } } }
              ^^^^^^^ FT198
                                                       ^^^^^^^ FT198
#[on_stop(die)] pipeline "F" { stdout }
          ^^^ FT088
#[on_stop] pipeline "G" { stdout }
  ^^^^^^^ FT086
#[on_stop(exit)] #[on_stop(exit)] pipeline "H" { stdout }
                   ^^^^^^^ FT085
"#,
    );
}

#[test]
fn by_restarts_a_key() {
    check(
        r#"
pipeline "A" { by(host, restart = key, idle = 5m) { stdout } by_value(|event| event.metric() > 5, restart = key) { stdout } mine(restart = 5) }
pipeline "B" { by(host, restart = "x") { stdout } }
                                  ^^^ FT199
pipeline "C" { by(host, restart = pipeline) { stdout } }
                                  ^^^^^^^^ FT199
pipeline "D" { by(host, restart = 3) { stdout } }
                                  ^ FT199
"#,
    );
}

#[test]
fn the_rest_is_read_behind_a_mistake() {
    check(
        r#"
let limit = 5
^^^^^^^^^^^^^ FT090
group "a" { pipeline "A" { under(limit, 2); stdout } }
                                        ^ FT025
pipeline "B"
group "b" { pipeline "C" { over(); stdout } }
^^^^^ FT092
                           ^^^^^^ FT024
"#,
    );
}
