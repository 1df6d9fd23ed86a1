//! Arbitrary bytes as content: the walker and the checks end, within their limits, and agree.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::walk_bytes(data));
