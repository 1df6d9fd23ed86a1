//! `bootgate mutate`: content changed at the level of its schema.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::finding::{Finding, Run};
use bootgate::mutate::{Counts, Mutant, Mutator, Options};
use bootgate::span::Sources;

use crate::environment;
use crate::output::OutputArguments;
use crate::seed::SeedArguments;

/// The arguments of `bootgate mutate`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Sizes, counts, positions and checksums are repaired. Mutant N of `--seed S` is that of the seed S + N, and \
    always the same for the same file: its name says which. Without --out the file itself is written over, as \
    honggfuzz wants it: `--ffmutate_cmd`.\n\nExit codes: 0 mutated, 1 the file is not of the schema, 2 could not run."
)]
pub(crate) struct Arguments {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Change numbers to the capacities of this contract's builds, and to their neighbours.
    #[arg(long, value_name = "FILE", env = "BOOTGATE_CONTRACT", hide_env_values = true)]
    contract: Option<PathBuf>,
    /// Write mutants into this folder, which is made if need be, instead of over the file.
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write so many mutants.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "out", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// The seed of the first one; over the file itself another one each time when missing.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Take parts of this file over.
    #[arg(long, value_name = "FILE")]
    cross: Option<PathBuf>,
    /// Of a hundred mutants, leave one thing unrepaired in so many.
    #[arg(long, value_name = "PERCENT", default_value_t = bootgate::mutate::UNREPAIRED_PERCENT, value_parser = clap::value_parser!(u64).range(0..=100))]
    unrepaired: u64,
    /// Bytes that a mutant has at most.
    #[arg(long, value_name = "N", default_value_t = 1 << 20, value_parser = clap::value_parser!(u64).range(1..=16_777_216))]
    max_bytes: u64,
    /// Change single bytes of a file that is not of the schema, instead of refusing it.
    #[arg(long)]
    bytes: bool,
    #[command(flatten)]
    schema: SeedArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Mutates, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut sources = Sources::default();
    let ready = match arguments.schema.load(arguments.contract.as_deref(), &mut sources) {
        Ok(ready) => ready,
        Err(problems) => return arguments.refuse(problems, &sources),
    };
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in std::iter::once(&arguments.file).chain(&arguments.cross) {
        match ready.read(path) {
            Ok(data) => files.push(data),
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        return arguments.refuse(problems, &sources);
    }
    let most = usize::try_from(arguments.max_bytes).unwrap_or(usize::MAX);
    let options = Options { unrepaired: arguments.unrepaired, ..Options::default() };
    let mut mutator = match ready.mutator(&sources, most, options) {
        Ok(mutator) => mutator,
        Err(problem) => return arguments.refuse(vec![*problem], &sources),
    };
    let paths = std::iter::once(&arguments.file).chain(&arguments.cross);
    for (path, data) in paths.zip(&files) {
        if !arguments.bytes && !mutator.is_of_schema(data) {
            let code = ready.foreign(path, data, &sources, &arguments.output)?;
            writeln!(
                io::stderr(),
                "not mutated: the file is not of the schema; to change single bytes of it all the same: --bytes"
            )?;
            return Ok(code);
        }
    }
    let written = arguments.write(&mut mutator, &files);
    let counts = mutator.counts();
    match written {
        Ok(()) => {
            if let Some(folder) = arguments.out.as_ref().filter(|_| arguments.output.is_text()) {
                writeln!(io::stdout(), "{}", summary(arguments.count, folder, counts))?;
            }
            Ok(0)
        }
        Err(finding) => arguments.refuse(vec![*finding], &sources),
    }
}

impl Arguments {
    /// Writes the mutants.
    fn write(&self, mutator: &mut Mutator<'_>, files: &[Vec<u8>]) -> Result<(), Box<Finding>> {
        let Some(data) = files.first() else { return Ok(()) };
        let most = usize::try_from(self.max_bytes).unwrap_or(usize::MAX);
        let first = self.seed.unwrap_or_else(|| if self.out.is_some() { 0 } else { any_seed() });
        if let Some(folder) = &self.out {
            fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
        }
        let mut out = Vec::new();
        for number in 0..u64::from(self.count) {
            let seed = first.wrapping_add(number);
            let _: Mutant = match files.get(1) {
                Some(other) => mutator.cross(data, other, seed, most, &mut out),
                None => mutator.mutate(data, seed, most, &mut out),
            };
            let path = match &self.out {
                Some(folder) => folder.join(format!("{seed:06}")),
                None => self.file.clone(),
            };
            fs::write(&path, &out).map_err(|error| unwritten(&path, &error))?;
        }
        Ok(())
    }

    fn refuse(&self, problems: Vec<Finding>, sources: &Sources) -> io::Result<u8> {
        self.output.write(&Run { problems, ..Run::default() }, sources)
    }
}

fn summary(count: u32, folder: &Path, counts: Counts) -> String {
    let mut parts = vec![format!("{} repaired", counts.repaired)];
    for (number, words) in [
        (counts.unrepaired, "wrong in one thing"),
        (counts.foreign, "changed byte by byte, since the file is not of the schema"),
        (counts.stuck, "changed byte by byte, since no edit came to anything"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    let noun = if count == 1 { "mutant" } else { "mutants" };
    format!("{count} {noun} in `{}`: {}", folder.display(), parts.join(", "))
}

/// A seed that is another one each time.
fn any_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

fn unwritten(path: &Path, error: &io::Error) -> Box<Finding> {
    let message = format!("cannot write `{}`: {error}", path.display());
    let mut finding = environment(codes::FILE_EXISTS, message);
    finding.help = Some("name a folder that can be written to: `--out DIR`".into());
    Box::new(finding)
}
