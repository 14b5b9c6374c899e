//! The attributes of a pipeline.

use crate::tests::harness::check;

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
#[held(0)] #[held] #[held(1k)] #[held(5, 6)] pipeline "P" { stdout }
       ^ FT087
             ^^^^ FT086
                          ^^ FT087
                                         ^ FT086
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
