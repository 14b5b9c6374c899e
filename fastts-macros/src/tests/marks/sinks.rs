//! Sinks.

use crate::tests::harness::{check, numbers_of_router};

#[test]
fn addresses_that_are_none() {
    check(
        r#"
pipeline "P" { forward("riemann2"); tcp("logs:0"); udp(":9000"); riemann("http://a:80"); stdout }
                       ^^^^^^^^^^ FT153
                                        ^^^^^^^^ FT153
                                                       ^^^^^^^ FT153
                                                                         ^^^^^^^^^^^^^ FT153
pipeline "Q" { tcp(9000); udp("logs:65536"); stdout }
                   ^^^^ FT153
                              ^^^^^^^^^^^^ FT153
"#,
    );
    // FT230 is what a program says that does not have the sink
    for right in [r#"tcp("[::1]:9000")"#, r#"forward(env("TO"))"#, r#"unix("/run/a.sock")"#] {
        assert_eq!(numbers_of_router(&format!("pipeline \"P\" {{ {right} }}")), ["FT230"], "{right}");
    }
}

#[test]
fn urls_that_are_none() {
    check(
        r#"
pipeline "P" { http_post("hooks.example"); slack("https://"); influxdb(8086); alertmanager("http://a b"); stdout }
                         ^^^^^^^^^^^^^^^ FT231
                                                 ^^^^^^^^^^ FT231
                                                                       ^^^^ FT231
                                                                                           ^^^^^^^^^^^^ FT231
"#,
    );
}

#[test]
fn arguments_and_options() {
    check(
        r#"
let place = String::from("/var/log");
pipeline "P" { tcp("logs:9000", lnie = "{host}"); stdout }
                                ^^^^ FT073
pipeline "Q" { tcp; file(); udp("logs:9000", "x"); stdout }
               ^^^ FT024
                    ^^^^^^ FT024
                                             ^^^ FT025
pipeline "R" { tcp("logs:9000", line = "{hsot}"); stdout }
                                       ^^^^^^^^ FT171
pipeline "S" { file("/var/log/{hsot}.log"); stdout }
                    ^^^^^^^^^^^^^^^^^^^^^ FT171
pipeline "T" { tcp("logs:9000", line = "{host"); stdout }
                                       ^^^^^^^ FT170
"#,
    );
}

/// Of a pool the key is fields, of an incident a text.
#[test]
fn a_key_may_be_a_text() {
    let said = numbers_of_router(r#"let k = 5; pipeline "P" { pagerduty(k, key = "{host}/{service}"); stdout }"#);
    assert_eq!(said, ["FT230"]);
}

#[test]
fn a_program_may_call_something_of_its_own_so() {
    assert_eq!(numbers_of_router("stages tcp(x: u8) { under(x) } pipeline \"P\" { tcp(5); stdout }"), ["FT177"]);
    assert_eq!(numbers_of_router("use mine::file; pipeline \"P\" { file(5, 6); stdout }"), ["FT177"]);
    assert_eq!(numbers_of_router("pipeline \"P\" { mine::file(5); self::tcp(5); stdout }"), [""; 0]);
}
