//! `bootgate contract verify`: a build against its manifest, and against the definitions that it is released with.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use bootgate::check::Setup;
use bootgate::codes;
use bootgate::contract::{self, Manifest, RawContract};
use bootgate::disk::{text, unreadable};
use bootgate::extract::capacities::{self, Shown};
use bootgate::extract::{Binary, ExtractError};
use bootgate::finding::{Blame, Finding, Run, Severity, Subject, Unit, UnitFile};
use bootgate::input::{Content, Hold, open_with};
use bootgate::limits::TEXT_BYTES;
use bootgate::verify::{self, Identity};

use super::binary::{BinaryArguments, OnDisk};
use super::chosen::ChosenArguments;
use crate::check::load::Loaded;
use crate::files::ImportArguments;
use crate::limits::LimitArguments;
use crate::output::OutputArguments;
use crate::processes::ProcessArguments;

/// The arguments of `bootgate contract verify`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 passed, with or without warnings, 1 refused: the build and its manifest differ, or \
    more is declared than it supplies, 2 could not run: arguments, contract or files are at fault."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    binary: BinaryArguments,
    /// The contract of the consumer.
    #[arg(long, value_name = "FILE")]
    contract: PathBuf,
    #[command(flatten)]
    chosen: ChosenArguments,
    /// Content that is released with this build, for what it declares, such as `definitions=types.bin`; one for each
    /// file of the contract.
    #[arg(long, value_name = "ROLE=FILE")]
    content: Vec<RoleFile>,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    processes: ProcessArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// A file of a content set, by its role.
#[derive(Clone, Debug)]
struct RoleFile {
    role: String,
    path: PathBuf,
}

impl FromStr for RoleFile {
    type Err = String;

    fn from_str(text: &str) -> Result<RoleFile, String> {
        match text.split_once('=') {
            Some((role, path)) if !role.is_empty() && !path.is_empty() => {
                Ok(RoleFile { role: role.to_owned(), path: PathBuf::from(path) })
            }
            _ => {
                Err("it takes a file of the contract and a path, such as `definitions=types.bin`".to_owned())
            }
        }
    }
}

/// Verifies, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut loaded = Loaded::default();
    let unit = unit(arguments, &mut loaded);
    let mut run = Run { subject: Subject::Build, problems: loaded.problems, ..Run::default() };
    match unit {
        Ok(unit) => run.units.push(unit),
        Err(findings) => run.problems.extend(findings),
    }
    run.problems.extend(loaded.commands.broken());
    arguments.output.write(&run, &loaded.sources)
}

fn unit(arguments: &Arguments, loaded: &mut Loaded) -> Result<Unit, Vec<Finding>> {
    let path = &arguments.contract;
    let text = text(path, TEXT_BYTES, None).map_err(|finding| vec![*finding])?;
    let contract = contract::parse(&mut loaded.sources, &path.display().to_string(), &text);
    let contract = contract.map_err(|errors| errors.into_iter().map(Finding::from).collect::<Vec<_>>())?;
    let files = roles(&contract, &arguments.content)?;
    let content = arguments.binary.open().map_err(|finding| vec![*finding])?;
    let name = arguments.binary.binary.display().to_string();
    let mut unit = Unit { name: name.clone(), ..Unit::default() };
    let role = "binary".to_owned();
    let file = UnitFile { role, path: name.clone(), size: Some(content.size()) };
    let build = Binary::read(&name, &content).and_then(|binary| {
        let supplies = binary.supplies()?;
        Ok((binary, supplies))
    });
    let (binary, supplies) = match build {
        Ok(build) => build,
        Err(error) => return refused(unit, file, error),
    };
    let digest = binary.sha256.to_string();
    let identity = Identity { id: binary.id.as_deref(), sha256: &digest };
    let manifest = arguments.chosen.find(path, &contract, identity, &mut loaded.sources)?;
    let on_disk = OnDisk::new();
    let extras = arguments.binary.extras(&on_disk);
    let shown = capacities::show(&contract, &binary, &extras, &supplies, &BTreeSet::new());
    unit.findings = verify::agree(&contract, &manifest, identity, &shown);
    unit.findings.extend(verify::unasked(&contract, &supplies));
    // Places of findings count the content files first.
    unit.findings.extend(declared(arguments, loaded, &contract, &manifest, &shown, &files, &mut unit.files)?);
    unit.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    unit.findings.extend(content.verify_unchanged().err().map(|error| error.to_finding()));
    unit.files.push(file);
    Ok(unit)
}

/// A binary that cannot be read is its own fault, or that of whoever named it.
fn refused(mut unit: Unit, file: UnitFile, error: ExtractError) -> Result<Unit, Vec<Finding>> {
    let finding = Finding::from(error);
    if finding.blame != Blame::Consumer {
        return Err(vec![finding]);
    }
    unit.files.push(file);
    unit.findings.push(finding);
    Ok(unit)
}

/// The files that were given, in the order of the contract.
fn roles<'a>(
    contract: &RawContract,
    given: &'a [RoleFile],
) -> Result<Vec<(&'a str, &'a Path)>, Vec<Finding>> {
    let known: Vec<&str> = contract.files.iter().map(|file| file.role.value.as_str()).collect();
    let mut problems = Vec::new();
    for (row, file) in given.iter().enumerate() {
        let message = if !known.contains(&file.role.as_str()) {
            format!("`--content {}`: the contract has no such file", file.role)
        } else if given.iter().take(row).any(|other| other.role == file.role) {
            format!("`--content {}` is given twice", file.role)
        } else {
            continue;
        };
        let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
        let names: Vec<String> = known.iter().map(|role| format!("`{role}`")).collect();
        finding.help =
            Some(format!("the contract has the files {}; each can be given once", names.join(", ")));
        problems.push(finding);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let file = |role: &&str| given.iter().find(|file| file.role == **role);
    Ok(known.iter().filter_map(file).map(|file| (file.role.as_str(), file.path.as_path())).collect())
}

/// What the given files declare, against what the build shows.
fn declared(
    arguments: &Arguments,
    loaded: &mut Loaded,
    contract: &RawContract,
    manifest: &Manifest,
    shown: &[Shown],
    files: &[(&str, &Path)],
    unit_files: &mut Vec<UnitFile>,
) -> Result<Vec<Finding>, Vec<Finding>> {
    let cwd = std::env::current_dir().map_err(|error| {
        let message = format!("cannot tell the working directory: {error}");
        vec![Finding::new(codes::FILE_UNREADABLE, Severity::Error, Blame::Environment, message)]
    })?;
    loaded.bounds = arguments.limits.bounds(&[]);
    loaded.commands = arguments.processes.commands(&[], &cwd, &cwd);
    loaded.import_paths.clone_from(&arguments.imports.import_paths);
    let problems = arguments.imports.problems();
    if !problems.is_empty() {
        return Err(problems);
    }
    let roles: Vec<&str> = files.iter().map(|(role, _)| *role).collect();
    let given = verify::for_definitions(contract, &roles);
    let folder = arguments.contract.parent().unwrap_or(Path::new(""));
    let mut schemas = Vec::new();
    for file in &given.contract.files {
        schemas.extend(loaded.schema(&folder.join(&file.schema.value)));
    }
    let mut contents: Vec<Content> = Vec::new();
    for (role, path) in files {
        let content = open_with(path, Hold::Private, loaded.bounds.content.file_bytes)
            .map_err(|error| vec![unreadable(&error, Some("file-bytes"))])?;
        let path = path.display().to_string();
        unit_files.push(UnitFile { role: (*role).to_owned(), path, size: Some(content.size()) });
        contents.push(content);
    }
    if schemas.len() < given.contract.files.len() {
        // What is wrong with the others is among the problems.
        return Ok(Vec::new());
    }
    let bytes: Vec<&[u8]> = contents.iter().map(|content| &content[..]).collect();
    let setup = Setup { processors: loaded.commands.processors(), ..Setup::default() };
    let how = (setup, &loaded.bounds.content);
    let mut findings = verify::declared(&given, &schemas, manifest, shown, &loaded.sources, &bytes, how)?;
    findings.extend(contents.iter().filter_map(|c| c.verify_unchanged().err()).map(|e| e.to_finding()));
    Ok(findings)
}
