//! The log: the input that is about to be used, where it outlives the guest.

use std::fs::File;
use std::os::fd::AsRawFd;

use bootgate::campaign::log;
use bootgate::campaign::plan::LogPlace;

use crate::system::{called, done, fail};

pub(crate) struct Log {
    memory: &'static mut [u8],
    record: Vec<u8>,
    begun: u64,
}

impl Log {
    pub(crate) fn open(place: &LogPlace) -> Log {
        let file = done(&place.device, File::options().read(true).write(true).open(&place.device));
        let len = done(&place.device, usize::try_from(place.bytes));
        let at = done(&place.device, libc::off_t::try_from(place.at));
        // SAFETY: the plan says that this memory is for the log; the mapping stays for good, and nothing else writes to it.
        let memory = unsafe {
            let flags = libc::PROT_READ | libc::PROT_WRITE;
            let memory = libc::mmap(std::ptr::null_mut(), len, flags, libc::MAP_SHARED, file.as_raw_fd(), at);
            if memory == libc::MAP_FAILED {
                called(&place.device, -1);
            }
            std::slice::from_raw_parts_mut(memory.cast::<u8>(), len)
        };
        Log { memory, record: Vec::new(), begun: 0 }
    }

    /// Writes an input down. Whoever looks at the memory from outside sees it at once: the kernel has no part in it.
    pub(crate) fn begin(&mut self, data: &[u8]) {
        self.begun += 1;
        self.write(self.begun - 1, data);
    }

    /// Says that nothing came of the last one.
    pub(crate) fn end(&mut self, data: &[u8]) {
        self.write(self.begun, data);
    }

    fn write(&mut self, ended: u64, data: &[u8]) {
        log::write(&mut self.record, self.begun, ended, data);
        match self.memory.get_mut(..self.record.len()) {
            Some(memory) => memory.copy_from_slice(&self.record),
            None => fail(&format!("an input of {} bytes is too long for the log", data.len())),
        }
    }
}
