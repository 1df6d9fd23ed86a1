//! A case for the consumer in Rust: its content is loaded, then its event happens.
//!
//! `CONSUMER_BUILD` names the build. `checked`, the default, takes every case without a panic. `legacy` is there to be
//! broken: what makes it read behind its inputs makes it panic.

#![no_main]

use std::env;
use std::process::exit;
use std::sync::LazyLock;

use bootgate::oracle::consumer::{Build, run_case};

static BUILD: LazyLock<Build> = LazyLock::new(|| {
    let name = env::var("CONSUMER_BUILD").unwrap_or_else(|_| "checked".to_owned());
    Build::named(&name).unwrap_or_else(|| {
        let known = Build::NAMED.map(|(name, _)| name).join(", ");
        eprintln!("CONSUMER_BUILD={name}: no such build; there are {known}");
        exit(2)
    })
});

libfuzzer_sys::fuzz_target!(
    init: {
        LazyLock::force(&BUILD);
        bootgate_mutator::ready();
    },
    |data: &[u8]| {
        let _ = run_case(&BUILD, data, |_| {});
    }
);

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    bootgate_mutator::mutate(data, size, max_size, seed)
});
