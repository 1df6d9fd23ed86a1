//! The gate for the contract of one incident.

use std::fs;
use std::path::Path;

use bootgate::check::{Plan, check};
use bootgate::contract::baseline::Baseline;
use bootgate::contract::{self, Requirement};
use bootgate::finding::{Finding, Severities, Severity};
use bootgate::limits::Limits;
use bootgate::schema;
use bootgate::span::Sources;

/// A contract, compiled for some builds.
pub(crate) struct Gate {
    sources: Sources,
    plan: Plan,
}

impl Gate {
    /// For the contract in a folder and the builds that a requirement names, all fielded ones when it is empty; with
    /// the baseline of the contract, and what `recorded` adds to it.
    pub(crate) fn new(folder: &Path, requirement: &str, recorded: Option<&str>) -> Gate {
        let mut sources = Sources::default();
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let path = entries
            .into_iter()
            .find(|path| path.to_string_lossy().ends_with(".contract.toml"))
            .unwrap_or_else(|| panic!("{}: no contract", folder.display()));
        let raw = contract::parse(&mut sources, "contract", &fs::read_to_string(&path).unwrap()).unwrap();
        let mut schemas = Vec::new();
        for file in &raw.files {
            let text = fs::read_to_string(folder.join(&file.schema.value)).unwrap();
            let source = sources.add(file.schema.value.clone(), text.as_str());
            schemas.push(schema::read(source, &text));
        }
        let manifests: Vec<(String, String)> = contract::read_manifests(&path, &raw.builds.value)
            .into_iter()
            .map(|(path, text)| (path.display().to_string(), text.unwrap()))
            .collect();
        let manifests = contract::parse_all(&mut sources, &raw, &manifests).unwrap();
        let requirements: Vec<Requirement> =
            [requirement].iter().filter(|r| !r.is_empty()).map(|r| Requirement::parse(r).unwrap()).collect();
        let builds = contract::select(&requirements, &manifests).unwrap();
        let mut baseline = Baseline::default();
        if let Some(file) = &raw.baseline {
            let mut read = |text: &str| Baseline::parse(&mut sources, "baseline", text).unwrap();
            baseline = read(&fs::read_to_string(folder.join(&file.value)).unwrap());
            assert!(baseline.lacking(&raw).is_empty(), "{}", folder.display());
            if let Some(text) = recorded {
                baseline.merge(read(text));
            }
        }
        let error = Severity::Error;
        let severities = Severities { trailing: error, unreferenced: error, overlapping: error };
        let plan = Plan::of_contract(raw, &schemas, &builds, severities);
        let plan = plan.unwrap_or_else(|findings| panic!("{}: {findings:#?}", folder.display()));
        Gate { sources, plan: plan.with_baseline(baseline) }
    }

    /// Everything that the gate says of a file.
    pub(crate) fn findings(&self, bytes: &[u8]) -> Vec<Finding> {
        check(&self.plan, &self.sources, &[bytes], &Limits::default())
    }
}
