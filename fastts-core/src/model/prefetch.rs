//! Asking the processor to bring memory nearer before it is needed.

/// The size of a cache line.
const LINE: usize = 64;

/// Hints that the memory of `value` will be read soon, the first four cache lines of it at most.
#[inline]
pub(crate) fn prefetch<T: ?Sized>(value: &T) {
    let start = (&raw const *value).cast::<u8>();
    for line in 0..size_of_val(value).div_ceil(LINE).min(4) {
        fetch(start.wrapping_add(line * LINE));
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[allow(unsafe_code)]
fn fetch(address: *const u8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: the instruction is a hint: it reads nothing into the program and never faults, whatever the address; SSE, which
    // it belongs to, is part of every x86-64.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn fetch(_address: *const u8) {}
