#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fastts_fuzz::journal(data));
