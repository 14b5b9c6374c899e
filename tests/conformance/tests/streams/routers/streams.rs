//! Averages, counts, slopes and fills.

use fastts_core::prelude::*;

use crate::run::out;

routers! {
    "(ewma-timeless 1/4 out)" => { ewma_timeless(0.25); out }
    "(ewma-timeless 1/2 out)" => { ewma_timeless(0.5); out }
    "(ewma 2 out)" => { ewma(2); out }
    "(ewma 3 out)" => { ewma(3s); out }
    "(counter out)" => { counter; out }
    "(ddt out)" => { ddt; out }
    "(ddt 3 out)" => { ddt(3); out }
    r#"(fill-in 2 {:service "filled" :metric 0 :ttl 5} out)"# => {
        fill_in(2, Event::new().with_service("filled").with_metric(0).with_ttl(5)); out
    }
    "(fill-in-last 2 {:metric 0} out)" => { fill_in_last(2, metric = 0); out }
    r#"(fill-in-last 2 {:state "filled"} out)"# => { fill_in_last(2s, state = "filled"); out }
    "(interpolate-constant 2 out)" => { interpolate_constant(2); out }
}
