//! FastTS.
