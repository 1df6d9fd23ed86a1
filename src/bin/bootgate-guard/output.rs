//! How `bootgate-guard` tells a result: one line a finding, or as JSON.

use std::io::{self, Write};

use bootgate::finding::{Finding, Outcome, Run};
use bootgate::span::Sources;
use serde::Serialize;

/// How to write a result.
#[derive(Default, Debug, clap::Args)]
pub(crate) struct OutputArguments {
    /// How to write the result.
    #[arg(long, value_enum, default_value_t = Style::Text)]
    format: Style,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Style {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON document, version 1.
    Json,
}

/// What was found, for programs: format `bootgate-guard-report`, version 1.
#[derive(Serialize)]
struct Report<'r> {
    format: &'static str,
    version: u32,
    outcome: &'static str,
    findings: Vec<Told<'r>>,
}

#[derive(Serialize)]
struct Told<'r> {
    code: &'r str,
    severity: &'static str,
    message: &'r str,
    found: Option<&'r str>,
    expected: Option<&'r str>,
    help: Option<&'r str>,
}

impl OutputArguments {
    /// Whether a program reads the result.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Style::Json
    }

    /// Writes a run, and gives the exit code.
    pub(crate) fn write(&self, run: &Run, _: &Sources) -> io::Result<u8> {
        let (outcome, code) = match run.outcome() {
            Outcome::Passed => ("passed", 0),
            Outcome::Refused => ("refused", 1),
            Outcome::NotRun => ("not-run", 2),
        };
        let findings = run.problems.iter().chain(run.units.iter().flat_map(|unit| &unit.findings));
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.is_json() {
            let (format, version) = ("bootgate-guard-report", 1);
            let report = Report { format, version, outcome, findings: findings.map(told).collect() };
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
        } else {
            findings.map(told).try_for_each(|told| line(&told, &mut out))?;
            writeln!(out, "{outcome}")?;
        }
        out.flush()?;
        Ok(code)
    }
}

fn told(finding: &Finding) -> Told<'_> {
    Told {
        code: finding.code,
        severity: finding.severity.name(),
        message: &finding.message,
        found: finding.found.as_deref(),
        expected: finding.expected.as_deref(),
        help: finding.help.as_deref(),
    }
}

fn line(told: &Told<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}[{}]: {}", told.severity, told.code, told.message)?;
    for (what, text) in [("found", told.found), ("expected", told.expected), ("help", told.help)] {
        if let Some(text) = text {
            writeln!(out, "  {what}: {text}")?;
        }
    }
    Ok(())
}
