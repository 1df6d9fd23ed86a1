//! The gate of a frozen plan: one file, read and verified, for the consumer that is installed.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Place, Run, Severity, Unit, UnitFile};
use bootgate::frozen::Frozen;
use bootgate::guard::store::{Gate, Judgement, SetFile};
use bootgate::input::{Hold, open_with};
use bootgate::limits::{BINARY_BYTES, PLAN_BYTES};
use bootgate::span::Sources;

use crate::output::OutputArguments;

/// Which plan.
#[derive(Debug, clap::Args)]
pub(crate) struct PlanArguments {
    /// Gate the set with this frozen plan (`bootgate compile --emit plan`); the files of the set are named after its
    /// roles.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// The consumer that is installed: a plan for another binary is not used.
    #[arg(long, value_name = "FILE", requires = "plan")]
    consumer: Option<PathBuf>,
}

/// A frozen plan, and what it said last.
pub(crate) struct FrozenGate {
    set: String,
    plan: Option<Frozen>,
    /// What the plan was read from.
    digest: Option<Digest>,
    problems: Vec<Finding>,
    units: RefCell<Vec<Unit>>,
}

impl PlanArguments {
    /// Whether there is anything to gate with.
    pub(crate) fn is_given(&self) -> bool {
        self.plan.is_some()
    }

    /// Reads and verifies the plan.
    pub(crate) fn load(&self, set: &str) -> FrozenGate {
        let mut gate = FrozenGate {
            set: set.to_owned(),
            plan: None,
            digest: None,
            problems: Vec::new(),
            units: RefCell::default(),
        };
        let loaded = self.plan.as_deref().map(|path| load(path, self.consumer.as_deref()));
        match loaded {
            Some(Ok((plan, digest))) => {
                gate.plan = Some(plan);
                gate.digest = Some(digest);
            }
            Some(Err(problem)) => gate.problems.push(*problem),
            None => {}
        }
        gate
    }
}

fn load(path: &Path, consumer: Option<&Path>) -> Result<(Frozen, Digest), Box<Finding>> {
    let content =
        open_with(path, Hold::Private, PLAN_BYTES.saturating_mul(2)).map_err(|e| Box::new(e.to_finding()))?;
    let plan = Frozen::load(&content).map_err(|error| {
        let help = "make it with `bootgate compile --emit plan`";
        unusable(format!("the plan `{}` cannot be used: {error}", path.display()), help)
    })?;
    let digest = content.sha256();
    let Some(consumer) = consumer else { return Ok((plan, digest)) };
    let about = plan.about();
    let whose = || {
        format!(
            "`{}` was compiled for {} {}",
            path.display(),
            about.consumer.escape_debug(),
            about.build.escape_debug()
        )
    };
    let Some(expected) = &about.binary else {
        let help = "give the manifest a `build.sha256` and compile the plan again, or leave `--consumer` out";
        return Err(unusable(format!("{}, whose manifest does not say which binary that is", whose()), help));
    };
    let binary = open_with(consumer, Hold::Shared, BINARY_BYTES).map_err(|e| Box::new(e.to_finding()))?;
    let found = binary.sha256().to_string();
    if found == *expected {
        return Ok((plan, digest));
    }
    let message = format!("{}, and `{}` is another binary", whose(), consumer.display());
    let mut finding = unusable(message, "install the plan of this build, or the build of this plan");
    finding.found = Some(format!("SHA-256 {found}"));
    finding.expected = Some(format!("SHA-256 {}", expected.escape_debug()));
    Err(finding)
}

fn unusable(message: String, help: &str) -> Box<Finding> {
    let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
    finding.help = Some(help.to_owned());
    Box::new(finding)
}

impl FrozenGate {
    /// What keeps it from being asked.
    pub(crate) fn problems(&self) -> impl Iterator<Item = &Finding> {
        self.problems.iter()
    }

    /// Reports why there is no plan, and gives the exit code.
    pub(crate) fn refuse(self, output: &OutputArguments) -> io::Result<u8> {
        output.write(&Run { problems: self.problems, ..Run::default() }, &Sources::default())
    }

    /// What was judged last.
    pub(crate) fn report(&self) -> Run {
        Run { units: self.units.borrow().clone(), ..Run::default() }
    }

    /// The texts that a report points into: a frozen plan has none.
    pub(crate) fn sources(&self) -> Sources {
        Sources::default()
    }

    /// Bytes that a content file may have.
    pub(crate) fn file_bytes(&self) -> u64 {
        self.plan.as_ref().map_or(0, |plan| plan.limits().file_bytes)
    }

    /// The record of what was judged last: a frozen plan makes none.
    pub(crate) fn verdict(&self) -> Result<Option<String>, Vec<Finding>> {
        Ok(None)
    }

    fn unit(&self, plan: &Frozen, name: &str, files: &[SetFile<'_>]) -> Unit {
        let mut unit = Unit { name: name.to_owned(), ..Unit::default() };
        let roles = plan.roles();
        let named = |role: &String| files.iter().find(|file| file.name == role.as_str());
        let ordered: Option<Vec<&SetFile<'_>>> =
            if plan.is_set() { roles.iter().map(named).collect() } else { Some(files.iter().collect()) };
        let Some(ordered) = ordered.filter(|o| o.len() == files.len() && files.len() == roles.len()) else {
            let message = format!("the set `{name}` does not have the files of the plan");
            let mut finding =
                Finding::new(codes::SET_INCOMPLETE, Severity::Error, Blame::Environment, message);
            finding.found = Some(files.iter().map(|file| file.name).collect::<Vec<_>>().join(", "));
            finding.expected = Some(roles.join(", "));
            finding.help = Some("name each file after its role: `ROLE=FILE`".into());
            unit.findings.push(finding);
            return unit;
        };
        let listed = roles.iter().zip(&ordered).map(|(role, file)| UnitFile {
            role: role.clone(),
            path: file.name.to_owned(),
            size: u64::try_from(file.bytes.len()).ok(),
        });
        unit.files = listed.collect();
        let bytes: Vec<&[u8]> = ordered.iter().map(|file| file.bytes).collect();
        if let Err(refusal) = plan.judge(&bytes) {
            let role = roles.get(refusal.file).map_or("", String::as_str);
            let range = refusal.range;
            let mut message = format!("`{}` at bytes {}..{}", role.escape_debug(), range.start, range.end);
            if !refusal.what.is_empty() {
                message = format!("{message}: {}", refusal.what);
            }
            let mut finding = Finding::new(refusal.code, Severity::Error, Blame::Content, message);
            let (path, marks, excerpt) = (None, Vec::new(), None);
            finding.places.push(Place { file: refusal.file, path, range, decoded: None, marks, excerpt });
            finding.help = Some("`bootgate check` with the same contract and build explains".into());
            unit.findings.push(finding);
        }
        unit
    }
}

impl Gate for FrozenGate {
    fn judge(&self, files: &[SetFile<'_>]) -> Judgement {
        let Some(plan) = &self.plan else { return Judgement::Unjudged };
        let units: Vec<Unit> = if plan.is_set() {
            vec![self.unit(plan, &self.set, files)]
        } else {
            files.iter().map(|file| self.unit(plan, file.name, &[*file])).collect()
        };
        let errors = || units.iter().flat_map(|unit| &unit.findings);
        let judgement = match (errors().next(), errors().all(|finding| finding.blame == Blame::Content)) {
            (None, _) => Judgement::Passed,
            (Some(_), true) => Judgement::Refused,
            (Some(_), false) => Judgement::Unjudged,
        };
        self.units.replace(units);
        judgement
    }

    /// The plan, and the program that walks it. A link's target of less than 60 bytes needs no block of a disk.
    fn identity(&self) -> Option<String> {
        let digest = self.digest?.to_string();
        Some(format!("{}-{}", digest.get(..32)?, env!("CARGO_PKG_VERSION")))
    }
}
