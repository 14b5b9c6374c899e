//! What is said about topics.

use crate::tests::harness::check;

#[test]
fn sources() {
    check(
        r#"
pipeline "P" from subscribe { stdout }
             ^^^^^^^^^^^^^^ FT042
pipeline "Q" from subscribe("a"): u8 { stdout }
             ^^^^^^^^^^^^^^^^^^^^^^^ FT042
pipeline "R" from subscribe() { stdout }
                           ^^ FT117
pipeline "S" from subscribe(TOPIC) { stdout }
                            ^^^^^ FT117
pipeline "T" from subscribe("a", "b") { stdout }
                            ^^^^^^^^ FT117
pipeline "U" from subscribe(a) -> u8 { stdout }
             ^^^^^^^^^^^^^^^^^^^^^^^ FT042
"#,
    );
}

#[test]
fn options_of_subscribers() {
    check(
        r#"
pipeline "P" from subscribe("a", demand = 0) { stdout }
                                          ^ FT221
pipeline "Q" from subscribe("a", demand = 1.5) { stdout }
                                          ^^^ FT221
pipeline "R" from subscribe("a", demnad = 5) { stdout }
                                 ^^^^^^ FT222
pipeline "S" from subscribe("a", demand = ) { stdout }
                                 ^^^^^^ FT222
pipeline "T" from subscribe("a", partitions = 4) { stdout }
                                 ^^^^^^^^^^ FT223
pipeline "U" from subscribe("a", by = host) { stdout }
                                 ^^ FT223
pipeline "V" from subscribe("a", partitions = 0, by = host) { stdout }
                                              ^ FT224
pipeline "W" from subscribe("a", partitions = 1025, by = (host, service)) { stdout }
                                              ^^^^ FT224
pipeline "X" from subscribe("a", demand = 5, demand = 6) { stdout }
                                             ^^^^^^ FT225
pipeline "Y" from subscribe("a", start = oldest) { stdout }
                                 ^^^^^ FT226
#[run(inline)] pipeline "Z" from subscribe("a", demand = 5) { stdout }
      ^^^^^^ FT228
"#,
    );
    check(
        r#"
pipeline "P" { publish("a") }
pipeline "Q" from subscribe("a", demand = 50, partitions = 4, by = host,) { stdout }
#[run(task)] pipeline "R" from subscribe("a", partitions = 4, by = (host, "region")) { stdout }
                                                                          ^^^^^^^^ FT056
"#,
    );
}

#[test]
fn declarations() {
    check(
        r#"
topic "a" (retain = 0);
           ^^^^^^^^^^ FT227
topic "b" (keep = 5);
           ^^^^^^^^ FT227
topic "c" (retain = 1_000);
topic "c";
      ^^^ FT227
topic "";
      ^^ FT118
pipeline "P" { publish("c") }
"#,
    );
    check(
        r#"
topic "a" (retain = 5)
          ^^^^^^^^^^^^ FT227
pipeline "P" { publish("a") }
"#,
    );
    check(
        r#"
topic "orders": Order (retain = 1_000);
topic "plain";
pipeline "P" { publish("plain") }
"#,
    );
}

#[test]
fn breakers_without_a_bound_on_keys() {
    check(
        r#"
pipeline "P" { forward("a:1", breaker = Breaker::melts(2).per_key().probe()); stdout }
                                                          ^^^^^^^ FT220
pipeline "Q" { forward("a:1", breaker = Breaker::melts(2).per_key(0)); stdout }
                                                          ^^^^^^^ FT220
pipeline "R" { forward("a:1", breaker = Breaker::melts(2).per_key(1_000)); forward("a:1", breaker = Breaker::melts(2)) }
"#,
    );
}

#[test]
fn names() {
    check(
        r#"
pipeline "P" { publish(""); publish("a\nb"); publish("a\"b"); publish(5); publish(TOPIC); publish; stdout }
                       ^^ FT118
                                    ^^^^^^ FT118
                                                     ^^^^^^ FT118
                                                                      ^ FT117
                                                                                  ^^^^^ FT117
                                                                                          ^^^^^^^ FT024
pipeline "Q" from subscribe(" ") { stdout }
                            ^^^ FT118
"#,
    );
}

#[test]
fn circles() {
    check(
        r#"
pipeline "itself" from subscribe("a") { by(host) { tee { { publish("a") } } stdout } }
                                                                   ^^^ FT119
pipeline "P" from subscribe("b") { publish("x"); publish("c") }
                                                         ^^^ FT119
pipeline "Q" from subscribe("c") { split { metric > 1 => publish("d"), _ => stdout } }
pipeline "R" from subscribe("d") { tee { { publish("b") } } stdout }
pipeline "beside" from subscribe("d") { publish("y") }
pipeline "before" { publish("b") }
"#,
    );
    // what comes from the sources does not come round, and pipelines that exclude each other feed none
    check(
        r#"
pipeline "P" { publish("a"); publish("b") }
pipeline "Q" from subscribe("a") { publish("b"); publish("c") }
pipeline "R" from subscribe("b") { publish("c") }
pipeline "S" from subscribe("c") { stdout }
#[cfg(one)] pipeline "T" from subscribe("c") { publish("d") }
#[cfg(two)] pipeline "U" from subscribe("d") { publish("c") }
"#,
    );
}

#[test]
fn topics_that_nobody_publishes() {
    check(
        r#"
pipeline "P" { publish("orders") }
pipeline "Q" from subscribe("ordrs") { stdout }
                            ------- FT120
pipeline "R" from subscribe("others") { stdout }
                            -------- FT120
#[allow(silent_topic)] pipeline "S" from subscribe("more") { stdout }
pipeline "T" from subscribe("index") { stdout }
"#,
    );
}

#[test]
fn topics_to_which_nobody_subscribes() {
    check(
        r#"
pipeline "P" { publish("orders"); publish("order"); publish("for the web") }
                                          ------- FT121
#[allow(similar_topic)] pipeline "Q" { publish("orderz") }
pipeline "R" from subscribe("orders") { stdout }
"#,
    );
}
