//! What each kind of question promises: what is refused, where, for which builds; and what passes.

use crate::check::{Plan, explain, is_silent};
use crate::contract::{self, Manifest, Selected};
use crate::finding::{Finding, Severities, Severity};
use crate::limits::Limits;
use crate::schema;
use crate::span::Sources;

/// A list of elements of four bytes, with a table of bytes behind it.
const SCHEMA: &str = "
meta: {id: list, encoding: UTF-8, endian: le}
seq:
  - {id: num, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: num}
  - {id: groups, type: group, repeat: eos}
types:
  item:
    seq:
      - {id: kind, type: u1, enum: kind}
      - {id: ref, type: s1}
      - {id: name, type: str, size: 2}
      - {id: more, type: u1, if: kind == kind::long}
    instances:
      raw: {value: '[_root.num, 7]'}
  group:
    seq:
      - {id: tags, size: 3, type: tags}
  tags:
    seq:
      - {id: all, type: u1, repeat: eos}
enums:
  kind: {0: none, 1: block, 2: execute, 3: long}
";

pub(super) struct Gate {
    pub(super) plan: Plan,
    pub(super) sources: Sources,
}

/// A gate with these tables of the contract; each build has a version and the lines of its capacities.
pub(super) fn gate(tables: &str, builds: &[(&str, &str)]) -> Gate {
    let mut sources = Sources::default();
    let text = format!(
        "[contract]\nconsumer = 'c'\nbuilds = '*'\nbaseline = 'b'\n[files]\nlist = 'l.ksy'\n{tables}"
    );
    let raw = contract::parse(&mut sources, "c.toml", &text).unwrap_or_else(|e| panic!("{e:#?}"));
    let manifest = |(version, lines): &(&str, &str)| {
        let text = format!("build.version = '{version}'\nstate = 'fielded'\n{lines}");
        Manifest::parse(&mut sources, "m.toml", &text).unwrap_or_else(|e| panic!("{e:#?}"))
    };
    let manifests: Vec<Manifest> = builds.iter().map(manifest).collect();
    let source = sources.add("l.ksy", SCHEMA);
    let schema = schema::read(source, SCHEMA);
    let builds: Vec<&Manifest> = manifests.iter().collect();
    let plan = Plan::of_contract(raw, &[schema], &Selected::fielded(builds), Severities::default());
    Gate { plan: plan.unwrap_or_else(|e| panic!("{e:#?}")), sources }
}

impl Gate {
    /// What is said of a file, the same by both passes.
    pub(super) fn findings(&self, content: &[u8]) -> Vec<Finding> {
        let findings = explain(&self.plan, &self.sources, &[content], &Limits::default());
        assert_eq!(
            is_silent(&self.plan, &[content], &Limits::default()),
            findings.is_empty(),
            "{findings:#?}"
        );
        findings
    }

    /// Each finding in a line: code, severity where that is no error, builds, places.
    pub(super) fn told(&self, content: &[u8]) -> Vec<String> {
        self.findings(content).iter().map(line).collect()
    }
}

fn line(finding: &Finding) -> String {
    let mut parts = vec![finding.code.to_string()];
    if finding.severity != Severity::Error {
        parts.push(finding.severity.name().to_string());
    }
    parts.extend(Some(finding.builds.join(" ")).filter(|builds| !builds.is_empty()));
    parts.extend(finding.places.iter().filter_map(|place| place.path.clone()));
    parts.join(" ")
}

/// A file of these elements: kind, reference, name.
pub(super) fn items(items: &[(u8, i8, &str)]) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(items.len()).unwrap()];
    for (kind, reference, name) in items {
        bytes.extend([*kind, reference.cast_unsigned()]);
        bytes.extend(name.as_bytes());
    }
    bytes
}

pub(super) const NONE: &[&str] = &[];

#[test]
fn a_reference_is_within_what_it_refers_to() {
    let gate =
        gate("[[reference]]\nat = 'list.items[]'\nindex = 'ref'\nwithin = '_root.num'\nbecause = 'b'\n", &[]);
    assert_eq!(gate.told(&items(&[(0, 0, "aa"), (0, 1, "bb")])), NONE);
    let outside = ["reference-outside list.items[0].ref list.items[1].ref"];
    assert_eq!(gate.told(&items(&[(0, 2, "aa"), (0, -1, "bb")])), outside);
    let findings = gate.findings(&items(&[(0, 7, "aa"), (0, 1, "bb")]));
    assert_eq!(findings[0].found.as_deref(), Some("index 7"));
    assert_eq!(findings[0].expected.as_deref(), Some("an index from 0 to 1: there are 2"));
}

#[test]
fn a_reference_with_a_length_ends_within_and_a_null_is_not_asked() {
    let gate = gate(
        "[[reference]]\nat = 'list.items[]'\nindex = 'ref'\nlength = 'kind.to_i'\nwithin = '10'\nnull = '-1'\nbecause = 'b'\n",
        &[],
    );
    assert_eq!(gate.told(&items(&[(2, 8, "aa"), (2, -1, "bb"), (0, 10, "cc")])), NONE);
    let outside = ["reference-outside list.items[0] list.items[1] list.items[2]"];
    assert_eq!(gate.told(&items(&[(2, 9, "aa"), (2, -2, "bb"), (0, 11, "cc")])), outside);
}

#[test]
fn no_number_is_so_great_that_a_reference_passes() {
    for (index, length) in [("(1 << 126) * 2 - 1 + (1 << 126) * 2", "1"), ("0", "-1"), ("1", "1 << 126")] {
        let table = format!(
            "[[reference]]\nat = 'list'\nindex = '{index}'\nlength = '{length}'\nwithin = '(1 << 126) - 1'\nbecause = 'b'\n"
        );
        let told = gate(&table, &[]).told(&items(&[]));
        assert_eq!(told.len(), 1, "{index}, {length}: {told:?}");
    }
}

#[test]
fn a_reference_that_is_needed_is_not_null() {
    let table = |null: &str| {
        format!(
            "[[not-null]]\nat = 'list.items[]'\nreference = 'ref'\n{null}because = 'b'\nwhen = 'kind != kind::none'\n"
        )
    };
    let zero = gate(&table(""), &[]);
    assert_eq!(zero.told(&items(&[(0, 0, "aa"), (1, -1, "bb")])), NONE);
    assert_eq!(zero.told(&items(&[(1, 0, "aa")])), ["reference-null list.items[0]"]);
    let other = gate(&table("null = '-1'\n"), &[]);
    assert_eq!(other.told(&items(&[(1, 0, "aa")])), NONE);
    assert_eq!(other.told(&items(&[(1, 1, "aa"), (1, -1, "bb")])), ["reference-null list.items[1]"]);
}

const COUNT: &str = "[capacity.items]\nneeds = 'emitted'\n[[count]]\nat = 'list'\ncount = 'num'\ncapacity = \"'items'\"\nbecause = 'b'\n";

#[test]
fn a_count_is_held_against_the_room_of_each_build() {
    let builds = [
        ("1", "capacity.items = { value = 2, evidence = 'emitted' }"),
        ("2", "capacity.items = { value = 2, evidence = 'emitted', beyond = 'no-match' }"),
        ("3", "capacity.items = { value = 3, evidence = 'observed' }"),
    ];
    let gate = gate(COUNT, &builds);
    let of = |count: usize| gate.told(&items(&vec![(0, 0, "aa"); count]));
    assert_eq!(of(0), NONE);
    assert_eq!(of(2), NONE, "as many as there is room for");
    let beyond = ["count-beyond-capacity 1 list.num", "count-beyond-capacity warning 2 list.num"];
    assert_eq!(of(3), beyond);
    assert_eq!(of(4).len(), 3, "the third build has room for three");
}

#[test]
fn a_count_of_which_nothing_good_enough_is_known_is_refused() {
    let weak = ("1", "capacity.items = { value = 255, evidence = 'storage' }");
    let gate = |table: &str| self::gate(table, &[weak, ("2", "")]);
    let refused = ["evidence-too-weak 1 list.num", "capacity-unknown 2 list.num"];
    let mut told = gate(COUNT).told(&items(&[]));
    told.sort_unstable_by_key(|line| line.starts_with("capacity"));
    assert_eq!(told, refused);
    let ignored = format!("{COUNT}unknown = 'ignored'\n");
    assert_eq!(gate(&ignored).told(&items(&[])), ["evidence-too-weak 1 list.num"]);
}

#[test]
fn a_value_fits_the_integer_that_a_build_keeps_it_in() {
    let table = "[capacity.width]\n[[width]]\nat = 'list.items[]'\nvalue = 'ref * 2'\nbytes = 'capacity(\"width\")'\nsigned = true\nbecause = 'b'\n[[rule]]\nat = 'list'\nassert = 'num < capacity(\"other\")'\nbecause = 'b'\n[capacity.other]\n";
    let other = |n: u8| format!("capacity.other = {{ value = {n}, evidence = 'emitted' }}\n");
    let width = |n: u8| format!("capacity.width = {{ value = {n}, evidence = 'emitted' }}\n");
    let builds = [width(1) + &other(9), width(2) + &other(9), width(1) + &other(8)];
    let builds: Vec<(&str, &str)> =
        ["1", "2", "3"].into_iter().zip(builds.iter().map(String::as_str)).collect();
    let gate = gate(table, &builds);
    assert_eq!(gate.told(&items(&[(0, 63, "aa"), (0, -64, "bb")])), NONE);
    let wide = ["value-too-wide 1 3 list.items[0].ref list.items[1].ref"];
    let told = gate.told(&items(&[(0, 64, "aa"), (0, -65, "bb")]));
    assert_eq!(told, wide, "one finding for builds that other rules tell apart");
}

#[test]
fn the_stamp_of_2022_does_not_fit_and_the_greatest_that_does_fits() {
    let table = |value: &str| {
        format!("[[width]]\nat = 'list'\nvalue = '{value}'\nbytes = '4'\nsigned = true\nbecause = 'b'\n")
    };
    assert_eq!(gate(&table("2147483647"), &[]).told(&[0]), NONE);
    assert_eq!(gate(&table("2201010001"), &[]).told(&[0]), ["value-too-wide list"]);
    assert_eq!(gate(&table("-1"), &[]).told(&[0]), NONE);
    assert_eq!(gate(&table("-1").replace("true", "false"), &[]).told(&[0]), ["value-too-wide list"]);
}

#[test]
fn a_required_field_is_there_and_says_something() {
    let name = "[[required]]\nat = 'list.items[]'\nvalue = 'name'\nbecause = 'b'\n";
    let gate = |table: &str| self::gate(table, &[]);
    assert_eq!(gate(name).told(&items(&[(0, 0, "a "), (0, 0, "\0b")])), NONE);
    for blank in ["  ", "\0\0", "\t\n", " \0", "\u{a0}"] {
        assert_eq!(
            gate(name).told(&items(&[(0, 0, blank)])),
            ["field-blank list.items[0].name"],
            "{blank:?}"
        );
    }
    let raw = "[[required]]\nat = 'list.items[]'\nvalue = 'raw'\nbecause = 'b'\n";
    assert_eq!(gate(raw).told(&items(&[(0, 0, "aa")])), NONE, "a byte that is not zero");
    let list = "[[required]]\nat = 'list'\nvalue = 'items'\nbecause = 'b'\n";
    assert_eq!(gate(list).told(&items(&[(0, 0, "aa")])), NONE);
    assert_eq!(gate(list).told(&items(&[])), ["field-blank list.items"], "a list without elements");
}

#[test]
fn a_required_field_that_is_absent_is_blank() {
    for table in [
        "[[required]]\nat = 'list.items[]'\nvalue = 'more'\nbecause = 'b'\n",
        "[[required]]\nat = 'list.items[].more'\nvalue = '_'\nbecause = 'b'\n",
    ] {
        let gate = gate(table, &[]);
        assert_eq!(gate.told(&items(&[(0, 0, "aa")])), ["field-blank list.items[0].more"], "{table}");
        assert_eq!(gate.told(b"\x01\x03\x00aa\x00"), NONE, "a number is never blank: {table}");
    }
}

const PAIR: &str = "[[pair]]\nat = 'list.items[]'\nfirst = 'kind'\nsecond = 'ref'\nrefused = [['kind::block', '1'], ['kind::execute', '2']]\nbecause = 'b'\n";

#[test]
fn a_pair_that_no_build_takes_is_refused_and_its_parts_are_not() {
    let gate = gate(PAIR, &[("1", "")]);
    assert_eq!(gate.told(&items(&[(1, 2, "aa"), (2, 1, "bb"), (0, 0, "cc")])), NONE);
    let findings = gate.findings(&items(&[(1, 2, "aa"), (2, 2, "bb")]));
    assert_eq!(findings.iter().map(line).collect::<Vec<_>>(), ["pair-not-taken list.items[1]"]);
    assert_eq!(findings[0].found.as_deref(), Some("`kind::execute` with `2`"));
    assert_eq!(findings[0].labels[0].key.as_deref(), Some("/pair/0/refused/1/0"));
}

#[test]
fn a_pair_is_taken_by_the_builds_that_say_so() {
    let table = format!("[capacity.takes]\nneeds = 'emitted'\n{PAIR}capacity = \"'takes'\"\n");
    let takes =
        |value: u8, more: &str| format!("capacity.takes = {{ value = {value}, evidence = 'emitted'{more} }}");
    let texts = [
        takes(0, ""),
        takes(1, ""),
        takes(0, ", beyond = 'no-match'"),
        String::new(),
        takes(1, "").replace("emitted", "declared"),
    ];
    let builds: Vec<(&str, &str)> =
        ["1", "2", "3", "4", "5"].into_iter().zip(texts.iter().map(String::as_str)).collect();
    let gate = gate(&table, &builds);
    assert_eq!(gate.told(&items(&[(1, 2, "aa")])), NONE, "no build is asked about what is not there");
    let mut told = gate.told(&items(&[(1, 1, "aa")]));
    told.sort_unstable();
    let expected = [
        "capacity-unknown 4 list.items[0]",
        "evidence-too-weak 5 list.items[0]",
        "pair-not-taken 1 list.items[0]",
        "pair-not-taken warning 3 list.items[0]",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_key_occurs_once_and_each_that_does_not_is_shown_with_all_its_places() {
    let gate = gate("[[unique]]\nat = 'list.items[]'\nkey = 'name'\nbecause = 'b'\n", &[]);
    assert_eq!(gate.told(&items(&[(0, 0, "aa"), (0, 0, "ab"), (0, 0, "ba")])), NONE);
    let twice = [(0, 0, "aa"), (0, 0, "bb"), (0, 0, "cc"), (0, 0, "bb"), (0, 0, "aa"), (0, 0, "bb")];
    let expected = [
        "duplicate-key list.items[0].name list.items[4].name",
        "duplicate-key list.items[1].name list.items[3].name list.items[5].name",
    ];
    assert_eq!(gate.told(&items(&twice)), expected);
    let findings = gate.findings(&items(&twice));
    assert_eq!(findings[1].found.as_deref(), Some("\"bb\", 3 times"));
    assert!(findings[0].places.iter().all(|place| place.excerpt.is_some()), "each is shown with its bytes");
    let marked = |place: &crate::finding::Place| place.marks.first().map(|mark| mark.label.clone());
    assert!(
        findings[0].places.iter().all(|p| marked(p).as_deref() == Some("name = \"aa\"")),
        "{findings:#?}"
    );
}

#[test]
fn keys_can_be_numbers_enums_and_bytes() {
    let told = |key: &str, content: &[u8]| {
        gate(&format!("[[unique]]\nat = 'list.items[]'\nkey = '{key}'\nbecause = 'b'\n"), &[])
            .findings(content)
    };
    let two = items(&[(1, 5, "aa"), (1, 5, "bb")]);
    let found = |key: &str| told(key, &two).first().and_then(|f| f.found.clone());
    assert_eq!(found("ref").as_deref(), Some("5, 2 times"));
    assert_eq!(found("kind").as_deref(), Some("block (1), 2 times"));
    assert_eq!(found("raw").as_deref(), Some("02 07, 2 times"));
    assert_eq!(found("name"), None);
    assert_eq!(found("name + kind.to_i.to_s"), None);
}

#[test]
fn keys_are_compared_within_what_the_contract_says() {
    let table = |within: &str| {
        format!("[[unique]]\nat = 'list.groups[].tags.all[]'\nkey = '_'\n{within}because = 'b'\n")
    };
    let content = [0, 1, 2, 3, 3, 2, 4];
    assert_eq!(gate(&table("within = 'list.groups[]'\n"), &[]).told(&content), NONE);
    assert_eq!(gate(&table("within = 'list.groups[].tags'\n"), &[]).told(&content), NONE);
    for whole in ["", "within = 'list'\n"] {
        assert_eq!(gate(&table(whole), &[]).told(&content).len(), 2, "{whole:?}: 2 and 3");
    }
    let again = [0, 1, 2, 3, 4, 5, 4];
    let expected = ["duplicate-key list.groups[1].tags.all[0] list.groups[1].tags.all[2]"];
    assert_eq!(gate(&table("within = 'list.groups[]'\n"), &[]).told(&again), expected);
}

#[test]
fn a_key_that_is_asked_of_some_builds_is_no_duplicate_of_itself() {
    let table = "[capacity.n]\n[[unique]]\nat = 'list.items[]'\nkey = 'name'\nwhen = 'capacity(\"n\") > 0'\nbecause = 'b'\n";
    let n = |value: u8| format!("capacity.n = {{ value = {value}, evidence = 'emitted' }}");
    let texts = [n(0), n(1), n(2)];
    let builds: Vec<(&str, &str)> =
        ["1", "2", "3"].into_iter().zip(texts.iter().map(String::as_str)).collect();
    let gate = gate(table, &builds);
    assert_eq!(gate.told(&items(&[(0, 0, "aa"), (0, 0, "bb")])), NONE);
    let twice = ["duplicate-key 2 3 list.items[0].name list.items[1].name"];
    assert_eq!(gate.told(&items(&[(0, 0, "aa"), (0, 0, "aa")])), twice);
}

#[test]
fn many_keys_end_at_a_limit_that_is_named() {
    let gate = gate("[[unique]]\nat = 'list.groups[].tags.all[]'\nkey = '_'\nbecause = 'b'\n", &[]);
    let mut content = vec![0];
    content.extend((0u8..=254).cycle().take(255));
    let limits = Limits { held_bytes: 20_000, ..Limits::default() };
    let findings = explain(&gate.plan, &gate.sources, &[&content], &limits);
    assert!(!is_silent(&gate.plan, &[&content], &limits));
    assert!(
        findings.iter().any(|f| f.code == "limit-exceeded" && f.message.contains("held-bytes")),
        "{findings:#?}"
    );
    assert_eq!(gate.told(&content), NONE, "with the usual limits");
}

#[test]
fn more_keys_than_can_be_shown_are_counted() {
    let gate = gate("[[unique]]\nat = 'list.items[]'\nkey = 'ref'\nbecause = 'b'\n", &[]);
    let each: Vec<(u8, i8, &str)> = (0..40).chain(0..40).map(|n| (0, n, "aa")).collect();
    let findings = gate.findings(&items(&each));
    assert_eq!(findings.len(), 16);
    let notes: Vec<&String> = findings.iter().flat_map(|f| &f.notes).collect();
    assert_eq!(notes, ["24 further elements have keys that others have, too"]);
}

#[test]
fn a_rule_that_rests_on_too_little_is_refused_for_these_builds() {
    let table = "[capacity.n]\nneeds = 'emitted'\n[[rule]]\nat = 'list'\nassert = 'num < capacity(\"n\")'\nbecause = 'b'\n";
    let n =
        |value: u8, evidence: &str| format!("capacity.n = {{ value = {value}, evidence = '{evidence}' }}");
    let texts = [n(9, "storage"), n(9, "emitted"), n(1, "storage"), n(1, "emitted")];
    let builds: Vec<(&str, &str)> =
        ["1", "2", "3", "4"].into_iter().zip(texts.iter().map(String::as_str)).collect();
    let gate = gate(table, &builds);
    assert_eq!(gate.told(&items(&[])), ["evidence-too-weak 1 3 list.num"], "though it holds");
    let mut told = gate.told(&items(&[(0, 0, "aa")]));
    told.sort_unstable();
    assert_eq!(told, ["evidence-too-weak 1 3 list.num", "rule-failed 4 list.num"]);
}

#[test]
fn a_condition_that_rests_on_too_little_is_refused_where_it_is_false_too() {
    let table = "[capacity.n]\nneeds = 'emitted'\n[[rule]]\nat = 'list.items[]'\nassert = 'ref == 1'\nwhen = 'capacity(\"n\") > 5'\nbecause = 'b'\n";
    let builds = [("1", "capacity.n = { value = 1, evidence = 'declared' }")];
    let gate = gate(table, &builds);
    assert_eq!(gate.told(&items(&[(0, 0, "aa")])), ["evidence-too-weak 1 list.items[0]"]);
    assert_eq!(gate.told(&items(&[])), NONE, "nothing is asked where there is nothing");
    let findings = gate.findings(&items(&[(0, 0, "aa")]));
    assert_eq!(findings[0].labels[0].key.as_deref(), Some("/rule/0/when"));
}

#[test]
fn a_read_under_a_condition_of_the_build_is_one_of_these_builds_only() {
    let table = "[capacity.n]\n[capacity.version]\n[[read]]\nat = 'list.items[]'\nindex = 'ref'\ncapacity = \"'n'\"\nwhen = 'capacity(\"version\") > 1'\nbecause = 'b'\n";
    let texts = [1, 2, 3].map(|v| {
        format!("capacity.n = {{ value = 4, evidence = 'emitted' }}\ncapacity.version = {{ value = {v}, evidence = 'emitted' }}")
    });
    let builds: Vec<(&str, &str)> =
        ["1", "2", "3"].into_iter().zip(texts.iter().map(String::as_str)).collect();
    let told = gate(table, &builds).told(&items(&[(0, 4, "aa")]));
    assert_eq!(told, ["read-beyond-supply 2 list.items[0]", "read-beyond-supply 3 list.items[0]"]);
}
