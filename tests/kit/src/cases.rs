//! How many cases a property is tried on.

use proptest::test_runner::Config;

/// Makes the configuration of a property that is usually tried on so many cases.
///
/// `PROPTEST_CASES=2560` makes ten times as many of them, as of the 256 that proptest makes where nobody says a number: so that one
/// variable makes all properties run longer.
pub fn cases(usual: u32) -> Config {
    let config = Config::default();
    let cases = (u64::from(usual) * u64::from(config.cases)).div_ceil(256);
    Config { cases: u32::try_from(cases).unwrap_or(u32::MAX), ..config }
}
