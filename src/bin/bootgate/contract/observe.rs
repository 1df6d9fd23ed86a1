//! `bootgate contract observe`: what a build really supplies, out of runs of its harness and into its manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bootgate::check::{Plan, Setup};
use bootgate::codes;
use bootgate::contract::{self, Beyond, Evidence, Manifest, RawContract, Selected, Word};
use bootgate::extract::capacities::Shown;
use bootgate::extract::manifest::{self, Identity, Written};
use bootgate::extract::{Binary, Found};
use bootgate::finding::{Blame, Finding, Label, Run, Severity, Subject, Unit, UnitFile};
use bootgate::input::{Hold, open_with};
use bootgate::limits::BINARY_BYTES;
use bootgate::observe::{Answer, CommandHarness, Effort, HarnessError, Observer, PATIENCE, Roles, generous};
use bootgate::schema::ast::Bundle;

use super::extract::{known, settle};
use super::table::{Extraction, Fate};
use super::target::{Target, TargetArguments};
use crate::check::load::Loaded;
use crate::environment;
use crate::files::ImportArguments;
use crate::output::OutputArguments;
use crate::processes::program;
use crate::progress::Progress;

/// The arguments of `bootgate contract observe`.
#[derive(Debug, clap::Args)]
#[command(
    disable_version_flag = true,
    after_help = "The harness gets the files of a content set and says on its standard output what the consumer does, a \
    line each: `bootgate: reads CAPACITY INDEX` before a read, `bootgate: no-match CAPACITY INDEX` where the consumer \
    checks the index and does not read. It ends with 0 when the set was taken, 1 when it was refused, 2 when it could \
    not run, a signal when it crashed.\n\nA capacity is written when its last element was taken and the next one was \
    not; nothing is written unless each capacity of the contract is, is in the manifest already, or is named by \
    --without.\n\nExit codes: 0 observed and written, with or without warnings, 1 refused: the runs do not show what the \
    contract asks for, 2 could not run: arguments, contract or harness are at fault."
)]
pub(crate) struct Arguments {
    /// Run the consumer with this command, which names the files by their roles: `run {definitions} {channel}`.
    #[arg(long, value_name = "COMMAND", long_help = EXPLAINED)]
    harness: String,
    /// The contract of the consumer.
    #[arg(long, value_name = "FILE")]
    contract: PathBuf,
    /// Make an event by this schema for each run, which the harness gets as `{event}`: for reads that happen only then.
    #[arg(long, value_name = "SCHEMA")]
    event: Option<PathBuf>,
    /// The build that ships, of which the harness runs the code: its id and digest go into the manifest.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    #[command(flatten)]
    target: TargetArguments,
    /// This build does not have this capacity: leave it out; may be repeated.
    #[arg(long, value_name = "CAPACITY")]
    without: Vec<String>,
    /// Runs in which one element is to be reached.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    runs: u32,
    /// The greatest element that is tried.
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..=16_777_216))]
    most: u64,
    /// Seconds that one run may take.
    #[arg(long, value_name = "N", default_value_t = PATIENCE.as_secs(), value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// What witnesses and events are made from.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Let each crash count, not only what a sanitizer reports: every read beyond is known to fault.
    #[arg(long)]
    any_fault: bool,
    /// Write nothing, and show the manifest.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    output: OutputArguments,
}

const EXPLAINED: &str = "Run the consumer with this command, which names the files by their roles: `run {definitions} \
{channel}`. If it names none, their paths come behind it, in the order of the contract, the event last. COMMAND is split \
at white space, and no shell is involved. A program without `/` in its name is looked for on PATH";

/// What is observed, and of which build.
struct Work {
    contract: RawContract,
    schemas: Vec<Bundle>,
    manifests: Vec<Manifest>,
    target: Target,
    identity: Identity,
    without: BTreeSet<String>,
}

/// Observes, writes, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut loaded = Loaded::default();
    let done = prepare(arguments, &mut loaded).and_then(|work| {
        let answers = observe(arguments, &mut loaded, &work)?;
        Some((work, answers))
    });
    let mut run = Run { subject: Subject::Build, ..Run::default() };
    let Some((work, answers)) = done else {
        run.problems = loaded.problems;
        return arguments.output.write(&run, &loaded.sources);
    };
    let old = work.target.old.as_ref().map(|(text, manifest)| (text.as_str(), manifest));
    let known = old.map(|(_, manifest)| manifest);
    let shown = answers.iter().map(|(name, answer)| shown(name, answer)).collect::<Vec<_>>();
    let Written { text, lines, mut findings } = manifest::update(old, &work.identity, &shown, &work.without);
    findings.extend(answers.iter().filter(|(name, _)| !work.without.contains(*name)).filter_map(
        |(name, answer)| {
            let line = work.contract.capacities.get(name)?;
            let label = Label {
                span: line.name.span,
                text: String::new(),
                key: Some(contract::capacity_key(name)),
                primary: true,
            };
            finding(name, answer, known, label)
        },
    ));
    let written = Written { text, lines, findings: Vec::new() };
    let mut fate = Fate::Withheld;
    if findings.iter().all(|finding| finding.severity != Severity::Error) {
        match settle(arguments.dry_run, &work.contract, &work.target, &written, &mut loaded.sources) {
            Ok(done) => fate = done,
            Err(more) => findings.extend(more),
        }
    }
    let path = work.target.path.display().to_string();
    let name = arguments.harness.clone();
    let file = UnitFile { role: "harness".into(), path: name.clone(), size: None };
    run.problems = loaded.problems;
    run.units.push(Unit { name, files: vec![file], findings, ..Unit::default() });
    let extraction = Extraction { identity: &work.identity, lines: &written.lines, manifest: &path, fate };
    let code = arguments.output.write_with(&run, &loaded.sources, Some(extraction))?;
    if fate == Fate::DryRun && arguments.output.is_text() {
        crate::output::print(&format!("\n{}", written.text))?;
    }
    Ok(code)
}

fn prepare(arguments: &Arguments, loaded: &mut Loaded) -> Option<Work> {
    loaded.import_paths.clone_from(&arguments.imports.import_paths);
    loaded.problems.extend(arguments.imports.problems());
    if !loaded.problems.is_empty() {
        return None;
    }
    let path = &arguments.contract;
    let contract = loaded.raw(path)?;
    let without: BTreeSet<String> = arguments.without.iter().cloned().collect();
    loaded.keep(known(&without, &contract))?;
    let schemas = loaded.schemas_of(path, &contract)?;
    let target = arguments.target.find(path, &contract, &mut loaded.sources);
    let target = loaded.keep(target)?;
    // A contract without any manifest yet is no fault here.
    let found = contract::read_manifests(path, &contract.builds.value);
    let manifests = match found.is_empty() {
        true => Vec::new(),
        false => {
            let parsed = contract::parse_found(&mut loaded.sources, &contract, found);
            loaded.keep(parsed)?
        }
    };
    let (id, sha256) = match &arguments.binary {
        None => (None, None),
        Some(path) => {
            let content = open_with(path, Hold::Private, BINARY_BYTES);
            let content = loaded.keep(content.map_err(|error| vec![error.to_finding()]))?;
            let binary = Binary::read(&path.display().to_string(), &content);
            let binary = loaded.keep(binary.map_err(|error| vec![error.into()]))?;
            (binary.id.clone(), Some(binary.sha256.to_string()))
        }
    };
    let (version, platform) = (target.version.clone(), target.platform.clone());
    let identity = Identity { version, platform, state: target.state, id, sha256 };
    Some(Work { contract, schemas, manifests, target, identity, without })
}

/// What the harness shows of each capacity.
fn observe(arguments: &Arguments, loaded: &mut Loaded, work: &Work) -> Option<BTreeMap<String, Answer>> {
    let events = match &arguments.event {
        None => None,
        Some(path) => {
            let schema = loaded.schema(path)?;
            Some(loaded.keep(Plan::of_schema(schema, Setup::default()))?)
        }
    };
    let harness = harness(arguments, work, events.is_some());
    let mut harness = loaded.keep(harness.map_err(|finding| vec![*finding]))?;
    let effort = Effort { runs: arguments.runs, most: arguments.most, seed: arguments.seed };
    let mut plans = BTreeMap::new();
    for name in work.contract.capacities.keys() {
        let text = generous(&work.contract, &work.manifests, name, &effort);
        let manifest = Manifest::parse(&mut loaded.sources, "a build that supplies enough", &text);
        let manifest = manifest.map_err(|errors| errors.into_iter().map(Finding::from).collect());
        let manifest = loaded.keep(manifest)?;
        let selected = Selected::fielded([&manifest]);
        let plan = Plan::of_contract(work.contract.clone(), &work.schemas, &selected, Setup::default());
        plans.insert(name.clone(), loaded.keep(plan)?);
    }
    let known: BTreeSet<String> = work.contract.capacities.keys().cloned().collect();
    let sources = &loaded.sources;
    let observer = Observer::new(&mut harness, known, events.as_ref().map(|plan| (plan, sources)), effort);
    let mut observer = match observer {
        Ok(observer) => observer,
        Err(unsatisfied) => {
            let finding = events.as_ref().map(|plan| unsatisfied.finding(plan, sources));
            loaded.problems.extend(finding);
            return None;
        }
    };
    let progress = Progress::new("observing", plans.len());
    let mut answers = BTreeMap::new();
    let mut problem = None;
    for (name, plan) in &plans {
        let answer = match work.without.contains(name) {
            false => observer.observe(plan, sources, name).map(Some),
            true => observer.is_known(plan, sources, name).map(|known| {
                let message = format!("`--without {name}`, but the harness comes upon it");
                problem = known.then(|| environment(codes::USAGE, message)).or(problem.take());
                None
            }),
        };
        match answer {
            Ok(answer) => {
                let nothing = Answer::NotReached { runs: 0, refused: 0, said: String::new() };
                answers.insert(name.clone(), answer.unwrap_or(nothing));
            }
            Err(error) => problem = Some(failed(&error)),
        }
        if problem.is_some() {
            break;
        }
        progress.step();
    }
    progress.finish();
    let whole = problem.is_none();
    loaded.problems.extend(problem);
    whole.then_some(answers)
}

fn harness(arguments: &Arguments, work: &Work, event: bool) -> Result<CommandHarness, Box<Finding>> {
    let files: Vec<String> = work.contract.files.iter().map(|file| file.role.value.clone()).collect();
    let roles = Roles { files: &files, event };
    let mut words = arguments.harness.split_whitespace().map(str::to_owned);
    let cwd = std::env::current_dir().map_err(|error| {
        Box::new(environment(codes::FILE_UNREADABLE, format!("cannot tell the working directory: {error}")))
    })?;
    let program = program::locate(&words.next().unwrap_or_default(), &cwd).map_err(|error| {
        let mut finding = environment(codes::HARNESS_FAILED, format!("the harness cannot be run: {error}"));
        finding.help = Some(
            "give the path of a program that can be executed, or the name of one that is on PATH".into(),
        );
        Box::new(finding)
    })?;
    let words: Vec<String> = words.collect();
    if let Some(name) = roles.unknown(&words) {
        let message = format!("`--harness` names `{{{name}}}`, and there is no such file");
        let mut finding = environment(codes::USAGE, message);
        let names: Vec<String> = files.iter().map(|role| format!("`{{{role}}}`")).collect();
        finding.help = Some(match event {
            true => format!("there are {} and `{{event}}`", names.join(", ")),
            false => format!("there are {}; with `--event SCHEMA` also `{{event}}`", names.join(", ")),
        });
        return Err(Box::new(finding));
    }
    let patience = Duration::from_secs(arguments.timeout);
    let program = program.display().to_string();
    CommandHarness::new(program, words, &roles, patience, arguments.any_fault)
        .map_err(|error| Box::new(failed(&error)))
}

fn failed(error: &HarnessError) -> Finding {
    let mut finding = environment(codes::HARNESS_FAILED, error.to_string());
    finding.help = Some(match error {
        HarnessError::Unwatched { .. } => "a read beyond may have gone unnoticed before: build the harness with a \
            sanitizer (`-fsanitize=address`); if each read beyond faults by other means, say so: `--any-fault`"
            .into(),
        HarnessError::Files(_) => "name a folder that can be written to: `TMPDIR=DIR`".into(),
        _ => "run it by hand; what it must keep to is in `bootgate contract observe --help`".into(),
    });
    finding
}

/// What was observed, as a manifest is written from it.
fn shown(name: &str, answer: &Answer) -> Shown {
    let found = match answer {
        Answer::Observed { value, beyond, how } => Some(Found {
            value: *value,
            evidence: Evidence::Observed,
            beyond: Some(*beyond),
            place: how.clone(),
        }),
        _ => None,
    };
    Shown { name: name.to_owned(), found, findings: Vec::new(), has_origin: true }
}

/// What there is to say of a capacity.
fn finding(name: &str, answer: &Answer, old: Option<&Manifest>, label: Label) -> Option<Finding> {
    let known = old.and_then(|manifest| manifest.capacities.get(name));
    let (message, found) = match answer {
        Answer::Observed { value, beyond, .. } => return disagreement(name, (*value, *beyond), old),
        Answer::NoEnd { taken } => (
            format!("no run shows where `{name}` ends"),
            Some(format!("element {taken} was taken, and no run read the next one that was tried")),
        ),
        Answer::NotReached { runs, refused, said } => {
            let what = match (*refused, said.as_str()) {
                (0, _) => String::new(),
                (refused, "") => format!("; {refused} were refused"),
                (refused, said) => format!("; {refused} were refused: {said}"),
            };
            let runs = if *runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") };
            (format!("no run of the harness read `{name}`"), Some(format!("{runs}{what}")))
        }
        Answer::NotMade(unsatisfied) => (
            format!("no content could be made that reads `{name}`"),
            Some(format!("{} attempts", unsatisfied.attempts)),
        ),
        Answer::NotAsked => {
            (format!("no `[[read]]` and no `[[count]]` is about `{name}`: it cannot be observed"), None)
        }
        Answer::Contradicted { seen } => (
            format!("what the harness does at the end of `{name}` does not fit together"),
            Some(seen.clone()),
        ),
    };
    let severity = if known.is_some() { Severity::Warning } else { Severity::Error };
    let mut finding = Finding::new(codes::CAPACITY_NOT_OBSERVED, severity, Blame::Consumer, message);
    finding.found = found;
    finding.labels.push(label);
    finding.notes.extend(
        known.map(|known| {
            format!("the manifest keeps {} by evidence `{}`", known.value, known.evidence.word())
        }),
    );
    finding.help = Some(match answer {
        Answer::NoEnd { .. } => "let more be tried (`--runs N`, `--most N`), and build the harness with a \
            sanitizer, so that the first read beyond is seen"
            .into(),
        Answer::NotAsked => "ask about it in the contract, or let the build state it".into(),
        Answer::Contradicted { .. } => {
            "a harness must do the same each time, and crash for reads alone".into()
        }
        _ => format!(
            "let the harness say what is read, and cause or take events that lead there (`--event SCHEMA`, `--runs \
             N`); if this build does not have it: `--without {name}`"
        ),
    });
    Some(finding)
}

/// That the manifest said something else, and not without reason.
fn disagreement(name: &str, (value, beyond): (u64, Beyond), old: Option<&Manifest>) -> Option<Finding> {
    let known = old?.capacities.get(name)?;
    if known.evidence < Evidence::Emitted || known.value == value && known.beyond == beyond {
        return None;
    }
    let message = format!("the manifest said otherwise of `{name}` than what was observed");
    let mut finding = Finding::new(codes::MANIFEST_DISAGREES, Severity::Warning, Blame::Consumer, message);
    let (word, was) = (known.evidence.word(), known.beyond.word());
    finding.found = Some(format!("{} by evidence `{word}`, beyond it `{was}`", known.value));
    finding.notes.push(format!("observed: {value}, beyond it `{}`", beyond.word()));
    let key = Some(contract::capacity_key(name));
    finding.labels.push(Label { span: known.span, text: String::new(), key, primary: true });
    finding.help = Some("what was observed is written; find out why the build states something else".into());
    Some(finding)
}
