//! Texts with fields in them, and the log.

use crate::tests::harness::check;

#[test]
fn texts_with_fields() {
    check(
        r#"
let name = String::from("x");
stages told(what: &str) { with(description = text("{what} {host}")); log(info, "{what}") }
pipeline "P" { with(description = text("{host} is {state} at {metric:.2}, {{not}} {name}, {LIMIT}, {attribute.my key} {time} {ttl:>5} {tags}")); stdout }
pipeline "Q" { where(service == text("{host} api")); by(text("{host}/{service}")) { log(warn, "{host:*^20} {metric:+08.1}", rate = 10, per = 1s) } }
pipeline "R" { told("x"); map(|e| Other::new(e)); log(error, "{other}") }
pipeline "S": Reading { log(debug, "{place} {value}"); log(trace, r"\d"); filter(|r| text(r)); inspect(|_| ()) }
pipeline "T" { where(service == text(host)); stdout }
"#,
    );
}

#[test]
fn mistakes_in_texts() {
    check(
        r#"
pipeline "P" { with(description = text("{host")); stdout }
                                       ^^^^^^^ FT170
pipeline "Q" { with(description = text("host}"), state = text("{}")); stdout }
                                       ^^^^^^^ FT170
                                                              ^^^^ FT170
pipeline "R" { log(info, "{0}"); log(info, "{e.host()}"); log(info, "{metric * 100}"); log(info, "{host}{") }
                         ^^^^^ FT170
                                           ^^^^^^^^^^^^ FT170
                                                                    ^^^^^^^^^^^^^^^^ FT170
                                                                                                 ^^^^^^^^^ FT170
pipeline "S" { with(description = text("{hsot}")); log(info, "{region}"); where(host == text("{attributes}")); stdout }
                                       ^^^^^^^^ FT171
                                                             ^^^^^^^^^^ FT171
                                                                                             ^^^^^^^^^^^^^^ FT171
pipeline "T" { log(info, "{metric:.2f}"); log(info, "{metric:?}"); log(info, "{metric:x}"); log(info, "{metric:9999999}") }
                         ^^^^^^^^^^^^^^ FT172
                                                    ^^^^^^^^^^^^ FT172
                                                                             ^^^^^^^^^^^^ FT172
                                                                                                      ^^^^^^^^^^^^^^^^^^ FT172
pipeline "U" { fill_in_last(5s, description = text("{host}")); stdout }
                                                   ^^^^^^^^ FT173
"#,
    );
}

#[test]
fn an_unknown_name_in_a_fragment_is_told_once() {
    check(
        r#"
stages told(what: &str) { log(info, "{what} {whta}") }
                                    ^^^^^^^^^^^^^^^ FT171
pipeline "P" { told("x"); told("y"); stdout }
pipeline "Q" { told("z") }
"#,
    );
}

#[test]
fn the_log() {
    check(
        r#"
pipeline "P" { log(warning, "x"); log("info", "x"); log(LEVEL, "x"); log(info, host); log(info, text("{host}")) }
                   ^^^^^^^ FT175
                                      ^^^^^^ FT175
                                                        ^^^^^ FT175
                                                                               ^^^^ FT176
                                                                                                ^^^^^^^^^^^^^^ FT176
pipeline "Q" { log("{host}"); log; log(info, "x", host); log(info, "x", rat = 3); log(info, "x", limit = 3) }
               ^^^^^^^^^^^^^ FT024
                              ^^^ FT024
                                                  ^^^^ FT025
                                                                        ^^^ FT073
                                                                                                 ^^^^^ FT073
pipeline "R" { log(info, "{}", host) }
                         ^^^^ FT170
"#,
    );
}

#[test]
fn new_names_capture_nobody() {
    check(
        r#"
use mine::log;
          --- FT177
use mine::{other, more as text};
                          ---- FT177
pipeline "P" { log("x", |e| e.host()); where(service == text("x")); stdout }
"#,
    );
    check(
        r#"
stages log(limit: f64) { over(limit) }
       --- FT177
pipeline "P" { log(3.0); by(host) { log(5.0) } stdout }
"#,
    );
    check(
        r#"
use mine::log;
fn text(text: &str) -> String { text.to_owned() }
pipeline "P" { self::log("x"); stdout }
"#,
    );
}
