// A consumer in Rust, without `std`, with a call site for each way to state what it fills in.
#![no_std]
#![deny(warnings)]
include!("bootgate_supply.rs");

const COUNT: usize = 20;
// The macros have names like this within.
const NAME: u32 = 7;

pub fn evaluate<const N: usize>(inputs: &[u32; N], index: usize) -> u32 {
    inputs.get(index).copied().unwrap_or(0)
}

pub fn check(seen: u32) -> u32 {
    let ipc = [seen; 32];
    let file = [seen; 12];
    let process = bootgate_inputs!("inputs.process", [seen, NAME, seen + 1]);
    let first: &[u32; 20] = bootgate_pass!("inputs.ipc", ipc, COUNT);
    let other: &[u32; 12] = bootgate_pass!("inputs.file", &file, 12, beyond: no_match);
    evaluate(first, 19) + evaluate(other, 1) + evaluate(&process, 1)
}
