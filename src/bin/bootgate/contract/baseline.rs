//! `bootgate contract baseline`: what shipped content has exercised, recorded.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bootgate::check::{Plan, check, exercised};
use bootgate::codes;
use bootgate::contract::baseline::Baseline;
use bootgate::disk::{text, unreadable};
use bootgate::finding::{Blame, Finding, Label, Run, Severity, Unit, UnitFile};
use bootgate::input::{Content, Hold, open_with};
use bootgate::limits::TEXT_BYTES;

use crate::check::arguments::ContentArguments;
use crate::check::load::{self, Asks, Loaded, Request};
use crate::files::replace;
use crate::output::OutputArguments;

/// The arguments of `bootgate contract baseline`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What is recorded is added to the file that `baseline` below `[contract]` names. Content that a build \
    refuses is not recorded, unless it is refused for being new.\n\nExit codes: 0 recorded, or nothing new, 1 refused, \
    2 could not run (also when only a part could not)."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    content: ContentArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Records, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut loaded = load::load(&Request {
        content: &arguments.content,
        schema: None,
        asks: Asks::Content(&[]),
        inventory: None,
        digests: false,
    });
    // That there is nothing to compare with yet is why this is run.
    loaded.problems.retain(|finding| finding.code != codes::BASELINE_EMPTY);
    let mut recorded: BTreeMap<PathBuf, (Baseline, Baseline)> = BTreeMap::new();
    let mut units = Vec::new();
    for (unit, row) in std::mem::take(&mut loaded.units) {
        let Some(plan) = loaded.plans.get(row).map(|planned| &planned.plan) else { continue };
        let Some((file, old)) = file(plan, &loaded) else { continue };
        let mut told = Unit { name: unit.name.clone(), ..Unit::default() };
        if let Some(new) = one(plan, &unit.files, &loaded, &mut told) {
            recorded.entry(file).or_insert_with(|| (old, Baseline::default())).1.merge(new);
        }
        units.push(told);
    }
    loaded.problems.extend(loaded.commands.broken());
    if units.is_empty() && loaded.problems.is_empty() {
        let message = "there is no content set whose contract names a baseline";
        let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
        finding.help = Some("add `baseline = \"FILE\"` below `[contract]`".into());
        loaded.problems.push(finding);
    }
    let mut run = Run { units, problems: loaded.problems, ..Run::default() };
    let mut told = Vec::new();
    // A part of what shipped would be taken for all of it.
    if crate::output::exit_code(&run) == 0 {
        for (file, (old, new)) in recorded {
            match record(&file, old, new) {
                Ok(line) => told.push(line),
                Err(finding) => run.problems.push(*finding),
            }
        }
    }
    if arguments.output.is_text() {
        let mut out = anstream::AutoStream::never(io::stdout().lock());
        told.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    arguments.output.write(&run, &loaded.sources)
}

/// The file of a plan's baseline, and what it has.
fn file(plan: &Plan, loaded: &Loaded) -> Option<(PathBuf, Baseline)> {
    let terms = plan.contract.as_ref()?;
    let name = terms.raw.baseline.as_ref()?;
    let contract = Path::new(&loaded.sources.get(terms.raw.source)?.name);
    let mut old = terms.baseline.clone();
    old.keep(&terms.raw);
    Some((beside(contract, &name.value), old))
}

/// A path that is relative to a contract.
pub(super) fn beside(contract: &Path, file: &str) -> PathBuf {
    contract.parent().unwrap_or(Path::new("")).join(file)
}

/// What one set exercises; nothing where it is refused.
fn one(plan: &Plan, files: &[(String, PathBuf)], loaded: &Loaded, told: &mut Unit) -> Option<Baseline> {
    let limits = &loaded.bounds.content;
    let mut contents: Vec<Content> = Vec::new();
    for (role, path) in files {
        let opened = open_with(path, Hold::Private, limits.file_bytes);
        let size = opened.as_ref().ok().map(Content::size);
        told.files.push(UnitFile { role: role.clone(), path: path.display().to_string(), size });
        match opened {
            Ok(content) => contents.push(content),
            Err(error) => told.findings.push(unreadable(&error, Some("file-bytes"))),
        }
    }
    if !told.findings.is_empty() {
        return None;
    }
    let bytes: Vec<&[u8]> = contents.iter().map(|content| &content[..]).collect();
    let new = [codes::GROWTH_BEYOND_BASELINE, codes::NOVEL_COMBINATION];
    let findings = check(plan, &loaded.sources, &bytes, limits);
    told.findings.extend(findings.into_iter().filter(|finding| !new.contains(&finding.code)));
    told.builds = plan.contract.as_ref().map_or(0, |terms| terms.builds.len());
    if told.findings.iter().any(|finding| finding.severity == Severity::Error) {
        return None;
    }
    let exercised = exercised(plan, &bytes, limits);
    if exercised.is_none() {
        let message = "this content exercises more than a baseline holds, or a limit ended its walk";
        told.findings.push(Finding::new(codes::LIMIT_EXCEEDED, Severity::Error, Blame::Content, message));
    }
    exercised
}

/// Adds to a file; says what that came to.
fn record(file: &Path, old: Baseline, new: Baseline) -> Result<String, Box<Finding>> {
    let mut all = old.clone();
    all.merge(new);
    let shown = file.display();
    if all == old && old.source.is_some() {
        return Ok(format!("{shown}: nothing new"));
    }
    replace(file, all.text()).map_err(|error| {
        let message = format!("cannot write `{shown}`: {error}");
        Box::new(Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message))
    })?;
    Ok(format!("{shown}: written, with {} entries ({} before)", all.len(), old.len()))
}

/// A plan with the baseline that its contract names; a file that is not there yet has nothing.
pub(crate) fn with(loaded: &mut Loaded, contract: &Path, plan: Plan) -> Option<Plan> {
    let Some(terms) = &plan.contract else { return Some(plan) };
    let Some(name) = &terms.raw.baseline else { return Some(plan) };
    let file = beside(contract, &name.value);
    let baseline = if file.exists() {
        let label = Label {
            span: name.span,
            text: String::new(),
            key: Some("/contract/baseline".to_string()),
            primary: true,
        };
        let read = text(&file, TEXT_BYTES, None)
            .map_err(|finding| vec![Finding { labels: vec![label], ..*finding }]);
        let text = loaded.keep(read)?;
        let parsed = Baseline::parse(&mut loaded.sources, &file.display().to_string(), &text);
        loaded.keep(parsed.map_err(|errors| errors.into_iter().map(Finding::from).collect()))?
    } else {
        Baseline::default()
    };
    loaded.problems.extend(baseline.lacking(&terms.raw));
    Some(plan.with_baseline(baseline))
}
