//! The symbols that libFuzzer and AFL++ look for. A panic in them ends the process: none crosses into C.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::slice;

use bootgate::mutate::Trim;

use crate::state::State;

/// Mutants of one input before the next one's turn. AFL++ by itself makes up to some thousands, and so comes late to the last
/// of its seeds.
const TURN: c_uint = 64;

/// What AFL++ has a handle of.
struct Afl {
    state: State,
    random: u64,
    trim: Option<Trim>,
}

impl Afl {
    /// Another number each time.
    fn next(&mut self) -> u64 {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.random
    }

    /// Makes the next smaller file; whether there is one.
    fn attempt(&mut self) -> bool {
        let State { mutator, out, .. } = &mut self.state;
        self.trim.as_mut().is_some_and(|trim| mutator.trim_next(trim, out))
    }
}

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
    let afl = Afl { state: State::new(), random: u64::from(seed), trim: None };
    Box::into_raw(Box::new(afl)).cast()
}

/// What is behind the handle of AFL++.
///
/// # Safety
///
/// The handle is from `afl_custom_init`, not yet ended, and used by one caller at a time.
unsafe fn afl<'s>(handle: *mut c_void) -> &'s mut Afl {
    // SAFETY: the caller's promise.
    unsafe { &mut *handle.cast::<Afl>() }
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
    let (afl, input, other) = unsafe { (afl(handle), bytes(buf, buf_size), bytes(add_buf, add_buf_size)) };
    let seed = afl.next();
    afl.state.mutate(input, Some(other), seed, max_size);
    // SAFETY: as AFL++ promises.
    unsafe { *out_buf = afl.state.out.as_mut_ptr() };
    afl.state.out.len()
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
    let (afl, data) = unsafe { (afl(handle), bytes(buf, size)) };
    afl.trim = afl.state.mutator.trim(data);
    c_int::from(afl.attempt())
}

/// AFL++: the next attempt; its bytes stay until the next call.
///
/// # Safety
///
/// The handle is a live one, and `out_buf` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn afl_custom_trim(handle: *mut c_void, out_buf: *mut *mut u8) -> usize {
    // SAFETY: as AFL++ promises.
    let afl = unsafe { afl(handle) };
    // SAFETY: as AFL++ promises.
    unsafe { *out_buf = afl.state.out.as_mut_ptr() };
    afl.state.out.len()
}

/// AFL++: what became of the attempt; 0 while there is another one, then 1.
///
/// # Safety
///
/// The handle is a live one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn afl_custom_post_trim(handle: *mut c_void, success: u8) -> c_int {
    // SAFETY: as AFL++ promises.
    let afl = unsafe { afl(handle) };
    if let Some(trim) = &mut afl.trim {
        trim.tell(success != 0);
    }
    c_int::from(!afl.attempt())
}

/// AFL++: the end of the mutator.
///
/// # Safety
///
/// The handle is from `afl_custom_init`, and not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn afl_custom_deinit(handle: *mut c_void) {
    // SAFETY: as AFL++ promises.
    drop(unsafe { Box::from_raw(handle.cast::<Afl>()) });
}
