//! A case for the gate and the consumer in Rust: each read that is refused for its supply is one that some event leads to.

#![no_main]

libfuzzer_sys::fuzz_target!(
    init: bootgate_mutator::ready(),
    |case: &[u8]| {
        bootgate::oracle::complete(case);
    }
);

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    bootgate_mutator::mutate(data, size, max_size, seed)
});
