//! `bootgate gen`: content that a schema accepts, or a contract.

mod write;

use std::io::{self, Write};
use std::path::PathBuf;

use bootgate::check::{Plan, Setup};
use bootgate::finding::{Finding, Run, Severities};
use bootgate::r#gen::{Generator, Options, misses, properties};
use bootgate::span::Sources;

use crate::check::contract::Question;
use crate::check::load::Loaded;
use crate::files::ImportArguments;
use crate::limits::LimitArguments;
use crate::output::OutputArguments;
use crate::progress::Progress;

use self::write::{Folder, Kind, Made, Set};

/// The arguments of `bootgate gen`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Set N of `--seed S` is that of the seed S + N, and always the same: its name says which. \
    `manifest.json` in the folder lists what was made. Without --invalid and --witness, `bootgate check` passes everything \
    that is written; with them, the manifest says what it says of each.\n\nExit \
    codes: 0 made, 2 could not run, or not all of it could be made."
)]
pub(crate) struct Arguments {
    /// Make files that this schema accepts (a Kaitai Struct `.ksy` file).
    #[arg(value_name = "SCHEMA", required_unless_present = "contract", conflicts_with = "contract")]
    schema: Option<PathBuf>,
    /// Make content sets that every build can take by this contract.
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
    /// The builds that must take them: `7.15`, `=7.15.1`, `>=7.11, <8`; may be repeated. All fielded builds when missing.
    #[arg(long = "build", value_name = "REQ", conflicts_with = "schema")]
    builds: Vec<String>,
    /// Make so many files, or sets.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// The seed of the first one.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Write into this folder, which is made if need be.
    #[arg(long = "out", short, value_name = "DIR", default_value = "generated")]
    out: PathBuf,
    /// Bytes that one file has at most.
    #[arg(long, value_name = "N", default_value_t = 65536, value_parser = clap::value_parser!(u64).range(1..=16_777_216))]
    max_bytes: u64,
    /// Make one set for each property that a set can show: each optional part, case, member of an enum and boundary of a
    /// `valid`; with a contract each element of a capacity with each kind of what reads it.
    #[arg(long, conflicts_with_all = ["count", "invalid"])]
    witness: bool,
    /// Make one set for each way to be wrong in one thing, which the check refuses with one code.
    #[arg(long, conflicts_with = "count")]
    invalid: bool,
    /// Write over files that exist.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    output: OutputArguments,
}

impl Arguments {
    fn kind(&self) -> Kind {
        match (self.witness, self.invalid) {
            (true, _) => Kind::Witness,
            (_, true) => Kind::Invalid,
            _ => Kind::Valid,
        }
    }
}

/// Makes content, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut loaded = Loaded::default();
    let Some(plan) = plan(arguments, &mut loaded) else {
        return tell(loaded.problems, &loaded.sources, arguments);
    };
    let sources = &loaded.sources;
    let folder = match Folder::open(&arguments.out, arguments.force) {
        Ok(folder) => folder,
        Err(finding) => return tell(vec![*finding], sources, arguments),
    };
    let options = Options { most: arguments.max_bytes, ..Options::default() };
    let mut generator = match Generator::new(&plan, sources, options) {
        Ok(generator) => generator,
        Err(unsatisfied) => return tell(vec![unsatisfied.finding(&plan, sources)], sources, arguments),
    };
    let mut made = Made::new(&plan, arguments.seed, arguments.kind());
    let mut problems = match arguments.kind() {
        Kind::Valid => valid(arguments, &mut generator, &mut made, &folder, &loaded),
        Kind::Witness => witnesses(arguments, &mut generator, &mut made, &folder, &loaded),
        Kind::Invalid => near_misses(arguments, &mut generator, &mut made, &folder),
    };
    // A list of what was made is of no use where nothing could be written.
    if !made.is_empty() || problems.is_empty() {
        problems.extend(made.finish(&folder).err().map(|finding| *finding));
    }
    if problems.is_empty() && arguments.output.is_text() {
        writeln!(io::stdout(), "{}", made.summary(&arguments.out))?;
        return Ok(0);
    }
    tell(problems, sources, arguments)
}

/// Sets that are accepted, one for each seed.
fn valid(
    arguments: &Arguments,
    generator: &mut Generator<'_>,
    made: &mut Made,
    folder: &Folder,
    loaded: &Loaded,
) -> Vec<Finding> {
    let mut problems = Vec::new();
    let progress = Progress::new("making", usize::try_from(arguments.count).unwrap_or(usize::MAX));
    for number in 0..u64::from(arguments.count) {
        let seed = arguments.seed.wrapping_add(number);
        match generator.generate(seed) {
            Ok((files, attempts)) => {
                let set = Set { seed, attempts: attempts.all, ..Set::named(format!("{seed:06}")) };
                if let Err(finding) = made.add(folder, set, files) {
                    problems.push(*finding);
                    break;
                }
            }
            Err(unsatisfied) => {
                let mut finding = unsatisfied.finding(generator.plan(), &loaded.sources);
                finding.notes.insert(0, format!("for the seed {seed}"));
                problems.push(finding);
                break;
            }
        }
        progress.step();
    }
    progress.finish();
    problems
}

/// A set for each property of the schema and the contract.
fn witnesses(
    arguments: &Arguments,
    generator: &mut Generator<'_>,
    made: &mut Made,
    folder: &Folder,
    loaded: &Loaded,
) -> Vec<Finding> {
    let properties = properties(generator.plan());
    let progress = Progress::new("making", properties.len());
    for property in properties {
        match generator.show(&property, arguments.seed) {
            Ok(shown) => {
                let builds =
                    shown.builds.iter().map(|(name, outcome)| (name.clone(), outcome.word())).collect();
                let set = Set {
                    seed: arguments.seed,
                    shows: Some(property.shows.clone()),
                    builds,
                    codes: shown.codes.clone(),
                    ..Set::named(property.name.clone())
                };
                if let Err(finding) = made.add(folder, set, &shown.files) {
                    return vec![*finding];
                }
            }
            Err(unsatisfied) => {
                let finding = unsatisfied.finding(generator.plan(), &loaded.sources);
                let found = finding.found.map(|found| format!(": {found}")).unwrap_or_default();
                made.leave_out(property.name, property.shows, Some(format!("{}{found}", finding.message)));
            }
        }
        progress.step();
    }
    progress.finish();
    Vec::new()
}

/// A set for each way to be wrong in one thing.
fn near_misses(
    arguments: &Arguments,
    generator: &mut Generator<'_>,
    made: &mut Made,
    folder: &Folder,
) -> Vec<Finding> {
    let misses = misses(&generator.plan().layout);
    let (found, left) = generator.near_misses(&misses, arguments.seed);
    for (miss, missed) in found {
        let set = Set {
            seed: arguments.seed,
            shows: Some(miss.wrong),
            codes: vec![missed.code],
            strict: missed.strict,
            ..Set::named(miss.name)
        };
        if let Err(finding) = made.add(folder, set, &missed.files) {
            return vec![*finding];
        }
    }
    for miss in left {
        made.leave_out(miss.name, miss.wrong, None);
    }
    Vec::new()
}

/// The plan of the schema, or of the contract.
fn plan(arguments: &Arguments, loaded: &mut Loaded) -> Option<Plan> {
    loaded.bounds = arguments.limits.bounds(&[]);
    loaded.import_paths.clone_from(&arguments.imports.import_paths);
    loaded.problems.extend(arguments.imports.problems());
    let requirements = loaded.requirements(&arguments.builds);
    if !loaded.problems.is_empty() {
        return None;
    }
    let setup = Setup::from(Severities::default());
    if let Some(path) = &arguments.contract {
        let asked = Question::Content(requirements);
        return loaded.contract(path, &asked, None, setup).map(|planned| planned.plan);
    }
    let schema = loaded.schema(arguments.schema.as_deref()?)?;
    loaded.keep(Plan::of_schema(schema, setup))
}

/// Says what is wrong, and gives the exit code.
fn tell(problems: Vec<Finding>, sources: &Sources, arguments: &Arguments) -> io::Result<u8> {
    arguments.output.write(&Run { problems, ..Run::default() }, sources)
}
