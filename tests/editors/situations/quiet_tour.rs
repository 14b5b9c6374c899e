//! A router with nothing wrong.
//! says: nothing

$0use fastts_server::prelude::*;

router! {
    pipeline "print" { tag("print"); stdout }

    /// Events per second times their metric, every five seconds.
    pipeline "rate" { rate(5); tag("rate"); stdout }

    /// From a fraction to percents.
    pipeline "scale" { where(service == "disk"); scale(100); tag("scale"); stdout }

    /// States that have lasted for three seconds; what flaps is not seen.
    pipeline "stable" { where(service == "api"); stable(3s, state); tag("stable"); stdout }

    pipeline "tag" { where(metric > 10); tag(["high", "tag"]); stdout }

    /// Any Rust closure is a condition.
    pipeline "filter" { filter(|event| event.host().is_some_and(|host| host.starts_with("db"))); tag("filter"); stdout }

    /// What is above a limit, once in a while.
    stages above(limit: f64) { where(metric > limit); by(host) { throttle(1, 5s) } }
    let most: f64 = env("MOST");
    let token = secret("TOKEN");
    pipeline "settings" { under(most); under(env_or("LEAST", 0.5)); filter(|_| token.expose() != "x"); stdout }
    pipeline "texts" { with(description = text("{host} at {metric:.2}")); where(service == text("{host}")); log(warn, "{description}", rate = 1) }
    pipeline "fragment" { above(0.9); by(service) { above(0.5); changed(state) } stdout }

    /// Changes of the state of each host and service, beginning with "ok".
    pipeline "changed_state" { changed_state(init = "ok"); tag("changed_state"); stdout }

    /// The highest metric so far.
    pipeline "sreduce" {
        where(service == "api");
        sreduce(|highest, event| if highest.metric() < event.metric() { event.to_owned() } else { highest });
        tag("sreduce");
        stdout
    }

    /// The same state twice in a row.
    pipeline "runs" { where(service == "api"); runs(2, state); tag("runs"); stdout }

    /// At most two events in ten seconds.
    pipeline "throttle" { throttle(2, 10s); tag("throttle"); stdout }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router)
}
