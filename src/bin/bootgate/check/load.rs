//! Everything a check needs before its first content file: configuration, schemas, contracts, manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bootgate::check::{Plan, Setup};
use bootgate::code::Forced;
use bootgate::codes;
use bootgate::config::{self, AssignedUnit, Assignment, Config, Origin};
use bootgate::contract::Requirement;
use bootgate::disk::Disk;
use bootgate::finding::{Finding, Severities};
use bootgate::limits::Bounds;
use bootgate::schema::{self, Search, ast::Bundle};
use bootgate::span::Sources;

use super::arguments::{ContentArguments, Instances};
use super::contract::{Candidate, Export, Planned, Question};
use crate::environment;
use crate::processes::Commands;

/// What there is to check, and with what.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// Every text that was read.
    pub(crate) sources: Sources,
    /// The plans that could be made.
    pub(crate) plans: Vec<Planned>,
    /// The units, each with the plan to check it with.
    pub(crate) units: Vec<(AssignedUnit, usize)>,
    /// The limits, as configuration and command line have them.
    pub(crate) bounds: Bounds,
    /// The commands for custom processes.
    pub(crate) commands: Commands,
    /// Folders that are searched for absolute imports.
    pub(crate) import_paths: Vec<PathBuf>,
    /// The instances to evaluate, whatever the configuration says.
    instances: Option<Forced>,
    /// Whether a digest will name what is read.
    pub(super) digests: bool,
    /// What stood in the way of checking more.
    pub(crate) problems: Vec<Finding>,
}

/// What is to be checked, and what is asked about it.
pub(crate) struct Request<'a> {
    pub(crate) content: &'a ContentArguments,
    /// The schema of single files, without a contract.
    pub(crate) schema: Option<&'a Path>,
    pub(crate) asks: Asks<'a>,
    /// What is really out there.
    pub(crate) inventory: Option<Export>,
    /// Whether a digest will name what is read.
    pub(crate) digests: bool,
}

/// A question, as the arguments have it; builds by requirements.
#[derive(Clone, Copy)]
pub(crate) enum Asks<'a> {
    /// Can these builds take the content?
    Content(&'a [String]),
    /// Which of these builds can take which content?
    Overview(&'a [String]),
    /// Can this build take all the content that there is?
    Candidate(&'a str),
}

/// Reads everything; what is wrong is collected, and the rest is still checked.
pub(crate) fn load(request: &Request<'_>) -> Loaded {
    let arguments = request.content;
    let mut loaded = Loaded { digests: request.digests, ..Loaded::default() };
    let cwd = match std::env::current_dir() {
        Ok(cwd) => cwd,
        Err(error) => {
            let message = format!("cannot tell the working directory: {error}");
            loaded.problems.push(environment(codes::FILE_UNREADABLE, message));
            return loaded;
        }
    };
    loaded.bounds = arguments.limits.bounds(&[]);
    loaded.commands = arguments.processes.commands(&[], &cwd, &cwd);
    loaded.import_paths.clone_from(&arguments.imports.import_paths);
    loaded.problems.extend(arguments.imports.problems());
    loaded.instances = arguments.instances.map(Instances::forced);
    let question = loaded.question(request.asks);
    if !loaded.problems.is_empty() {
        // An answer for other builds than were asked about would be none.
        return loaded;
    }
    if let Some(path) = request.schema {
        let Some(schema) = loaded.schema(path) else { return loaded };
        let role = schema.main.root.name.value.clone();
        let setup = loaded.setup(Severities::default(), Forced::default());
        if let Some(plan) = loaded.plan(Plan::of_schema(schema.clone(), setup)) {
            loaded.plans.push(Planned::of_schema(plan, schema));
            loaded.assign(config::with_schema(&arguments.paths, &cwd, &role), |_| Some(0));
        }
    } else if let Some(path) = &arguments.contract {
        let setup = loaded.setup(Severities::default(), Forced::default());
        if let Some(planned) = loaded.contract(path, &question, request.inventory.as_ref(), setup) {
            let roles = planned.plan.roles.clone();
            loaded.plans.push(planned);
            loaded.assign(config::with_contract(&arguments.paths, &cwd, &roles), |_| Some(0));
        }
    } else {
        loaded.configured(request, &cwd, &question);
    }
    loaded
}

impl Loaded {
    /// The parts that were made; else what is wrong is kept.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Vec<Finding>>) -> Option<T> {
        result.map_err(|findings| self.problems.extend(findings)).ok()
    }

    /// How content is checked, by what the configuration says.
    pub(crate) fn setup(&self, severities: Severities, instances: Forced) -> Setup {
        let instances = self.instances.unwrap_or(instances);
        Setup { severities, instances, processors: self.commands.processors() }
    }

    /// A plan that was made, if the commands that it needs can be run.
    pub(crate) fn plan(&mut self, made: Result<Plan, Vec<Finding>>) -> Option<Plan> {
        let plan = self.keep(made)?;
        let unusable = self.commands.unusable(&plan);
        let usable = unusable.is_empty();
        // Several plans may need the same command.
        let new: Vec<Finding> = unusable.into_iter().filter(|f| !self.problems.contains(f)).collect();
        self.problems.extend(new);
        usable.then_some(plan)
    }

    pub(crate) fn requirements(&mut self, texts: &[String]) -> Vec<Requirement> {
        let parsed = texts.iter().map(|text| Requirement::parse(text));
        parsed.filter_map(|r| r.map_err(|e| self.problems.push(e.into())).ok()).collect()
    }

    /// The question that the arguments ask.
    fn question(&mut self, asks: Asks<'_>) -> Question {
        match asks {
            Asks::Content(builds) => Question::Content(self.requirements(builds)),
            Asks::Overview(builds) => Question::Overview(self.requirements(builds)),
            Asks::Candidate(text) => match (Path::new(text), Requirement::parse(text)) {
                (path, _) if path.is_file() => Question::Candidate(Candidate::Manifest(path.into())),
                (_, Ok(requirement)) => Question::Candidate(Candidate::Builds(requirement)),
                (path, Err(_)) if text.contains('/') || path.extension().is_some_and(|end| end == "toml") => {
                    let message = format!("there is no manifest `{text}`");
                    self.problems.push(environment(codes::FILE_MISSING, message));
                    Question::default()
                }
                (_, Err(error)) => {
                    self.problems.push(error.into());
                    Question::default()
                }
            },
        }
    }

    pub(crate) fn schema(&mut self, path: &Path) -> Option<Bundle> {
        let limits = &self.bounds.schema;
        let search = Search { files: &Disk(limits), import_paths: &self.import_paths, limits };
        let read = schema::load(&mut self.sources, path, search);
        self.keep(read.map_err(|finding| vec![*finding]))
    }

    /// The path of the schema that a contract has for one of its files.
    pub(crate) fn schema_of(&mut self, contract: &Path, role: &str) -> Option<PathBuf> {
        let raw = self.raw(contract)?;
        let file = raw.files.iter().find(|file| file.role.value == role)?;
        Some(contract.parent().unwrap_or(Path::new("")).join(&file.schema.value))
    }

    /// The configuration that is named, or else the nearest one.
    pub(crate) fn configuration(&mut self, named: Option<&Path>, cwd: &Path) -> Option<Config> {
        let Some(path) = named.map(|path| cwd.join(path)).or_else(|| config::find(cwd)) else {
            let message = format!("there is no `{}` here or in any folder above", config::FILE_NAME);
            let mut finding = environment(codes::CONFIG_INVALID, message);
            finding.help = Some(
                "name a schema (`--schema FILE`) or a contract (`--contract FILE`), or write a configuration"
                    .into(),
            );
            self.problems.push(finding);
            return None;
        };
        let name = config::shown(&path, cwd, Path::new("/")).display().to_string();
        let read = config::load(&path, &name, &mut self.sources);
        self.keep(read)
    }

    fn configured(&mut self, request: &Request<'_>, cwd: &Path, question: &Question) {
        let arguments = request.content;
        let Some(config) = self.configuration(arguments.config.as_deref(), cwd) else { return };
        self.bounds = arguments.limits.bounds(&config.limits);
        self.import_paths = arguments.imports.with(&config);
        self.commands = arguments.processes.commands(&config.processes, &config.root, cwd);
        let mut plans: BTreeMap<Origin, Option<usize>> = BTreeMap::new();
        let mut planned = |loaded: &mut Loaded, origin: Origin| {
            *plans.entry(origin).or_insert_with(|| {
                let planned = loaded.origin(&config, origin, cwd, question, request.inventory.as_ref())?;
                loaded.plans.push(planned);
                Some(loaded.plans.len() - 1)
            })
        };
        let combinations = self.bounds.content.combinations;
        let mut assignment = match question {
            Question::Candidate(_) => {
                let (covered, others) = archives(&config, &arguments.paths, cwd, combinations);
                self.others(&config, &others, cwd, covered, |loaded, origin| planned(loaded, origin))
            }
            _ => config::assign(&config, &arguments.paths, cwd, combinations),
        };
        // Without a contract there is no build to ask.
        if !matches!(question, Question::Content(_)) {
            assignment.units.retain(|unit| matches!(unit.origin, Origin::Set(_)));
        }
        let origins: BTreeSet<Origin> = assignment.units.iter().map(|unit| unit.origin).collect();
        let plans: BTreeMap<Origin, Option<usize>> =
            origins.into_iter().map(|origin| (origin, planned(self, origin))).collect();
        self.assign(assignment, |origin| plans.get(&origin).copied().flatten());
    }

    /// What is covered, and the archives that no pattern covers, by the roles of the only contract.
    fn others(
        &mut self,
        config: &Config,
        paths: &[PathBuf],
        cwd: &Path,
        mut covered: Assignment,
        mut planned: impl FnMut(&mut Loaded, Origin) -> Option<usize>,
    ) -> Assignment {
        if paths.is_empty() {
            return covered;
        }
        if config.sets.len() != 1 {
            let names: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
            let message = format!("no pattern covers anything at {}", names.join(", "));
            let mut finding = environment(codes::NO_MATCH, message);
            finding.help = Some("name the contract of these sets: `--contract FILE`".into());
            covered.problems.push(finding);
            return covered;
        }
        let origin = Origin::Set(0);
        let Some(planned) = planned(self, origin).and_then(|row| self.plans.get(row)) else { return covered };
        let found = config::with_contract(paths, cwd, &planned.plan.roles);
        covered.problems.extend(found.problems);
        covered.units.extend(found.units.into_iter().map(|unit| AssignedUnit { origin, ..unit }));
        covered.units.sort_by(|a, b| a.name.cmp(&b.name));
        covered
    }

    /// The plan of a `[[set]]` or a `[[format]]`.
    fn origin(
        &mut self,
        config: &Config,
        origin: Origin,
        cwd: &Path,
        question: &Question,
        inventory: Option<&Export>,
    ) -> Option<Planned> {
        let shown = |path: &str| config::shown(&config.resolve(path), cwd, Path::new("/"));
        match origin {
            Origin::Set(row) => {
                let set = config.sets.get(row)?;
                let path = shown(&set.contract.value);
                let own = match (question, &set.builds) {
                    (Question::Content(requirements), Some(builds)) if requirements.is_empty() => {
                        let parsed = Requirement::parse(&builds.value).map_err(|e| {
                            vec![Finding { labels: vec![builds.label("")], ..Finding::from(e) }]
                        });
                        Question::Content(vec![self.keep(parsed)?])
                    }
                    _ => question.clone(),
                };
                let configured = set.inventory.as_ref().filter(|_| matches!(question, Question::Content(_)));
                let configured = configured.map(|inventory| Export {
                    path: shown(&inventory.file.value),
                    columns: inventory.columns.clone(),
                });
                let setup = self.setup(set.severities, set.instances);
                let planned = self.contract(&path, &own, inventory.or(configured.as_ref()), setup)?;
                self.roles(set, &planned.plan).then_some(planned)
            }
            Origin::Format(row) => {
                let format = config.formats.get(row)?;
                let schema = self.schema(&shown(&format.schema.value))?;
                let setup = self.setup(format.severities, format.instances);
                let plan = self.plan(Plan::of_schema(schema.clone(), setup))?;
                Some(Planned::of_schema(plan, schema))
            }
            Origin::Arguments => None,
        }
    }

    /// Whether a set's files are those of its contract.
    fn roles(&mut self, set: &config::SetConfig, plan: &Plan) -> bool {
        let known = self.problems.len();
        let tables =
            [("set.files", Some(&set.files)), ("set.coexist", set.coexist.as_ref().map(|c| &c.files))];
        for (table, files) in tables.into_iter().filter_map(|(table, files)| Some((table, files?))) {
            for (role, pattern) in files.iter().filter(|(role, _)| !plan.roles.contains(role)) {
                let message = format!("the contract has no file `{role}`; it has {}", plan.roles.join(", "));
                let mut finding = environment(codes::CONFIG_INVALID, message);
                finding.labels.push(pattern.label(""));
                self.problems.push(finding);
            }
            // A set that has combinations alone names no files of its own.
            let lacks = |role: &&String| !files.is_empty() && !files.iter().any(|(r, _)| r == *role);
            for role in plan.roles.iter().filter(lacks) {
                let message = format!("the set `{}` lacks the file `{role}` of its contract", set.name.value);
                let mut finding = environment(codes::CONFIG_INVALID, message);
                finding.labels.push(set.name.label(""));
                finding.help = Some(format!("add `{role} = \"…\"` to `[{table}]`"));
                self.problems.push(finding);
            }
        }
        self.problems.len() == known
    }

    /// Takes the units over; their files come in the order of the plan.
    fn assign(&mut self, assignment: Assignment, plan: impl Fn(Origin) -> Option<usize>) {
        self.problems.extend(assignment.problems);
        // A set that was named in several ways is one set.
        let mut known = std::collections::HashSet::new();
        for mut unit in assignment.units {
            let Some(row) = plan(unit.origin) else { continue };
            let Some(planned) = self.plans.get(row) else { continue };
            match planned.plan.roles.as_slice() {
                // A single file has one role, whatever the configuration calls it.
                [only] => unit.files.iter_mut().for_each(|(role, _)| role.clone_from(only)),
                roles => unit.files.sort_by_key(|(role, _)| roles.iter().position(|r| r == role)),
            }
            if known.insert((unit.files.clone(), row)) {
                self.units.push((unit, row));
            }
        }
    }
}

/// The assignment of the archives that patterns cover, and those of which they cover nothing.
fn archives(config: &Config, paths: &[PathBuf], cwd: &Path, combinations: u64) -> (Assignment, Vec<PathBuf>) {
    let nothing = |path: &&PathBuf| {
        let assignment = config::assign(config, std::slice::from_ref(path), cwd, combinations);
        assignment.units.is_empty() && assignment.problems.iter().all(|p| p.code == codes::NO_MATCH)
    };
    let (others, covered): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(|path| nothing(&path));
    let assignment = match covered.as_slice() {
        [] if !others.is_empty() => Assignment::default(),
        covered => config::assign(config, covered, cwd, combinations),
    };
    (assignment, others)
}
