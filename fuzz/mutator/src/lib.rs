//! A mutator that knows a schema: as the C symbols of libFuzzer and AFL++, and for `libfuzzer_sys::fuzz_mutator!`.
//!
//! It goes by the environment: see `README.md` beside this crate. What is wrong there ends the process at the first
//! mutant, with exit code 2.

#[cfg(feature = "symbols")]
#[allow(unsafe_code, unreachable_pub, reason = "the engines' interfaces are C")]
mod abi;
mod settings;
mod state;

use std::cell::RefCell;

use state::State;

thread_local! {
    /// libFuzzer has no handle; it mutates in one thread.
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
}

/// Does something with the mutator of this thread.
fn with<T>(go: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(|state| go(state.get_or_insert_with(State::new)))
}

/// Reads the settings now: for the `init` of a fuzz target, so that what is wrong with them is said before anything is run.
pub fn ready() {
    with(|_| {});
}

/// Mutates the first `size` bytes of a buffer in place, and gives how many there are now, at most `max_size`.
///
/// ```ignore
/// libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
///     bootgate_mutator::mutate(data, size, max_size, seed)
/// });
/// ```
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let input = data.get(..size).unwrap_or_default().to_vec();
    with(|state| {
        state.mutate(&input, None, u64::from(seed), max_size.min(data.len()));
        let out = &state.out;
        if let Some(place) = data.get_mut(..out.len()) {
            place.copy_from_slice(out);
        }
        out.len()
    })
}

/// Writes content with parts of two inputs to a buffer, and gives how many bytes there are: for `fuzz_crossover!`.
pub fn cross(one: &[u8], other: &[u8], out: &mut [u8], seed: u32) -> usize {
    with(|state| {
        state.mutate(one, Some(other), u64::from(seed), out.len());
        if let Some(place) = out.get_mut(..state.out.len()) {
            place.copy_from_slice(&state.out);
        }
        state.out.len()
    })
}
