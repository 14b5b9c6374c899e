//! Inputs with the outputs that Riemann gave for them; see `tests/streams`.
