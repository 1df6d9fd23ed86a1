//! `bootgate schema check`: schemas, and what they import, for their own sake.

use std::io;
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::disk::{Disk, unreadable};
use bootgate::finding::{Blame, Finding, Run, Severity, Subject, Unit, UnitFile};
use bootgate::input::{Content, Hold, InputError, open_with};
use bootgate::layout::{self, Input};
use bootgate::limits::{SCHEMA_ERRORS, SchemaLimits};
use bootgate::schema::{self, Files, SchemaError, Search, ast::Bundle};
use bootgate::span::Sources;

use super::find;
use crate::files::ImportArguments;
use crate::limits::SchemaLimitArguments;
use crate::output::OutputArguments;

/// The arguments of `bootgate schema check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 passed, with or without warnings, 1 refused: a schema has errors, 2 could not run \
    (also when only a part could not)."
)]
pub(crate) struct Arguments {
    /// Schemas (Kaitai Struct `.ksy` files), and folders for every `.ksy` file below them.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    imports: ImportArguments,
    /// Refuse schemas with warnings too.
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    limits: SchemaLimitArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Checks, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut sources = Sources::default();
    let mut run = Run { subject: Subject::Schema, problems: arguments.imports.problems(), ..Run::default() };
    let cwd = std::env::current_dir().map_err(|error| {
        let message = format!("cannot tell the working directory: {error}");
        run.problems.push(Finding::new(codes::FILE_UNREADABLE, Severity::Error, Blame::Environment, message));
    });
    if let Ok(cwd) = cwd
        && run.problems.is_empty()
    {
        let limits = arguments.limits.bounds();
        let found = find::schemas(&arguments.paths, &cwd);
        run.problems.extend(found.problems);
        let place = Place { import_paths: &arguments.imports.import_paths, limits: &limits };
        run.units = found.schemas.iter().map(|path| unit(path, &mut sources, place)).collect();
        run.units.sort_by(|a, b| a.name.cmp(&b.name));
    }
    if arguments.deny_warnings {
        run.units.iter_mut().flat_map(|unit| &mut unit.findings).for_each(deny);
    }
    arguments.output.write(&run, &sources)
}

/// What all schemas of a run are read with.
#[derive(Clone, Copy)]
struct Place<'p> {
    import_paths: &'p [PathBuf],
    limits: &'p SchemaLimits,
}

/// A schema and what was found in it, in the order of the text.
fn unit(path: &Path, sources: &mut Sources, place: Place<'_>) -> Unit {
    let limit = u64::try_from(place.limits.text_bytes).unwrap_or(u64::MAX);
    let name = path.display().to_string();
    let role = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let opened = open_with(path, Hold::Private, limit);
    let size = opened.as_ref().ok().map(Content::size);
    let findings = match opened {
        Ok(content) => findings(path, &content, sources, place),
        Err(error) => {
            let mut finding = unreadable(&error, Some("text-bytes"));
            if matches!(error, InputError::TooLarge { .. }) {
                // No configuration is read here.
                finding.help = Some("if more is needed, raise it: `--limit text-bytes=N`".into());
            }
            vec![finding]
        }
    };
    Unit { files: vec![UnitFile { role, path: name.clone(), size }], name, findings, ..Unit::default() }
}

fn findings(path: &Path, bytes: &[u8], sources: &mut Sources, place: Place<'_>) -> Vec<Finding> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
            let line = good.split(|byte| *byte == b'\n').count();
            let message = format!("this is not UTF-8 text: see byte {}, on line {line}", error.valid_up_to());
            return vec![Finding::new(codes::YAML_SYNTAX, Severity::Error, Blame::Schema, message)];
        }
    };
    let files = Given { path, text, disk: Disk(place.limits) };
    let search = Search { files: &files, import_paths: place.import_paths, limits: place.limits };
    let mut findings: Vec<Finding> = match schema::load(sources, path, search) {
        Ok(bundle) => problems(&bundle).into_iter().map(Finding::from).collect(),
        Err(finding) => vec![*finding],
    };
    let full = findings.iter().filter(|f| f.severity == Severity::Error).count() >= SCHEMA_ERRORS;
    if let Some(last) = findings.last_mut().filter(|_| full) {
        last.notes
            .push(format!("no more than {SCHEMA_ERRORS} errors of a schema are told: there may be others"));
    }
    findings
}

/// Everything that is wrong with a schema, and what could be better.
fn problems(bundle: &Bundle) -> Vec<SchemaError> {
    let role = bundle.main.root.name.value.as_str();
    match layout::build(&[Input { role, schema: bundle }]) {
        Ok(layout) => layout.warnings,
        Err(problems) => problems,
    }
}

/// The files on disk, with the text of one that was read already.
struct Given<'g> {
    path: &'g Path,
    text: &'g str,
    disk: Disk<'g>,
}

impl Files for Given<'_> {
    fn find(&self, path: &Path) -> Option<PathBuf> {
        self.disk.find(path)
    }

    fn text(&self, path: &Path) -> Result<String, Box<Finding>> {
        if path == self.path { Ok(self.text.to_string()) } else { self.disk.text(path) }
    }
}

/// Makes an error of a warning.
fn deny(finding: &mut Finding) {
    if finding.severity == Severity::Warning {
        finding.severity = Severity::Error;
        finding.notes.push("a warning, which `--deny-warnings` makes an error".into());
    }
}

#[cfg(test)]
mod tests {
    use bootgate::finding::Outcome;

    use super::*;

    fn finding(severity: Severity) -> Finding {
        Finding::new(codes::SCHEMA_INVALID, severity, Blame::Schema, "odd name")
    }

    #[test]
    fn denied_warnings_refuse_and_nothing_else_changes() {
        let unit = |findings| Unit { name: "a.ksy".into(), findings, ..Unit::default() };
        let outcome = |findings: Vec<Finding>| unit(findings).outcome(Subject::Schema);
        let mut warned = finding(Severity::Warning);
        assert_eq!(outcome(vec![warned.clone()]), Outcome::Passed);
        deny(&mut warned);
        assert_eq!(warned.notes.len(), 1);
        assert_eq!(outcome(vec![warned]), Outcome::Refused);
        for severity in [Severity::Note, Severity::Error] {
            let mut other = finding(severity);
            deny(&mut other);
            assert_eq!(other, finding(severity));
        }
    }
}
