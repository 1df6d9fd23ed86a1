//! A case for the gate and the driver in C: what the gate accepts for a build does that build no harm, whatever event comes.
//!
//! `SOUNDNESS_BUILD`, when it is compiled, names the build; `SOUNDNESS_STATED` is what its manifest says that it supplies for
//! IPC. Without it the manifest is true.

#![no_main]
#![allow(unsafe_code, reason = "the driver is C")]

use std::env;
use std::ffi::c_int;
use std::process::exit;
use std::sync::LazyLock;

use bootgate::oracle::Judge;
use bootgate::oracle::consumer::{Build, Site};

const BUILD: &str = env!("SOUNDNESS_BUILD");

unsafe extern "C" {
    /// Runs a case in the driver; its sanitizer ends the process at a bad read.
    fn sensor_run_one(data: *const u8, len: usize) -> c_int;
}

static JUDGE: LazyLock<Judge> = LazyLock::new(|| {
    let supplied = Build::named(BUILD).and_then(|build| build.supplied(Site::Ipc)).unwrap_or(0) as u64;
    let stated = match env::var("SOUNDNESS_STATED").map(|stated| stated.parse()) {
        Ok(Ok(stated)) => stated,
        Ok(Err(_)) => stop("SOUNDNESS_STATED is to be a number of inputs"),
        Err(_) => supplied,
    };
    Judge::of(BUILD, stated)
        .unwrap_or_else(|| stop(&format!("SOUNDNESS_BUILD={BUILD}: there is no model of this build")))
});

fn stop(why: &str) -> ! {
    eprintln!("{why}");
    exit(2)
}

libfuzzer_sys::fuzz_target!(
    init: {
        LazyLock::force(&JUDGE);
        bootgate_mutator::ready();
    },
    |case: &[u8]| {
        for case in JUDGE.harmless(case) {
            // SAFETY: the driver reads so many bytes.
            unsafe { sensor_run_one(case.as_ptr(), case.len()) };
        }
    }
);

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    bootgate_mutator::mutate(data, size, max_size, seed)
});
