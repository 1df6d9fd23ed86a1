//! What was found out about a build, as a table for people and as a part of a JSON document.

use std::io::{self, Write};

use bootgate::contract::Word;
use bootgate::extract::manifest::{Identity, Line};
use bootgate::finding::Run;
use bootgate::report::{escape, json};
use bootgate::span::Sources;
use serde::Serialize;

/// What an extraction came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extraction<'e> {
    /// The build.
    pub(crate) identity: &'e Identity,
    /// Its capacities.
    pub(crate) lines: &'e [Line],
    /// The path of the manifest.
    pub(crate) manifest: &'e str,
    /// What became of it.
    pub(crate) fate: Fate,
}

/// What became of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// There was none before.
    Created,
    /// It has other content than before.
    Updated,
    /// It said all this already.
    Unchanged,
    /// It would have been written.
    DryRun,
    /// It is as it was, because something is wrong.
    Withheld,
}

impl Fate {
    fn name(self) -> &'static str {
        match self {
            Fate::Created => "created",
            Fate::Updated => "updated",
            Fate::Unchanged => "unchanged",
            Fate::DryRun => "dry-run",
            Fate::Withheld => "not-written",
        }
    }
}

/// The document of an extraction: a report with `build`, `manifest` and `capacities` behind it.
#[derive(Debug, Serialize)]
struct Document<'e> {
    #[serde(flatten)]
    report: json::Report,
    build: Build<'e>,
    manifest: Manifest<'e>,
    capacities: Vec<Capacity<'e>>,
}

#[derive(Debug, Serialize)]
struct Build<'e> {
    version: &'e str,
    platform: Option<&'e str>,
    id: Option<&'e str>,
    sha256: Option<&'e str>,
}

#[derive(Debug, Serialize)]
struct Manifest<'e> {
    path: &'e str,
    fate: &'static str,
}

#[derive(Debug, Serialize)]
struct Capacity<'e> {
    name: &'e str,
    value: u64,
    evidence: &'static str,
    found: &'e str,
    change: &'e str,
}

impl Extraction<'_> {
    /// Writes the build and its capacities, a line each.
    pub(crate) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Identity { version, platform, id, sha256, .. } = self.identity;
        let platform = platform.as_ref().map(|platform| format!(" for {platform}")).unwrap_or_default();
        writeln!(out, "build {}{}", escape::line(version), escape::line(&platform))?;
        if let Some(sha256) = sha256.as_ref().filter(|_| self.fate != Fate::Withheld) {
            writeln!(out, "  id      {}", id.as_deref().map_or("none".into(), escape::line))?;
            writeln!(out, "  sha256  {sha256}")?;
        }
        if !self.lines.is_empty() {
            writeln!(out)?;
        }
        let name = self.lines.iter().map(|line| line.name.chars().count()).max().unwrap_or(0);
        let value = self.lines.iter().map(|line| line.value.to_string().len()).max().unwrap_or(0);
        for line in self.lines {
            let evidence = line.evidence.word();
            let change = if line.change.is_empty() { String::new() } else { format!("  ({})", line.change) };
            let (shown, place) = (escape::line(&line.name), escape::line(&line.place));
            writeln!(out, "  {shown:name$}  {:value$}  {evidence:8}  {place}{change}", line.value)?;
        }
        let path = escape::line(self.manifest);
        match self.fate {
            Fate::Created => writeln!(out, "\nwritten: {path}\n"),
            Fate::Updated => writeln!(out, "\nupdated: {path}\n"),
            Fate::Unchanged => writeln!(out, "\nunchanged: {path}\n"),
            Fate::DryRun => writeln!(out, "\nnot written (--dry-run): {path}\n"),
            Fate::Withheld => writeln!(out, "\nnot written, for the reasons below: {path}\n"),
        }
    }

    /// Writes one JSON document: [`json::Report`] with `build`, `manifest` and `capacities`.
    pub(crate) fn write_json(&self, run: &Run, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
        let Identity { version, platform, id, sha256, .. } = self.identity;
        let document = Document {
            report: json::Report::new(run, sources),
            build: Build {
                version,
                platform: platform.as_deref(),
                id: id.as_deref(),
                sha256: sha256.as_deref(),
            },
            manifest: Manifest { path: self.manifest, fate: self.fate.name() },
            capacities: self.lines.iter().map(Capacity::new).collect(),
        };
        json::document(&document, out)
    }
}

impl<'e> Capacity<'e> {
    fn new(line: &'e Line) -> Capacity<'e> {
        let Line { name, value, evidence, place, change } = line;
        Capacity { name, value: *value, evidence: evidence.word(), found: place, change }
    }
}
