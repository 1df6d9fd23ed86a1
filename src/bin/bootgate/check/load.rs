//! Everything a check needs before its first content file: configuration, schemas, contracts, manifests.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use bootgate::check::{Plan, Setup};
use bootgate::code::Forced;
use bootgate::codes;
use bootgate::config::{self, AssignedUnit, Assignment, Config, Origin};
use bootgate::contract::{self, Manifest, RawContract, Requirement};
use bootgate::finding::{Blame, Finding, Label, Severities, Severity};
use bootgate::limits::{Bounds, TEXT_BYTES};
use bootgate::schema::{self, Search, ast::Bundle};
use bootgate::span::Sources;

use super::{Arguments, Instances};
use crate::contract::{baseline, coverage};
use crate::files::{Disk, text};
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
    /// What stood in the way of checking more.
    pub(crate) problems: Vec<Finding>,
}

/// A plan and what it was made of.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(super) schemas: Vec<Bundle>,
}

/// Reads everything; what is wrong is collected, and the rest is still checked.
pub(super) fn load(arguments: &Arguments) -> Loaded {
    let mut loaded = Loaded::default();
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
    let requirements = loaded.requirements(&arguments.builds);
    if !loaded.problems.is_empty() {
        // An answer for other builds than were asked about would be none.
        return loaded;
    }
    if let Some(path) = &arguments.schema {
        let Some(schema) = loaded.schema(path) else { return loaded };
        let role = schema.main.root.name.value.clone();
        let setup = loaded.setup(Severities::default(), Forced::default());
        if let Some(plan) = loaded.plan(Plan::of_schema(schema.clone(), setup)) {
            loaded.plans.push(Planned { plan, schemas: vec![schema] });
            loaded.assign(config::with_schema(&arguments.paths, &cwd, &role), |_| Some(0));
        }
    } else if let Some(path) = &arguments.contract {
        let setup = loaded.setup(Severities::default(), Forced::default());
        if let Some(planned) = loaded.contract(path, &requirements, setup) {
            let roles = planned.plan.roles.clone();
            loaded.plans.push(planned);
            loaded.assign(config::with_contract(&arguments.paths, &cwd, &roles), |_| Some(0));
        }
    } else {
        loaded.configured(arguments, &cwd, &requirements);
    }
    loaded
}

impl Loaded {
    /// The parts that were made; else what is wrong is kept.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Vec<Finding>>) -> Option<T> {
        result.map_err(|findings| self.problems.extend(findings)).ok()
    }

    /// How content is checked, by what the configuration says.
    fn setup(&self, severities: Severities, instances: Forced) -> Setup {
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

    fn requirements(&mut self, texts: &[String]) -> Vec<Requirement> {
        let parsed = texts.iter().map(|text| Requirement::parse(text));
        parsed.filter_map(|r| r.map_err(|e| self.problems.push(e.into())).ok()).collect()
    }

    pub(crate) fn schema(&mut self, path: &Path) -> Option<Bundle> {
        let limits = &self.bounds.schema;
        let search = Search { files: &Disk(limits), import_paths: &self.import_paths, limits };
        let read = schema::load(&mut self.sources, path, search);
        self.keep(read.map_err(|finding| vec![*finding]))
    }

    /// The path of the schema that a contract has for one of its files.
    pub(crate) fn schema_of(&mut self, contract: &Path, role: &str) -> Option<PathBuf> {
        let raw = self.parsed(contract)?;
        let file = raw.files.iter().find(|file| file.role.value == role)?;
        Some(contract.parent().unwrap_or(Path::new("")).join(&file.schema.value))
    }

    /// The plan of a contract, for the builds that are asked about.
    fn contract(&mut self, path: &Path, requirements: &[Requirement], setup: Setup) -> Option<Planned> {
        let raw = self.parsed(path)?;
        let schemas = self.schemas_of(path, &raw);
        let manifests = self.manifests(path, &raw);
        let (schemas, manifests) = (schemas?, manifests?);
        let builds = match contract::select(requirements, &manifests) {
            Ok(builds) => builds,
            Err(error) => {
                self.problems.push(error.into());
                return None;
            }
        };
        let plan = self.plan(Plan::of_contract(raw, &schemas, &builds, setup))?;
        let unfit = plan.contract.iter().flat_map(|terms| terms.unfit.iter().cloned());
        self.problems.extend(unfit.map(|finding| Finding { severity: Severity::Warning, ..finding }));
        coverage::warn(self, path, &plan);
        let plan = baseline::with(self, path, plan)?;
        Some(Planned { plan, schemas })
    }

    /// A contract as it is written.
    pub(crate) fn parsed(&mut self, path: &Path) -> Option<RawContract> {
        let text = self.keep(text(path, TEXT_BYTES, None).map_err(|finding| vec![*finding]))?;
        let raw = contract::parse(&mut self.sources, &path.display().to_string(), &text);
        self.keep(raw.map_err(|errors| errors.into_iter().map(Finding::from).collect()))
    }

    /// The schemas of a contract's files, in their order.
    pub(crate) fn schemas_of(&mut self, path: &Path, raw: &RawContract) -> Option<Vec<Bundle>> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut schemas = Vec::new();
        for file in &raw.files {
            let known = self.problems.len();
            schemas.push(self.schema(&folder.join(&file.schema.value)));
            // A schema that cannot be read has no text to point into: the contract's line names it.
            for problem in self.problems.iter_mut().skip(known).filter(|p| p.labels.is_empty()) {
                let key = Some(format!("/files/{}", file.role.value));
                problem.labels.push(Label {
                    span: file.schema.span,
                    text: String::new(),
                    key,
                    primary: true,
                });
            }
        }
        schemas.into_iter().collect()
    }

    fn manifests(&mut self, path: &Path, raw: &RawContract) -> Option<Vec<Manifest>> {
        let mut texts = Vec::new();
        let mut unread = false;
        for (path, text) in contract::read_manifests(path, &raw.builds.value) {
            match text {
                Ok(text) => texts.push((path.display().to_string(), text)),
                Err(error) => {
                    unread = true;
                    let message = format!("cannot read the manifest `{}`: {error}", path.display());
                    self.problems.push(environment(codes::FILE_UNREADABLE, message));
                }
            }
        }
        // A manifest that cannot be read may be the one that refuses: there is no answer without it.
        if unread && texts.is_empty() {
            return None;
        }
        let manifests = contract::parse_all(&mut self.sources, raw, &texts);
        let manifests = self.keep(manifests.map_err(|e| e.into_iter().map(Finding::from).collect()))?;
        (!unread).then_some(manifests)
    }

    fn configured(&mut self, arguments: &Arguments, cwd: &Path, requirements: &[Requirement]) {
        let Some(config) = self.configuration(arguments.config.as_deref(), cwd) else { return };
        self.bounds = arguments.limits.bounds(&config.limits);
        self.import_paths = arguments.imports.with(&config);
        self.commands = arguments.processes.commands(&config.processes, &config.root, cwd);
        let assignment = config::assign(&config, &arguments.paths, cwd);
        let mut plans: BTreeMap<Origin, Option<usize>> = BTreeMap::new();
        for unit in &assignment.units {
            if let Entry::Vacant(entry) = plans.entry(unit.origin) {
                let planned = self.origin(&config, unit.origin, cwd, requirements);
                entry.insert(planned.map(|planned| {
                    self.plans.push(planned);
                    self.plans.len() - 1
                }));
            }
        }
        self.assign(assignment, |origin| plans.get(&origin).copied().flatten());
    }

    /// The configuration: the one that is named, or the next one upwards.
    pub(crate) fn configuration(&mut self, named: Option<&Path>, cwd: &Path) -> Option<Config> {
        let Some(path) = named.map(|p| cwd.join(p)).or_else(|| config::find(cwd)) else {
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

    /// The plan of a `[[set]]` or a `[[format]]`.
    fn origin(
        &mut self,
        config: &Config,
        origin: Origin,
        cwd: &Path,
        requirements: &[Requirement],
    ) -> Option<Planned> {
        let shown = |path: &str| config::shown(&config.resolve(path), cwd, Path::new("/"));
        match origin {
            Origin::Set(row) => {
                let set = config.sets.get(row)?;
                let path = shown(&set.contract.value);
                let own = match &set.builds {
                    Some(builds) if requirements.is_empty() => {
                        let parsed = Requirement::parse(&builds.value).map_err(|e| {
                            vec![Finding { labels: vec![builds.label("")], ..Finding::from(e) }]
                        });
                        vec![self.keep(parsed)?]
                    }
                    _ => requirements.to_vec(),
                };
                let setup = self.setup(set.severities, set.instances);
                let planned = self.contract(&path, &own, setup)?;
                self.roles(set, &planned.plan).then_some(planned)
            }
            Origin::Format(row) => {
                let format = config.formats.get(row)?;
                let schema = self.schema(&shown(&format.schema.value))?;
                let setup = self.setup(format.severities, format.instances);
                let plan = self.plan(Plan::of_schema(schema.clone(), setup))?;
                Some(Planned { plan, schemas: vec![schema] })
            }
            Origin::Arguments => None,
        }
    }

    /// Whether a set's files are those of its contract.
    fn roles(&mut self, set: &config::SetConfig, plan: &Plan) -> bool {
        let mut good = true;
        for (role, pattern) in &set.files {
            if !plan.roles.contains(role) {
                let message = format!("the contract has no file `{role}`; it has {}", plan.roles.join(", "));
                let mut finding = environment(codes::CONFIG_INVALID, message);
                finding.labels.push(pattern.label(""));
                self.problems.push(finding);
                good = false;
            }
        }
        for role in plan.roles.iter().filter(|role| !set.files.iter().any(|(r, _)| r == *role)) {
            let message = format!("the set `{}` lacks the file `{role}` of its contract", set.name.value);
            let mut finding = environment(codes::CONFIG_INVALID, message);
            finding.labels.push(set.name.label(""));
            finding.help = Some(format!("add `{role} = \"…\"` to `[set.files]`"));
            self.problems.push(finding);
            good = false;
        }
        good
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

fn environment(code: &'static str, message: String) -> Finding {
    Finding::new(code, Severity::Error, Blame::Environment, message)
}
