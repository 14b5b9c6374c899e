//! Groups: who falls with whom, and what becomes of what they held.
