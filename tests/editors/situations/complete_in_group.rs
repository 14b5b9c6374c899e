//! A dot in a closure of a pipeline that stands in a group of a group.
//! completes: attribute

use fastts_server::prelude::*;

router! {
    #[rest_for_one(3, within = 5s)]
    #[on_stop(exit)]
    group "outer" {
        pipeline "first" { under(12); stdout }

        #[one_for_all]
        group "inner" {
            #[run(task)]
            pipeline "second" {
                filter(|event| event.metric() < 5.0 && event.$0);
                stdout
            }
        }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
