//! The log: the input that is about to be used, where it outlives the guest.

use std::fs::File;
use std::os::unix::fs::FileExt;

use bootgate::campaign::log::{self, LOG};

use crate::system::done;

pub(crate) struct Log {
    file: File,
    record: Vec<u8>,
    begun: u64,
}

impl Log {
    pub(crate) fn open() -> Log {
        let file = done(LOG, File::options().write(true).open(LOG));
        Log { file, record: Vec::new(), begun: 0 }
    }

    /// Writes an input down. A folder of the host keeps no data in the guest: the write is through when it returns.
    pub(crate) fn begin(&mut self, data: &[u8]) {
        self.begun += 1;
        log::write(&mut self.record, self.begun, self.begun - 1, data);
        done(LOG, self.file.write_all_at(&self.record, 0));
    }

    /// Says that nothing came of the last one.
    pub(crate) fn end(&mut self, data: &[u8]) {
        log::write(&mut self.record, self.begun, self.begun, data);
        done(LOG, self.file.write_all_at(&self.record, 0));
    }
}
