//! A contract with its manifests, for the builds that a run is about.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bootgate::check::{Plan, Setup};
use bootgate::contract::{
    self, Columns, Inventory, Manifest, RawContract, Requirement, Say, Selected, State,
};
use bootgate::digest::Digest;
use bootgate::disk::text;
use bootgate::finding::{Finding, Label, Severity, Unit, UnitFile};
use bootgate::input::{Hold, open_with};
use bootgate::limits::{FILE_BYTES, TEXT_BYTES};
use bootgate::schema::ast::Bundle;

use super::load::Loaded;
use crate::contract::{baseline, coverage};

/// What a run asks of the builds.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    /// Can these builds take the content? The fielded ones without a requirement.
    Content(Vec<Requirement>),
    /// Which of these builds can take which content? All of them without a requirement.
    Overview(Vec<Requirement>),
    /// Can this build take all the content that there is?
    Candidate(Candidate),
}

/// The build of `--candidate`.
#[derive(Clone, Debug)]
pub(crate) enum Candidate {
    /// The one with this manifest, which need not be among those of the contract.
    Manifest(PathBuf),
    /// Those that meet a requirement.
    Builds(Requirement),
}

impl Default for Question {
    fn default() -> Self {
        Question::Content(Vec::new())
    }
}

/// An inventory on disk.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    /// Its path.
    pub(crate) path: PathBuf,
    /// The names of its columns.
    pub(crate) columns: Columns,
}

/// A plan and what it was made of.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) schemas: Vec<Bundle>,
    /// The builds in the field, where a candidate is asked about.
    pub(crate) field: Option<Plan>,
    /// That machines run builds that nobody answers for.
    pub(crate) unlisted: Option<Finding>,
    /// The digest of the inventory, if there is one.
    pub(crate) inventory: Option<Digest>,
}

impl Planned {
    /// A plan that no build has to do with.
    pub(crate) fn of_schema(plan: Plan, schema: Bundle) -> Planned {
        Planned { plan, schemas: vec![schema], field: None, unlisted: None, inventory: None }
    }
}

impl Planned {
    /// What was found in the files of a unit.
    pub(crate) fn unit(&self, name: String, files: Vec<UnitFile>, findings: Vec<Finding>) -> Unit {
        let mut unit = Unit { name, files, findings, ..Unit::default() };
        if let Some(terms) = &self.plan.contract {
            unit.builds = terms.count(Say::Refuses);
            unit.candidates = terms.count(Say::Warns);
            unit.fleet = Arc::clone(&terms.fleet);
        }
        unit
    }
}

impl Loaded {
    /// The plan of a contract, for the builds that the question is about.
    pub(crate) fn contract(
        &mut self,
        path: &Path,
        question: &Question,
        export: Option<&Export>,
        setup: Setup,
    ) -> Option<Planned> {
        let raw = self.raw(path)?;
        let schemas = self.schemas_of(path, &raw);
        let extra = match question {
            Question::Candidate(Candidate::Manifest(path)) => Some(path.as_path()),
            _ => None,
        };
        let manifests = self.manifests(path, &raw, extra);
        let inventory = export.map(|export| self.inventory(export));
        let schemas = schemas?;
        let manifests = manifests?;
        let inventory = inventory.map_or(Some(None), |read| read.map(Some))?;
        let asked = self.selected(question, &manifests)?;
        let (selected, unlisted) = match &inventory {
            // What machines run is in the field, whatever its manifest says.
            Some((inventory, _)) if matches!(question, Question::Content(asked) if asked.is_empty()) => {
                let runs = |build: &Manifest| (inventory.machines(build) > 0).then_some(Say::Refuses);
                (asked.with(runs), contract::inventory::unlisted(&raw, &manifests, inventory))
            }
            Some((inventory, _)) => (asked, contract::inventory::unlisted(&raw, &manifests, inventory)),
            None => (asked, None),
        };
        let plan = self.plan(Plan::of_contract(raw, &schemas, &selected, setup.clone()))?;
        coverage::warn(self, path, &plan);
        let plan = baseline::with(self, path, plan)?;
        let mut field = None;
        if let (Question::Candidate(_), Some(terms)) = (question, &plan.contract) {
            let candidates: HashSet<_> = selected.with_say().map(|(build, _)| build.source).collect();
            let others = Selected::new(&manifests, |build| {
                let fielded = build.state == State::Fielded && !candidates.contains(&build.source);
                fielded.then_some(Say::Told)
            });
            let others = self.plan(Plan::of_contract(terms.raw.clone(), &schemas, &others, setup))?;
            field = Some(others.with_baseline(terms.baseline.clone()));
        }
        if !matches!(question, Question::Overview(_)) {
            let unfit = plan.contract.iter().flat_map(|terms| terms.unfit.iter().cloned());
            self.problems.extend(unfit.map(|finding| Finding { severity: Severity::Warning, ..finding }));
        }
        // A note would say in every set that the contract lets such builds pass.
        let unlisted = unlisted.filter(|finding| finding.severity == Severity::Error);
        Some(Planned { plan, schemas, field, unlisted, inventory: inventory.map(|(_, digest)| digest) })
    }

    /// The contract as it is written.
    pub(crate) fn raw(&mut self, path: &Path) -> Option<RawContract> {
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

    /// The manifests of a contract, and one more that need not be among them.
    pub(crate) fn manifests(
        &mut self,
        contract: &Path,
        raw: &RawContract,
        extra: Option<&Path>,
    ) -> Option<Vec<Manifest>> {
        let mut found = contract::read_manifests(contract, &raw.builds.value);
        if let Some(extra) = extra {
            let same =
                |path: &Path| matches!((path.canonicalize(), extra.canonicalize()), (Ok(a), Ok(b)) if a == b);
            // It is known by the path that it was given by.
            found.retain(|(path, _)| !same(path));
            found.push((extra.to_path_buf(), contract::read_manifest(extra)));
        }
        let manifests = contract::parse_found(&mut self.sources, raw, found);
        self.keep(manifests)
    }

    /// The builds that a question is about.
    fn selected<'m>(&mut self, question: &Question, manifests: &'m [Manifest]) -> Option<Selected<'m>> {
        let told = |selected: Selected<'m>| {
            let chosen: HashSet<_> = selected.with_say().map(|(build, _)| build.source).collect();
            Selected::new(manifests, |build| chosen.contains(&build.source).then_some(Say::Told))
        };
        let selected = match question {
            Question::Content(requirements) => contract::select(requirements, manifests),
            Question::Overview(requirements) if requirements.is_empty() => {
                Ok(Selected::all(manifests, Say::Told))
            }
            Question::Overview(requirements) => contract::select(requirements, manifests).map(told),
            Question::Candidate(Candidate::Builds(requirement)) => {
                contract::select(std::slice::from_ref(requirement), manifests)
            }
            Question::Candidate(Candidate::Manifest(path)) => {
                let name = path.display().to_string();
                let is = |build: &Manifest| self.sources.get(build.source).is_some_and(|s| s.name == name);
                Ok(Selected::new(manifests, |build| is(build).then_some(Say::Refuses)))
            }
        };
        self.keep(selected.map_err(|error| vec![error.into()]))
    }

    /// An inventory and its digest.
    pub(crate) fn inventory(&mut self, export: &Export) -> Option<(Inventory, Digest)> {
        let hold = if self.digests { Hold::Private } else { Hold::Shared };
        let content = open_with(&export.path, hold, FILE_BYTES);
        let content = self.keep(content.map_err(|error| vec![error.to_finding()]))?;
        let read = contract::inventory::read(&export.path.display().to_string(), &content, &export.columns);
        let digest = content.sha256();
        let inventory = self.keep(read.map_err(|error| vec![error.into()]))?;
        self.keep(content.verify_unchanged().map_err(|error| vec![error.to_finding()]))?;
        Some((inventory, digest))
    }
}
