//! Schemas and contract, compiled for the builds that are asked about.

use std::sync::Arc;

use super::cost;
use crate::code::{Code, Forced, Options, lower};
use crate::contract::baseline::Baseline;
use crate::contract::compile::{self, Asked};
use crate::contract::{Evidence, Manifest, Question, RawContract, Say, Selected, builds_text};
use crate::finding::{Finding, Severities};
use crate::layout::{Input, Layout, QueryId, build};
use crate::limits::Limits;
use crate::schema::ast::Bundle;
use crate::table::Id;
use crate::walk::{Class, Processors, Setting};

/// What a set is checked with.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The names of the files of a set, in their order.
    pub roles: Vec<String>,
    /// The layout of the files, with the contract's queries.
    pub layout: Layout,
    /// The layout, lowered.
    pub code: Code,
    /// The contract, if there is one.
    pub contract: Option<Terms>,
    /// Classes of builds that no rule can tell apart.
    pub classes: Vec<Class>,
    /// How content is checked.
    pub setup: Setup,
}

/// A contract and the builds that are asked about.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The contract.
    pub raw: RawContract,
    /// What each query is for.
    pub asked: Vec<Asked>,
    /// The builds that have a say, in the order of their versions.
    pub builds: Vec<Manifest>,
    /// The builds' names, in the same order.
    pub names: Vec<String>,
    /// What the builds have to say, in the same order.
    pub says: Vec<Say>,
    /// The names of all builds that the contract has, in the order of their versions.
    pub fleet: Arc<[String]>,
    /// What was found wrong with the manifests of builds that are not among these for it; none of them would refuse.
    pub unfit: Vec<Finding>,
    /// The builds of each class, by their rows.
    pub classes: Vec<Vec<usize>>,
    /// What shipped content has exercised.
    pub baseline: Baseline,
    /// What is known of the regular expressions in content.
    pub expressions: cost::Memo,
}

/// How content is checked, whatever its schemas.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// What bytes weigh that are not described once.
    pub severities: Severities,
    /// Which instances are evaluated though nothing asks for them.
    pub instances: Forced,
    /// What undoes the schemas' custom processes.
    pub processors: Processors,
}

impl From<Severities> for Setup {
    fn from(severities: Severities) -> Setup {
        Setup { severities, ..Setup::default() }
    }
}

impl Plan {
    /// A plan for single files of one schema.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the schema.
    pub fn of_schema(schema: Bundle, setup: impl Into<Setup>) -> Result<Plan, Vec<Finding>> {
        let setup = setup.into();
        let role = schema.main.root.name.value.clone();
        let layout = layout(&[Input { role: &role, schema: &schema }])?;
        let code = lower(&layout, Options { instances: setup.instances, ..Options::default() });
        let classes = vec![Class::default()];
        Ok(Plan { roles: vec![role], layout, code, contract: None, classes, setup })
    }

    /// A plan for the sets of a contract; `schemas` are those of its files, in their order.
    ///
    /// A build that does not refuse, and whose manifest lacks what a rule needs, is left out ([`Terms::unfit`]).
    ///
    /// # Errors
    ///
    /// Everything that is wrong with schemas and contract, and what the manifests of builds lack that refuse.
    pub fn of_contract(
        raw: RawContract,
        schemas: &[Bundle],
        selected: &Selected<'_>,
        setup: impl Into<Setup>,
    ) -> Result<Plan, Vec<Finding>> {
        let setup = setup.into();
        let roles: Vec<String> = raw.files.iter().map(|f| f.role.value.clone()).collect();
        let (layout, asked) = compile::typed(&raw, schemas)?;
        let lacks = |builds: &[&Manifest]| compile::missing(&raw, &layout, &asked, builds);
        let refusing: Vec<&Manifest> =
            selected.with_say().filter(|(_, say)| *say == Say::Refuses).map(|(build, _)| build).collect();
        let missing = lacks(&refusing);
        if !missing.is_empty() {
            return Err(missing);
        }
        let (mut builds, mut names, mut says, mut unfit) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((build, say), name) in selected.with_say().zip(selected.names_with_say()) {
            let lacking = if say == Say::Refuses { Vec::new() } else { lacks(&[build]) };
            if lacking.is_empty() {
                builds.push(build);
                names.push(name);
                says.push(say);
            } else {
                let own = |finding| Finding { builds: vec![name.clone()], ..finding };
                unfit.extend(lacking.into_iter().map(own));
            }
        }
        let code = lower(&layout, Options { instances: setup.instances, ..Options::default() });
        let (capacities, rows): (Vec<_>, Vec<_>) = compile::classes(&layout, &builds).into_iter().unzip();
        let classes = capacities.into_iter().map(|capacities| Class { capacities }).collect();
        let builds = builds.into_iter().cloned().collect();
        let fleet = selected.names().into();
        let expressions = cost::Memo::default();
        let baseline = Baseline::default();
        let terms =
            Terms { raw, asked, builds, names, says, fleet, unfit, classes: rows, baseline, expressions };
        Ok(Plan { roles, layout, code, contract: Some(terms), classes, setup })
    }
}

impl Plan {
    /// The same plan, with what shipped content has exercised.
    pub fn with_baseline(mut self, baseline: Baseline) -> Plan {
        if let Some(terms) = &mut self.contract {
            terms.baseline = baseline;
        }
        self
    }

    /// What a walk goes by.
    pub(crate) fn setting<'s>(&'s self, limits: &'s Limits) -> Setting<'s> {
        Setting { classes: &self.classes, limits, processors: &self.setup.processors }
    }

    /// The contract's question that a query is for.
    pub(super) fn question(&self, query: QueryId) -> Option<&Question> {
        let terms = self.contract.as_ref()?;
        terms.raw.questions.get(terms.asked.get(query.row())?.question)
    }
}

impl Terms {
    /// The weakest evidence that what rests on a capacity may have.
    pub(super) fn needs(&self, name: &str) -> Evidence {
        self.raw.capacities.get(name).map_or(Evidence::Declared, |capacity| capacity.needs)
    }

    /// The names of some of the builds.
    pub(super) fn names(&self, builds: &[&Manifest]) -> Vec<String> {
        let chosen = |b: &Manifest| builds.iter().any(|c| c.source == b.source);
        self.builds.iter().zip(&self.names).filter(|(b, _)| chosen(b)).map(|(_, n)| n.clone()).collect()
    }

    /// Some of the builds in a few words, for a sentence.
    pub(super) fn who(&self, builds: &[&Manifest]) -> String {
        builds_text(&self.names(builds))
    }

    /// How many of the builds have this say.
    pub fn count(&self, say: Say) -> usize {
        self.says.iter().filter(|other| **other == say).count()
    }
}

fn layout(inputs: &[Input<'_>]) -> Result<Layout, Vec<Finding>> {
    build(inputs).map_err(|errors| errors.into_iter().map(Finding::from).collect())
}
