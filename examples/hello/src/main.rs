//! Three pipelines, each of which sees every event.

use fastts_server::prelude::*;

router! {
    /// Drops what is too high, prints the rest.
    pipeline "Basic pipeline" {
        under(12);
        stdout
    }

    pipeline "Second pipeline" {
        rate(5);
        stdout
    }

    /// Keeps the last event of every host and service, for queries.
    pipeline "Index" {
        index
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}

#[cfg(test)]
mod tests {
    use fastts_server::event;
    use fastts_server::testing::Driver;

    #[test]
    fn prints_what_is_low_and_the_rate_of_all_and_keeps_the_last() {
        let mut driver = Driver::new(super::router());
        driver.inject(event! { service: "api", metric: 3 });
        driver.inject(event! { service: "api", metric: 12 });
        driver.assert_printed([r#"{"time":"1970-01-01T00:00:00Z","service":"api","metric":3}"#]);
        driver.advance(5);
        driver.assert_printed([r#"{"time":"1970-01-01T00:00:05Z","service":"api","metric":3}"#]);
        assert_eq!(driver.index().get(None, Some("api")), Some(event! { time: 0, service: "api", metric: 12 }));
    }
}
