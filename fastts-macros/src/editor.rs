//! What an editor needs of an expansion that a compiler does not.
//!
//! rust-analyzer finds out what a name is from what became of it in the expansion, by its place. While somebody types it expands
//! the router twice, as it is and with a name put in at the cursor, and looks up in the first what stands at the same offset of
//! the second. So for an editor both are written alike as far as the cursor: nothing is left out for a mistake, and what Rust
//! cannot parse goes out as it was written, since rust-analyzer reads on behind it. rustc never sees any of this.

use std::path::Path;
use std::sync::LazyLock;

use proc_macro2::Span;

/// Tells whether it is rust-analyzer that expands the router.
pub(crate) fn is_asking() -> bool {
    static ASKING: LazyLock<bool> = LazyLock::new(|| {
        let program = std::env::current_exe().unwrap_or_default();
        program.file_name().map(Path::new).is_some_and(|name| name.to_string_lossy().starts_with("rust-analyzer"))
    });
    #[cfg(test)]
    if PRETENDED.get() {
        return true;
    }
    *ASKING
}

/// The place of what the macro writes beside a name of the user's: for an editor only the point where that begins, since every
/// name that has the user's own place would be one more thing that the user might mean.
pub(crate) fn beside(span: Span) -> Span {
    // in the macro's own tests there is no compiler to ask
    if is_asking() && proc_macro::is_available() { span.unwrap().start().into() } else { span }
}

#[cfg(test)]
thread_local! {
    static PRETENDED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs something as if an editor was asking.
#[cfg(test)]
pub(crate) fn pretend<T>(run: impl FnOnce() -> T) -> T {
    PRETENDED.set(true);
    let result = run();
    PRETENDED.set(false);
    result
}
