//! Arbitrary text as a contract or a manifest: it loads or is refused with a place in it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::contract_text(data));
