//! The gate of the guard: for now the plan that `bootgate check` uses, compiled from contract and schemas each time.
//!
//! This is the only file that knows. A plan that was frozen when the consumer was built takes its place.

use std::cell::RefCell;
use std::io;
use std::path::PathBuf;

use bootgate::check::{Plan, Standing, check};
use bootgate::code::Forced;
use bootgate::codes;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Outcome, Run, Severities, Severity, Subject, Unit, UnitFile};
use bootgate::guard::store::{Gate, Judgement, SetFile};
use bootgate::limits::Bounds;
use bootgate::verdict::Verdict;

use crate::check::contract::{Planned, Question};
use crate::check::load::Loaded;
use crate::check::record;
use crate::check::units::Checked;
use crate::files::ImportArguments;
use crate::limits::LimitArguments;
use crate::output::OutputArguments;
use crate::processes::ProcessArguments;

/// What sets are gated with.
#[derive(Debug, clap::Args)]
pub(crate) struct GateArguments {
    /// Gate the set with this contract; the files of the set are named after its roles.
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
    /// Gate each file of the set with this schema (a Kaitai Struct `.ksy` file).
    #[arg(long, value_name = "FILE", conflicts_with = "contract")]
    schema: Option<PathBuf>,
    /// Gate for these builds, the one that is installed: `=7.15.1`; may be repeated. All fielded builds when missing.
    #[arg(long = "build", value_name = "REQ", conflicts_with = "schema")]
    builds: Vec<String>,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    processes: ProcessArguments,
    #[command(flatten)]
    limits: LimitArguments,
}

/// A plan, and what it said last.
pub(super) struct PlanGate {
    set: String,
    /// What was read, with the plan if one could be made.
    pub(super) loaded: Loaded,
    planned: Vec<Planned>,
    bounds: Bounds,
    checked: RefCell<Vec<Checked>>,
}

impl GateArguments {
    /// Whether there is anything to gate with.
    pub(super) fn is_given(&self) -> bool {
        self.contract.is_some() || self.schema.is_some()
    }

    /// Reads schema, or contract, schemas and manifests.
    pub(super) fn load(&self, set: &str) -> PlanGate {
        let mut loaded = Loaded::default();
        let cwd = std::env::current_dir().unwrap_or_default();
        loaded.bounds = self.limits.bounds(&[]);
        loaded.commands = self.processes.commands(&[], &cwd, &cwd);
        loaded.import_paths.clone_from(&self.imports.import_paths);
        loaded.problems.extend(self.imports.problems());
        let requirements = loaded.requirements(&self.builds);
        let mut planned = None;
        if loaded.problems.is_empty() {
            let setup = loaded.setup(Severities::default(), Forced::default());
            if let Some(path) = &self.contract {
                planned = loaded.contract(path, &Question::Content(requirements), None, setup);
            } else if let Some(schema) = self.schema.as_ref().and_then(|path| loaded.schema(path)) {
                let plan = loaded.plan(Plan::of_schema(schema.clone(), setup));
                planned = plan.map(|plan| Planned::of_schema(plan, schema));
            }
        }
        let bounds = loaded.bounds.clone();
        let (set, planned) = (set.to_owned(), planned.into_iter().collect());
        PlanGate { set, loaded, planned, bounds, checked: RefCell::default() }
    }
}

impl GateArguments {
    /// The gate for commands that can do without one, where good sets alone pass; if it was asked for, it must work.
    pub(super) fn usable(&self, set: &str) -> Result<PlanGate, Box<PlanGate>> {
        let gate = self.load(set);
        if gate.problems().next().is_none() { Ok(gate) } else { Err(Box::new(gate)) }
    }
}

impl PlanGate {
    /// What keeps it from being asked; a warning does not.
    pub(super) fn problems(&self) -> impl Iterator<Item = &Finding> {
        self.loaded.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }

    /// Reports why there is no plan, and gives the exit code.
    pub(super) fn refuse(self, output: &OutputArguments) -> io::Result<u8> {
        let run = Run { problems: self.loaded.problems, ..Run::default() };
        output.write(&run, &self.loaded.sources)
    }

    /// The units of what was judged last.
    pub(super) fn units(&self) -> Vec<Unit> {
        self.checked.borrow().iter().map(|checked| checked.unit.clone()).collect()
    }

    /// The verdict on what was judged last; what keeps it from being one when a command cannot be read.
    pub(super) fn verdict(&self) -> Result<Verdict, Vec<Finding>> {
        let pinned = self.loaded.commands.pin(self.planned.iter().map(|planned| &planned.plan))?;
        Ok(record::verdict(
            &self.loaded.sources,
            &self.planned,
            &self.checked.borrow(),
            &self.bounds,
            &pinned,
        ))
    }

    fn check(&self, planned: &Planned, name: &str, files: &[SetFile<'_>]) -> Checked {
        let roles = &planned.plan.roles;
        let named = |role: &String| files.iter().find(|file| file.name == role.as_str());
        let single = planned.plan.contract.is_none();
        let ordered: Option<Vec<&SetFile<'_>>> =
            if single { Some(files.iter().collect()) } else { roles.iter().map(named).collect() };
        let ordered = ordered.filter(|ordered| ordered.len() == files.len() && files.len() == roles.len());
        let unit_file = |(role, file): (&String, &SetFile<'_>)| UnitFile {
            role: role.clone(),
            path: file.name.to_owned(),
            size: u64::try_from(file.bytes.len()).ok(),
        };
        let (findings, listed, digests) = match &ordered {
            Some(ordered) => {
                let bytes: Vec<&[u8]> = ordered.iter().map(|file| file.bytes).collect();
                let limits = &self.bounds.content;
                let findings = check(&planned.plan, &self.loaded.sources, &bytes, limits);
                let listed = roles.iter().zip(ordered.iter().copied()).map(unit_file).collect();
                (findings, listed, bytes.iter().map(|bytes| Some(Digest::of(bytes))).collect())
            }
            None => {
                let message = format!("the set `{name}` does not have the files of the contract");
                let mut finding =
                    Finding::new(codes::SET_INCOMPLETE, Severity::Error, Blame::Environment, message);
                let names: Vec<&str> = files.iter().map(|file| file.name).collect();
                finding.found = Some(names.join(", "));
                finding.expected = Some(roles.join(", "));
                finding.help = Some("name each file after its role: `ROLE=FILE`".into());
                (vec![finding], Vec::new(), Vec::new())
            }
        };
        let unit = planned.unit(name.to_owned(), listed, findings);
        Checked { unit, digests, plan: 0, standing: Standing::Taken }
    }
}

impl Gate for PlanGate {
    fn judge(&self, files: &[SetFile<'_>]) -> Judgement {
        let Some(planned) = self.planned.first() else { return Judgement::Unjudged };
        let checked: Vec<Checked> = match planned.plan.contract {
            Some(_) => vec![self.check(planned, &self.set, files)],
            None => files.iter().map(|file| self.check(planned, file.name, &[*file])).collect(),
        };
        // A command that gave no answer leaves content unchecked.
        let broken = !self.loaded.commands.broken().is_empty();
        let outcome = checked.iter().map(|checked| checked.unit.outcome(Subject::Content)).max();
        self.checked.replace(checked);
        match outcome {
            _ if broken => Judgement::Unjudged,
            Some(Outcome::Passed) => Judgement::Passed,
            Some(Outcome::Refused) => Judgement::Refused,
            Some(Outcome::NotRun) | None => Judgement::Unjudged,
        }
    }
}
