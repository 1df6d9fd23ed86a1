//! How far long work is, on a terminal.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that takes longer than this shows how far it is.
const LONG: Duration = Duration::from_secs(1);

/// A bar on the error stream of a terminal, once the work takes long; nothing in CI.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: AtomicBool,
}

impl Progress {
    /// Nothing is done yet of so many steps of the work that a word says; 0 where nobody knows how many.
    pub(crate) fn new(word: &str, steps: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), ProgressDrawTarget::hidden());
        let shown = if steps == 0 { "{pos}" } else { "{bar:40} {pos}/{len} {eta}" };
        if let Ok(style) = ProgressStyle::with_template(&format!("{word} {shown}")) {
            bar.set_style(style);
        }
        Progress { bar, start: Instant::now(), shown: AtomicBool::new(!watched()) }
    }

    /// One step is done.
    pub(crate) fn step(&self) {
        self.at(self.bar.position().saturating_add(1));
    }

    /// So many steps are done.
    pub(crate) fn at(&self, steps: u64) {
        self.bar.set_position(steps);
        if self.start.elapsed() > LONG && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// All is done.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Whether a progress bar has anybody to look at it.
pub(crate) fn watched() -> bool {
    io::stderr().is_terminal() && std::env::var_os("CI").is_none()
}
