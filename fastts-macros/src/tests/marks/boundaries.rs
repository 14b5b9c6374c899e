//! `pool` and `map_async`: where they stand, and what is given to them.

use crate::tests::harness::check;

#[test]
fn boundaries_stand_at_the_top() {
    check(
        r#"
stages slow { pool(2) { map(|e| e.to_owned()) } }
pipeline "fine" { pool(25, timeout = 5s, overflow = 2, queue = 0, key = (host, service), order = input) { filter(|e| true); map(|e| e.to_owned()) }; slow; stdout }
pipeline "P" { by(host) { pool(2) { map(|e| e.to_owned()) } }; tee { { pool(2) { filter(|e| true) }; stdout } } }
                          ^^^^ FT200
                                                                       ^^^^ FT200
pipeline "Q" { split { metric > 5 => pool(2) { filter(|e| true) }, _ => slow }; stdout }
                                     ^^^^ FT200
                                                                        ^^^^ FT200
pipeline "R" { pool(2) { pool(3) { filter(|e| true) } }; mine::each { slow }; stdout }
                         ^^^^ FT200
                                                                      ^^^^ FT200
"#,
    );
}

#[test]
fn workers_hold_nothing_and_publish_nothing() {
    check(
        r#"
stages held { rate(5s) }
pipeline "P" { pool(2) { rate(5s); changed(state); throttle(1, 5s) }; pool(2) { by(host) { map(|e| e.to_owned()) } held; index }; stdout }
                         ^^^^ FT201
                                   ^^^^^^^ FT201
                                                   ^^^^^^^^ FT201
                                                                                ^^ FT201
                                                                                                                   ^^^^ FT201
                                                                                                                         ^^^^^ FT202
pipeline "Q" { pool(2) { split { metric > 5 => publish("high"), _ => sum } } }
                                               ^^^^^^^ FT202
"#,
    );
}

#[test]
fn what_is_given_to_a_pool() {
    check(
        r#"
pipeline "P" { pool(0) { stdout }; pool(2); pool { stdout }; pool(2, time = 5s) { stdout } }
                    ^ FT030
                                   ^^^^^^^ FT067
                                            ^^^^ FT024
                                                                     ^^^^ FT073
pipeline "Q" { pool(2, timeout = 0s) { stdout }; pool(2, queue = -1) { stdout }; pool(2, overflow = "x") { stdout } }
                                 ^^ FT029
                                                                 ^^ FT030
                                                                                                    ^^^ FT030
pipeline "R" { pool(2, order = sorted) { stdout }; pool(2, order = 1) { stdout }; pool(2, key = 5) { stdout }; pool(2, key = host, key = state) { stdout } }
                               ^^^^^^ FT203
                                                                   ^ FT203
                                                                                                ^ FT204
                                                                                                                                   ^^^ FT073
"#,
    );
}

#[test]
fn what_is_given_to_map_async() {
    check(
        r#"
pipeline "fine" { map_async(50, timeout = 5s, order = input, |event| async move { event.with_state("seen") }); map_async(50, fetch, timeout = 1s); stdout }
pipeline "P" { map_async(0, |e| async move { e }); map_async(50); map_async(50, 5); by(host) { map_async(5, |e| fetch(e)) }; stdout }
                         ^ FT030
                                                   ^^^^^^^^^^^^^ FT024
                                                                                ^ FT095
                                                                                               ^^^^^^^^^ FT200
pipeline "Q" { map_async(50, timeout = 0s, |e| fetch(e)); map_async(50, queue = 3, |e| fetch(e)); map_async(50, order = any, |e| fetch(e)); stdout }
                                       ^^ FT029
                                                                        ^^^^^ FT073
                                                                                                                        ^^^ FT203
"#,
    );
}
