//! A harness that is a command: the files of a content set are its arguments.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::{Ending, Harness, HarnessError, Ran};
use crate::input::command::{Command, Status};

/// Bytes that a harness may write to its standard output in one run.
const OUTPUT_BYTES: u64 = 16 << 20;
/// Bytes of its standard error stream that are kept: a sanitizer's report comes behind what was logged before.
const COMPLAINT_BYTES: usize = 256 << 10;

/// Signals that a process gets for what it does: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS.
const FAULTS: [(i32, &str); 7] = [
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (11, "SIGSEGV"),
    (31, "SIGSYS"),
];

/// What sanitizers are told: a report ends the process with a signal, for exit codes have another meaning. Nor does
/// anybody read the names of functions, which cost time.
const SANITIZERS: [(&str, &str); 4] = [
    ("ASAN_OPTIONS", "abort_on_error=1:detect_leaks=0:symbolize=0"),
    ("HWASAN_OPTIONS", "abort_on_error=1:symbolize=0"),
    ("MSAN_OPTIONS", "abort_on_error=1:symbolize=0"),
    ("UBSAN_OPTIONS", "abort_on_error=1:halt_on_error=1"),
];

/// What a report of a sanitizer has in its first line.
const REPORTS: [&str; 3] = ["Sanitizer:", "runtime error:", "BUG: KASAN:"];

/// The names of the files that a harness is given.
#[derive(Clone, Debug)]
pub struct Roles<'r> {
    /// Those of the contract.
    pub files: &'r [String],
    /// Whether there is one more, the event.
    pub event: bool,
}

impl Roles<'_> {
    fn all(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).chain(self.event.then_some("event"))
    }

    /// The first place of a command that names no file: `{channle}`.
    pub fn unknown<'w>(&self, words: &'w [String]) -> Option<&'w str> {
        let named = words.iter().flat_map(|word| placeholders(word));
        named.into_iter().find(|name| !self.all().any(|role| role == *name))
    }
}

/// The names in braces in a word.
fn placeholders(word: &str) -> Vec<&str> {
    let parts = word.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

/// A command that runs the consumer.
#[derive(Debug)]
pub struct CommandHarness {
    program: String,
    arguments: Vec<String>,
    /// It is there for as long as the harness is.
    _folder: tempfile::TempDir,
    /// The paths of the files, by role.
    paths: Vec<(String, PathBuf)>,
    patience: Duration,
    environment: Vec<(String, String)>,
    any_fault: bool,
}

impl CommandHarness {
    /// A harness: `program` is the path of what is executed, `arguments` name the files in braces, by their roles; if
    /// they name none, the files come behind them. With `any_fault` each crash counts, not only what a sanitizer reports.
    ///
    /// # Errors
    ///
    /// There is no place for temporary files.
    pub fn new(
        program: String,
        mut arguments: Vec<String>,
        roles: &Roles<'_>,
        patience: Duration,
        any_fault: bool,
    ) -> Result<CommandHarness, HarnessError> {
        let folder = tempfile::Builder::new().prefix("bootgate-").tempdir()?;
        let paths: Vec<(String, PathBuf)> =
            roles.all().map(|role| (role.to_owned(), folder.path().join(format!("{role}.bin")))).collect();
        if arguments.iter().all(|word| placeholders(word).is_empty()) {
            arguments.extend(paths.iter().map(|(role, _)| format!("{{{role}}}")));
        }
        for word in &mut arguments {
            for (role, path) in &paths {
                *word = word.replace(&format!("{{{role}}}"), &path.to_string_lossy());
            }
        }
        let environment = SANITIZERS.iter().map(|(name, own)| {
            let known = env::var(name).map(|known| format!("{known}:")).unwrap_or_default();
            ((*name).to_owned(), format!("{known}{own}"))
        });
        let environment = environment.collect();
        Ok(CommandHarness { program, arguments, _folder: folder, paths, patience, environment, any_fault })
    }
}

impl Harness for CommandHarness {
    fn run(&mut self, files: &[Vec<u8>], event: Option<&[u8]>) -> Result<Ran, HarnessError> {
        for ((_, path), bytes) in self.paths.iter().zip(files.iter().map(Vec::as_slice).chain(event)) {
            fs::write(path, bytes)?;
        }
        let argv = std::iter::once(&self.program).chain(&self.arguments).cloned().collect();
        let command = Command::new(argv)?;
        let most = (OUTPUT_BYTES, COMPLAINT_BYTES);
        let ended = command.outcome(&[], &self.environment, b"", most, self.patience)?;
        let complaint = ended.complaint;
        let ending = match ended.status {
            Status::Code(0) => Ending::Taken,
            Status::Code(1) => Ending::Refused,
            // What shells and emulators make of a signal.
            Status::Code(code) if code > 128 => self.crash(code - 128, &complaint)?,
            Status::Code(code) => return Err(HarnessError::NotRun { code, complaint }),
            Status::Signal(signal) => self.crash(signal, &complaint)?,
        };
        Ok(Ran { ending, output: ended.output, complaint })
    }
}

impl CommandHarness {
    fn crash(&self, signal: i32, complaint: &str) -> Result<Ending, HarnessError> {
        let Some((_, name)) = FAULTS.iter().find(|(number, _)| *number == signal) else {
            return Err(HarnessError::Killed { signal, complaint: complaint.to_owned() });
        };
        let mut first = complaint.lines().filter(|line| !line.contains("DEADLYSIGNAL"));
        let report = first.find(|line| REPORTS.iter().any(|mark| line.contains(mark)));
        let how = match report.map(short) {
            Some(report) => report,
            None => (*name).to_owned(),
        };
        Ok(Ending::Fault { how, watched: report.is_some() || self.any_fault })
    }
}

/// `AddressSanitizer: heap-buffer-overflow`, out of a line with numbers and addresses.
fn short(report: &str) -> String {
    let start = REPORTS.iter().find_map(|mark| report.find(mark)).unwrap_or(0);
    let start = report.get(..start).and_then(|before| before.rfind(' ')).map_or(0, |space| space + 1);
    let words = report.get(start..).unwrap_or(report).split(" on ").next().unwrap_or(report);
    words.trim().to_owned()
}
