//! What stands between the parentheses of a stage.

use crate::tests::harness::check;

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
                                                                                  ^^^^^^^^^^ FT064
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
                         ^ FT091
                                         ^ FT091
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
fn arguments_that_changed_places() {
    check(
        r#"
pipeline "P" { runs(state, 3); stable(state, 5s); stdout }
                    ^^^^^ FT030
                                      ^^^^^ FT030
"#,
    );
}

#[test]
fn phrases() {
    check(
        r#"
pipeline "P" { throttle(5 per 1s); rate(5 seconds); by host { rate(5) } under limit; 5.under(); stdout }
                          ^^^ FT091
                                          ^^^^^^^ FT091
                                                       ^^^^ FT080
                                                                              ^^^^^ FT080
                                                                                     ^ FT013
"#,
    );
    check(
        r#"
pipeline "P" { by(host) |e| { rate(5) } split { when metric > 5 => stdout, if metric > 3 => stdout, else => stdout } stdout }
                        ^^^ FT113
                                                ^^^^ FT114
                                                                           ^^ FT114
                                                                                                    ^^^^ FT114
"#,
    );
}
