//! What the driver ran through, from the kernel's own instrumentation.

use std::fs::File;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::system::{called, done};

/// Counters for libFuzzer, one for each pair of places that follow each other. It looks at all of them after each execution,
/// and at what it keeps for each that is not 0: they are few, and those that are used lie together.
pub(crate) const COUNTERS: usize = 1 << 13;

/// Pairs that are told apart, by a hash.
const PAIRS: usize = 1 << 15;

/// Places that one execution is followed for.
const PLACES: usize = 1 << 16;
/// Bytes behind the start of a module's code that are its own.
const MODULE: u64 = 16 << 20;

const DEVICE: &str = "/sys/kernel/debug/kcov";
const INIT_TRACE: u64 = 0x8008_6301;
const ENABLE: u64 = 0x6364;
const TRACE_PC: u64 = 0;

/// What was run through, and how it is counted.
pub(crate) struct Kcov {
    /// The places, which the kernel writes: first how many there are.
    places: &'static [AtomicU64],
    /// The counter of each pair, from 1, in the order in which they were seen first.
    rows: Box<[u16; PAIRS]>,
    seen: u16,
}

impl Kcov {
    /// Follows this thread from here on.
    pub(crate) fn enabled() -> Kcov {
        let file = done(DEVICE, File::options().read(true).write(true).open(DEVICE)).into_raw_fd();
        let len = PLACES * size_of::<u64>();
        // SAFETY: the calls that KCOV documents; the mapping is shared with the kernel, and stays for good.
        let places = unsafe {
            called("KCOV", libc::ioctl(file, INIT_TRACE, PLACES).into());
            let flags = libc::PROT_READ | libc::PROT_WRITE;
            let at = libc::mmap(std::ptr::null_mut(), len, flags, libc::MAP_SHARED, file.as_raw_fd(), 0);
            if at == libc::MAP_FAILED {
                called("KCOV", -1);
            }
            called("KCOV", libc::ioctl(file, ENABLE, TRACE_PC).into());
            std::slice::from_raw_parts(at.cast::<AtomicU64>(), PLACES)
        };
        Kcov { places, rows: Box::new([0; PAIRS]), seen: 0 }
    }

    /// Forgets what was run through.
    pub(crate) fn clear(&self) {
        if let Some(count) = self.places.first() {
            count.store(0, Ordering::Relaxed);
        }
    }

    /// Counts what was run through since. A module that is loaded anew lies elsewhere: places count from its start.
    pub(crate) fn count(&mut self, base: u64, counters: &mut [u8; COUNTERS]) {
        let Some((count, places)) = self.places.split_first() else { return };
        let count = usize::try_from(count.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
        let mut before = 0;
        for place in places.iter().take(count) {
            let at = place.load(Ordering::Relaxed);
            // Code that is there while a module is loaded has a start of its own, which nobody tells.
            let place = at.checked_sub(base).filter(|place| *place < MODULE).unwrap_or(MODULE + at % 4096);
            let hash = (place ^ (before >> 1)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            before = place;
            let Some(row) = usize::try_from(hash).ok().and_then(|hash| self.rows.get_mut(hash % PAIRS))
            else {
                continue;
            };
            if *row == 0 {
                // Of more pairs than there are counters some share one.
                self.seen = self.seen % u16::try_from(COUNTERS).unwrap_or(u16::MAX) + 1;
                *row = self.seen;
            }
            if let Some(counter) = counters.get_mut(usize::from(*row) - 1) {
                *counter = counter.saturating_add(1);
            }
        }
    }
}
