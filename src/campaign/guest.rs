//! A guest: a kernel that runs as a process, its console, and its end.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::log::{self, LOG, Record};
use super::plan::{FAILED, FIRMWARE, STATUS};
use super::report::Report;
use super::root::Root;

/// How often a guest is looked at.
pub(super) const PAUSE: Duration = Duration::from_millis(2);
/// Bytes of the head of a log.
const HEAD: usize = 64;
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
    log: File,
    root: PathBuf,
    console: PathBuf,
    started: Instant,
}

impl Guest {
    /// Starts User Mode Linux with a folder as its root. The arguments are those of its first process.
    ///
    /// # Errors
    ///
    /// The kernel cannot be executed, or files of the root cannot be written.
    pub fn start(kernel: &Path, root: &Root, arguments: &[String]) -> io::Result<Guest> {
        root.begin()?;
        let console = root.path().with_extension("console");
        let out = File::create(&console)?;
        let mut command = Command::new(kernel);
        command
            .args(["mem=256M", "con=null", "con0=fd:0,fd:1", "loglevel=5"])
            .arg(format!("firmware_class.path={FIRMWARE}"))
            .args(["kasan.fault=panic", "oops=panic", "panic=-1"])
            .args(["root=/dev/root", "rootfstype=hostfs", "rw", "init=/init"])
            .arg(format!("rootflags={}", root.path().display()))
            .arg("--")
            .args(arguments);
        command.process_group(0).stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let log = File::open(root.inside(LOG))?;
        let child = command.spawn()?;
        Ok(Guest { child, log, root: root.path().to_path_buf(), console, started: Instant::now() })
    }

    /// When it was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// How many inputs it began, and ended.
    pub fn counts(&self) -> (u64, u64) {
        let mut head = [0; HEAD];
        let read = self.log.read_at(&mut head, 0).unwrap_or(0);
        head.get(..read).and_then(log::counts).unwrap_or((0, 0))
    }

    /// The input that it used last; nothing if there was none yet, or its record is not whole.
    pub fn record(&self) -> Option<Record> {
        log::read(&fs::read(inside(&self.root, LOG)).ok()?)
    }

    /// When that input was begun.
    pub fn begun_at(&self) -> Option<std::time::SystemTime> {
        self.log.metadata().and_then(|metadata| metadata.modified()).ok()
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
    }
}

/// A path of the guest, from outside.
pub(super) fn inside(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

/// What is on a console, as far as anybody reads.
pub(super) fn console(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path)
        .and_then(|file| io::Read::read_to_end(&mut io::Read::take(file, CONSOLE), &mut bytes));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn last_lines(console: &str) -> String {
    let lines: Vec<&str> = console.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default().join(" / ")
}
