//! Properties that hold for every input: bodies of the fuzz targets and of the property tests.
//!
//! Each takes raw bytes, needs no seeds to reach deep code, and panics when its promise is broken.

// A property that does not hold must stop the test that asks for it.
#![allow(clippy::panic)]

pub mod consumer;
mod plan;
mod sound;
mod soup;
#[cfg(test)]
mod tests;

pub use plan::{frozen_bytes, frozen_set, plan_bytes};
pub use sound::{Judge, complete};

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use arbitrary::Unstructured;

use crate::check::{Plan, Setup, explain, is_silent};
use crate::code::{Forced, verify};
use crate::contract::baseline::Baseline;
use crate::contract::{self, Evidence, Manifest, Origin, RawContract, Selected};
use crate::extract::{self, Binary, Bytes, Extras, Files};
use crate::finding::{Finding, Severities, Severity};
use crate::r#gen::{Generator, Options};
use crate::input::InputError;
use crate::limits::Limits;
use crate::mutate::{Mutant, Mutator, Options as MutatorOptions};
use crate::schema;
use crate::schema::ast::Bundle;
use crate::span::{Source, Sources, Span};

/// The flagship's schemas, in the order of its contract.
const SCHEMAS: [(&str, &str); 2] = [
    ("type_definitions.ksy", include_str!("../../schemas/channel/type_definitions.ksy")),
    ("channel_file.ksy", include_str!("../../schemas/channel/channel_file.ksy")),
];
const CONTRACT: &str = include_str!("../../schemas/channel/sensor.contract.toml");
const MANIFEST: &str = include_str!("../../schemas/channel/builds/7.15.build.toml");

/// A small schema that uses much of the language and fixes no bytes, so that any bytes reach all of it.
const OPEN: &str = include_str!("open.ksy");
/// A contract about it, with every kind of question, and builds that differ in what they can take.
const ASKED: &str = include_str!("open.contract.toml");
/// What it is compared with.
const SHIPPED: &str = include_str!("open.baseline.toml");
const BUILDS: [&str; 4] = [
    "build.version = '1'\nstate = 'fielded'\ncapacity.items = { value = 200, evidence = 'emitted' }\n\
     capacity.takes = { value = 1, evidence = 'declared' }\ncapacity.width = { value = 4, evidence = 'storage' }\n",
    "build.version = '2'\nstate = 'fielded'\ncapacity.items = { value = 100, evidence = 'observed', beyond = 'no-match' }\n\
     capacity.takes = { value = 0, evidence = 'declared' }\ncapacity.width = { value = 2, evidence = 'emitted' }\n",
    "build.version = '3'\nstate = 'fielded'\ncapacity.items = { value = 255, evidence = 'emitted' }\n\
     capacity.takes = { value = 2, evidence = 'observed' }\ncapacity.width = { value = 8, evidence = 'storage' }\n",
    "build.version = '4'\nstate = 'fielded'\ncapacity.items = { value = 200, evidence = 'storage' }\n\
     capacity.takes = { value = 1, evidence = 'declared' }\ncapacity.width = { value = 2, evidence = 'declared' }\n",
];

/// Bounds that a fuzzer reaches soon.
fn limits() -> Limits {
    Limits {
        elements: 1 << 14,
        empty_elements: 1 << 8,
        depth: 64,
        instances: 1 << 10,
        decoded_bytes: 1 << 16,
        ..Limits::default()
    }
}

/// A plan with its sources.
struct Gate {
    plan: Plan,
    sources: Sources,
}

fn schema(sources: &mut Sources, name: &str, text: &str) -> Bundle {
    let source = sources.add(name, text);
    schema::read(source, text)
}

fn flagship() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(|| {
        let mut sources = Sources::default();
        let raw = contract::parse(&mut sources, "sensor.contract.toml", CONTRACT);
        let raw = raw.unwrap_or_else(|e| panic!("the contract: {e:?}"));
        let manifest = Manifest::parse(&mut sources, "7.15.build.toml", MANIFEST);
        let manifest = manifest.unwrap_or_else(|e| panic!("the manifest: {e:?}"));
        // A candidate that supplies less has more to say, and says it as warnings.
        let text = MANIFEST.replace("7.15", "7.16").replace("fielded", "candidate").replace("= 20", "= 10");
        let candidate = Manifest::parse(&mut sources, "7.16.build.toml", &text);
        let candidate = candidate.unwrap_or_else(|e| panic!("the manifest: {e:?}"));
        let schemas = SCHEMAS.map(|(name, text)| schema(&mut sources, name, text));
        let builds = Selected::fielded([&manifest, &candidate]);
        let plan = Plan::of_contract(raw, &schemas, &builds, Severities::default());
        Gate { plan: plan.unwrap_or_else(|e| panic!("the plan: {e:?}")), sources }
    })
}

/// The flagship's contract for one build of its own, which supplies so many inputs where 7.15 supplies 20, and has this happen
/// beyond them.
fn flagship_for(supplies: u64, beyond: &str) -> Gate {
    let mut sources = Sources::default();
    let raw = contract::parse(&mut sources, "sensor.contract.toml", CONTRACT);
    let raw = raw.unwrap_or_else(|e| panic!("the contract: {e:?}"));
    let stated =
        |value: u64, beyond: &str| format!("value = {value}, evidence = \"emitted\", beyond = \"{beyond}\"");
    let text = MANIFEST.replace(&stated(20, "fault"), &stated(supplies, beyond));
    let manifest = manifest(&mut sources, &text);
    let schemas = SCHEMAS.map(|(name, text)| schema(&mut sources, name, text));
    let plan = Plan::of_contract(raw, &schemas, &Selected::fielded([&manifest]), Severities::default());
    Gate { plan: plan.unwrap_or_else(|e| panic!("the plan: {e:?}")), sources }
}

fn open() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(|| {
        let mut sources = Sources::default();
        let schema = schema(&mut sources, "open.ksy", OPEN);
        let plan = Plan::of_schema(schema, Severities::default());
        Gate { plan: plan.unwrap_or_else(|e| panic!("the plan: {e:?}")), sources }
    })
}

/// The open schema with its contract, for some of the builds.
fn asked(builds: &[usize]) -> Gate {
    let mut sources = Sources::default();
    let raw = contract::parse(&mut sources, "open.contract.toml", ASKED);
    let raw = raw.unwrap_or_else(|e| panic!("the contract: {e:?}"));
    let manifests: Vec<Manifest> = BUILDS.iter().map(|text| manifest(&mut sources, text)).collect();
    let builds: Vec<&Manifest> = builds.iter().filter_map(|row| manifests.get(*row)).collect();
    let schema = schema(&mut sources, "open.ksy", OPEN);
    let plan = Plan::of_contract(raw, &[schema], &Selected::fielded(builds), Severities::default());
    let plan = plan.unwrap_or_else(|e| panic!("the plan: {e:?}"));
    let baseline = Baseline::parse(&mut sources, "open.baseline.toml", SHIPPED);
    let baseline = baseline.unwrap_or_else(|e| panic!("the baseline: {e:?}"));
    Gate { plan: plan.with_baseline(baseline), sources }
}

fn manifest(sources: &mut Sources, text: &str) -> Manifest {
    Manifest::parse(sources, "a.build.toml", text).unwrap_or_else(|e| panic!("the manifest: {e:?}"))
}

/// The gates of the open contract: for all builds, for those that take most, for none.
fn asked_gates() -> &'static [Gate; 3] {
    static GATES: OnceLock<[Gate; 3]> = OnceLock::new();
    GATES.get_or_init(|| [asked(&[0, 1, 2, 3]), asked(&[2]), asked(&[])])
}

/// Any bytes as content: walks and checks end within their limits, and the two passes agree.
///
/// The first byte chooses: the open schema, without or with a contract that asks every kind of question, or the
/// flagship with its fixed bytes and checksums made right.
pub fn walk_bytes(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    match choice % 4 {
        0 => return agree(open(), &[data]),
        1 => return asked_gates().iter().for_each(|gate| agree(gate, &[data])),
        _ => {}
    }
    let Some((share, data)) = data.split_first() else { return };
    let (definitions, channel) = data.split_at(data.len() * usize::from(*share) / 256);
    let definitions = repaired(definitions, b"BGTD\x01\x00", 16);
    let channel = repaired(channel, b"BGCF", 24);
    agree(flagship(), &[&definitions, &channel]);
}

/// A file with right fixed bytes and a right checksum, as far as it is long enough.
fn repaired(data: &[u8], magic: &[u8], checksum: usize) -> Vec<u8> {
    let mut bytes = data.to_vec();
    if let Some(place) = bytes.get_mut(..magic.len()) {
        place.copy_from_slice(magic);
    }
    if let Some(place) = bytes.get_mut(checksum..checksum + 4) {
        place.fill(0);
        let sum = crc32fast::hash(&bytes);
        if let Some(place) = bytes.get_mut(checksum..checksum + 4) {
            place.copy_from_slice(&sum.to_le_bytes());
        }
    }
    bytes
}

/// The fast pass is silent exactly when the explaining pass has nothing to say; what it says has a place.
pub fn set(definitions: &[u8], channel: &[u8]) {
    agree(flagship(), &[definitions, channel]);
}

fn agree(gate: &Gate, files: &[&[u8]]) {
    let sound = verify(&gate.plan.code, gate.plan.layout.capacities.len());
    assert!(sound.is_ok(), "lowered, and not sound: {sound:?}");
    let silent = is_silent(&gate.plan, files, &limits());
    let findings = explain(&gate.plan, &gate.sources, files, &limits());
    assert_eq!(silent, findings.is_empty(), "the passes differ: {findings:#?}");
    for finding in &findings {
        assert!(!finding.places.is_empty(), "no place: {finding:#?}");
        for place in &finding.places {
            let size = files.get(place.file).map_or(0, |f| f.len() as u64);
            let range = place.range;
            assert!(range.start <= range.end && range.end <= size, "outside the file: {finding:#?}");
            assert!(place.marks.iter().all(|m| m.range.end <= size), "mark outside the file: {finding:#?}");
        }
        shown(finding, &gate.sources);
    }
}

/// Any text as a schema: it compiles and walks, or is refused with a place in it.
pub fn schema_text(data: &[u8]) {
    let mut entropy = Unstructured::new(data);
    let text = soup::schema(&mut entropy);
    let content = entropy.take_rest();
    let mut sources = Sources::default();
    let source = sources.add("fuzz.ksy", text.as_str());
    match Plan::of_schema(schema::read(source, &text), Severities::default()) {
        Ok(plan) => agree(&Gate { plan, sources }, &[content]),
        Err(findings) => refused(&findings, &sources),
    }
}

/// Any text as an expression in a schema: it compiles and is evaluated, or is refused with a place in it.
pub fn expression_text(data: &[u8]) {
    let mut entropy = Unstructured::new(data);
    let text = soup::expression(&mut entropy);
    let content = entropy.take_rest();
    let value = format!("instances:\n  fuzzed:\n    value: {}\n", quoted(&text));
    let text = OPEN.replacen("instances:\n", &value, 1);
    let mut sources = Sources::default();
    let source = sources.add("fuzz.ksy", text.as_str());
    let setup = Setup { instances: Forced::All, ..Setup::default() };
    match Plan::of_schema(schema::read(source, &text), setup) {
        Ok(plan) => agree(&Gate { plan, sources }, &[content]),
        Err(findings) => refused(&findings, &sources),
    }
}

/// A text as a YAML scalar.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// Any text as a contract and as a manifest: they load, or are refused with a place in them.
pub fn contract_text(data: &[u8]) {
    let mut entropy = Unstructured::new(data);
    let mut sources = Sources::default();
    let text = soup::contract(&mut entropy);
    let findings = |errors: Vec<contract::ContractError>| errors.into_iter().map(Finding::from).collect();
    let raw: Result<RawContract, Vec<Finding>> =
        contract::parse(&mut sources, "fuzz.contract.toml", &text).map_err(findings);
    let text = soup::manifest(&mut entropy);
    let manifest = Manifest::parse(&mut sources, "fuzz.build.toml", &text).map_err(findings);
    let content = entropy.take_rest();
    match raw {
        Ok(raw) if raw.files.len() == SCHEMAS.len() => {
            let schemas = SCHEMAS.map(|(name, text)| schema(&mut sources, name, text));
            let known = Manifest::parse(&mut sources, "7.15.build.toml", MANIFEST);
            let (definitions, channel) = content.split_at(content.len() / 2);
            let definitions = repaired(definitions, b"BGTD\x01\x00", 16);
            let channel = repaired(channel, b"BGCF", 24);
            let builds: Vec<&Manifest> = manifest.iter().chain(&known).collect();
            loaded(raw, &schemas, &builds, sources.clone(), &[&definitions, &channel]);
        }
        Ok(raw) => {
            let schemas = [schema(&mut sources, "open.ksy", OPEN)];
            let known: Vec<Manifest> = BUILDS.iter().map(|text| self::manifest(&mut sources, text)).collect();
            let builds: Vec<&Manifest> = manifest.iter().chain(&known).collect();
            loaded(raw, &schemas, &builds, sources.clone(), &[content]);
        }
        Err(findings) => refused(&findings, &sources),
    }
    if let Err(findings) = manifest {
        refused(&findings, &sources);
    }
}

/// A contract that was read: it compiles and is asked, or is refused with a place in it.
fn loaded(raw: RawContract, schemas: &[Bundle], builds: &[&Manifest], sources: Sources, files: &[&[u8]]) {
    if raw.files.len() != schemas.len() {
        return;
    }
    match Plan::of_contract(raw, schemas, &Selected::fielded(builds.iter().copied()), Severities::default()) {
        Ok(plan) => agree(&Gate { plan, sources }, files),
        Err(findings) => refused(&findings, &sources),
    }
}

fn refused(findings: &[Finding], sources: &Sources) {
    assert!(!findings.is_empty(), "refused for no reason");
    for finding in findings {
        assert!(!finding.labels.is_empty(), "no place in the text: {finding:#?}");
        shown(finding, sources);
    }
}

/// Every label is a part of its text, on character boundaries.
fn shown(finding: &Finding, sources: &Sources) {
    for label in &finding.labels {
        let Span { source, start, end } = label.span;
        let text = sources.get(source).map(|Source { text, .. }| text);
        let part = text.and_then(|text| text.get(start as usize..end as usize));
        assert!(part.is_some(), "a label that is no part of its text: {finding:#?}");
    }
}

/// What the binaries of the fuzzer are asked.
const QUESTIONS: &str = include_str!("questions.toml");

/// Any bytes as a binary, as its PDB and as the kernel that its BTF rests on: each question has an answer or an error.
pub fn extract_bytes(data: &[u8]) {
    static CONTRACT: OnceLock<(RawContract, Sources)> = OnceLock::new();
    let (contract, sources) = CONTRACT.get_or_init(|| {
        let mut sources = Sources::default();
        let raw = contract::parse(&mut sources, "questions.toml", QUESTIONS);
        (raw.unwrap_or_else(|e| panic!("the questions: {e:?}")), sources)
    });
    let origins: Vec<&Origin> = contract.capacities.values().filter_map(|c| c.from.as_ref()).collect();
    let questions: Vec<_> = origins.iter().map(|origin| &origin.question).collect();
    let told = |findings: &[Finding]| findings.iter().for_each(|finding| shown(finding, sources));
    if let Err(error) = extract::ask_pdb("fuzz.pdb", data, &questions) {
        told(&[Finding::from(error)]);
    }
    let binary = match Binary::read("fuzz.elf", data) {
        Ok(binary) => binary,
        Err(error) => return told(&[Finding::from(error)]),
    };
    match binary.supplies() {
        Ok(supplies) => {
            assert!(supplies.iter().all(|supply| !supply.name.is_empty()), "a capacity without a name")
        }
        Err(error) => told(&[Finding::from(error)]),
    }
    let files = OneFile(data);
    let path = PathBuf::from("fuzz.elf");
    let extras = Extras { files: &files, btf_base: Some(path.clone()), path, ..Extras::none() };
    let answers = binary.ask(&extras, &origins);
    assert_eq!(answers.len(), origins.len(), "a question without an answer");
    for answer in answers {
        match answer {
            Ok(found) => assert_eq!(found.evidence, Evidence::Storage, "more than types can prove"),
            Err(failure) => told(&[Finding::from(&failure)]),
        }
    }
}

/// The same bytes under every name.
struct OneFile<'d>(&'d [u8]);

impl Files for OneFile<'_> {
    fn read(&self, _: &Path) -> Result<Option<Bytes>, InputError> {
        Ok(Some(Box::new(self.0.to_vec())))
    }
}

/// Any seed: what the generator makes of the flagship, of the open schema with every kind of question, and of a schema
/// that the rest of the bytes give, the check passes; with nothing left over or described twice in the flagship.
pub fn generate(data: &[u8]) {
    let mut entropy = Unstructured::new(data);
    let seed = entropy.arbitrary().unwrap_or(0);
    static FLAGSHIP: OnceLock<(Plan, Sources)> = OnceLock::new();
    let (plan, sources) = FLAGSHIP.get_or_init(strict);
    let options = Options { rehearsals: 1, attempts: 64, ..Options::default() };
    let mut generator = Generator::new(plan, sources, options.clone());
    let generator = generator.as_mut().unwrap_or_else(|e| panic!("nothing was made: {e:?}"));
    let made = generator.generate(seed).map(|(files, attempts)| (files.to_vec(), attempts));
    let (files, attempts) = made.unwrap_or_else(|e| panic!("nothing was made: {e:?}"));
    assert_eq!(attempts.refused, 0, "the check refused what was made");
    accepted(plan, sources, &files);
    for Gate { plan, sources } in asked_gates() {
        if let Ok(mut generator) = Generator::new(plan, sources, options.clone())
            && let Ok((files, _)) = generator.generate(seed)
        {
            let files = files.to_vec();
            accepted(plan, sources, &files);
        }
    }
    let text = soup::schema(&mut entropy);
    let mut sources = Sources::default();
    let source = sources.add("fuzz.ksy", text.as_str());
    if let Ok(plan) = Plan::of_schema(schema::read(source, &text), Severities::default())
        && let Ok(mut generator) = Generator::new(&plan, &sources, options)
        && let Ok((files, _)) = generator.generate(seed)
    {
        let files = files.to_vec();
        accepted(&plan, &sources, &files);
    }
}

/// Repaired mutants of channel files pass the check, and no mutant of anything is larger than it may be.
pub fn mutate(data: &[u8]) {
    const MOST: usize = 1 << 12;
    static CHANNEL: OnceLock<(Plan, Sources)> = OnceLock::new();
    let (plan, sources) = CHANNEL.get_or_init(|| {
        let text = include_str!("../../schemas/channel/channel_file.ksy");
        let mut sources = Sources::default();
        let source = sources.add("channel_file.ksy", text);
        let plan = Plan::of_schema(schema::read(source, text), Severities::default());
        (plan.unwrap_or_else(|e| panic!("the schema of channel files: {e:?}")), sources)
    });
    let (seed, rest) = data.split_at(data.len().min(8));
    let seed = seed.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    let mut mutator = Mutator::new(plan, sources, MutatorOptions::default())
        .unwrap_or_else(|e| panic!("no mutator for channel files: {e:?}"));
    let mut generator = Generator::new(plan, sources, Options { rehearsals: 1, ..Options::default() });
    let generator = generator.as_mut().unwrap_or_else(|e| panic!("nothing was made: {e:?}"));
    let made = generator.generate(seed).map(|(files, _)| files.concat());
    let made = made.unwrap_or_else(|e| panic!("nothing was made: {e:?}"));
    let mut out = Vec::new();
    for data in [made.as_slice(), rest] {
        mutator.mutate(data, seed, MOST, &mut out);
        let mutant = mutator.cross(&out.clone(), &made, seed, MOST, &mut out);
        assert!(out.len() <= MOST, "{} bytes", out.len());
        if mutant == Mutant::Repaired {
            accepted(plan, sources, &[out.clone()]);
        }
    }
}

/// The flagship, with every byte to be described once.
fn strict() -> (Plan, Sources) {
    let Gate { plan, sources } = flagship();
    let mut plan = plan.clone();
    let error = Severity::Error;
    plan.setup.severities = Severities { trailing: error, unreferenced: error, overlapping: error };
    (plan, sources.clone())
}

fn accepted(plan: &Plan, sources: &Sources, files: &[Vec<u8>]) {
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let findings = explain(plan, sources, &files, &Limits::default());
    let errors: Vec<_> = findings.iter().filter(|f| f.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "made, and refused: {files:02x?}: {errors:#?}");
}
