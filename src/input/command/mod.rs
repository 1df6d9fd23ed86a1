//! An external command that turns bytes into other bytes.

mod child;
mod talk;

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Stdio;
use std::time::{Duration, Instant};

use child::{Running, Stop};
use talk::Talk;

/// Bytes of the standard error stream that are kept of a command that decodes.
const COMPLAINT_BYTES: usize = 1 << 10;

/// A command as it is configured: a program and its first arguments. No shell is involved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    program: String,
    arguments: Vec<String>,
}

/// What a command ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// An exit code.
    Code(i32),
    /// A signal, by its number.
    Signal(i32),
}

/// How a command ended, and what it wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What it ended with.
    pub status: Status,
    /// What it wrote to its standard output.
    pub output: Vec<u8>,
    /// The beginning of what it wrote to its standard error stream.
    pub complaint: String,
}

/// Why a command gave no bytes.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// `command = []`
    #[error("the command is empty: name the program first, then its arguments")]
    Empty,
    /// `command = ["no-such-program"]`
    #[error(
        "`{program}` cannot be started: {source}; give the full path of a program that can be executed, or the \
         name of one that is on PATH"
    )]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// `command = ["false"]`
    #[error("`{program}` failed with exit code {code}{}", said(complaint))]
    Failed {
        /// The program.
        program: String,
        /// Its exit code.
        code: i32,
        /// The beginning of what it wrote to its standard error stream.
        complaint: String,
    },
    /// A command that crashes.
    #[error("`{program}` was ended by signal {signal}{}", said(complaint))]
    Killed {
        /// The program.
        program: String,
        /// The number of the signal.
        signal: i32,
        /// The beginning of what it wrote to its standard error stream.
        complaint: String,
    },
    /// `command = ["cat", "/dev/zero"]`
    #[error(
        "`{program}` gave more than {most} bytes and was ended; raise the limit if that is what it should give"
    )]
    TooLong {
        /// The program.
        program: String,
        /// The greatest number of bytes that would do.
        most: u64,
    },
    /// `command = ["sleep", "1000"]`
    #[error(
        "`{program}` did not finish within {patience:?} and was ended; allow it more time, or see what it waits \
         for{}",
        said(complaint)
    )]
    TooSlow {
        /// The program.
        program: String,
        /// The time that it had.
        patience: Duration,
        /// The beginning of what it wrote to its standard error stream.
        complaint: String,
    },
    /// The system ended the conversation: out of memory, of processes.
    #[error("the pipes to `{program}` broke: {source}; try again")]
    Pipe {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
}

fn said(complaint: &str) -> String {
    if complaint.is_empty() { String::new() } else { format!("; it wrote: {complaint}") }
}

impl Command {
    /// A command: the program, then the arguments that it always gets.
    ///
    /// # Errors
    ///
    /// When there is no program.
    pub fn new(argv: Vec<String>) -> Result<Command, CommandError> {
        let mut argv = argv.into_iter();
        match argv.next() {
            Some(program) if !program.is_empty() => Ok(Command { program, arguments: argv.collect() }),
            _ => Err(CommandError::Empty),
        }
    }

    /// What the command writes to its standard output when it is given the input on its standard input.
    ///
    /// `arguments` follow the configured ones. A command need not read all of its input. It runs in the current folder,
    /// with the current environment, and in a process group of its own, which is killed with all that is in it when
    /// the command takes too long or writes too much.
    ///
    /// # Errors
    ///
    /// When it does not start, ends with anything but success, writes more than `most` bytes, or takes more time than
    /// `patience`.
    pub fn run(
        &self,
        arguments: &[String],
        input: &[u8],
        most: u64,
        patience: Duration,
    ) -> Result<Vec<u8>, CommandError> {
        let ended = self.outcome(arguments, &[], input, (most, COMPLAINT_BYTES), patience)?;
        let program = self.program.clone();
        match ended.status {
            Status::Code(0) => Ok(ended.output),
            Status::Code(code) => Err(CommandError::Failed { program, code, complaint: ended.complaint }),
            Status::Signal(signal) => {
                Err(CommandError::Killed { program, signal, complaint: ended.complaint })
            }
        }
    }

    /// The same, whatever it ends with; `most` are the bytes that it may write to its standard output, and those of its
    /// standard error stream that are kept. The environment has these variables as well.
    ///
    /// # Errors
    ///
    /// When it does not start, writes too much, or takes more time than `patience`.
    pub fn outcome(
        &self,
        arguments: &[String],
        environment: &[(String, String)],
        input: &[u8],
        most: (u64, usize),
        patience: Duration,
    ) -> Result<Ended, CommandError> {
        let (most, kept) = most;
        let end = Instant::now().checked_add(patience);
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.arguments).args(arguments).process_group(0);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command
            .spawn()
            .map_err(|source| CommandError::Start { program: self.program.clone(), source })?;
        let mut running = Running::new(child);
        let mut talk = Talk::new(input, most, kept);
        let result = talk.hold(&mut running, end);
        let status = result.and_then(|()| running.wait(end));
        let complaint = String::from_utf8_lossy(&talk.complaint).trim_end().to_owned();
        let program = self.program.clone();
        match status {
            Ok(status) => {
                let status = match status.signal() {
                    Some(signal) => Status::Signal(signal),
                    None => Status::Code(status.code().unwrap_or_default()),
                };
                Ok(Ended { status, output: talk.output, complaint })
            }
            Err(Stop::TooLong) => Err(CommandError::TooLong { program, most }),
            Err(Stop::TooSlow) => Err(CommandError::TooSlow { program, patience, complaint }),
            Err(Stop::Pipe(source)) => Err(CommandError::Pipe { program, source }),
        }
    }
}

#[cfg(test)]
mod tests;
