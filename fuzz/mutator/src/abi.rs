//! The symbols that libFuzzer and AFL++ look for. A panic in them ends the process: none crosses into C.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::slice;

use crate::state::State;

/// Mutants of one input before the next one's turn. AFL++ by itself makes up to some thousands, and so comes late to the last
/// of its seeds.
const TURN: c_uint = 64;

/// The bytes that an engine hands over.
///
/// # Safety
///
/// `data` points to `size` bytes that nobody writes to for as long as the result is used, or `size` is 0.
unsafe fn bytes<'b>(data: *const u8, size: usize) -> &'b [u8] {
    if data.is_null() || size == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts(data, size) }
}

/// libFuzzer: mutates a buffer in place, and gives its new size.
///
/// # Safety
///
/// `data` points to `max_size` bytes that are the caller's alone to lend, `size` of them in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn LLVMFuzzerCustomMutator(
    data: *mut u8,
    size: usize,
    max_size: usize,
    seed: c_uint,
) -> usize {
    if data.is_null() {
        return 0;
    }
    // SAFETY: as libFuzzer promises.
    let buffer = unsafe { slice::from_raw_parts_mut(data, max_size.max(size)) };
    crate::mutate(buffer, size, max_size, seed)
}

/// libFuzzer: crosses two inputs, and gives the size of what comes of it.
///
/// # Safety
///
/// `data1` and `data2` point to `size1` and `size2` bytes, `out` to `max_out_size` bytes that can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn LLVMFuzzerCustomCrossOver(
    data1: *const u8,
    size1: usize,
    data2: *const u8,
    size2: usize,
    out: *mut u8,
    max_out_size: usize,
    seed: c_uint,
) -> usize {
    // SAFETY: as libFuzzer promises.
    let (input, other) = unsafe { (bytes(data1, size1), bytes(data2, size2)) };
    if out.is_null() {
        return 0;
    }
    // SAFETY: as libFuzzer promises; it is none of the inputs.
    let out = unsafe { slice::from_raw_parts_mut(out, max_out_size) };
    crate::cross(input, other, out, seed)
}

/// AFL++: a mutator, by the environment.
#[unsafe(no_mangle)]
pub extern "C" fn afl_custom_init(_afl: *mut c_void, seed: c_uint) -> *mut c_void {
    Box::into_raw(Box::new(State::new(u64::from(seed)))).cast()
}

/// The mutator behind the handle of AFL++.
///
/// # Safety
///
/// The handle is from `afl_custom_init`, not yet ended, and used by one caller at a time.
unsafe fn state<'s>(handle: *mut c_void) -> &'s mut State {
    // SAFETY: the caller's promise.
    unsafe { &mut *handle.cast::<State>() }
}

/// AFL++: how many mutants of an input are tried before the next one's turn.
#[unsafe(no_mangle)]
pub extern "C" fn afl_custom_fuzz_count(_handle: *mut c_void, _buf: *const u8, _buf_size: usize) -> c_uint {
    TURN
}

/// AFL++: a mutant, with parts of `add_buf`; its bytes stay until the next call.
///
/// # Safety
///
/// The handle is a live one, the buffers have the sizes that come with them, and `out_buf` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn afl_custom_fuzz(
    handle: *mut c_void,
    buf: *mut u8,
    buf_size: usize,
    out_buf: *mut *mut u8,
    add_buf: *mut u8,
    add_buf_size: usize,
    max_size: usize,
) -> usize {
    // SAFETY: as AFL++ promises.
    let (state, input, other) =
        unsafe { (state(handle), bytes(buf, buf_size), bytes(add_buf, add_buf_size)) };
    let seed = state.next();
    state.mutate(input, Some(other), seed, max_size);
    // SAFETY: as AFL++ promises.
    unsafe { *out_buf = state.out.as_mut_ptr() };
    state.out.len()
}

/// AFL++: the word for this mutator in the names of what is found.
#[unsafe(no_mangle)]
pub extern "C" fn afl_custom_describe(_handle: *mut c_void, max_description_len: usize) -> *const c_char {
    let words = c"bootgate";
    if words.count_bytes() < max_description_len { words.as_ptr() } else { c"".as_ptr() }
}

/// AFL++: begins to trim; 1 if there is something to try. How often is not known, as its guide allows.
///
/// # Safety
///
/// The handle is a live one, and the buffer has `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn afl_custom_init_trim(handle: *mut c_void, buf: *mut u8, size: usize) -> c_int {
    // SAFETY: as AFL++ promises.
    c_int::from(unsafe { state(handle).trim(bytes(buf, size)) })
}

/// AFL++: the next attempt; its bytes stay until the next call.
///
/// # Safety
///
/// The handle is a live one, and `out_buf` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn afl_custom_trim(handle: *mut c_void, out_buf: *mut *mut u8) -> usize {
    // SAFETY: as AFL++ promises.
    let state = unsafe { state(handle) };
    // SAFETY: as AFL++ promises.
    unsafe { *out_buf = state.out.as_mut_ptr() };
    state.out.len()
}

/// AFL++: what became of the attempt; 0 while there is another one, then 1.
///
/// # Safety
///
/// The handle is a live one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn afl_custom_post_trim(handle: *mut c_void, success: u8) -> c_int {
    // SAFETY: as AFL++ promises.
    c_int::from(!unsafe { state(handle).trimmed(success != 0) })
}

/// AFL++: the end of the mutator.
///
/// # Safety
///
/// The handle is from `afl_custom_init`, and not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn afl_custom_deinit(handle: *mut c_void) {
    // SAFETY: as AFL++ promises.
    drop(unsafe { Box::from_raw(handle.cast::<State>()) });
}
