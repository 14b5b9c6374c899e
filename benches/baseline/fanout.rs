//! Twenty pipelines, of which each event passes the first condition of one.
// The routers end in transforms: what comes out is not what is measured.
#![allow(missing_docs, deprecated)]

use fastts_core::Batch;
use fastts_core::prelude::*;

use crate::input;

macro_rules! twenty {
    (literal $router:ident: $($head:literal)*) => {
        router! { pub fn $router; $(pipeline $head { where(service == $head); tag("matched") })* }
    };
    (prefix $router:ident: $($head:literal)*) => {
        router! { pub fn $router; $(pipeline $head { where(service =~ $head); tag("matched") })* }
    };
    (tag $router:ident: $($head:literal)*) => {
        router! { pub fn $router; $(pipeline $head { where(tagged($head)); tag("matched") })* }
    };
}
twenty! { literal literals:
    "service-000000000000" "service-000000000001" "service-000000000002" "service-000000000003" "service-000000000004"
    "service-000000000005" "service-000000000006" "service-000000000007" "service-000000000008" "service-000000000009"
    "service-000000000010" "service-000000000011" "service-000000000012" "service-000000000013" "service-000000000014"
    "service-000000000015" "service-000000000016" "service-000000000017" "service-000000000018" "service-000000000019"
}
twenty! { prefix prefixes:
    "^service-000000000000" "^service-000000000001" "^service-000000000002" "^service-000000000003" "^service-000000000004"
    "^service-000000000005" "^service-000000000006" "^service-000000000007" "^service-000000000008" "^service-000000000009"
    "^service-000000000010" "^service-000000000011" "^service-000000000012" "^service-000000000013" "^service-000000000014"
    "^service-000000000015" "^service-000000000016" "^service-000000000017" "^service-000000000018" "^service-000000000019"
}
twenty! { prefix patterns:
    "^service-0+00$" "^service-0+01$" "^service-0+02$" "^service-0+03$" "^service-0+04$" "^service-0+05$" "^service-0+06$"
    "^service-0+07$" "^service-0+08$" "^service-0+09$" "^service-0+10$" "^service-0+11$" "^service-0+12$" "^service-0+13$"
    "^service-0+14$" "^service-0+15$" "^service-0+16$" "^service-0+17$" "^service-0+18$" "^service-0+19$"
}
twenty! { tag tags:
    "team-0" "team-1" "team-2" "team-3" "team-4" "team-5" "team-6" "team-7" "team-8" "team-9"
    "team-10" "team-11" "team-12" "team-13" "team-14" "team-15" "team-16" "team-17" "team-18" "team-19"
}

/// Events of twenty services, each of which one of [`literals`], [`prefixes`] and [`patterns`] wants.
pub fn services(count: usize) -> Batch {
    input::batch(count, 20)
}

/// Events with two tags, the second of which one of [`tags`] wants.
pub fn teams(count: usize) -> Batch {
    let tag = |number: usize| format!("team-{}", number % 20);
    let events: Vec<Event> = (0..count).map(|number| input::event(number, 20).with_tags(["prod", &tag(number)])).collect();
    events.iter().collect()
}
