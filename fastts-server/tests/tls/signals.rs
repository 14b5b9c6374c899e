//! The program.

pub(crate) const TESTS: &[(&str, fn())] = &[];
