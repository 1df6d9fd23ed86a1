//! Arbitrary text as a schema: it compiles or is refused with a place in it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::schema_text(data));
