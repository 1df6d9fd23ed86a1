//! What contracts and manifests promise: every error is found, at its place, and no text does harm.

use crate::limits::TEXT_BYTES;
use proptest::prelude::*;

use super::*;
use crate::finding::{Blame, Finding};
use crate::span::{Sources, Span};

const CONTRACT: &str = include_str!("../../schemas/channel/sensor.contract.toml");
const MANIFEST: &str = include_str!("../../schemas/channel/builds/7.15.build.toml");

/// A contract with nothing optional, to which a test adds what it is about.
const SMALL: &str = "[contract]\nconsumer = 'c'\nbuilds = '*.toml'\nbaseline = 'b'\n[files]\na = 'a.ksy'\n";
const READ: &str = "[[read]]\nat = 'a'\nindex = 'i'\ncapacity = \"'n'\"\nbecause = 'b'\n";

const BUILD: &str = "build = { version = '7.15' }\nstate = 'fielded'\n";

fn contract(text: &str) -> RawContract {
    parse(&mut Sources::default(), "c.toml", text).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// The first question, which is a read.
fn read(contract: &RawContract) -> &kinds::Read {
    match &contract.questions[0].kind {
        Kind::Read(read) => read,
        other => panic!("{other:?}"),
    }
}

fn manifest(text: &str) -> Manifest {
    Manifest::parse(&mut Sources::default(), "m.toml", text).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_else(|| panic!("{span:?} is not in the text"))
}

/// The errors of a contract as message and the text that they point at.
fn wrong(text: &str) -> Vec<(String, String)> {
    let errors = parse(&mut Sources::default(), "c.toml", text).unwrap_err();
    errors.iter().map(|e| (e.to_string(), slice(text, e.span()).to_owned())).collect()
}

fn wrong_manifest(text: &str) -> Vec<(String, String)> {
    let errors = Manifest::parse(&mut Sources::default(), "m.toml", text).unwrap_err();
    errors.iter().map(|e| (e.to_string(), slice(text, e.span()).to_owned())).collect()
}

fn pair(message: &str, text: &str) -> (String, String) {
    (message.to_owned(), text.to_owned())
}

#[test]
fn the_flagship_contract_is_read_whole() {
    let contract = contract(CONTRACT);
    assert_eq!(contract.consumer.value, "sensor");
    assert_eq!(contract.unlisted, Unlisted::Refuse);
    let roles: Vec<&str> = contract.files.iter().map(|file| file.role.value.as_str()).collect();
    assert_eq!(roles, ["definitions", "channel"], "the order is that of the file");
    assert_eq!(contract.capacities["inputs.ipc"].needs, Evidence::Emitted);
    let tables: Vec<&str> = contract.questions.iter().map(|question| question.kind.table()).collect();
    assert_eq!(tables, ["read", "declared", "reference", "reference"]);
    assert_eq!(contract.questions[0].place.key, "/read/0");
    let read = read(&contract);
    assert_eq!(read.unknown, Unknown::Ignored);
    let capacity = &read.capacity;
    let at = capacity.value.find("definitions").unwrap();
    assert_eq!(slice(CONTRACT, capacity.sub(at..at + 11)), "definitions");
}

#[test]
fn the_flagship_builds_supply_what_the_incident_says() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/channel/sensor.contract.toml");
    let contract = contract(CONTRACT);
    let texts: Vec<(String, String)> = read_manifests(&folder, &contract.builds.value)
        .into_iter()
        .map(|(path, text)| (path.display().to_string(), text.unwrap()))
        .collect();
    let builds = parse_all(&mut Sources::default(), &contract, &texts).unwrap();
    let ipc = |build: &Manifest| build.capacities.get("inputs.ipc").map(|c| (c.value, c.beyond));
    let found: Vec<_> = builds.iter().map(|build| (build.version.value.as_str(), ipc(build))).collect();
    assert_eq!(
        found,
        [
            ("7.10", None),
            ("7.11", Some((20, Beyond::Fault))),
            ("7.15", Some((20, Beyond::Fault))),
            ("7.15.1", Some((20, Beyond::NoMatch))),
            ("8.0", Some((21, Beyond::NoMatch))),
        ]
    );
    let needs = |name: &str| contract.capacities[name].needs;
    for build in &builds {
        assert!(
            build.capacities.iter().all(|(name, c)| c.evidence >= needs(name)),
            "{}",
            build.version.value
        );
    }
    assert_eq!(
        select(&[], &builds).unwrap().with_say().count(),
        5,
        "all are answered for without being asked for"
    );
}

#[test]
fn defaults_are_the_careful_ones() {
    let small = contract(&format!("{SMALL}[capacity.n]\n{READ}"));
    assert_eq!(small.unlisted, Unlisted::Refuse);
    assert_eq!(small.capacities["n"].needs, Evidence::Declared);
    assert_eq!(read(&small).unknown, Unknown::Refused);
    let build = manifest(&format!("{BUILD}capacity.n = {{ value = 0x1_0, evidence = 'storage' }}"));
    assert_eq!((build.capacities["n"].value, build.capacities["n"].beyond), (16, Beyond::Fault));
}

#[test]
fn syntax_errors_are_all_reported_and_nothing_else() {
    assert_eq!(wrong("x = 0x_1\ny = tru\n[contract\n").len(), 3);
    let found = wrong(&format!("{SMALL}because = = 3\n"));
    assert!(found.iter().all(|(message, _)| message.starts_with("not valid TOML: ")), "{found:?}");
    let (message, _) = &wrong(&format!("{SMALL}a = 'b.ksy'\n"))[0];
    assert_eq!(message, "not valid TOML: duplicate key");
}

#[test]
fn a_text_beyond_the_limit_is_not_read() {
    let text = "#".repeat(TEXT_BYTES + 1);
    assert_eq!(wrong(&text), [pair("the file has 1048577 bytes, more than the 1048576 that are read", "")]);
}

#[test]
fn unknown_keys_are_refused_everywhere_with_the_nearest_name() {
    let text = format!("extra = 1\n{SMALL}{}[[read]]\nindx = 'i'\n", READ.replace("because", "becuase"));
    let errors = parse(&mut Sources::default(), "c.toml", &text).unwrap_err();
    let nearest = |name: &str| {
        errors.iter().find_map(|e| match e {
            ContractError::KeyUnknown { key, nearest, .. } if key == name => {
                Some((*nearest, slice(&text, e.span())))
            }
            _ => None,
        })
    };
    assert_eq!(nearest("becuase"), Some((Some("because"), "becuase")));
    assert_eq!(nearest("indx"), Some((Some("index"), "indx")));
    assert_eq!(nearest("extra"), Some((None, "extra")));
}

#[test]
fn missing_keys_are_reported_at_the_header() {
    assert_eq!(
        wrong(""),
        [pair("`contract` is missing in the contract", ""), pair("`files` is missing in the contract", "")]
    );
    let found = wrong("[contract]\n[files]\n[[read]]\n[[declared]]\n[[rule]]\n");
    let at = |header: &str| found.iter().filter(|(_, text)| text == header).count();
    assert_eq!((at("[contract]"), at("[files]")), (2, 1));
    assert_eq!((at("[[read]]"), at("[[declared]]"), at("[[rule]]")), (4, 4, 3));
    assert_eq!(wrong_manifest("build = {}\n")[0], pair("`state` is missing in the manifest", ""));
}

#[test]
fn wrong_types_say_what_was_found_and_what_is_expected() {
    let cases = [
        (format!("{SMALL}{}", READ.replace("'b'", "3")), "`because` is a whole number, not a string", "3"),
        (format!("read = 1\n{SMALL}"), "`read` is a whole number, not an array of tables", "1"),
        (format!("read = [true]\n{SMALL}"), "`read/0` is true or false, not a table", "true"),
        (format!("capacity = 1.5\n{SMALL}"), "`capacity` is a number with a fraction, not a table", "1.5"),
        (format!("capacity.n = []\n{SMALL}"), "`n` is an array, not a table", "[]"),
        (SMALL.replace("'a.ksy'", "1979-05-27"), "`a` is a date or time, not a string", "1979-05-27"),
        (format!("contract = ''\n{}", "[files]\na = 'a'"), "`contract` is a string, not a table", "''"),
    ];
    for (text, message, place) in cases {
        assert_eq!(wrong(&text), [pair(message, place)], "{text}");
    }
    let text = format!("{BUILD}capacity.n = {{ value = '20', evidence = 'emitted' }}");
    assert_eq!(wrong_manifest(&text), [pair("`value` is a string, not a whole number", "'20'")]);
}

#[test]
fn words_outside_the_vocabulary_are_refused() {
    let unlisted = SMALL.replace("[files]", "unlisted = 'warn'\n[files]");
    assert_eq!(wrong(&unlisted), [pair("`warn` is not a value of `unlisted`", "warn")]);
    let needs = format!("{SMALL}[capacity.n]\nneeds = 'emited'\n");
    assert_eq!(wrong(&needs), [pair("`emited` is not a value of `needs`", "emited")]);
    let unknown = format!("{SMALL}{READ}unknown = 'ignore'\n");
    assert_eq!(wrong(&unknown), [pair("`ignore` is not a value of `unknown`", "ignore")]);
    let text = "build.version = '1'\nstate = 'retired'\ncapacity.n = { value = 1, evidence = 'sure', beyond = 'ok' }";
    let found: Vec<String> = wrong_manifest(text).into_iter().map(|(_, text)| text).collect();
    assert_eq!(found, ["retired", "sure", "ok"], "all in one run");
}

#[test]
fn blank_strings_are_refused() {
    assert_eq!(
        wrong(&format!("{SMALL}{}", READ.replace("'b'", "\"\""))),
        [pair("`because` is blank", "\"\"")]
    );
    let text = format!("{SMALL}{}", READ.replace("'b'", "\" \\t\""));
    assert_eq!(wrong(&text), [pair("`because` is blank", "\" \\t\"")]);
}

#[test]
fn numbers_outside_the_range_are_refused() {
    for number in ["-1", "18446744073709551616", "-0x1"] {
        let text = format!("{BUILD}capacity.n = {{ value = {number}, evidence = 'emitted' }}");
        assert!(Manifest::parse(&mut Sources::default(), "m.toml", &text).is_err(), "{number}");
    }
    let text = format!("{BUILD}capacity.n = {{ value = -1, evidence = 'emitted' }}");
    assert_eq!(
        wrong_manifest(&text),
        [pair("`value` is -1, not a number from 0 to 18446744073709551615", "-1")]
    );
}

#[test]
fn a_content_set_has_files_with_names_that_paths_can_begin_with() {
    assert_eq!(wrong(&SMALL.replace("a = 'a.ksy'\n", "")), [pair("`[files]` names no file", "[files]")]);
    for role in ["\"channel file\"", "Channel", "1a", "_a", "é"] {
        let text = SMALL.replace("\na = ", &format!("\n{role} = ")).replace("\né", "\n\"é\"");
        let name = role.trim_matches('"');
        assert_eq!(wrong(&text), [pair(&format!("`{name}` cannot be the name of a file in paths"), name)]);
    }
}

#[test]
fn a_pattern_that_cannot_match_is_refused() {
    let found = wrong(&SMALL.replace("*.toml", "builds/[.toml"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, "builds/[.toml");
    assert!(found[0].0.starts_with("`builds/[.toml` is not a pattern of paths: "), "{found:?}");
}

#[test]
fn a_dotted_name_without_quotes_is_explained() {
    let text = format!("{SMALL}[capacity.inputs.ipc]\nneeds = 'emitted'\n");
    let errors = parse(&mut Sources::default(), "c.toml", &text).unwrap_err();
    assert_eq!(errors[0].to_string(), "the name of the capacity `inputs.ipc` is not quoted");
    assert_eq!(errors[0].help().as_deref(), Some("write `capacity.\"inputs.ipc\"`"));
    let found =
        wrong_manifest(&format!("{BUILD}capacity.inputs.ipc = {{ value = 20, evidence = 'emitted' }}"));
    assert_eq!(found, [pair("the name of the capacity `inputs.ipc` is not quoted", "inputs")]);
}

#[test]
fn versions_and_digests_are_checked() {
    assert_eq!(
        wrong_manifest("build.version = '7.x'\nstate = 'fielded'"),
        [pair("`7.x` is not a version", "7.x")]
    );
    for digest in ["abc".to_owned(), "g".repeat(64), "é".repeat(32)] {
        let text = format!("build = {{ version = '1', sha256 = '{digest}' }}\nstate = 'fielded'");
        assert_eq!(wrong_manifest(&text), [pair(&format!("`{digest}` is not a SHA-256 digest"), &digest)]);
    }
    let text = format!("build = {{ version = '1', sha256 = '{}' }}\nstate = 'fielded'", "0aF9".repeat(16));
    assert_eq!(manifest(&text).sha256.unwrap().value.len(), 64);
}

fn all(contract_text: &str, manifests: &[&str]) -> Result<Vec<Manifest>, Vec<ContractError>> {
    let mut sources = Sources::default();
    let contract = parse(&mut sources, "c.toml", contract_text).unwrap();
    let texts: Vec<(String, String)> =
        manifests.iter().enumerate().map(|(i, text)| (format!("{i}.toml"), (*text).to_owned())).collect();
    parse_all(&mut sources, &contract, &texts)
}

#[test]
fn manifests_are_held_against_the_contract() {
    let contract = format!("{SMALL}[capacity.\"inputs.ipc\"]\n");
    let supply = "{ value = 20, evidence = 'emitted' }";
    let found = all(
        &contract,
        &[
            &format!("{BUILD}capacity.\"input.ipc\" = {supply}"),
            &format!("{}capacity.features = {supply}", BUILD.replace("7.15", "8.0")),
        ],
    );
    let helps: Vec<(String, Option<String>)> =
        found.unwrap_err().iter().map(|e| (e.to_string(), e.help())).collect();
    assert_eq!(helps[0].0, "the contract has no capacity `input.ipc`");
    assert_eq!(helps[0].1.as_deref(), Some("did you mean `inputs.ipc`?"));
    assert_eq!(helps[1].0, "the contract has no capacity `features`");
    let found = all(&contract, &[]).unwrap_err();
    assert_eq!(found[0].to_string(), "no manifest matches `*.toml`");
}

#[test]
fn a_build_has_one_manifest() {
    let on = |version: &str, platform: &str| {
        format!("build = {{ version = '{version}', platform = '{platform}' }}\nstate = 'fielded'\n")
    };
    let found = all(SMALL, &[&on("7.15", "x64"), &on("7.15.0", "arm64"), &on("7.15.0", "x64")]).unwrap_err();
    let [ContractError::BuildTwice { build, at, first }] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((build.as_str(), at.span.source.0, first.span.source.0), ("7.15.0 for x64", 3, 1));
    let finding = Finding::from(found[0].clone());
    assert_eq!(finding.labels.iter().filter(|label| label.primary).count(), 1);
    assert_eq!(finding.labels.len(), 2);
}

#[test]
fn the_errors_of_all_manifests_come_in_one_run() {
    let found = all(SMALL, &["build", "build.version = '1'\n", &format!("{BUILD}x = 1")]).unwrap_err();
    let sources: Vec<u32> = found.iter().map(|e| e.span().source.0).collect();
    assert_eq!(sources, [1, 2, 3]);
}

#[test]
fn findings_blame_the_contract_and_point_into_it() {
    let text = format!("{SMALL}{}", READ.replace("index", "indx"));
    let errors = parse(&mut Sources::default(), "c.toml", &text).unwrap_err();
    let findings: Vec<Finding> = errors.into_iter().map(Finding::from).collect();
    let [missing, unknown] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((missing.code, unknown.code), ("contract-invalid", "contract-key-unknown"));
    assert_eq!(missing.labels[0].key.as_deref(), Some("/read/0"));
    assert_eq!(unknown.labels[0].key.as_deref(), Some("/read/0/indx"));
    assert_eq!(unknown.help.as_deref(), Some("did you mean `index`?"));
    assert!(findings.iter().all(|f| f.blame == Blame::Contract && f.labels[0].primary));
}

/// Every span of an error or a value can be shown, and so can every part of a string.
fn check_spans(text: &str) {
    let mut sources = Sources::default();
    match parse(&mut sources, "c.toml", text) {
        Ok(contract) => {
            let questions = contract.questions.iter().flat_map(|q| [&q.at, q.kind.subject().1, &q.because]);
            for value in questions.chain(contract.files.iter().map(|f| &f.schema)) {
                for cut in 0..=value.value.len() {
                    slice(text, value.sub(cut..value.value.len()));
                    slice(text, value.sub(0..cut));
                    slice(text, value.sub(cut..cut));
                }
            }
        }
        Err(errors) => errors.iter().for_each(|e| assert!(slice(text, e.span()).len() <= text.len())),
    }
    if let Err(errors) = Manifest::parse(&mut sources, "m.toml", text) {
        errors.iter().for_each(|e| assert!(slice(text, e.span()).len() <= text.len()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_is_read_or_refused_with_places(text in "\\PC{0,200}") {
        check_spans(&text);
    }

    #[test]
    fn toml_like_text_is_read_or_refused_with_places(
        parts in prop::collection::vec(prop::sample::select(vec![
            "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\n", "\r\n", "\"", "'", "\"\"\"", "'''", "\\", "\\u00e9",
            "é", "\u{feff}", "\0", "\u{85}", "read", "contract", "capacity", "files", "at", "index", "version", "-1", "7.15", "true", "#", " ",
        ]), 0..60)
    ) {
        check_spans(&parts.concat());
    }

    /// One stretch of a valid text is cut out or replaced.
    #[test]
    fn damaged_text_is_read_or_refused_with_places(
        manifest in any::<bool>(), at in any::<prop::sample::Index>(), len in 0..12_usize, put in "\\PC{0,4}"
    ) {
        let text = if manifest { MANIFEST } else { CONTRACT };
        let start = at.index(text.len());
        let end = (start + len).min(text.len());
        let damaged = format!("{}{put}{}", text.get(..start).unwrap(), text.get(end..).unwrap());
        check_spans(&damaged);
    }
}

const PAGE: &str = include_str!("contract.md");

/// The examples of a section of the page.
fn examples(section: &str) -> impl Iterator<Item = &str> {
    section.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next())
}

#[test]
fn the_page_shows_every_table_with_every_key_as_it_is_read() {
    let head = examples(PAGE).next().unwrap();
    assert_eq!(contract(head).consumer.value, "sensor");
    for table in kinds::KEYS.iter().skip(3) {
        let title = format!("## `[[{table}]]`\n");
        let section = PAGE.split(title.as_str()).nth(1).unwrap_or_else(|| panic!("no section `{table}`"));
        let section = section.split("\n## ").next().unwrap();
        let example = examples(section).next().unwrap();
        let read = contract(&format!("{SMALL}{example}"));
        assert_eq!(read.questions[0].kind.table(), *table);
        // What the reader refuses lists the keys that it has.
        let errors = parse(&mut Sources::default(), "c.toml", &format!("{SMALL}{example}zzzzz = 1\n"));
        let keys = match errors.unwrap_err().remove(0) {
            ContractError::KeyUnknown { keys, .. } => keys,
            other => panic!("{other:?}"),
        };
        for key in keys.iter().filter(|key| !["at", "when", "because"].contains(key)) {
            assert!(section.contains(&format!("`{key}`")), "`{key}` of `{table}` is not explained");
        }
        let code = section.split("Gives `").nth(1).and_then(|rest| rest.split('`').next());
        assert!(code.is_some_and(|code| crate::codes::find(code).is_some()), "{table}: {code:?}");
    }
    let manifest_example = examples(PAGE.split("## Manifests").nth(1).unwrap()).next().unwrap();
    assert_eq!(manifest(manifest_example).capacities["inputs.ipc"].value, 20);
}
