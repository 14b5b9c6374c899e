//! Threads for work that must not hold up events: queries, handshakes, readers.

use std::thread;

/// How far such a thread stands behind others, as `nice` counts it.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Returns how many threads such work gets where nobody has said how many: half of the processors, rounded up.
///
/// A thread that stands behind others leaves its processor at the next tick of the system only, which is some four milliseconds away. So one
/// processor is kept free for the events that come meanwhile.
pub fn background_threads() -> usize {
    thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(2))
}

/// Has this thread stand behind all others of the machine, for as long as it runs. Where the system does not know that, the thread is as good
/// as others.
pub fn yield_to_others() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_processor_of_several_is_left_to_events() {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        assert!(background_threads() >= 1 && (processors == 1 || background_threads() < processors), "{}", background_threads());
        assert_eq!(background_threads(), processors.div_ceil(2));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_thread_that_asks_for_it_stands_behind_others() {
        let before = fastts_testkit::threads::nice();
        let behind = thread::spawn(|| {
            yield_to_others();
            fastts_testkit::threads::nice()
        });
        assert_eq!((behind.join().unwrap(), fastts_testkit::threads::nice()), (NICE, before));
    }
}
