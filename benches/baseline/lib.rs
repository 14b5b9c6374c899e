//! What FastTS is measured against, each written as well as one can by hand, and the inputs both sides get.

pub mod chain;
pub mod fanout;
pub mod input;
pub mod load;
pub mod null;
