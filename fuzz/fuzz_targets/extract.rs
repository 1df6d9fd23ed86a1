//! Arbitrary bytes as a binary with debug information, and as a PDB: numbers or errors, within the limits.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::extract_bytes(data));
