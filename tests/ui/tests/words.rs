//! Compiles what the messages about words of other programs tell to write.
#![deny(warnings)]

fastts_core::__private::router_of_words!(fastts_core);

#[test]
fn what_replaces_a_word_of_another_program_compiles() {
    let router = words();
    assert!(router.pipelines().len() >= 80, "only {} words have stages", router.pipelines().len());
    for pipeline in router.pipelines() {
        assert!(!pipeline.check().is_empty(), "{}", pipeline.name());
    }
}

#[path = "words/other.rs"]
mod other;
#[path = "words/third.rs"]
mod third;

/// Functions with the names of words come first, however they came into scope; so do methods with the names of fields.
mod own {
    use super::other::*;
    use fastts_core::{Event, EventView, Flow, Router, router, stages};

    fn email<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        stages::tag(flow, "email")
    }

    /// Twice the name of a `let`, which is what the stage is given.
    fn channel() {}

    trait More {
        fn environment(&self) -> Option<&'static str>;
        fn healthy(self) -> bool;
    }

    impl More for EventView<'_> {
        fn environment(&self) -> Option<&'static str> {
            None
        }

        fn healthy(self) -> bool {
            true
        }
    }

    router! {
        use super::third::*;
        use super::third::pager as pagerduty;
        let channel = "#ops";

        fn sdo<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
            stages::tag(flow, "sdo")
        }

        pipeline "own" {
            email;
            opsgenie(channel);
            grok(|event| event.host().is_some());
            kafka;
            pagerduty;
            sdo;
            where(environment == "x" && healthy);
            by(environment) { email; stdout }
        }
    }

    pub(super) fn in_a_function() -> Router {
        fn prn<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
            stages::tag(flow, "prn")
        }
        router! { fn inner; pipeline "inner" { prn; stdout } }
        channel();
        inner()
    }
}

#[test]
fn names_of_ones_own_come_first() {
    for router in [own::router(), own::in_a_function()] {
        assert!(router.pipelines().iter().all(|pipeline| !pipeline.check().is_empty()));
    }
}
