//! What commands take that change one file by its schema: the schema, and the file as a seed.

use std::io;
use std::path::{Path, PathBuf};

use bootgate::check::{Plan, check};
use bootgate::codes;
use bootgate::disk::unreadable;
use bootgate::finding::{Finding, Run, Severity, Unit, UnitFile};
use bootgate::input::{Hold, open_with};
use bootgate::limits::{Bounds, Limits};
use bootgate::mutate::{Mutator, Options, Unfit, imports, load};
use bootgate::span::Sources;

use crate::files::ImportArguments;
use crate::limits::LimitArguments;
use crate::output::OutputArguments;
use crate::{REFUSED, environment};

/// Which schema, and how much a file may be.
#[derive(Debug, clap::Args)]
pub(crate) struct SeedArguments {
    /// The schema that it is of (a Kaitai Struct `.ksy` file).
    #[arg(long, value_name = "FILE", env = "BOOTGATE_SCHEMA", hide_env_values = true)]
    schema: PathBuf,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    limits: LimitArguments,
}

/// A schema that was read, with what a seed may cost.
pub(crate) struct Ready {
    plan: Plan,
    numbers: Vec<i128>,
    limits: Limits,
}

impl SeedArguments {
    /// Reads the schema, and the numbers of a contract. Imports are also looked for where `BOOTGATE_IMPORTS` says.
    pub(crate) fn load(&self, contract: Option<&Path>, sources: &mut Sources) -> Result<Ready, Vec<Finding>> {
        let named = self.imports.import_paths.iter().cloned();
        let imports = ImportArguments { import_paths: named.chain(imports()).collect() };
        let problems = imports.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let Bounds { schema, content: limits } = self.limits.bounds(&[]);
        let (plan, numbers) = load(sources, &self.schema, contract, &imports.import_paths, &schema)?;
        Ok(Ready { plan, numbers, limits })
    }
}

impl Ready {
    /// The bytes of a file.
    pub(crate) fn read(&self, path: &Path) -> Result<Vec<u8>, Box<Finding>> {
        let content = open_with(path, Hold::Private, self.limits.file_bytes);
        content.map(|content| content.to_vec()).map_err(|error| unreadable(&error, Some("file-bytes")).into())
    }

    /// A mutator whose mutants have so many bytes at most.
    pub(crate) fn mutator<'r>(
        &'r self,
        sources: &'r Sources,
        most: usize,
        options: Options,
    ) -> Result<Mutator<'r>, Box<Finding>> {
        let (numbers, limits) = (self.numbers.clone(), self.limits.clone());
        let options = Options { most, numbers, limits, ..options };
        Mutator::new(&self.plan, sources, options).map_err(|error| unfit(error, &self.plan, sources).into())
    }

    /// Says where a file is not of the schema, and gives the exit code.
    pub(crate) fn foreign(
        &self,
        path: &Path,
        data: &[u8],
        sources: &Sources,
        output: &OutputArguments,
    ) -> io::Result<u8> {
        let mut findings = check(&self.plan, sources, &[data], &self.limits);
        findings.retain(|finding| finding.severity == Severity::Error);
        let (name, role) = (path.display().to_string(), self.plan.roles.first().cloned().unwrap_or_default());
        let file = UnitFile { role, path: name.clone(), size: Some(data.len() as u64) };
        let unit = Unit { name, files: vec![file], findings, ..Unit::default() };
        output.write(&Run { units: vec![unit], ..Run::default() }, sources)?;
        Ok(REFUSED)
    }
}

/// Why there is no mutator for a schema.
pub(crate) fn unfit(unfit: Unfit, plan: &Plan, sources: &Sources) -> Finding {
    match unfit {
        Unfit::Unsatisfied(why) => why.finding(plan, sources),
        error => environment(codes::USAGE, error.to_string()),
    }
}
