//! `bootgate compile`: contract and schemas, or a schema alone, as a plan that needs no text beside it.

use std::io::{self, Write};
use std::path::PathBuf;

use bootgate::check::{Plan, freeze};
use bootgate::code::Forced;
use bootgate::codes;
use bootgate::finding::{Blame, Finding, Run, Severities, Severity};
use bootgate::frozen::Frozen;
use bootgate::span::SourceId;

use crate::check::contract::{Planned, Question};
use crate::check::load::Loaded;
use crate::files::{ImportArguments, replace};
use crate::limits::LimitArguments;
use crate::output::OutputArguments;

/// The arguments of `bootgate compile`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A frozen plan decides what `bootgate check` with the same arguments decides for that build. It holds no \
    command for a custom process, and judges no regular expression and no combination that is new: schemas and contracts \
    that need that at boot are refused here.\n\nExit codes: 0 written, 2 could not run."
)]
pub(crate) struct Arguments {
    /// Compile this contract, with its schemas and the manifest of one build.
    #[arg(long, value_name = "FILE", required_unless_present = "schema")]
    contract: Option<PathBuf>,
    /// Compile this schema alone (a Kaitai Struct `.ksy` file).
    #[arg(long, value_name = "FILE", conflicts_with = "contract")]
    schema: Option<PathBuf>,
    /// The build, such as `=7.15.1`; the only fielded one when missing.
    #[arg(long, value_name = "REQ", conflicts_with = "schema")]
    build: Option<String>,
    /// What to make.
    #[arg(long, value_enum)]
    emit: Emit,
    /// Where to write it.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Refuse content with bytes that are not described exactly once, as severities in `bootgate.toml` can.
    #[arg(long)]
    refuse_undescribed: bool,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    report: OutputArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Emit {
    /// A frozen plan, for `bootgate guard`.
    Plan,
}

/// Compiles, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut loaded = Loaded::default();
    let made = match arguments.emit {
        Emit::Plan => plan(arguments, &mut loaded),
    };
    let frozen = made.and_then(|frozen| write(arguments, &frozen, &mut loaded).map(|size| (frozen, size)));
    let refuses = loaded.problems.iter().any(|problem| problem.severity == Severity::Error);
    let Some((frozen, size)) = frozen.filter(|_| !refuses) else {
        let run = Run { problems: loaded.problems, ..Run::default() };
        return arguments.report.write(&run, &loaded.sources);
    };
    if !arguments.report.is_text() {
        return arguments.report.write(&Run { problems: loaded.problems, ..Run::default() }, &loaded.sources);
    }
    let about = frozen.about();
    let whose = match about.consumer.as_str() {
        "" => "any consumer".to_owned(),
        consumer => format!("{consumer} {}", about.build),
    };
    let bound = match &about.binary {
        Some(digest) => format!("bound to the binary {digest}"),
        None if frozen.is_set() => "bound to no binary: the manifest has no `build.sha256`".to_owned(),
        None => "bound to no binary".to_owned(),
    };
    let output = arguments.output.display();
    writeln!(io::stdout().lock(), "{output}: a plan for {whose}, {size} bytes, {bound}")?;
    Ok(0)
}

fn plan(arguments: &Arguments, loaded: &mut Loaded) -> Option<Frozen> {
    loaded.bounds = arguments.limits.bounds(&[]);
    loaded.import_paths.clone_from(&arguments.imports.import_paths);
    loaded.problems.extend(arguments.imports.problems());
    let requirements = loaded.requirements(arguments.build.as_slice());
    if !loaded.problems.is_empty() {
        return None;
    }
    let severities = match arguments.refuse_undescribed {
        true => {
            let error = Severity::Error;
            Severities { trailing: error, unreferenced: error, overlapping: error }
        }
        false => Severities::default(),
    };
    let setup = loaded.setup(severities, Forced::default());
    let planned = match (&arguments.contract, &arguments.schema) {
        (Some(path), _) => loaded.contract(path, &Question::Content(requirements), None, setup)?,
        (None, path) => {
            let schema = loaded.schema(path.as_ref()?)?;
            let made = Plan::of_schema(schema.clone(), setup);
            Planned::of_schema(loaded.keep(made)?, schema)
        }
    };
    let frozen = freeze(&planned.plan, &loaded.sources, &loaded.bounds.content, texts(&planned));
    let finding = |error: bootgate::check::NotFrozen| {
        let message = format!("the plan cannot be frozen: {error}");
        vec![Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message)]
    };
    loaded.keep(frozen.map_err(finding))
}

/// What a plan is made of, by what it is.
fn texts(planned: &Planned) -> Vec<(String, SourceId)> {
    let plan = &planned.plan;
    let mut texts = Vec::new();
    for (role, schema) in plan.roles.iter().zip(&planned.schemas) {
        texts.push((format!("schema {role}"), schema.main.source));
        let imported = schema.imported.iter();
        texts
            .extend(imported.map(|other| (format!("schema {role}/{}", other.root.name.value), other.source)));
    }
    if let Some(terms) = &plan.contract {
        texts.push((format!("contract {}", terms.raw.consumer.value), terms.raw.source));
        texts.extend(
            terms.baseline.source.map(|source| (format!("baseline {}", terms.raw.consumer.value), source)),
        );
        let manifests = terms.builds.iter().zip(&terms.names);
        texts.extend(manifests.map(|(manifest, name)| (format!("manifest {name}"), manifest.source)));
    }
    texts
}

/// Writes the plan; gives its size in bytes.
fn write(arguments: &Arguments, frozen: &Frozen, loaded: &mut Loaded) -> Option<usize> {
    let path = &arguments.output;
    let finding = |why: String| {
        let message = format!("cannot write the plan to `{}`: {why}", path.display());
        vec![Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message)]
    };
    let bytes = loaded.keep(frozen.to_bytes().map_err(|error| finding(error.to_string())))?;
    let written = replace(path, &bytes).map_err(|error| finding(error.to_string()));
    loaded.keep(written).map(|()| bytes.len())
}
