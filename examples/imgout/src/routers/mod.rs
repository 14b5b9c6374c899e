//! Three ways of putting it together, as ImgOut has them: what is written here are their differences.

mod full;
mod one;
mod partial;

use fastts_server::{Router, Setting};

pub use full::full;
pub use one::one;
pub use partial::partial;

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approach {
    /// One worker for each step.
    One,
    /// A pool for images, one worker for the others.
    Partial,
    /// A pool for each step.
    Full,
}

impl Approach {
    /// Returns what makes its router.
    pub fn router(self) -> fn() -> Router {
        match self {
            Approach::One => one,
            Approach::Partial => partial,
            Approach::Full => full,
        }
    }
}

/// `1`, `2` or `3`.
impl Setting for Approach {
    fn read(text: &str) -> Result<Approach, String> {
        match text {
            "1" => Ok(Approach::One),
            "2" => Ok(Approach::Partial),
            "3" => Ok(Approach::Full),
            _ => Err("`1` (one worker for each step), `2` (a pool for images) or `3` (pools for all)".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use fastts_server::testing::Driver;

    use super::*;

    #[test]
    fn the_readme_shows_the_router_as_it_is() {
        let (_, router) = include_str!("full.rs").split_once("router! {").unwrap();
        assert!(include_str!("../../README.md").contains(router.trim_end()));
    }

    #[test]
    fn each_approach_is_a_router_that_can_be_called() {
        for approach in ["1", "2", "3"].map(|text| Approach::read(text).unwrap()) {
            let router = approach.router()();
            assert_eq!(router.pipelines().iter().map(|pipeline| pipeline.name()).collect::<Vec<_>>(), ["thumb", "keep"]);
            drop(Driver::new(router));
        }
        assert!(Approach::read("4").is_err());
    }
}
