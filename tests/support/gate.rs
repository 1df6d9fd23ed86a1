//! The gate as a library: the flagship's schemas, contract and manifests, compiled once.

use std::fs;
use std::path::{Path, PathBuf};

use bootgate::check::{Plan, Taken, candidate, check, freeze};
use bootgate::contract::{self, Manifest, Requirement, Selected};
use bootgate::finding::{Finding, Severities, Severity};
use bootgate::frozen::Frozen;
use bootgate::limits::Limits;
use bootgate::oracle::consumer::load;
use bootgate::schema;
use bootgate::span::Sources;

use super::samples::sensor_7_11;

/// The flagship's gate for some builds.
pub(crate) struct Gate {
    sources: Sources,
    plan: Plan,
}

/// The folder of the flagship's schemas.
pub(crate) fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/channel")
}

impl Gate {
    /// For the builds that a requirement names; all fielded ones when it is empty.
    pub(crate) fn new(requirement: &str) -> Gate {
        let requirements: Vec<Requirement> =
            [requirement].iter().filter(|r| !r.is_empty()).map(|r| Requirement::parse(r).unwrap()).collect();
        Gate::of(|manifests| contract::select(&requirements, manifests).unwrap())
    }

    /// For the builds that are selected.
    pub(crate) fn of(select: impl for<'m> Fn(&'m [Manifest]) -> Selected<'m>) -> Gate {
        let mut sources = Sources::default();
        let path = schemas().join("sensor.contract.toml");
        let text = fs::read_to_string(&path).unwrap();
        let raw = contract::parse(&mut sources, "sensor.contract.toml", &text).unwrap();
        let mut parsed = Vec::new();
        for file in &raw.files {
            let text = fs::read_to_string(schemas().join(&file.schema.value)).unwrap();
            let source = sources.add(file.schema.value.clone(), text.as_str());
            parsed.push(schema::read(source, &text));
        }
        let manifests: Vec<(String, String)> = contract::read_manifests(&path, &raw.builds.value)
            .into_iter()
            .map(|(path, text)| (path.display().to_string(), text.unwrap()))
            .collect();
        let manifests = contract::parse_all(&mut sources, &raw, &manifests).unwrap();
        let error = Severity::Error;
        let severities = Severities { trailing: error, unreferenced: error, overlapping: error };
        let plan = Plan::of_contract(raw, &parsed, &select(&manifests), severities).unwrap();
        Gate { sources, plan }
    }

    /// What the builds of `self`, of which there is one, make of a set; `field` has those in the field.
    pub(crate) fn candidate(&self, field: &Gate, definitions: &[u8], channel: &[u8]) -> Taken {
        candidate(&self.plan, &field.plan, &self.sources, &[definitions, channel], &Limits::default())
    }

    /// The same for one build, frozen.
    pub(crate) fn freeze(&self) -> Frozen {
        freeze(&self.plan, &self.sources, &Limits::default(), []).unwrap()
    }

    /// Everything that the gate says of a set.
    pub(crate) fn findings(&self, definitions: &[u8], channel: &[u8]) -> Vec<Finding> {
        check(&self.plan, &self.sources, &[definitions, channel], &Limits::default())
    }

    /// What the gate refuses a set for; nothing if it passes.
    pub(crate) fn errors(&self, definitions: &[u8], channel: &[u8]) -> Vec<Finding> {
        let mut findings = self.findings(definitions, channel);
        findings.retain(|f| f.severity == Severity::Error);
        findings
    }
}

/// The plan of a schema, frozen.
pub(crate) fn freeze_schema(text: &str) -> Frozen {
    let mut sources = Sources::default();
    let source = sources.add("a.ksy", text);
    let plan = Plan::of_schema(schema::read(source, text), Severities::default()).unwrap();
    freeze(&plan, &sources, &Limits::default(), []).unwrap()
}

/// A damaged set is refused with a position, or the careful consumer shows that it does no harm.
pub(crate) fn refused_or_harmless(gate: &Gate, definitions: &[u8], channel: &[u8], what: &str) -> bool {
    let errors = gate.errors(definitions, channel);
    if errors.is_empty() {
        let content = load(definitions, channel).unwrap_or_else(|e| panic!("{what}: passed, but {e}"));
        let reads = content.reads(sensor_7_11);
        assert!(!reads.iter().any(|read| read.beyond()), "{what}: passed, and reads beyond the supply");
        return false;
    }
    for error in &errors {
        let placed = error.places.iter().any(|place| {
            let size = if place.file == 0 { definitions.len() } else { channel.len() };
            place.path.is_some() && place.range.end <= size as u64
        });
        assert!(placed, "{what}: refused without a position: {}", error.code);
    }
    true
}
