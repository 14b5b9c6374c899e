//! A router, running, and the Riemann clients that others wrote: each sends, and asks where it can, over every transport that it has.
//!
//! A client that is not installed is listed as ignored; with `CI=true` in the environment it is a failure.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod c;
mod certificates;
mod client;
mod collectd;
mod install;
mod itself;
mod node;
mod order;
mod promises;
mod python;
mod queries;
mod ruby;
mod rust;
mod server;
mod syslog_ng;
mod tls;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let families = [c::clients(), python::clients(), node::clients(), ruby::clients(), rust::clients(), syslog_ng::clients()];
    let mut trials: Vec<Trial> = families.iter().flatten().flat_map(promises::trials).collect();
    trials.extend(c::trials());
    trials.extend(collectd::trials());
    trials.extend(queries::trials());
    trials.extend(tls::trials());
    trials.extend(itself::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Makes a test that needs a client, or what is not installed of it.
fn trial(name: String, missing: Option<&String>, test: impl FnOnce() + Send + 'static) -> Trial {
    let required = std::env::var("CI").is_ok_and(|value| value == "true");
    match missing.cloned() {
        None => Trial::test(name, || {
            test();
            Ok(())
        }),
        Some(missing) if required => Trial::test(name, || Err(Failed::from(missing))),
        Some(missing) => Trial::test(name, || Ok(())).with_ignored_flag(true).with_kind(missing),
    }
}
