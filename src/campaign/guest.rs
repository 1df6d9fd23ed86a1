//! A guest: a kernel that runs in an engine, its console, and its end.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::engine::Engine;
use super::log::{self, Record};
use super::plan::{BEGINS, FAILED, STATUS};
use super::report::Report;
use super::root::Root;

/// How often a guest is looked at.
pub(super) const PAUSE: Duration = Duration::from_millis(2);
/// Bytes of a console that are read.
const CONSOLE: u64 = 4 << 20;
/// Lines of a console that a message has.
const LAST_LINES: usize = 6;

/// How a guest ended.
#[derive(Clone, Debug)]
pub enum End {
    /// With a report of its kernel.
    Crash(Box<Report>),
    /// In order: the status of its process, as `wait(2)` has it.
    Status(i32),
    /// Without a word of what happened; the last lines of its console.
    Unknown(String),
    /// It could not do what it was to do, and why.
    Failed(String),
}

/// A guest that runs. It does not outlive this value.
#[derive(Debug)]
pub struct Guest {
    child: Child,
    engine: Engine,
    log: File,
    log_at: u64,
    root: PathBuf,
    console: PathBuf,
}

impl Guest {
    /// Starts a guest with a folder as its root. The arguments are those of its first process.
    ///
    /// # Errors
    ///
    /// The engine cannot be executed, or files of the root cannot be written.
    pub fn start(engine: &Engine, root: &Root, arguments: &[String]) -> io::Result<Guest> {
        root.begin()?;
        let (log, log_at) = engine.new_log(root.path())?;
        let console = root.path().with_extension("console");
        let out = File::create(&console)?;
        let mut command = engine.command(root.path(), arguments);
        command.process_group(0).stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let child = command.spawn().map_err(|error| engine.told(&error))?;
        let (engine, root) = (engine.clone(), root.path().to_path_buf());
        Ok(Guest { child, engine, log, log_at, root, console })
    }

    /// How many inputs it began, and ended.
    pub fn counts(&self) -> (u64, u64) {
        log::counts(&self.read(log::HEAD)).unwrap_or((0, 0))
    }

    /// The input that it used last; nothing if there was none yet, or its record is not whole.
    pub fn record(&self) -> Option<Record> {
        let len = log::len(&self.read(log::HEAD))?;
        log::read(&self.read(usize::try_from(len).ok()?))
    }

    /// The first bytes of its log.
    fn read(&self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        let read = self.log.read_at(&mut bytes, self.log_at).unwrap_or(0);
        bytes.truncate(read);
        bytes
    }

    /// Whether its first process runs.
    pub(super) fn begins(&self) -> bool {
        console(&self.console).contains(BEGINS)
    }

    /// Whether it has ended.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// How it ended, if it has; else it is ended, and there is no status.
    pub fn end(&mut self) -> End {
        let ended = matches!(self.child.try_wait(), Ok(Some(_)));
        self.kill();
        let console = console(&self.console);
        if let Some(report) = Report::find(&console) {
            return End::Crash(Box::new(report));
        }
        if let Some(line) = console.lines().find_map(|line| line.split_once(FAILED)) {
            return End::Failed(line.1.trim().to_owned());
        }
        let status = fs::read_to_string(inside(&self.root, STATUS)).ok();
        match status.and_then(|status| status.trim().parse().ok()).filter(|_| ended) {
            Some(status) => End::Status(status),
            None => End::Unknown(last_lines(&console)),
        }
    }

    /// The last lines of its console, in one.
    pub fn last_lines(&self) -> String {
        last_lines(&console(&self.console))
    }

    /// The processes of User Mode Linux are a group, and some may be left of one that has died.
    fn kill(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.kill();
        self.engine.tidy(&self.root);
    }
}

/// A path of the guest, from outside.
pub(super) fn inside(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

/// What is on a console, as far as anybody reads.
fn console(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path)
        .and_then(|file| io::Read::read_to_end(&mut io::Read::take(file, CONSOLE), &mut bytes));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn last_lines(console: &str) -> String {
    let lines: Vec<&str> = console.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default().join(" / ")
}
