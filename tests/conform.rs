//! Conformance with the Kaitai Struct language, held against a Kaitai test suite.
//!
//! `cargo test --test conform [-- NAME]` reads the suite that `BOOTGATE_KAITAI` names, else the one at
//! `../shared/kaitai`: `formats/`, `src/`, `spec/*.kst`, `formats_err/*.ksy`, `gallery/`. `NAME` picks the files whose
//! names contain it; `--verbose` shows remarks. Without a suite nothing is run, and nothing fails.

#[path = "conform/custom.rs"]
mod custom;
#[path = "conform/engine.rs"]
mod engine;
#[path = "conform/errors.rs"]
mod errors;
#[path = "conform/gallery.rs"]
mod gallery;
#[path = "conform/kst.rs"]
mod kst;
#[path = "conform/names.rs"]
mod names;
#[path = "conform/plain.rs"]
mod plain;
#[path = "conform/processes.rs"]
mod processes;
#[path = "conform/specs.rs"]
mod specs;
#[path = "conform/stated.rs"]
mod stated;
#[path = "conform/suite.rs"]
mod suite;
#[path = "conform/tally.rs"]
mod tally;

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use suite::{Arguments, Found, Suite, VARIABLE};
use tally::{Report, Tally, Verdict};

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::read(env::args_os().skip(1));
    let mut out = io::stdout().lock();
    let suite = match Suite::find() {
        Found::Suite(suite) => suite,
        Found::Nothing(path) => {
            if !arguments.list {
                let path = path.display();
                writeln!(out, "not run: no Kaitai suite at {path}; set {VARIABLE} to its folder")?;
                writeln!(out, "0 passed, 0 failed, 0 skipped")?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        Found::Wrong(path) => {
            writeln!(out, "{VARIABLE} names {}, which is no folder", path.display())?;
            writeln!(out, "0 passed, 0 failed, 0 skipped")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    tally::quiet_panics();
    let mut lines = Vec::new();
    let mut sum = (0, 0, 0);
    for group in [Group::Specs, Group::Errors, Group::Gallery] {
        let (folder, extension) = group.files();
        if !suite.folder(folder).is_dir() {
            lines.push(format!("{}: not run, the suite has no folder {folder}", group.name()));
            continue;
        }
        let mut files = suite.files(folder, extension, group == Group::Gallery)?;
        files.retain(|path| arguments.wants(&suite.name(path)));
        if arguments.list {
            for path in files {
                writeln!(out, "{}: test", suite.name(&path))?;
            }
            continue;
        }
        let tally = group.run(&suite, files);
        show(&mut out, &tally, arguments.verbose)?;
        lines.push(format!("{}: {}{}", group.name(), tally.counts(), tally.further));
        sum = (sum.0 + tally.passed, sum.1 + tally.failed.len(), sum.2 + tally.skipped.len());
    }
    if arguments.list {
        return Ok(ExitCode::SUCCESS);
    }
    for line in lines {
        writeln!(out, "{line}")?;
    }
    let (passed, failed, skipped) = sum;
    writeln!(out, "{passed} passed, {failed} failed, {skipped} skipped")?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A part of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Specs,
    Errors,
    Gallery,
}

impl Group {
    fn name(self) -> &'static str {
        match self {
            Group::Specs => "specs",
            Group::Errors => "formats_err",
            Group::Gallery => "gallery",
        }
    }

    /// The folder, and the extension of the files in it.
    fn files(self) -> (&'static str, &'static str) {
        match self {
            Group::Specs => ("spec", "kst"),
            Group::Errors => ("formats_err", "ksy"),
            Group::Gallery => ("gallery", "ksy"),
        }
    }

    fn run(self, suite: &Suite, files: Vec<PathBuf>) -> Tally {
        let mut tally = Tally::default();
        let mut score = errors::Score::default();
        for path in files {
            let name = suite.name(&path);
            let suite = suite.clone();
            let report = match self {
                Group::Specs => report(move || specs::run(&suite, &path)),
                Group::Gallery => report(move || gallery::run(&suite, &path)),
                Group::Errors => {
                    let result = tally::guarded(move || errors::run(&path));
                    let result = result.unwrap_or_else(errors::broken);
                    score.add(&result.score);
                    result.report
                }
            };
            tally.add(&name, report);
        }
        if self == Group::Errors {
            tally.further = format!("; {}", score.words());
        }
        tally
    }
}

fn report(run: impl FnOnce() -> Report + Send + 'static) -> Report {
    tally::guarded(run).unwrap_or_else(|why| Verdict::Failed(why).into())
}

fn show(out: &mut impl Write, tally: &Tally, verbose: bool) -> io::Result<()> {
    let remarks = tally.remarks.iter().filter(|_| verbose).map(|remark| ("note", remark));
    let failed = tally.failed.iter().map(|failed| ("FAILED", failed));
    let skipped = tally.skipped.iter().map(|skipped| ("skipped", skipped));
    for (word, (name, why)) in failed.chain(skipped).chain(remarks) {
        writeln!(out, "{word} {name}: {why}")?;
    }
    Ok(())
}
