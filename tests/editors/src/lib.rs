//! Nothing is here: the tests are in `tests/`, what they look at is in `situations/`.
