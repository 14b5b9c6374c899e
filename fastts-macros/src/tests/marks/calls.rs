//! Pipelines that are called.

use crate::tests::harness::check;

#[test]
fn types_of_requests_and_replies() {
    check(
        r#"
pipeline "P": u32 -> u32 { map(|n| n + 1) }
pipeline "Q": Event -> Option<Vec<u8>> { map(|e| None) }
"#,
    );
    check(
        r#"
pipeline "P": u32 -> { map(|n| n + 1) }
                  ^^ FT211
"#,
    );
    check(
        r#"
pipeline "P": u32 -> 5 { map(|n| n + 1) }
                     ^ FT211
"#,
    );
    check(
        r#"
pipeline "P" -> u32 { map(|n| n + 1) }
             ^^^^^^ FT212
"#,
    );
    check(
        r#"
pipeline "P": -> u32 { map(|n| n + 1) }
            ^ FT093
"#,
    );
    check(
        r#"
pipeline "P": u32 -> u32 from subscribe("numbers") { map(|n| n + 1) }
                         ^^^^^^^^^^^^^^^^^^^^^^^^^ FT213
pipeline "Q": u32 -> from subscribe(7) { map(|n| n + 1) }
                  ^^ FT211
                                    ^ FT117
"#,
    );
}

#[test]
fn stages_that_do_not_reply_once_and_at_once() {
    check(
        r#"
pipeline "P": Event -> Event { rate(5s); where(host == "a"); batch(3, 5s); flat_map(|w| w.to_vec()) }
                               ^^^^ FT210
                                                             ^^^^^ FT210
                                                                           ^^^^^^^^ FT210
"#,
    );
    check(
        r#"
pipeline "P": Event -> Event { by(host) { debounce(5s) } split { metric > 5 => top(3, metric), _ => ddt } }
                                          ^^^^^^^^ FT210
                                                                               ^^^ FT210
pipeline "Q": Event -> Event { ddt(5s); fill_in_last(5s, state = "x") }
                               ^^^ FT210
                                        ^^^^^^^^^^^^ FT210
"#,
    );
    // what a tee emits goes nowhere, and a pipeline that nobody calls may do as it likes
    check(
        r#"
pipeline "P": Event -> Event { tee { { rate(5s); stdout } } throttle(3, 5s); changed(state); moving_event_window(3); mean }
pipeline "Q" { rate(5s); stdout }
"#,
    );
    check(
        r#"
stages slow { rate(5s) }
              ^^^^ FT210
pipeline "P": Event -> Event { slow }
"#,
    );
}

#[test]
fn how_many_calls_and_for_how_long() {
    check(
        r#"
#[calls(100)] pipeline "P": u32 -> u32 { map(|n| n) }
#[calls(100, timeout = 250ms)] pipeline "Q": u32 -> u32 { map(|n| n) }
#[calls(timeout = 250ms)] pipeline "R": u32 -> u32 { map(|n| n) }
#[calls(MOST, timeout = LIMIT)] pipeline "S": u32 -> u32 { map(|n| n) }
"#,
    );
    check(
        r#"
#[calls(100)] pipeline "P" { stdout }
  ^^^^^ FT214
"#,
    );
    for (written, at) in
        [("0", "^"), ("-1", "^^"), ("1.5", "^^^"), ("5s", "^^"), ("timeout = 0s", "          ^^"), ("timeout = 5", "          ^")]
    {
        check(&format!(
            r#"
#[calls({written})] pipeline "P": u32 -> u32 {{ map(|n| n) }}
        {at} FT215
"#
        ));
    }
    check(
        r#"
#[calls()] pipeline "P": u32 -> u32 { map(|n| n) }
  ^^^^^ FT086
#[calls(1, limit = 5s)] pipeline "Q": u32 -> u32 { map(|n| n) }
           ^^^^^ FT039
#[calls(1)] #[calls(2)] pipeline "R": u32 -> u32 { map(|n| n) }
              ^^^^^ FT085
"#,
    );
}
