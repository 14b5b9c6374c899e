//! What the system says of a thread.

/// How far this thread stands behind others, as `nice` counts it: the nineteenth number of `/proc/…/stat`.
///
/// # Panics
/// Where there is no `/proc`.
pub fn nice() -> i32 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux tells of each thread");
    // The name stands in parentheses, and may hold anything.
    let (_, behind) = stat.rsplit_once(')').expect("the name ends with one");
    behind.split_whitespace().nth(16).and_then(|nice| nice.parse().ok()).expect("it is the nineteenth")
}
