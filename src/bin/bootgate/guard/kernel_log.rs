//! The kernel log: what an early boot leaves for those who look later, with `dmesg` or in the journal.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Where to tell it.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArguments {
    /// Write what was done to this log as well; `none` for no log.
    #[arg(long, value_name = "PATH", default_value = "/dev/kmsg")]
    kernel_log: PathBuf,
}

/// How much a line matters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Level {
    Warning,
    Notice,
}

impl LogArguments {
    /// Writes lines; a log that is not there, or not for us, is no reason to stop.
    pub(super) fn write(&self, set: &str, lines: &[(Level, String)]) {
        if self.kernel_log == Path::new("none") {
            return;
        }
        // Never made here: a file in the place of the device would be nobody's log. A pipe does not make us wait.
        let nonblock = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
        let log = OpenOptions::new().append(true).custom_flags(nonblock).open(&self.kernel_log);
        let Ok(mut log) = log else { return };
        for (level, line) in lines {
            let priority = match level {
                Level::Warning => 4,
                Level::Notice => 5,
            };
            // One write is one record.
            let _ = log.write_all(format!("<{priority}>bootgate: {set}: {line}\n").as_bytes());
        }
    }
}
