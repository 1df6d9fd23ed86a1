//! The first process of a guest: loads a module, hands content over to it, causes events, and tells what came of it.
//!
//! What it does is said in a plan, which whoever starts the guest has written. It is a libFuzzer target: KCOV is its
//! coverage, and the mutator that knows the schema makes its inputs. Or it runs the inputs that it is given, one by one.

#![no_main]

mod boot;
mod clock;
mod driver;
mod kcov;
mod log;
mod system;
mod tries;

use std::cell::RefCell;

use bootgate::campaign::plan::{BEGINS, GuestPlan, PLAN, Task};

use driver::Driver;
use log::Log;

/// Coverage of one execution: libFuzzer takes what lies in this section for its own.
#[unsafe(link_section = "__libfuzzer_extra_counters")]
static mut COUNTERS: [u8; kcov::COUNTERS] = [0; kcov::COUNTERS];

/// What an execution needs.
struct Guest {
    driver: Driver,
    log: Log,
    coverage: kcov::Kcov,
}

thread_local! {
    static GUEST: RefCell<Option<Guest>> = const { RefCell::new(None) };
}

fn begin() {
    boot::mount();
    eprintln!("{BEGINS}");
    let text = system::done(PLAN, std::fs::read(PLAN));
    let plan = system::done(PLAN, GuestPlan::from_json(&text));
    boot::fork_and_wait();
    boot::keep_memory();
    let driver = Driver::new(&plan);
    let log = Log::open(&plan.log);
    match &plan.task {
        Task::Try => tries::run(driver, log),
        Task::Fuzz(mutator) => {
            boot::environment(mutator);
            let guest = Guest { driver, log, coverage: kcov::Kcov::enabled() };
            GUEST.with_borrow_mut(|place| *place = Some(guest));
        }
    }
}

libfuzzer_sys::fuzz_target!(init: { begin() }, |data: &[u8]| {
    GUEST.with_borrow_mut(|guest| {
        let Some(Guest { driver, log, coverage }) = guest else { return };
        log.begin(data);
        coverage.clear();
        driver.run(data);
        // SAFETY: there is one thread, and libFuzzer looks at the counters between executions.
        coverage.count(driver.base(), unsafe { &mut *(&raw mut COUNTERS) });
    });
});

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    bootgate_mutator::mutate(data, size, max_size, seed)
});

libfuzzer_sys::fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| {
    bootgate_mutator::cross(one, other, out, seed)
});
