//! The gate of `bootgate guard`: a frozen plan, or the one that `bootgate check` uses, compiled from contract and
//! schemas.
//!
//! The latter makes verdicts, which `stage` stores; `bootgate-guard`, which boots, knows the former alone.

use std::cell::RefCell;
use std::io;
use std::path::PathBuf;

use bootgate::check::{Plan, Standing, check};
use bootgate::code::Forced;
use bootgate::codes;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Outcome, Run, Severities, Severity, Subject, UnitFile};
use bootgate::guard::store::{Gate, Judgement, SetFile};
use bootgate::limits::Bounds;
use bootgate::span::Sources;
use bootgate::verdict::Verdict;

use crate::check::contract::{Planned, Question};
use crate::check::load::Loaded;
use crate::check::record;
use crate::check::units::Checked;
use crate::files::ImportArguments;
use crate::guard::frozen::{FrozenGate, PlanArguments};
use crate::limits::LimitArguments;
use crate::output::OutputArguments;
use crate::processes::ProcessArguments;

/// What sets are gated with.
#[derive(Debug, clap::Args)]
pub(crate) struct GateArguments {
    #[command(flatten)]
    plan: PlanArguments,
    /// Gate the set with this contract; the files of the set are named after its roles.
    #[arg(long, value_name = "FILE", conflicts_with = "plan")]
    contract: Option<PathBuf>,
    /// Gate each file of the set with this schema (a Kaitai Struct `.ksy` file).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["contract", "plan"])]
    schema: Option<PathBuf>,
    /// Gate for these builds, the one that is installed: `=7.15.1`; may be repeated. All fielded builds when missing.
    #[arg(long = "build", value_name = "REQ", conflicts_with_all = ["schema", "plan"])]
    builds: Vec<String>,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    processes: ProcessArguments,
    #[command(flatten)]
    limits: LimitArguments,
}

/// What a set is gated with.
pub(crate) enum PlanGate {
    /// A frozen plan.
    Frozen(Box<FrozenGate>),
    /// Contract and schemas.
    Compiled(Box<Compiled>),
}

/// A plan, and what it said last.
pub(crate) struct Compiled {
    set: String,
    /// What was read, with the plan if one could be made.
    loaded: Loaded,
    planned: Vec<Planned>,
    bounds: Bounds,
    checked: RefCell<Vec<Checked>>,
}

impl GateArguments {
    /// What to name when there is nothing to gate with.
    pub(crate) const NAMES: &str =
        "name a frozen plan (`--plan FILE`), a contract (`--contract FILE`) or a schema (`--schema FILE`)";

    /// Whether there is anything to gate with.
    pub(crate) fn is_given(&self) -> bool {
        self.plan.is_given() || self.contract.is_some() || self.schema.is_some()
    }

    /// Reads the plan, a schema, or contract, schemas and manifests.
    pub(crate) fn load(&self, set: &str) -> PlanGate {
        if self.contract.is_none() && self.schema.is_none() {
            return PlanGate::Frozen(Box::new(self.plan.load(set)));
        }
        PlanGate::Compiled(Box::new(self.compiled(set)))
    }

    /// The gate for commands that can do without one, where good sets alone pass; if it was asked for, it must work.
    pub(crate) fn usable(&self, set: &str) -> Result<PlanGate, Box<PlanGate>> {
        let gate = self.load(set);
        if gate.problems().is_empty() { Ok(gate) } else { Err(Box::new(gate)) }
    }

    fn compiled(&self, set: &str) -> Compiled {
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
        Compiled { set, loaded, planned, bounds, checked: RefCell::default() }
    }
}

impl PlanGate {
    /// What keeps it from being asked; a warning does not.
    pub(crate) fn problems(&self) -> Vec<&Finding> {
        let error = |problem: &&Finding| problem.severity == Severity::Error;
        match self {
            PlanGate::Frozen(gate) => gate.problems().collect(),
            PlanGate::Compiled(gate) => gate.loaded.problems.iter().filter(error).collect(),
        }
    }

    /// Reports why there is no plan, and gives the exit code.
    pub(crate) fn refuse(self, output: &OutputArguments) -> io::Result<u8> {
        match self {
            PlanGate::Frozen(gate) => gate.refuse(output),
            PlanGate::Compiled(gate) => {
                output.write(&Run { problems: gate.loaded.problems, ..Run::default() }, &gate.loaded.sources)
            }
        }
    }

    /// What was judged last.
    pub(crate) fn report(&self) -> Run {
        match self {
            PlanGate::Frozen(gate) => gate.report(),
            PlanGate::Compiled(gate) => Run {
                units: gate.checked.borrow().iter().map(|checked| checked.unit.clone()).collect(),
                problems: gate.loaded.commands.broken(),
                ..Run::default()
            },
        }
    }

    /// The texts that a report points into.
    pub(crate) fn sources(&self) -> Sources {
        match self {
            PlanGate::Frozen(gate) => gate.sources(),
            PlanGate::Compiled(gate) => gate.loaded.sources.clone(),
        }
    }

    /// Bytes that a content file may have.
    pub(crate) fn file_bytes(&self) -> u64 {
        match self {
            PlanGate::Frozen(gate) => gate.file_bytes(),
            PlanGate::Compiled(gate) => gate.bounds.content.file_bytes,
        }
    }

    /// The verdict on what was judged last, if the gate makes one; what keeps it from being one when a command cannot
    /// be read.
    pub(crate) fn verdict(&self) -> Result<Option<String>, Vec<Finding>> {
        match self {
            PlanGate::Frozen(gate) => gate.verdict(),
            PlanGate::Compiled(gate) => gate.verdict().map(|verdict| Some(verdict.to_json())),
        }
    }
}

impl Gate for PlanGate {
    fn judge(&self, files: &[SetFile<'_>]) -> Judgement {
        match self {
            PlanGate::Frozen(gate) => gate.judge(files),
            PlanGate::Compiled(gate) => gate.judge(files),
        }
    }

    fn identity(&self) -> Option<String> {
        match self {
            PlanGate::Frozen(gate) => gate.identity(),
            PlanGate::Compiled(gate) => gate.identity(),
        }
    }
}

impl Compiled {
    /// The verdict on what was judged last; what keeps it from being one when a command cannot be read.
    fn verdict(&self) -> Result<Verdict, Vec<Finding>> {
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

impl Gate for Compiled {
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
