//! Whether a build may be released: which content it does not take, and who does.

use std::io::{self, Write};

use super::text::count;
use super::{builds, escape};
use crate::finding::{Candidate, Run};

/// Sets that are listed of each kind.
const LISTED: usize = 10;

/// Writes what was asked and how the sets stand, if that was asked.
pub(super) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let Some(candidate) = &run.candidate else { return Ok(()) };
    let Candidate { builds, regressions, taken_by_none, unsound } = candidate;
    let (who, it) = match builds.as_slice() {
        [] => return Ok(()),
        [one] => (format!("build {}", escape::line(one)), "it"),
        many => (format!("each of {}", builds::text(many, many)), "they"),
    };
    let sets = count(u64::try_from(run.units.len()).unwrap_or(u64::MAX), "set", "sets");
    writeln!(out, "asked: may {who} be released? {sets} that {it} would meet")?;
    let fleet = run.units.first().map_or(&[][..], |unit| &unit.fleet);
    let taken = |by: &[String]| format!(", taken by {}", builds::text(by, fleet));
    let regressions: Vec<_> = regressions.iter().map(|(name, by)| (name.as_str(), taken(by))).collect();
    let taken =
        if regressions.len() == 1 { "builds in the field take it" } else { "builds in the field take them" };
    list(&format!("not taken, and {taken}"), &regressions, out)?;
    list("not taken, by no build in the field either", &plain(taken_by_none), out)?;
    list(
        &format!("not sound for any build, and not held against {}", if it == "it" { "it" } else { "them" }),
        &plain(unsound),
        out,
    )
}

fn plain(names: &[String]) -> Vec<(&str, String)> {
    names.iter().map(|name| (name.as_str(), String::new())).collect()
}

fn list(title: &str, sets: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
    if sets.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {} {title}:", count(u64::try_from(sets.len()).unwrap_or(u64::MAX), "set", "sets"))?;
    for (name, facts) in sets.iter().take(LISTED) {
        writeln!(out, "    {}{facts}", escape::line(name))?;
    }
    match sets.len().saturating_sub(LISTED) {
        0 => Ok(()),
        more => writeln!(out, "    and {more} more"),
    }
}
