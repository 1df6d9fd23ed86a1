//! Schemas and contract, compiled for the builds that are asked about.

use super::cost;
use crate::code::{Code, Forced, Options, lower};
use crate::contract::baseline::Baseline;
use crate::contract::compile::{self, Asked};
use crate::contract::{Evidence, Manifest, Question, RawContract, build_names};
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
    /// The builds, in the order of their versions.
    pub builds: Vec<Manifest>,
    /// The builds' names, in the same order.
    pub names: Vec<String>,
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
    /// # Errors
    ///
    /// Everything that is wrong with schemas and contract, and what the builds' manifests lack.
    pub fn of_contract(
        raw: RawContract,
        schemas: &[Bundle],
        builds: &[&Manifest],
        setup: impl Into<Setup>,
    ) -> Result<Plan, Vec<Finding>> {
        let setup = setup.into();
        let roles: Vec<String> = raw.files.iter().map(|f| f.role.value.clone()).collect();
        let (layout, asked) = compile::typed(&raw, schemas)?;
        let missing = compile::missing(&raw, &layout, &asked, builds);
        if !missing.is_empty() {
            return Err(missing);
        }
        let code = lower(&layout, Options { instances: setup.instances, ..Options::default() });
        let (capacities, rows): (Vec<_>, Vec<_>) = compile::classes(&layout, builds).into_iter().unzip();
        let classes = capacities.into_iter().map(|capacities| Class { capacities }).collect();
        let names = build_names(builds);
        let builds = builds.iter().map(|b| (*b).clone()).collect();
        let expressions = cost::Memo::default();
        let terms =
            Terms { raw, asked, builds, names, classes: rows, baseline: Baseline::default(), expressions };
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
}

fn layout(inputs: &[Input<'_>]) -> Result<Layout, Vec<Finding>> {
    build(inputs).map_err(|errors| errors.into_iter().map(Finding::from).collect())
}
