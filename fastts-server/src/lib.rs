//! FastTS as a server.
