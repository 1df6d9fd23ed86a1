//! Arbitrary changes to a frozen plan: it is refused, or its walks end within their limits.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::plan_bytes(data));
