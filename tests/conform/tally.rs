//! What came of the files of a group, and its line.

use std::panic;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What came of one file.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Passed,
    Failed(String),
    Skipped(String),
}

/// One file's verdict, and remarks that change nothing.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) verdict: Verdict,
    pub(crate) remarks: Vec<String>,
}

impl From<Verdict> for Report {
    fn from(verdict: Verdict) -> Report {
        Report { verdict, remarks: Vec::new() }
    }
}

/// The files of one group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: Vec<(String, String)>,
    pub(crate) skipped: Vec<(String, String)>,
    pub(crate) remarks: Vec<(String, String)>,
    /// What the group's line says besides.
    pub(crate) further: String,
}

impl Tally {
    pub(crate) fn add(&mut self, name: &str, report: Report) {
        match report.verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(why) => self.failed.push((name.to_string(), one_line(&why))),
            Verdict::Skipped(why) => self.skipped.push((name.to_string(), one_line(&why))),
        }
        self.remarks.extend(report.remarks.iter().map(|remark| (name.to_string(), one_line(remark))));
    }

    /// `150 passed, 54 failed, 1 skipped`.
    pub(crate) fn counts(&self) -> String {
        format!("{} passed, {} failed, {} skipped", self.passed, self.failed.len(), self.skipped.len())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How long one file may take.
const TIME: Duration = Duration::from_secs(60);
/// The stack of one file's thread, as large as the main thread's usually is.
const STACK: usize = 8 << 20;

/// Runs what one file asks for: a panic or an endless loop there ends nothing else.
pub(crate) fn guarded<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (sender, receiver) = mpsc::channel();
    let body = move || {
        let result = panic::catch_unwind(panic::AssertUnwindSafe(run));
        // Nobody listens any more when the time is over.
        let _ = sender.send(result);
    };
    thread::Builder::new().stack_size(STACK).spawn(body).map_err(|e| format!("no thread: {e}"))?;
    match receiver.recv_timeout(TIME) {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(payload)) => {
            let words = payload.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| payload.downcast_ref::<&str>().copied());
            Err(format!("panic: {}", words.unwrap_or("without words")))
        }
        Err(_) => Err(format!("not done after {} s", TIME.as_secs())),
    }
}

/// Panics are told as a file's failure, not where they happen.
pub(crate) fn quiet_panics() {
    panic::set_hook(Box::new(|_| {}));
}
