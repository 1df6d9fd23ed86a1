//! GitHub workflow commands: one annotation for each finding, or for each group of equal ones.
//!
//! A finding in content points to the content file, without a line: binary files have none. A finding
//! in a schema or contract points to its line.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape;
use super::group::{self, Group};
use super::{builds, candidate};
use super::{summary, text};
use crate::finding::{Finding, Label, Run, Severity};
use crate::span::Sources;

/// Writes the annotations and the summary line.
pub(super) fn write(run: &Run, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    for group in group::problems(run).chain(group::groups(run)) {
        annotation(&group, sources, out)?;
    }
    candidate::write(run, out)?;
    writeln!(out, "{}", summary::plain(run))
}

fn annotation(group: &Group<'_>, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let finding = group.first;
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    let place = finding.places.first();
    let file = place.and_then(|p| group.unit?.files.get(p.file)).map(|f| f.path.as_str());
    if let Some(path) = file {
        properties.push(("file", path.to_string()));
    } else if let Some((name, line, column)) = primary(finding).and_then(|l| position(l, sources)) {
        properties.push(("file", name.to_string()));
        properties.push(("line", line.to_string()));
        properties.push(("col", column.to_string()));
    } else if let Some(unit) = group.unit {
        properties.push(("file", unit.name.clone()));
    }
    properties.push(("title", finding.code.to_string()));
    let properties: Vec<String> = properties
        .into_iter()
        .map(|(key, value)| format!("{key}={}", property(&escape::line(&value))))
        .collect();
    writeln!(out, "::{command} {}::{}", properties.join(","), data(&message(group, sources)))
}

/// The message with the facts that an annotation has no property for, one line each.
fn message(group: &Group<'_>, sources: &Sources) -> String {
    let finding = group.first;
    let mut lines = vec![escape::clipped(&finding.message).into_owned()];
    if let Some(place) = finding.places.first() {
        let path = place.path.as_ref().map(|p| format!("{}, ", escape::clipped(p))).unwrap_or_default();
        lines.push(format!("at {path}{}", text::whereabouts(group.unit, place)));
    }
    let values = [("found", &finding.found), ("expected", &finding.expected)];
    for (word, value) in values {
        lines.extend(value.as_ref().map(|v| format!("{word}: {}", escape::clipped(v))));
    }
    // Without a place, the annotation itself stands at the primary label.
    let own = if finding.places.is_empty() { primary(finding) } else { None };
    let told = |l: &&Label| !(l.text.is_empty() && own.is_some_and(|own| own.span == l.span));
    for label in finding.labels.iter().filter(told) {
        if let Some((name, line, _)) = position(label, sources) {
            let mut text = format!("see {}:{line}", escape::line(name));
            if !label.text.is_empty() {
                // Writing to a `String` cannot fail.
                let _ = write!(text, ": {}", escape::clipped(&label.text));
            }
            lines.push(text);
        }
    }
    if !finding.builds.is_empty() {
        let fleet = group.unit.map_or(&[][..], |unit| &unit.fleet);
        lines.push(format!("builds: {}", builds::text(&finding.builds, fleet)));
    }
    lines.extend(finding.notes.iter().map(|n| format!("note: {}", escape::clipped(n))));
    lines.extend(finding.help.iter().map(|h| format!("help: {}", escape::clipped(h))));
    let more = u64::try_from(finding.places.len().saturating_sub(1)).unwrap_or(u64::MAX);
    match more.saturating_add(finding.unlisted) {
        0 => {}
        more => lines.push(format!("also: {}", text::count(more, "more place", "more places"))),
    }
    if !group.others.is_empty() {
        let number = u64::try_from(group.others.len()).unwrap_or(u64::MAX);
        lines.push(format!(
            "same in: {}",
            summary::units(number, group.subject, group.others.iter().copied(), true)
        ));
    }
    lines.join("\n")
}

fn primary(finding: &Finding) -> Option<&Label> {
    finding.labels.iter().find(|l| l.primary).or(finding.labels.first())
}

fn position<'a>(label: &Label, sources: &'a Sources) -> Option<(&'a str, usize, usize)> {
    let source = sources.get(label.span.source)?;
    let (line, column) = sources.line_column(label.span)?;
    Some((&source.name, line, column))
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
#[path = "github_tests.rs"]
mod tests;
