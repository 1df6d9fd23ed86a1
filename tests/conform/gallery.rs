//! The gallery: every schema compiles.

use std::path::Path;

use crate::engine::{self, Problem};
use crate::suite::Suite;
use crate::tally::{Report, Verdict};

/// Compiles one schema.
pub(crate) fn run(suite: &Suite, path: &Path) -> Report {
    let problems = engine::check(path, &[suite.folder("gallery")]);
    let (warnings, errors): (Vec<_>, Vec<_>) = problems.iter().partition(|p| p.warning);
    let verdict = match errors.is_empty() {
        true => Verdict::Passed,
        false => Verdict::Failed(Problem::summary(&errors)),
    };
    Report { verdict, remarks: warnings.into_iter().map(Problem::words).collect() }
}
