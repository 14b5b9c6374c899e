//! What is prepared for an editor.

use super::harness::tokens;
use crate::diagnostics::Diagnostics;
use crate::syntax::Router;
use crate::{editor, expand, parse};

/// Every form of the language, and nothing in it that is still being typed.
const FINISHED: &str = r#"
    use mine::alert;
    let limit = 12.0;
    #[mailbox(10, overflow = block)]
    pipeline "events" {
        under(limit); alert; mine::page("ops", retry = 5s);
        where(service =~ "^a" && !(metric < -5) || tagged_any(["x", "y"]) && attribute("k") == host.or(f(state, |x| x)));
        with(state = "bad", attribute("k") = description);
        fill_in_last(5s, state = "unknown");
        by(host, idle = 5m) { rate(5s); filter(|e| e.metric() < limit) }
        split { metric > 1 => stdout, _ => { tag("x"); publish("high") } }
        tee { { tap("x") } { top(3, metric) { stdout } } }
        project(service == "a", service == "b");
        adjust(service, |service| service);
        stdout
    }
    pipeline "own": mine::Reading from subscribe("high") { inspect(|reading| println!("{limit}")) }
"#;

fn parsed(source: &str) -> Router {
    let mut diagnostics = Diagnostics::default();
    let router = parse::router(tokens(source), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    router
}

#[test]
fn of_what_is_finished_only_the_support_changes() {
    let router = parsed(FINISHED);
    let mut prepared = editor::prepare(router.clone());
    prepared.support = router.support;
    let expanded = |router: &Router| expand::router(router, Diagnostics::default()).to_string();
    assert_eq!(expanded(&prepared), expanded(&router));
}

#[test]
fn what_is_being_typed_goes_out_as_it_was_written() {
    let rows = [
        ("where(metric >);", ". __missing"),
        ("where(host.);", "__item . host () ."),
        ("mine::;", "mine ::"),
        ("filter(|e| e.);", "| e | e ."),
        ("under(1, 2);", "under (__flow , 1 , 2)"),
        ("changed(state, ini = \"ok\");", ". ini (\"ok\")"),
    ];
    for (stage, wanted) in rows {
        let router = parse::router(tokens(&format!("pipeline \"P\" {{ {stage} }}")), &mut Diagnostics::default());
        let expanded = expand::router(&editor::prepare(router), Diagnostics::default()).to_string();
        assert!(expanded.contains(wanted), "{stage} {expanded}");
    }
}
