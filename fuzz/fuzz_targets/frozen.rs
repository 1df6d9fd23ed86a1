//! Arbitrary bytes as content: a frozen plan decides what the check decides.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::frozen_bytes(data));
