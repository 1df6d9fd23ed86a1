//! Arbitrary text as an expression in a schema: it is evaluated or is refused with a place in it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bootgate::oracle::expression_text(data));
