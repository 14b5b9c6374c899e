//! Words of other programs: each is answered once, wherever a stage may stand and however it is written.

use crate::tests::harness::{check, numbers_of_router};
use crate::words;

#[test]
fn every_word_is_answered_once_where_a_stage_stands() {
    let mut wrong = Vec::new();
    for word in words::all() {
        for form in ["{}", "{}(\"x\", 5)", "{} { stdout }", "{}(|event| event.host().is_some())", "{}(\"x\") { stdout }"] {
            let stage = form.replace("{}", word.name);
            let said = numbers_of_router(&format!("pipeline \"P\" {{ by(host) {{ {stage}; stdout }} }}"));
            // a sink that is there looks at its address as well
            let said: Vec<String> = said.into_iter().filter(|number| number != "FT153").collect();
            if said != ["FT140"] {
                wrong.push(format!("{stage}: {said:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_of_the_router_are_no_words_of_others() {
    for items in ["let opsgenie = 5;", "fn opsgenie() {}", "use mine::opsgenie;", "use mine::{mailgun, pager as opsgenie};"] {
        assert_eq!(numbers_of_router(&format!("{items} pipeline \"P\" {{ opsgenie; stdout }}")), [""; 0], "{items}");
    }
    assert_eq!(numbers_of_router("pipeline \"P\" { mine::opsgenie; self::opsgenie(5); stdout }"), [""; 0]);
}

#[test]
fn words_as_they_are_written_elsewhere() {
    check(
        r#"
pipeline "P" { async-queue!("q"); stdout }
               ^^^^^^^^^^^^ FT140
pipeline "Q" { IO.puts("x"); stdout }
               ^^^^^^^ FT140
pipeline "R" { smap*(|e| e); every!(5); stdout }
               ^^^^^ FT140
                             ^^^^^^ FT140
pipeline "S" { (prn "x") }
               ^^^^^^^^^ FT140
pipeline "T" { (async-queue! :q {} stdout); stdout }
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^ FT140
tcp-server(5555);
^^^^^^^^^^ FT140
(streams (index))
^^^^^^^^^^^^^^^^^ FT140
"#,
    );
}

#[test]
fn fields_that_events_do_not_have() {
    let said = |source: &str| numbers_of_router(source);
    for place in [
        "where(environment == \"x\")",
        "where(metric > 5 && !environment)",
        "where(is_good(environment))",
        "by(environment) { stdout }",
        "changed(host, environment)",
        "top(3, environment)",
        "coalesce(5s, environment)",
        "delete_from_index(environment)",
        "project(environment == \"x\")",
        "with(service = environment)",
        "mine; where(environment =~ \"x\")",
        "split { environment == \"x\" => stdout, _ => index }",
    ] {
        assert_eq!(said(&format!("pipeline \"P\" {{ {place}; stdout }}")), ["FT141"], "{place}");
    }
    // a near miss is rustc's, and types of one's own have what they have
    assert_eq!(said("pipeline \"P\" { where(metrc > 5); stdout }"), [""; 0]);
    assert_eq!(said("pipeline \"P\": Reading { where(environment == \"x\"); stdout }"), [""; 0]);
    assert_eq!(said("let environment = 5; pipeline \"P\" { where(environment == metric); stdout }"), [""; 0]);
}
