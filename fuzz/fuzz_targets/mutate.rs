//! Arbitrary seeds and bytes: repaired mutants pass the check.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::mutate(data));
