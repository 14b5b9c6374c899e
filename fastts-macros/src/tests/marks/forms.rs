//! The stages with a grammar of their own: `where`, `with`, `tee`, `split`.

use crate::tests::harness::check;

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
                                                           ^^^^^^^^ FT054
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
                                                 ^^^^^^^^^^ FT054
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
                                                                                          ^^^^^^^^^^^^^ FT062
                                                                                                               ^^^^^ FT062
"#,
    );
    check(
        r#"
pipeline "P" { with(state = "x" host = "y"); with(state = "x", state = "y"); with(attribute = "x"); with(key("k") = "x"); stdout }
                    ^^^^^^^^^^^^^^^^^^^^^^ FT062
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
                                ^^^^^^^^^^^^^ FT146
"#,
    );
    check(
        r#"
pipeline "P" { split { metric > 5 -> stdout, _ -> tag("x") } stdout }
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
pipeline "P" { split { metric > 5 => , host == "a" => 5, _ => stdout } stdout }
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
