//! `bootgate dump`: the parsed tree of a file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::config::{self, Origin};
use bootgate::disk::unreadable;
use bootgate::dump::{self, Format, Options, path};
use bootgate::finding::{Finding, Outcome, Run, Unit, UnitFile};
use bootgate::input::{Hold, open_with};
use bootgate::report::{self, TextOptions};
use bootgate::schema::ast::Bundle;
use bootgate::span::Sources;

use crate::check::load::Loaded;
use crate::environment;
use crate::files::ImportArguments;
use crate::limits::LimitArguments;
use crate::output::When;
use crate::processes::ProcessArguments;
use crate::{NOT_RUN, REFUSED};

/// The arguments of `bootgate dump`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --schema, the `[[format]]` or `[[set]]` of `bootgate.toml` that the file belongs to says \
    which schema it is; the configuration is looked for from the working directory upwards. What is wrong with the \
    file is told on the error stream; bytes that nothing describes are the business of `check`.\n\nExit codes: 0 \
    dumped, 1 the file is at fault, or does not have the path, 2 could not run."
)]
pub(crate) struct Arguments {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Read it by this schema (a Kaitai Struct `.ksy` file).
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    schema: Option<PathBuf>,
    /// Use this configuration instead of looking for `bootgate.toml`.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show the node at this path only, such as `instances[3].criteria[20].index`, and stop there.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Show so many levels; what is deeper is counted.
    #[arg(long, value_name = "LEVELS")]
    depth: Option<u32>,
    /// Leave out instances; one that --path names is shown.
    #[arg(long)]
    no_instances: bool,
    #[command(flatten)]
    processes: ProcessArguments,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    limits: LimitArguments,
    /// How to write the tree.
    #[arg(long, value_enum, default_value_t = Style::Text)]
    format: Style,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = When::Auto)]
    color: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Style {
    /// For people: a line for each node, with its offsets.
    Text,
    /// For programs: one JSON document, version 1.
    Json,
}

/// Dumps, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut loaded = Loaded::default();
    let Some(schema) = schema(arguments, &mut loaded) else {
        return refuse(loaded.problems, &loaded.sources, arguments);
    };
    let role = schema.main.root.name.value.clone();
    let Some(plan) = loaded.plan(dump::plan(schema, loaded.commands.processors())) else {
        return refuse(loaded.problems, &loaded.sources, arguments);
    };
    let path = match arguments.path.as_deref().map(|text| path::Path::parse(text, &plan)).transpose() {
        Ok(path) => path,
        Err(error) => {
            let mut finding = environment(codes::USAGE, format!("--path: {error}"));
            finding.help = error.help();
            return refuse(vec![finding], &loaded.sources, arguments);
        }
    };
    let limits = loaded.bounds.content.clone();
    let content = match open_with(&arguments.file, Hold::Shared, limits.file_bytes) {
        Ok(content) => content,
        Err(error) => {
            return refuse(vec![unreadable(&error, Some("file-bytes"))], &loaded.sources, arguments);
        }
    };
    let format = match arguments.format {
        Style::Text => Format::Text,
        Style::Json => Format::Json,
    };
    let choice = arguments.color.choice(&io::stdout());
    let color = !matches!(choice, anstream::ColorChoice::Never) && format == Format::Text;
    let options = Options { format, color, path, depth: arguments.depth, instances: !arguments.no_instances };
    let name = arguments.file.display().to_string();
    let mut out = io::BufWriter::new(anstream::AutoStream::new(io::stdout().lock(), choice));
    let dumped = dump::dump(&plan, &loaded.sources, (&name, &content), &options, &limits, &mut out)?;
    out.flush()?;
    drop(out);
    let mut findings = dumped.findings;
    findings.extend(loaded.commands.broken());
    findings.extend(content.verify_unchanged().err().map(|error| error.to_finding()));
    let file = UnitFile { role, path: name.clone(), size: Some(content.size()) };
    let unit = Unit { name: name.clone(), files: vec![file], findings, ..Unit::default() };
    let run = Run { units: vec![unit], ..Run::default() };
    let outcome = run.outcome();
    if run.units.iter().any(|unit| !unit.findings.is_empty()) {
        tell(&run, &loaded.sources, arguments)?;
    }
    if let Some(missing) = &dumped.missing {
        writeln!(io::stderr(), "{}", harmless(&format!("{name}: {missing}")))?;
    }
    Ok(match outcome {
        Outcome::NotRun => NOT_RUN,
        Outcome::Passed if dumped.missing.is_none() => 0,
        _ => REFUSED,
    })
}

/// The text with what could act on a terminal made visible.
fn harmless(text: &str) -> String {
    let quote = |c: char| matches!(c, '"' | '\'' | '\\');
    text.chars().map(|c| if quote(c) { c.to_string() } else { c.escape_debug().to_string() }).collect()
}

fn refuse(problems: Vec<Finding>, sources: &Sources, arguments: &Arguments) -> io::Result<u8> {
    tell(&Run { problems, ..Run::default() }, sources, arguments)?;
    Ok(NOT_RUN)
}

fn tell(run: &Run, sources: &Sources, arguments: &Arguments) -> io::Result<()> {
    let choice = arguments.color.choice(&io::stderr());
    let color = !matches!(choice, anstream::ColorChoice::Never);
    let mut err = io::BufWriter::new(anstream::AutoStream::new(io::stderr().lock(), choice));
    report::write(run, sources, report::Format::Text, TextOptions { color, verbose: false }, &mut err)?;
    err.flush()
}

/// The schema that was named, or that the configuration has for the file.
fn schema(arguments: &Arguments, loaded: &mut Loaded) -> Option<Bundle> {
    let cwd = match std::env::current_dir() {
        Ok(cwd) => cwd,
        Err(error) => {
            let message = format!("cannot tell the working directory: {error}");
            loaded.problems.push(environment(codes::FILE_UNREADABLE, message));
            return None;
        }
    };
    loaded.bounds = arguments.limits.bounds(&[]);
    loaded.import_paths.clone_from(&arguments.imports.import_paths);
    loaded.problems.extend(arguments.imports.problems());
    loaded.commands = arguments.processes.commands(&[], &cwd, &cwd);
    let path = match &arguments.schema {
        Some(path) => path.clone(),
        None => configured(arguments, &cwd, loaded)?,
    };
    loaded.schema(&path)
}

fn configured(arguments: &Arguments, cwd: &Path, loaded: &mut Loaded) -> Option<PathBuf> {
    let named = arguments.config.as_ref().map(|path| cwd.join(path));
    let Some(path) = named.or_else(|| config::find(cwd)) else {
        let message =
            format!("there is no schema, and no `{}` here or in any folder above", config::FILE_NAME);
        let mut finding = environment(codes::CONFIG_INVALID, message);
        finding.help = Some("name the schema: `--schema FILE`".into());
        loaded.problems.push(finding);
        return None;
    };
    let name = config::shown(&path, cwd, Path::new("/")).display().to_string();
    let config =
        config::load(&path, &name, &mut loaded.sources).map_err(|f| loaded.problems.extend(f)).ok()?;
    loaded.bounds = arguments.limits.bounds(&config.limits);
    loaded.import_paths = arguments.imports.with(&config);
    loaded.commands = arguments.processes.commands(&config.processes, &config.root, cwd);
    let shown = |path: &str| config::shown(&config.resolve(path), cwd, Path::new("/"));
    let assignment = config::assign(
        &config,
        std::slice::from_ref(&arguments.file),
        cwd,
        loaded.bounds.content.combinations,
    );
    let place = cwd.join(&arguments.file);
    let mut schemas: Vec<PathBuf> = Vec::new();
    for unit in &assignment.units {
        let role = unit.files.iter().find(|(_, path)| same(&cwd.join(path), &place)).map(|(role, _)| role);
        let schema = match unit.origin {
            Origin::Format(row) => config.formats.get(row).map(|format| shown(&format.schema.value)),
            Origin::Set(row) => {
                let contract = config.sets.get(row).map(|set| shown(&set.contract.value))?;
                loaded.schema_of(&contract, role?)
            }
            Origin::Arguments => None,
        };
        schemas.extend(schema);
    }
    schemas.sort();
    schemas.dedup();
    match schemas.as_slice() {
        [only] => Some(only.clone()),
        [] => {
            loaded.problems.extend(assignment.problems);
            if loaded.problems.is_empty() {
                let message = format!("the configuration has no schema for `{}`", arguments.file.display());
                loaded.problems.push(environment(codes::NO_MATCH, message));
            }
            for problem in &mut loaded.problems {
                problem.help.get_or_insert_with(|| "name the schema: `--schema FILE`".into());
            }
            None
        }
        several => {
            let message = format!("the configuration has several schemas for `{}`", arguments.file.display());
            let mut finding = environment(codes::USAGE, message);
            finding.notes = several.iter().map(|path| format!("`{}`", path.display())).collect();
            finding.help = Some("name one: `--schema FILE`".into());
            loaded.problems.push(finding);
            None
        }
    }
}

/// Whether two paths lead to one file.
fn same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
