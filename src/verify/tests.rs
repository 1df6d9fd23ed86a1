use super::*;
use crate::check::Setup;
use crate::codes;
use crate::contract::{self, Beyond, Evidence, Manifest, RawContract};
use crate::extract::capacities::Shown;
use crate::extract::{Found, Supply};
use crate::finding::{Blame, Finding, Severity};
use crate::limits::Limits;
use crate::schema;
use crate::span::Sources;

const CONTRACT: &str = r#"
[contract]
consumer = "sensor"
builds = "*.build.toml"

[files]
definitions = "definitions.ksy"
channel = "channel.ksy"

[capacity."inputs.ipc"]
from = "debug:ipc_ctx.inputs"
needs = "emitted"

[[read]]
at = "channel"
index = "index"
capacity = '"inputs.ipc"'
because = "it is read"

[[declared]]
at = "definitions.types[]"
count = "num_fields"
capacity = '"inputs." + name'
because = "content may name them"
"#;

const DEFINITIONS: &str = "
meta: {id: definitions, encoding: ASCII}
seq: [{id: types, type: type, repeat: eos}]
types: {type: {seq: [{id: name, type: str, size: 3}, {id: num_fields, type: u1}]}}
";

const DIGEST: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

struct Bench {
    sources: Sources,
    contract: RawContract,
}

impl Bench {
    fn new() -> Bench {
        let mut sources = Sources::default();
        let contract = contract::parse(&mut sources, "sensor.contract.toml", CONTRACT).unwrap();
        Bench { sources, contract }
    }

    fn manifest(&mut self, build: &str, capacity: &str) -> Manifest {
        let text = format!("build = {{ version = '7.15', {build} }}\nstate = 'candidate'\n{capacity}\n");
        Manifest::parse(&mut self.sources, "7.15.build.toml", &text).unwrap()
    }

    /// What is said of a manifest with this capacity, when the binary shows something.
    fn agree(&mut self, capacity: &str, found: Option<Found>) -> Vec<(Severity, String)> {
        let manifest = self.manifest(&format!("sha256 = '{DIGEST}'"), capacity);
        let identity = Identity { id: None, sha256: DIGEST };
        let findings = agree(&self.contract, &manifest, identity, &[shown_as(found)]);
        assert!(findings.iter().all(|f| f.code == codes::MANIFEST_DISAGREES && f.blame == Blame::Consumer));
        findings.into_iter().map(|f| (f.severity, f.message)).collect()
    }

    /// What is said of definitions, when the manifest has this capacity and the binary shows something.
    fn declared(&mut self, capacity: &str, found: Option<Found>, definitions: &[u8]) -> Vec<Finding> {
        let manifest = self.manifest(&format!("sha256 = '{DIGEST}'"), capacity);
        let source = self.sources.add("definitions.ksy", DEFINITIONS);
        let schemas = [schema::read(source, DEFINITIONS)];
        let given = for_definitions(&self.contract, &["definitions"]);
        let (files, how) = ([definitions], (Setup::default(), &Limits::default()));
        declared(&given, &schemas, &manifest, &[shown_as(found)], &self.sources, &files, how).unwrap()
    }
}

fn shown_as(found: Option<Found>) -> Shown {
    Shown { name: "inputs.ipc".into(), found, findings: Vec::new(), has_origin: true }
}

fn found(value: u64, evidence: Evidence) -> Option<Found> {
    Some(Found { value, evidence, beyond: None, place: "there".into() })
}

fn claim(value: u64, evidence: &str) -> String {
    format!("capacity.'inputs.ipc' = {{ value = {value}, evidence = '{evidence}' }}")
}

#[test]
fn what_is_claimed_and_shown_alike_agrees() {
    let mut bench = Bench::new();
    for (claimed, shown) in [
        (claim(20, "emitted"), found(20, Evidence::Emitted)),
        (claim(20, "observed"), found(20, Evidence::Emitted)),
        (claim(32, "storage"), found(32, Evidence::Storage)),
        (claim(20, "observed"), found(32, Evidence::Storage)),
        (claim(20, "observed"), None),
        (claim(20, "declared"), None),
        (String::new(), None),
    ] {
        assert_eq!(bench.agree(&claimed, shown.clone()), [], "{claimed}, {shown:?}");
    }
}

#[test]
fn a_manifest_that_claims_otherwise_than_the_binary_shows_is_refused() {
    let mut bench = Bench::new();
    let differ = "the manifest and the binary differ in `inputs.ipc`";
    let more = "the manifest claims more than the binary shows of `inputs.ipc`";
    for (claimed, shown, message) in [
        (claim(21, "emitted"), found(20, Evidence::Emitted), differ),
        (claim(19, "emitted"), found(20, Evidence::Emitted), differ),
        (claim(21, "observed"), found(20, Evidence::Emitted), differ),
        (claim(32, "storage"), found(20, Evidence::Emitted), differ),
        (claim(20, "storage"), found(32, Evidence::Storage), differ),
        (claim(32, "emitted"), found(32, Evidence::Storage), more),
        (claim(20, "emitted"), None, more),
        (claim(20, "storage"), None, more),
        (
            claim(33, "observed"),
            found(32, Evidence::Storage),
            "the manifest claims more of `inputs.ipc` than there is room for",
        ),
        (
            String::new(),
            found(20, Evidence::Emitted),
            "the manifest lacks `inputs.ipc`, which the binary has",
        ),
    ] {
        let told = bench.agree(&claimed, shown.clone());
        assert_eq!(told, [(Severity::Error, message.to_owned())], "{claimed}, {shown:?}");
    }
}

#[test]
fn better_evidence_in_the_binary_is_a_warning() {
    let told = Bench::new().agree(&claim(20, "storage"), found(20, Evidence::Emitted));
    let message = "the binary shows better evidence for `inputs.ipc` than the manifest";
    assert_eq!(told, [(Severity::Warning, message.to_owned())]);
}

#[test]
fn what_happens_beyond_is_compared_where_the_binary_says_it() {
    let beyond = |beyond| found(20, Evidence::Emitted).map(|found| Found { beyond: Some(beyond), ..found });
    let mut bench = Bench::new();
    assert_eq!(bench.agree(&claim(20, "emitted"), beyond(Beyond::Fault)), []);
    let told = bench.agree(&claim(20, "emitted"), beyond(Beyond::NoMatch));
    let message = "the binary says otherwise what it does with a read beyond `inputs.ipc`";
    assert_eq!(told, [(Severity::Error, message.to_owned())]);
}

#[test]
fn a_manifest_is_about_one_binary() {
    let mut bench = Bench::new();
    let other = DIGEST.replace("aa", "ab");
    for (build, id, expected) in [
        (format!("sha256 = '{}'", DIGEST.to_uppercase()), None, None),
        ("id = 'abc'".into(), Some("abc"), None),
        (format!("sha256 = '{DIGEST}', id = 'abc'"), Some("abc"), None),
        (format!("sha256 = '{other}'"), None, Some("its SHA-256 digest differs")),
        (format!("sha256 = '{other}', id = 'abc'"), Some("abc"), Some("its SHA-256 digest differs")),
        (format!("sha256 = '{DIGEST}', id = 'abd'"), Some("abc"), Some("its build id differs")),
        ("id = 'abc'".into(), None, Some("its build id differs")),
        ("platform = 'p'".into(), Some("abc"), Some("does not say which binary it is about")),
    ] {
        let manifest = bench.manifest(&build, "");
        let findings = agree(&bench.contract, &manifest, Identity { id, sha256: DIGEST }, &[shown_as(None)]);
        let told: Vec<&str> = findings.iter().map(|f| f.message.as_str()).collect();
        match expected {
            None => assert_eq!(told, [] as [&str; 0], "{build}"),
            Some(part) => assert!(matches!(told[..], [only] if only.ends_with(part)), "{build}: {told:?}"),
        }
    }
}

#[test]
fn a_name_that_the_contract_lacks_is_told() {
    let bench = Bench::new();
    let supply = |name: &str| Supply { name: name.into(), count: 20, beyond: None, place: "there".into() };
    let told = unasked(&bench.contract, &[supply("inputs.ipc"), supply("input.ipc"), supply("other")]);
    assert_eq!(codes_of(&told), [(codes::CAPACITY_UNDECLARED, Severity::Warning); 2]);
    assert_eq!(told[0].help.as_deref(), Some("did the build mean `inputs.ipc`?"));
}

#[test]
fn what_stands_in_the_way_of_reading_the_binary_is_told_for_what_is_claimed_of_it() {
    let mut bench = Bench::new();
    let failure = Finding::new(codes::DEBUG_INFO_MISSING, Severity::Error, Blame::Environment, "stripped");
    let all = [Shown { findings: vec![failure], ..shown_as(None) }];
    let identity = Identity { id: None, sha256: DIGEST };
    for (claimed, expected) in [
        (claim(32, "storage"), vec![codes::DEBUG_INFO_MISSING]),
        // What is stated does not need debug information.
        (claim(20, "emitted"), vec![codes::MANIFEST_DISAGREES]),
        (claim(20, "observed"), Vec::new()),
    ] {
        let manifest = bench.manifest(&format!("sha256 = '{DIGEST}'"), &claimed);
        let findings = agree(&bench.contract, &manifest, identity, &all);
        assert_eq!(findings.iter().map(|f| f.code).collect::<Vec<_>>(), expected, "{claimed}");
    }
}

fn codes_of(findings: &[Finding]) -> Vec<(&'static str, Severity)> {
    findings.iter().map(|f| (f.code, f.severity)).collect()
}

#[test]
fn finding_1_of_the_root_cause_analysis_is_refused_where_the_build_is_made() {
    let mut bench = Bench::new();
    let told = bench.declared(&claim(20, "emitted"), found(20, Evidence::Emitted), b"ipc\x15");
    assert_eq!(codes_of(&told), [(codes::DECLARED_NOT_SUPPLIED, Severity::Error)]);
    assert_eq!(told[0].blame, Blame::Consumer);
    assert_eq!(told[0].found.as_deref(), Some("21 declared"));
    assert_eq!(told[0].expected.as_deref(), Some("at most 20: so many are supplied, says there"));
    assert_eq!(told[0].places[0].path.as_deref(), Some("definitions.types[0].num_fields"));
}

#[test]
fn as_much_or_less_than_supplied_may_be_declared() {
    let mut bench = Bench::new();
    for count in [0, 19, 20] {
        let definitions = [b'i', b'p', b'c', count];
        assert_eq!(bench.declared(&claim(20, "emitted"), found(20, Evidence::Emitted), &definitions), []);
        // The build ran, and showed it.
        assert_eq!(bench.declared(&claim(20, "observed"), None, &definitions), []);
        assert_eq!(bench.declared(&claim(20, "observed"), found(32, Evidence::Storage), &definitions), []);
    }
}

#[test]
fn an_array_that_is_long_enough_does_not_show_what_is_filled_in() {
    let mut bench = Bench::new();
    for length in [21, 32] {
        let told = bench.declared(&claim(length, "storage"), found(length, Evidence::Storage), b"ipc\x15");
        assert_eq!(codes_of(&told), [(codes::EVIDENCE_TOO_WEAK, Severity::Error)]);
    }
}

#[test]
fn what_the_build_does_not_have_at_all_is_a_warning() {
    let told = Bench::new().declared("", None, b"ipc\x01new\x02");
    let expected = (codes::DECLARED_NOT_SUPPLIED, Severity::Warning);
    assert_eq!(codes_of(&told), [expected, expected]);
}

#[test]
fn damaged_definitions_are_their_own_fault() {
    let told = Bench::new().declared(&claim(20, "emitted"), found(20, Evidence::Emitted), b"ipc\x14ip");
    assert_eq!(codes_of(&told), [(codes::UNEXPECTED_END, Severity::Error)]);
    assert_eq!(told[0].blame, Blame::Content);
}

#[test]
fn declarations_in_files_that_were_not_given_are_not_forgotten() {
    let mut bench = Bench::new();
    let manifest = bench.manifest("id = 'a'", "");
    let given = for_definitions(&bench.contract, &[]);
    let how = (Setup::default(), &Limits::default());
    let told = declared(&given, &[], &manifest, &[], &bench.sources, &[], how).unwrap();
    assert_eq!(codes_of(&told), [(codes::DECLARED_NOT_CHECKED, Severity::Warning)]);
    assert!(told[0].help.as_deref().unwrap_or_default().contains("definitions=FILE"));
}
