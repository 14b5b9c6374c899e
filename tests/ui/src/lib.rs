//! Nothing: the cases are in `cases/`, and `tests/ui.rs` compiles them.
