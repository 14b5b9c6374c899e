//! What a router takes from its surroundings.

use super::super::harness::numbers_of_router;
use crate::tests::harness::check;

#[test]
fn settings() {
    check(
        r#"
let limit: f64 = env("LIMIT");
let (gap, name) = (env_or("GAP", 5s), env::<String>("NAME").to_uppercase());
let token = secret("TOKEN");
stages told { mine::page(env("TARGET"), token = secret("TOKEN")) }
pipeline "P" { where(metric > limit && service == name); throttle(1, gap); told; mine::sink(|e| e.env("x"), self::env("x")) }
"#,
    );
}

#[test]
fn settings_that_would_be_read_for_every_event() {
    check(
        r#"
pipeline "P" { where(host == env("HOST") && metric > env_or("LIMIT", 0.9)); filter(|e| e.host() == Some(&env::<String>("HOST"))); stdout }
                             ^^^^^^^^^^^ FT181
                                                     ^^^^^^^^^^^^^^^^^^^^ FT181
pipeline "Q" { with(description = env("TEXT")); split { host == env("HOST") => stdout } by(secret("KEY")) { filter(|e| e.host() == Some(&env("HOST"))) } stdout }
                                  ^^^^^^^^^^^ FT181
                                                                ^^^^^^^^^^^ FT181
                                                                                           ^^^^^^^^^^^^^ FT181
                                                                                                                                         ^^^^^^^^^^^ FT181
stages told { where(host == env("HOST")) }
                            ^^^^^^^^^^^ FT181
pipeline "R" { told; stdout }
"#,
    );
}

#[test]
fn names_of_variables() {
    for wrong in [r#"env("A", 1)"#, r#"env("")"#, r#"env("A=B")"#, r#"env_or("A")"#, r#"secret("A", "b")"#] {
        assert_eq!(numbers_of_router(&format!("let a = {wrong}; pipeline \"P\" {{ under(a); stdout }}")), ["FT180"], "{wrong}");
    }
    for right in [r#"env(NAME)"#, r#"config.env("A")"#, r#"mine::env("A", 1)"#, r#"env!("A")"#, r#"env_or("A", 1 + 2)"#] {
        assert_eq!(numbers_of_router(&format!("let a = {right}; pipeline \"P\" {{ under(a); stdout }}")), Vec::<String>::new(), "{right}");
    }
    let own = r#"use mine::env; fn secret() {} let a = env("A", 1); let b = secret("B", 2); pipeline "P" { under(a + b); stdout }"#;
    assert_eq!(numbers_of_router(own), Vec::<String>::new());
}
