//! A started command, and its end.

use std::io;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How often a command that has closed its outputs is asked whether it has ended.
const LINGER: Duration = Duration::from_millis(2);

/// Why a command is not waited for any longer.
pub(super) enum Stop {
    TooLong,
    TooSlow,
    Pipe(io::Error),
}

impl From<io::Error> for Stop {
    fn from(source: io::Error) -> Self {
        Stop::Pipe(source)
    }
}

impl From<rustix::io::Errno> for Stop {
    fn from(source: rustix::io::Errno) -> Self {
        Stop::Pipe(source.into())
    }
}

/// A child that does not outlive this value.
pub(super) struct Running {
    pub(super) child: Child,
    ended: Option<ExitStatus>,
}

impl Running {
    pub(super) fn new(child: Child) -> Self {
        Running { child, ended: None }
    }

    /// Waits for the end.
    pub(super) fn wait(&mut self, end: Option<Instant>) -> Result<ExitStatus, Stop> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                self.ended = Some(status);
                return Ok(status);
            }
            left(end)?;
            thread::sleep(LINGER);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended.is_none() {
            // Either may fail only because there is nothing left to end.
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// The time that is left; `None` when there is no end.
pub(super) fn left(end: Option<Instant>) -> Result<Option<Duration>, Stop> {
    let Some(end) = end else { return Ok(None) };
    match end.checked_duration_since(Instant::now()) {
        Some(left) if !left.is_zero() => Ok(Some(left)),
        _ => Err(Stop::TooSlow),
    }
}
