//! Witnesses of what a `valid` allows, and of each kind of question of a contract.

use std::collections::BTreeMap;

use super::*;
use crate::contract::{self, Manifest, Selected};
use crate::finding::Severities;
use crate::schema;

const SCHEMA: &str = "
meta: {id: parts, endian: le}
seq:
  - {id: magic, size: 4, valid: {any-of: ['[0x42, 0x47, 0x31, 0x30]', '[0x42, 0x47, 0x31, 0x32]']}}
  - {id: name, type: strz, encoding: ASCII, valid: {any-of: ['\"alpha\"', '\"beta\"']}}
  - {id: most, type: u1}
  - {id: least, type: u1, valid: {expr: _ < most}}
  - {id: wide, type: u4}
  - {id: flags, type: u1}
  - {id: num_items, type: u1, valid: {max: 9}}
  - {id: items, type: item, repeat: expr, repeat-expr: num_items}
types:
  item: {seq: [{id: key, type: u2}, {id: kind, type: u1}, {id: next, type: u1}, {id: label, size: 2}]}
";

const CONTRACT: &str = r#"
[contract]
consumer = "c"
builds = "*.build.toml"
[files]
parts = "parts.ksy"
[capacity.modern]
[[rule]]
at = "parts"
assert = "flags < 128"
because = "b"
[[required]]
at = "parts.items[]"
value = "label"
because = "b"
[[reference]]
at = "parts.items[]"
index = "next"
within = "_root.items.size"
because = "b"
[[not-null]]
at = "parts.items[]"
reference = "key"
null = "0"
when = "kind == 1"
because = "b"
[[width]]
at = "parts"
value = "wide"
bytes = "2"
signed = false
because = "b"
[[unique]]
at = "parts.items[]"
key = "key"
because = "b"
[[pair]]
at = "parts.items[]"
first = "kind"
second = "next"
refused = [["7", "1"]]
capacity = '"modern"'
because = "b"
"#;

fn plan(sources: &mut Sources) -> Plan {
    let raw = contract::parse(sources, "c.contract.toml", CONTRACT).unwrap_or_else(|e| panic!("{e:#?}"));
    let builds = [("1", 0), ("2", 1)].map(|(version, modern)| {
        let text = format!(
            "build.version = '{version}'\nstate = 'fielded'\ncapacity.modern = {{ value = {modern}, evidence = 'emitted' }}\n"
        );
        Manifest::parse(sources, "a.build.toml", &text).unwrap_or_else(|e| panic!("{e:#?}"))
    });
    let source = sources.add("parts.ksy", SCHEMA);
    let schemas = [schema::read(source, SCHEMA)];
    Plan::of_contract(raw, &schemas, &Selected::fielded(&builds), Severities::default())
        .unwrap_or_else(|e| panic!("{e:#?}"))
}

/// The witness of a name: its file, what the builds 1 and 2 do with it, and the codes.
fn shown(name: &str) -> (Vec<u8>, Vec<Outcome>, Vec<&'static str>) {
    let mut sources = Sources::default();
    let plan = plan(&mut sources);
    let mut generator = Generator::new(&plan, &sources, Options::default()).unwrap();
    let properties = properties(&plan);
    let known: Vec<&str> = properties.iter().map(|property| property.name.as_str()).collect();
    let property = properties.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("{name}: {known:#?}"));
    let shown = generator.show(property, 5).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    let builds: BTreeMap<String, Outcome> = shown.builds;
    (shown.files[0].clone(), builds.into_values().collect(), shown.codes)
}

#[test]
fn each_text_that_is_allowed_is_shown_and_one_beside_it_refused() {
    let takes = vec![Outcome::Takes; 2];
    let (file, builds, codes) = shown("parts.name-text-beta");
    assert!(file[4..].starts_with(b"beta\0") && builds == takes && codes.is_empty());
    let (file, _, codes) = shown("parts.name-no-text-betb");
    assert!(file[4..].starts_with(b"betb\0") && codes == [codes::VALUE_NOT_VALID]);
    let (file, builds, _) = shown("parts.magic-text-BG12");
    assert!(file.starts_with(b"BG12") && builds == takes);
    // One less than BG12 is no magic number, one less than BG10 neither.
    let (file, _, codes) = shown("parts.magic-no-text-BG11");
    assert!(file.starts_with(b"BG11") && codes == [codes::VALUE_NOT_VALID]);
}

#[test]
fn what_a_constraint_allows_by_other_fields_is_shown_on_both_sides() {
    let least = |name: &str| {
        let (file, _, codes) = shown(name);
        let at = 4 + file[4..].iter().position(|byte| *byte == 0).unwrap() + 1;
        (file[at], file[at + 1], codes)
    };
    let (most, least_of, codes) = least("parts.least-allowed");
    assert!(least_of < most && codes.is_empty());
    let (most, least_of, codes) = least("parts.least-not-allowed");
    assert!(least_of >= most && codes == [codes::VALUE_NOT_VALID]);
}

#[test]
fn each_kind_of_question_is_met_by_one_set_and_broken_by_another_in_nothing_else() {
    use Outcome::{Refused, Takes};
    for (about, code) in [
        ("rule-parts-flags___128", codes::RULE_FAILED),
        ("required-parts.items-label", codes::FIELD_BLANK),
        ("reference-parts.items-next", codes::REFERENCE_OUTSIDE),
        ("not-null-parts.items-key", codes::REFERENCE_NULL),
        ("width-parts-wide", codes::VALUE_TOO_WIDE),
        ("unique-parts.items-key", codes::DUPLICATE_KEY),
    ] {
        let (_, builds, codes) = shown(&format!("meets-{about}"));
        assert_eq!((builds, codes), (vec![Takes, Takes], vec![]), "{about}");
        let (_, builds, codes) = shown(&format!("breaks-{about}"));
        assert_eq!((builds, codes), (vec![Refused, Refused], vec![code]), "{about}");
    }
    // Build 2 takes the pair.
    let (_, builds, codes) = shown("breaks-pair-parts.items-kind");
    assert_eq!((builds, codes), (vec![Refused, Takes], vec![codes::PAIR_NOT_TAKEN]));
}
