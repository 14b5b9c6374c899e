//! The engine of FastTS.
