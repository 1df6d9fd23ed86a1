//! The exchange of bytes with a command over its pipes.

use std::io::{self, Read, Write};
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::child::{Running, Stop, left};

/// Bytes that are taken from a pipe at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// What is still to be written, and what was read.
pub(super) struct Talk<'a> {
    input: &'a [u8],
    /// What the command wrote to its standard output.
    pub(super) output: Vec<u8>,
    /// The beginning of what it wrote to its standard error stream.
    pub(super) complaint: Vec<u8>,
    most: u64,
    /// Bytes of the standard error stream that are kept.
    kept: usize,
}

impl<'a> Talk<'a> {
    pub(super) fn new(input: &'a [u8], most: u64, kept: usize) -> Self {
        Talk { input, output: Vec::new(), complaint: Vec::new(), most, kept }
    }

    /// Writes and reads whatever the command is ready for, so that neither waits for the other, until it has closed
    /// both of its outputs.
    pub(super) fn hold(&mut self, running: &mut Running, end: Option<Instant>) -> Result<(), Stop> {
        let mut stdin = running.child.stdin.take();
        let mut stdout = running.child.stdout.take();
        let mut stderr = running.child.stderr.take();
        if let Some(pipe) = &stdin {
            // A pipe that is ready takes some bytes, but a write of more would wait until it takes them all.
            rustix::io::ioctl_fionbio(pipe, true)?;
        }
        let mut chunk = vec![0; CHUNK_BYTES];
        while stdout.is_some() || stderr.is_some() {
            if self.input.is_empty() {
                stdin = None;
            }
            let (write, read, complain) =
                ready(stdin.as_ref(), stdout.as_ref(), stderr.as_ref(), left(end)?)?;
            if write && self.write(&mut stdin)? {
                stdin = None;
            }
            if read && self.read(&mut stdout, &mut chunk)? {
                stdout = None;
            }
            if complain && self.complain(&mut stderr, &mut chunk)? {
                stderr = None;
            }
        }
        Ok(())
    }

    /// Writes some of the input; whether the pipe is done with.
    fn write(&mut self, pipe: &mut Option<impl Write>) -> Result<bool, Stop> {
        let Some(pipe) = pipe else { return Ok(false) };
        match pipe.write(self.input) {
            Ok(written) => self.input = self.input.get(written..).unwrap_or_default(),
            // It does not want the rest; its exit code says whether that is well.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(true),
            Err(error) if again(&error) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(self.input.is_empty())
    }

    /// Reads some of the output; whether it has ended.
    fn read(&mut self, pipe: &mut Option<impl Read>, chunk: &mut [u8]) -> Result<bool, Stop> {
        let Some(some) = some(pipe, chunk)? else { return Ok(false) };
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        if some.len() > most - self.output.len() {
            return Err(Stop::TooLong);
        }
        self.output.extend_from_slice(some);
        Ok(some.is_empty())
    }

    /// Reads some of the standard error stream, keeps its beginning; whether it has ended.
    fn complain(&mut self, pipe: &mut Option<impl Read>, chunk: &mut [u8]) -> Result<bool, Stop> {
        let Some(some) = some(pipe, chunk)? else { return Ok(false) };
        let kept = some.len().min(self.kept.saturating_sub(self.complaint.len()));
        self.complaint.extend_from_slice(some.get(..kept).unwrap_or_default());
        Ok(some.is_empty())
    }
}

/// Reads once; `None` when there is nothing yet.
fn some<'c>(pipe: &mut Option<impl Read>, chunk: &'c mut [u8]) -> Result<Option<&'c [u8]>, Stop> {
    let Some(pipe) = pipe else { return Ok(None) };
    match pipe.read(chunk) {
        Ok(length) => Ok(chunk.get(..length)),
        Err(error) if again(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn again(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Waits until one of the pipes is ready, or has ended; which of them are.
fn ready(
    stdin: Option<&ChildStdin>,
    stdout: Option<&ChildStdout>,
    stderr: Option<&ChildStderr>,
    left: Option<Duration>,
) -> Result<(bool, bool, bool), Stop> {
    let wait = left.map(Timespec::try_from).and_then(Result::ok);
    let mut pipes = Vec::with_capacity(3);
    pipes.extend(stdin.map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
    pipes.extend(stdout.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    pipes.extend(stderr.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    match poll(&mut pipes, wait.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut events = pipes.iter().map(|pipe| !pipe.revents().is_empty());
    let mut of = |there: bool| there && events.next().unwrap_or(false);
    Ok((of(stdin.is_some()), of(stdout.is_some()), of(stderr.is_some())))
}
