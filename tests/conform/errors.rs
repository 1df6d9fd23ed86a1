//! The error tests: what is refused, and whether at the stated place.

use std::fs;
use std::path::Path;

use crate::engine::{self, Problem};
use crate::stated::{self, Stated};
use crate::tally::{Report, Verdict};

/// How the error tests went, beyond passed and failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Score {
    /// Files that state something, and those of them that were accepted or refused as stated.
    decided: (usize, usize),
    /// Files that state an error, and those of them where each one was found at its place.
    placed: (usize, usize),
    /// Warnings that are stated, and those of them that were found at their place.
    warned: (usize, usize),
}

/// What came of one file.
pub(crate) struct Result {
    pub(crate) report: Report,
    pub(crate) score: Score,
}

impl Score {
    pub(crate) fn add(&mut self, other: &Score) {
        for (sum, part) in [
            (&mut self.decided, other.decided),
            (&mut self.placed, other.placed),
            (&mut self.warned, other.warned),
        ] {
            sum.0 += part.0;
            sum.1 += part.1;
        }
    }

    /// `accept/reject 103 of 107 (96.3%), same path 88 of 97 (90.7%)`
    pub(crate) fn words(&self) -> String {
        let share = |(all, good): (usize, usize)| {
            // In tenths of a percent, rounded down: 100% is all of them.
            let tenths = (good * 1000).checked_div(all).unwrap_or(1000);
            format!("{good} of {all} ({}.{}%)", tenths / 10, tenths % 10)
        };
        let (decided, placed, warned) = (share(self.decided), share(self.placed), share(self.warned));
        format!("accept/reject {decided}, same path {placed}, warnings at the same path {warned}")
    }
}

/// What a file comes to that was not run to its end.
pub(crate) fn broken(why: String) -> Result {
    let score = Score { decided: (1, 0), placed: (1, 0), warned: (0, 0) };
    Result { report: Verdict::Failed(why).into(), score }
}

/// Runs one error test.
pub(crate) fn run(path: &Path) -> Result {
    let score = Score::default();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) => return broken(format!("cannot read it: {e}")),
    };
    let stated = stated::read(&text);
    if stated.is_empty() {
        return Result { report: Verdict::Skipped("states no expectation".to_string()).into(), score };
    }
    let elsewhere = stated.iter().find(|s| !path.with_file_name(&s.file).is_file());
    if let Some(missing) = elsewhere {
        let why = format!("is about {}, which is not in the folder", missing.file);
        return Result { report: Verdict::Skipped(why).into(), score };
    }
    // Upstream these are compiled without an import path.
    let problems = engine::check(path, &[]);
    judge(&stated, &problems)
}

fn judge(stated: &[Stated], problems: &[Problem]) -> Result {
    let errors: Vec<&Stated> = stated.iter().filter(|s| !s.warning).collect();
    let ours: Vec<&Problem> = problems.iter().filter(|p| !p.warning).collect();
    let missed: Vec<&&Stated> = errors.iter().filter(|s| !ours.iter().any(|p| s.is(p))).collect();
    let expected = errors.iter().map(|s| s.words()).collect::<Vec<_>>().join(", ");

    let decided = errors.is_empty() == ours.is_empty();
    let verdict = if !decided {
        Verdict::Failed(match errors.is_empty() {
            true => format!("refused, though only warnings are stated: {}", Problem::summary(&ours)),
            false => format!("accepted, expected an error at {expected}"),
        })
    } else if let Some(first) = missed.first() {
        let others: Vec<_> = ours.iter().filter(|p| !errors.iter().any(|s| s.is(p))).copied().collect();
        Verdict::Failed(format!("path: expected {}, ours: {}", first.words(), Problem::summary(&others)))
    } else {
        Verdict::Passed
    };

    let warnings: Vec<&Stated> = stated.iter().filter(|s| s.warning).collect();
    let warned = warnings.iter().filter(|s| problems.iter().any(|p| s.is(p))).count();
    let placed = usize::from(decided && missed.is_empty() && !errors.is_empty());
    let score = Score {
        decided: (1, usize::from(decided)),
        placed: (usize::from(!errors.is_empty()), placed),
        warned: (warnings.len(), warned),
    };
    let unstated = problems.iter().filter(|p| !stated.iter().any(|s| s.is(p)));
    let remarks = unstated.map(|p| format!("not stated: {}", p.words())).collect();
    Result { report: Report { verdict, remarks }, score }
}
