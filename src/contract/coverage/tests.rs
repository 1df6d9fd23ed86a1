//! What coverage promises: a field is covered where a question reads it, and nowhere else.

use super::*;
use crate::contract::{self, compile};
use crate::schema;
use crate::span::Sources;

const SCHEMA: &str = "
meta: {id: list, endian: le, encoding: ASCII}
seq:
  - {id: magic, contents: LI}
  - {id: num, type: u2}
  - {id: version, type: u1, valid: 1}
  - {id: sum, type: u4, -checksum: {algorithm: crc32}}
  - {id: items, type: item, repeat: expr, repeat-expr: num}
  - {id: tail, type: node}
instances:
  first_name: {value: 'items[0].name'}
  late: {pos: 0, type: u4}
types:
  item:
    seq:
      - {id: kind, type: u1}
      - {id: len, type: u1}
      - {id: name, type: str, size: len}
      - id: body
        size: 2
        type: {switch-on: kind, cases: {1: pair, 2: word}}
  pair:
    seq:
      - {id: a, type: u1, valid: {max: 3}}
      - {id: b, type: u1}
  word:
    seq:
      - {id: a, type: u1}
      - {id: flag, type: b1}
      - {id: rest, type: b7}
  node:
    seq:
      - {id: value, type: u1}
      - {id: next, type: node, if: value != 0}
      - {id: other, type: leaf}
  leaf:
    seq:
      - {id: value, type: u1}
";

fn coverage(tables: &str) -> Coverage {
    let mut sources = Sources::default();
    let text = format!("[contract]\nconsumer = 'c'\nbuilds = '*'\n[files]\nlist = 'l.ksy'\n{tables}");
    let raw = contract::parse(&mut sources, "c.toml", &text).unwrap_or_else(|e| panic!("{e:#?}"));
    let source = sources.add("l.ksy", SCHEMA);
    let typed = compile::typed(&raw, &[schema::read(source, SCHEMA)]);
    Coverage::of(&typed.unwrap_or_else(|e| panic!("{e:#?}")).0).unwrap()
}

/// The paths of covered fields, when a rule at a path reads what an expression says.
fn covered(at: &str, expression: &str) -> Vec<String> {
    let table = format!("[[rule]]\nat = '{at}'\nassert = '''{expression}'''\nbecause = 'b'\n");
    let fields = coverage(&table).fields.into_iter();
    fields.filter(|field| field.covered).map(|field| field.path).collect()
}

#[test]
fn every_field_without_parts_is_listed_once_with_what_the_schema_asks_of_it() {
    let listed: Vec<String> = coverage("")
        .fields
        .iter()
        .map(|f| {
            let words: Vec<&str> = f.schema.iter().copied().collect();
            format!("{} {} {}", f.path, f.ty, words.join(","))
        })
        .collect();
    assert_eq!(
        listed,
        [
            "list.magic bytes contents",
            "list.num u2le count",
            "list.version u1 valid",
            "list.sum u4le checksum",
            "list.items[].kind u1 switch",
            "list.items[].len u1 size",
            "list.items[].name str ",
            "list.items[].body any ",
            "list.items[].body.a u1 ",
            "list.items[].body.b u1 ",
            "list.items[].body.flag b1 ",
            "list.items[].body.rest b7 ",
            "list.tail.value u1 condition",
            "list.tail.other.value u1 ",
            "list.late u4le ",
        ]
    );
    assert!(!coverage("").uncovered().any(|field| field.path == "list.magic"), "nothing to ask");
}

#[test]
fn a_field_is_covered_at_the_path_where_it_is_read() {
    for (at, expression, expected) in [
        ("list", "num > 0", &["list.num"][..]),
        ("list.items[]", "len > kind", &["list.items[].kind", "list.items[].len"]),
        ("list.items[].len", "_ > 0", &["list.items[].len"]),
        ("list.items[]", "_parent.version == 1 or _root.num == 1", &["list.num", "list.version"]),
        ("list.items[]", "list.items[_.len].name != 'x'", &["list.items[].len", "list.items[].name"]),
        ("list", "items.first.kind == 1", &["list.items[].kind"]),
        // Through a calculated value.
        ("list", "first_name != ''", &["list.items[].name"]),
        // A node in a node counts as the first one; a leaf has its own place.
        ("list.tail", "next.next.value == 0", &["list.tail.value"]),
        ("list.tail.other", "value == 0", &["list.tail.other.value"]),
        ("list.tail.next.other", "value == 0", &["list.tail.other.value"]),
        ("list.tail.other", "_parent.value == 0", &["list.tail.value"]),
        // One case of a switch: of a field that both have, the other one is still open.
        ("list.items[]", "body.as<word>.flag", &["list.items[].body.flag"]),
        ("list.items[]", "body.as<word>.a == 1", &[]),
        ("list", "(num > 3 ? items[0] : items[1]).kind == 1", &["list.items[].kind", "list.num"]),
        ("list", "true", &[]),
    ] {
        let mut found = covered(at, expression);
        let mut expected = expected.to_vec();
        found.sort();
        expected.sort_unstable();
        let found: Vec<&str> =
            found.iter().map(String::as_str).filter(|p| *p != "list.items[].body").collect();
        assert_eq!(found, expected, "{at}: {expression}");
    }
}

#[test]
fn conditions_and_capacities_are_read_as_well() {
    let coverage = coverage(
        "[[read]]\nat = 'list.items[]'\nindex = 'len'\nwhen = 'kind == 1'\ncapacity = 'name'\nunknown = 'ignored'\n\
         because = 'b'\n",
    );
    let covered: Vec<&str> = coverage.fields.iter().filter(|f| f.covered).map(|f| f.path.as_str()).collect();
    assert_eq!(covered, ["list.items[].kind", "list.items[].len", "list.items[].name"]);
}

fn accepted(text: &str) -> Accepted {
    Accepted::parse(&mut Sources::default(), "r.txt", text).unwrap_or_else(|e| panic!("{e:#?}"))
}

#[test]
fn what_is_not_accepted_is_growth_and_so_is_what_the_schema_no_longer_asks() {
    let coverage = coverage("");
    let all = Accepted::default().updated(&coverage, true);
    assert_eq!(accepted(&all).growth(&coverage), []);
    assert_eq!(accepted(&all).updated(&coverage, false), all, "the same text each time");
    let paths = |text: &str| -> Vec<(String, Vec<String>)> {
        let accepted = accepted(text);
        let growth = accepted.growth(&coverage);
        growth.into_iter().map(|g| (g.field.path.clone(), g.lost)).collect()
    };
    let without: String =
        all.lines().filter(|l| !l.starts_with("list.num ")).map(|l| format!("{l}\n")).collect();
    assert_eq!(paths(&without), [("list.num".to_string(), Vec::new())]);
    let line = all.lines().find(|l| l.starts_with("list.num ")).unwrap();
    let more = all.replace(line, "list.num count,valid");
    assert_eq!(paths(&more), [("list.num".to_string(), vec!["valid".to_string()])]);
    let less = all.replace(line, "list.num open");
    assert_eq!(paths(&less), [], "the schema asks more than when it was accepted");
}

#[test]
fn an_update_only_drops_lines_unless_new_ones_are_accepted() {
    let coverage = coverage("[[rule]]\nat = 'list'\nassert = 'num > 0'\nbecause = 'b'\n");
    let old = accepted("list.num count\nlist.gone open\nlist.version valid,size\n");
    assert_eq!(old.spare(&coverage), ["list.gone", "list.num"]);
    let dropped = old.updated(&coverage, false);
    let lines =
        |text: &str| text.lines().filter(|l| !l.starts_with('#')).map(str::to_string).collect::<Vec<_>>();
    assert_eq!(
        lines(&dropped),
        ["list.version size,valid"],
        "what the schema lost is not accepted by the way"
    );
    let renewed = old.updated(&coverage, true);
    assert!(lines(&renewed).iter().any(|l| l.starts_with("list.version ") && l.ends_with(" valid")));
    assert!(lines(&renewed).len() > 5);
}

#[test]
fn lines_that_cannot_be_read_are_all_found() {
    let text = "# head\n\nlist.num\nlist.a open\nlist.a valid\nx y z\n";
    let errors = Accepted::parse(&mut Sources::default(), "r.txt", text).unwrap_err();
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let line = "this line is not a path, a space and words with commas between";
    assert_eq!(told, [line, "`list.a` is accepted twice", line]);
    let (RatchetError::Line { span } | RatchetError::Twice { span, .. }) = &errors[1];
    assert_eq!(text.get(span.start as usize..span.end as usize), Some("list.a valid"));
}

#[test]
fn more_fields_than_can_be_listed_are_an_error() {
    let mut text = String::from("meta: {id: list}\nseq: [{id: a, type: t0}, {id: b, type: t0}]\ntypes:\n");
    for level in 0..20 {
        let next = level + 1;
        text += &format!("  t{level}: {{seq: [{{id: a, type: t{next}}}, {{id: b, type: t{next}}}]}}\n");
    }
    text += "  t20: {seq: [{id: x, type: u1}]}\n";
    let mut sources = Sources::default();
    let raw = contract::parse(
        &mut sources,
        "c.toml",
        "[contract]\nconsumer = 'c'\nbuilds = '*'\n[files]\nlist = 'l.ksy'\n",
    );
    let source = sources.add("l.ksy", text.as_str());
    let typed = compile::typed(&raw.unwrap(), &[schema::read(source, &text)]);
    assert_eq!(Coverage::of(&typed.unwrap().0), Err(TooManyFields));
}
