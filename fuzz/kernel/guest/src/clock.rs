//! The clock that libFuzzer reads, twice for each execution.
//!
//! In User Mode Linux each question to the kernel is two switches of processes on the host, and libFuzzer does nothing with
//! the answers that would need them all: it looks for inputs that take seconds.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// Answers that one question to the kernel is good for.
const ANSWERS: u32 = 64;

/// What the kernel said last of a clock.
struct Answer {
    left: AtomicU32,
    seconds: AtomicI64,
    nanoseconds: AtomicI64,
}

/// Of the clocks for the time of day and for what has passed.
static ANSWERED: [Answer; 2] = [const {
    Answer { left: AtomicU32::new(0), seconds: AtomicI64::new(0), nanoseconds: AtomicI64::new(0) }
}; 2];

/// In place of the one of the C library, for this process.
///
/// # Safety
///
/// As there: the time can be written to.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> libc::c_int {
    let known = usize::try_from(clock).ok().and_then(|clock| ANSWERED.get(clock));
    let left = known.map_or(0, |answer| answer.left.load(Ordering::Relaxed));
    // SAFETY: the caller says that the time can be written to.
    unsafe {
        match known {
            Some(answer) if left > 0 => {
                answer.left.store(left - 1, Ordering::Relaxed);
                (*time).tv_sec = answer.seconds.load(Ordering::Relaxed);
                (*time).tv_nsec = answer.nanoseconds.load(Ordering::Relaxed);
                0
            }
            _ => {
                let result = libc::syscall(libc::SYS_clock_gettime, clock, time);
                if let Some(answer) = known.filter(|_| result == 0) {
                    answer.seconds.store((*time).tv_sec, Ordering::Relaxed);
                    answer.nanoseconds.store((*time).tv_nsec, Ordering::Relaxed);
                    answer.left.store(ANSWERS, Ordering::Relaxed);
                }
                if result == 0 { 0 } else { -1 }
            }
        }
    }
}
