//! The fields that a contract has questions about and those that it has none about, written.

use std::io::{self, Write};

use bootgate::contract::coverage::Field;
use bootgate::finding::Run;
use serde::Serialize;

use super::Looked;

/// The fields, for people.
pub(super) fn list(all: &[Looked], verbose: bool) -> io::Result<()> {
    let mut out = io::BufWriter::new(anstream::AutoStream::never(io::stdout().lock()));
    for looked in all {
        let uncovered: Vec<&Field> = looked.coverage.uncovered().collect();
        let (asked, open): (Vec<&Field>, Vec<&Field>) = uncovered.iter().partition(|f| !f.schema.is_empty());
        let covered = looked.coverage.fields.iter().filter(|field| field.covered);
        let (covered, total) = (covered.collect::<Vec<_>>(), looked.coverage.fields.len());
        writeln!(out, "{}: {} of {total} fields have a question", looked.path, covered.len())?;
        group(&mut out, "no question, and the schema asks nothing of them", &open)?;
        group(&mut out, "no question, but the schema asks something of them or uses them", &asked)?;
        if verbose {
            group(&mut out, "a question", &covered)?;
        }
        if let Some((file, accepted)) = &looked.ratchet {
            let spare = accepted.spare(&looked.coverage);
            if !spare.is_empty() {
                writeln!(out, "{} accepts what it need not: {}", file.display(), spare.join(", "))?;
            }
        }
        writeln!(out)?;
    }
    out.flush()
}

fn group(out: &mut impl Write, title: &str, fields: &[&Field]) -> io::Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}: {}", fields.len())?;
    let path = fields.iter().map(|field| field.path.len()).max().unwrap_or(0);
    let ty = fields.iter().map(|field| field.ty.len()).max().unwrap_or(0);
    for field in fields {
        let words: Vec<&str> = field.schema.iter().copied().collect();
        let line = format!("  {:path$}  {:ty$}  {}", field.path, field.ty, words.join(", "));
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// `--format json`: version 1.
#[derive(Serialize)]
struct Document<'d> {
    format: &'static str,
    version: u32,
    contracts: Vec<Contract<'d>>,
    /// What kept contracts from being looked at.
    problems: Vec<Problem<'d>>,
}

#[derive(Serialize)]
struct Contract<'d> {
    contract: &'d str,
    consumer: &'d str,
    fields: Vec<One<'d>>,
    /// Accepted paths that need not be.
    spare: Vec<&'d str>,
}

#[derive(Serialize)]
struct One<'d> {
    path: &'d str,
    #[serde(rename = "type")]
    ty: &'d str,
    /// Where it is in the schema.
    schema: &'d str,
    /// Whether a question is about it.
    covered: bool,
    /// What the schema asks of it or uses it for.
    asked: Vec<&'d str>,
    /// Whether it needs a question or the ratchet's consent, and has neither; absent without a ratchet.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<bool>,
}

#[derive(Serialize)]
struct Problem<'d> {
    code: &'static str,
    message: &'d str,
}

/// The fields, for programs.
pub(super) fn json<'d>(all: &'d [Looked], run: &'d Run) -> io::Result<()> {
    let contracts = all.iter().zip(&run.units).map(|(looked, unit)| {
        let grown = looked.ratchet.as_ref().filter(|_| !unit.findings.is_empty());
        let grown = grown.map(|(_, accepted)| accepted.growth(&looked.coverage)).unwrap_or_default();
        let one = |field: &'d Field| One {
            path: &field.path,
            ty: &field.ty,
            schema: &field.key,
            covered: field.covered,
            asked: field.schema.iter().copied().collect(),
            refused: looked.ratchet.as_ref().map(|_| grown.iter().any(|g| g.field.path == field.path)),
        };
        Contract {
            contract: &looked.path,
            consumer: &looked.consumer,
            fields: looked.coverage.fields.iter().map(one).collect(),
            spare: looked.ratchet.iter().flat_map(|(_, a)| a.spare(&looked.coverage)).collect(),
        }
    });
    let problems = run.problems.iter().map(|p| Problem { code: p.code, message: &p.message });
    let document = Document {
        format: "bootgate-coverage",
        version: 1,
        contracts: contracts.collect(),
        problems: problems.collect(),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, &document)?;
    writeln!(out)?;
    out.flush()
}
