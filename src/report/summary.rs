//! The closing line of a report: what the run came to, in numbers.

use std::io::{self, Write};

use super::candidate;
use super::group::Counts;
use super::style::{Painted, Styles};
use super::text::count;
use crate::finding::{Outcome, Run, Subject, Unit};

/// Writes `refused: 1 of 8 sets; 5 builds; 1 error, 3 notes`.
pub(super) fn write(run: &Run, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
    candidate::write(run, out)?;
    let outcome = run.outcome();
    let (word, rest) = parts(run, outcome);
    writeln!(out, "{}{rest}", Painted(styles.outcome(outcome), word))
}

/// The summary without styles.
pub(super) fn plain(run: &Run) -> String {
    let (word, rest) = parts(run, run.outcome());
    format!("{word}{rest}")
}

fn parts(run: &Run, outcome: Outcome) -> (&'static str, String) {
    let of = |wanted| number(run.units.iter().filter(|u| u.outcome(run.subject) == wanted).count());
    let (refused, not_run) = (of(Outcome::Refused), of(Outcome::NotRun));
    let all = units(number(run.units.len()), run.subject, run.units.iter(), false);
    let mut rest = String::new();
    let word = match outcome {
        Outcome::Passed => {
            rest.push_str(": ");
            rest.push_str(&all);
            "passed"
        }
        Outcome::Refused => {
            rest.push_str(&format!(": {refused} of {all}"));
            "refused"
        }
        Outcome::NotRun if run.units.is_empty() => "not run",
        Outcome::NotRun => {
            if not_run > 0 {
                rest.push_str(&format!(": {not_run} of {all}"));
            } else {
                rest.push_str(&format!(
                    ": errors outside the {}; passed: {} of {all}",
                    match run.subject {
                        Subject::Content => "content",
                        Subject::Schema => "schemas",
                        Subject::Build => "build",
                        Subject::Contract => "contracts",
                        Subject::Fleet => "inventory",
                    },
                    of(Outcome::Passed)
                ));
            }
            if refused > 0 {
                rest.push_str(&format!("; refused: {refused}"));
            }
            "not run"
        }
    };
    let builds = run.units.iter().map(|u| u.builds).max().unwrap_or(0);
    if builds > 0 {
        rest.push_str(&format!("; {}", count(number(builds), "build", "builds")));
    }
    let candidates = run.units.iter().map(|u| u.candidates).max().unwrap_or(0);
    if candidates > 0 {
        rest.push_str(&format!(" and {}", count(number(candidates), "candidate", "candidates")));
    }
    let Counts { errors, warnings, notes } = Counts::of(run);
    let counted: Vec<String> = [(errors, "error"), (warnings, "warning"), (notes, "note")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| count(number(n), word, &format!("{word}s")))
        .collect();
    if !counted.is_empty() {
        rest.push_str(if rest.is_empty() { ": " } else { "; " });
        rest.push_str(&counted.join(", "));
    }
    (word, rest)
}

/// `8 sets`, `1 file`, `3 files and sets`, `2 schemas`; with `more`, `8 more sets`.
pub(super) fn units<'a>(
    number: u64,
    subject: Subject,
    units: impl Iterator<Item = &'a Unit>,
    more: bool,
) -> String {
    let (mut sets, mut files) = (false, false);
    for unit in units {
        // What is about a set as a whole names none of its files.
        if unit.files.len() == 1 { files = true } else { sets = true }
    }
    let (one, many) = match (sets, files) {
        _ if subject == Subject::Schema => ("schema", "schemas"),
        _ if subject == Subject::Build => ("build", "builds"),
        _ if subject == Subject::Contract => ("contract", "contracts"),
        _ if subject == Subject::Fleet => ("inventory", "inventories"),
        (true, false) => ("set", "sets"),
        (true, true) => ("file or set", "files and sets"),
        _ => ("file", "files"),
    };
    let more = if more { "more " } else { "" };
    count(number, &format!("{more}{one}"), &format!("{more}{many}"))
}

fn number(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
