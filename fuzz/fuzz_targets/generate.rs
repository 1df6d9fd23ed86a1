//! Arbitrary seeds and schemas: what is made of them passes the check.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::generate(data));
