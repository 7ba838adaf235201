//! `sockspec_fuzz::cases` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sockspec_fuzz::cases(data));
