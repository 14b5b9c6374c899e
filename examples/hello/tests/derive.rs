//! A crate that depends on `fastts-server` alone can derive `Item`.

use fastts_server::prelude::*;

/// What a sensor says.
#[derive(Clone, Debug, Item)]
struct Reading {
    celsius: f64,
    room: String,
}

router! {
    pipeline "readings": Reading {
        where(celsius > 20 && room == "attic");
        map(|reading| reading.celsius);
        stdout
    }
}

#[test]
fn a_pipeline_takes_a_type_of_its_own() {
    let router = router();
    assert!(router.pipelines()[0].takes::<Reading>());
    assert_eq!(router.pipelines()[0].check().last(), Some(&"f64"));
}
