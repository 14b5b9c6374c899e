//! What a router takes from its surroundings.

use proc_macro2::Ident;

/// Tells whether a function of this name reads something of the surroundings, unless it is somebody else's: `env("NAME")`.
pub(crate) fn is_setting(name: &Ident) -> bool {
    ["env", "env_or", "secret"].iter().any(|one| name == one)
}
