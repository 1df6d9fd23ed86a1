//! What the tables of a contract promise: what is wrong with one is said at its place, all in one run.

use crate::check::Plan;
use crate::contract::{self, ContractError, Selected};
use crate::finding::{Blame, Finding, Severities};
use crate::schema;
use crate::span::{Sources, Span};

const HEAD: &str = "[contract]\nconsumer = 'c'\nbuilds = '*'\nbaseline = 'b'\n[files]\nlist = 'l.ksy'\n[capacity.n]\n[capacity.room]\n";

const SCHEMA: &str = "
meta: {id: list, encoding: ASCII}
seq:
  - {id: num, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: num}
  - {id: others, type: item, repeat: eos}
types:
  item:
    seq:
      - {id: kind, type: u1, enum: kind}
      - {id: name, type: str, size: 2}
      - {id: part, type: part}
  part:
    seq:
      - {id: number, type: u1}
enums:
  kind: {1: a, 2: b}
  state: {1: c}
";

/// A table of each kind with every key, all right.
const WHOLE: [(&str, &[&str]); 13] = [
    ("read", &["index = 'num'", "capacity = \"'n'\"", "unknown = 'ignored'"]),
    ("declared", &["count = 'num'", "capacity = \"'n'\""]),
    ("reference", &["index = 'num'", "within = '9'", "length = '2'", "null = '0'"]),
    ("not-null", &["reference = 'num'", "null = '0'"]),
    ("count", &["count = 'num'", "capacity = \"'n'\"", "unknown = 'ignored'"]),
    ("width", &["value = 'num'", "bytes = '4'", "signed = true"]),
    ("required", &["value = 'num'"]),
    (
        "pair",
        &[
            "first = 'num'",
            "second = 'num'",
            "refused = [['1', '2']]",
            "capacity = \"'n'\"",
            "unknown = 'ignored'",
        ],
    ),
    ("unique", &["key = 'num'", "within = 'list'"]),
    ("growth", &["value = 'num'", "ratio = 1.5"]),
    ("novel", &["values = ['num', 'items[0].name']", "novelty = 'warn'"]),
    ("pattern", &["pattern = 'items[0].name'", "match = 'whole'", "cost = 'quadratic'"]),
    ("rule", &["assert = 'num < 9'"]),
];

/// Keys of a table that it may do without, where others are.
const OPTIONAL: [&str; 9] =
    ["unknown", "length", "null", "when", "capacity", "within", "match", "cost", "novelty"];

fn text(table: &str, lines: &[&str]) -> String {
    format!("{HEAD}[[{table}]]\nat = 'list'\nwhen = 'true'\nbecause = 'b'\n{}\n", lines.join("\n"))
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_else(|| panic!("{span:?} is not in the text"))
}

/// Compiles a contract; each finding as code, message and the text that it points at.
fn compiled(text: &str) -> Result<(), Vec<(String, String, String)>> {
    let mut sources = Sources::default();
    let raw = contract::parse(&mut sources, "c.toml", text).map_err(|errors| {
        errors.into_iter().map(Finding::from).map(|f| told(text, &f)).collect::<Vec<_>>()
    })?;
    let source = sources.add("l.ksy", SCHEMA);
    let plan = Plan::of_contract(
        raw,
        &[schema::read(source, SCHEMA)],
        &Selected::fielded([]),
        Severities::default(),
    );
    plan.map(|_| ()).map_err(|findings| findings.iter().map(|f| told(text, f)).collect())
}

fn told(text: &str, finding: &Finding) -> (String, String, String) {
    assert_eq!(finding.blame, Blame::Contract, "{finding:#?}");
    let label = finding.labels.iter().find(|label| label.primary).unwrap_or_else(|| panic!("{finding:#?}"));
    assert!(label.key.is_some(), "{finding:#?}");
    (finding.code.to_string(), finding.message.clone(), slice(text, label.span).to_string())
}

/// The one thing that is wrong with a contract, as its code, message and place.
fn only(text: &str) -> (String, String, String) {
    let mut findings = compiled(text).expect_err(text);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.remove(0)
}

fn three(code: &str, message: &str, place: &str) -> (String, String, String) {
    (code.to_string(), message.to_string(), place.to_string())
}

#[test]
fn every_kind_is_read_with_every_key() {
    let tables: Vec<&str> = super::KEYS.iter().skip(3).copied().collect();
    for table in &tables {
        assert!(WHOLE.iter().any(|(known, _)| known == table), "`{table}` is tested here");
    }
    for (table, lines) in WHOLE {
        assert_eq!(compiled(&text(table, lines)), Ok(()), "{table}");
    }
}

#[test]
fn each_key_that_is_needed_is_missed_at_the_header() {
    for (table, lines) in WHOLE {
        for gone in 0..lines.len() {
            let key = lines[gone].split(' ').next().unwrap_or_default();
            let needed = table == "read" || table == "count" || table == "declared";
            if OPTIONAL.contains(&key)
                && !(needed && key == "capacity" || table == "reference" && key == "within")
            {
                continue;
            }
            let rest: Vec<&str> = lines.iter().copied().filter(|line| *line != lines[gone]).collect();
            let message = format!("`{key}` is missing in `[[{table}]]`");
            let expected = three("contract-invalid", &message, &format!("[[{table}]]"));
            assert_eq!(only(&text(table, &rest)), expected);
        }
        for key in ["at", "because"] {
            let whole = text(table, lines);
            let without: Vec<&str> =
                whole.lines().filter(|line| !line.starts_with(&format!("{key} ="))).collect();
            let (code, message, _) = only(&without.join("\n"));
            assert_eq!(
                (code.as_str(), message),
                ("contract-invalid", format!("`{key}` is missing in `[[{table}]]`"))
            );
        }
    }
}

#[test]
fn a_key_of_another_kind_is_not_taken() {
    let (code, message, place) = only(&text("unique", &["key = 'num'", "signed = true"]));
    assert_eq!(code, "contract-key-unknown");
    assert_eq!((message.as_str(), place.as_str()), ("unknown key `signed` in `[[unique]]`", "signed"));
}

#[test]
fn an_expression_of_another_type_is_refused_where_it_is_written() {
    let cases = [
        ("reference", vec!["index = 'items'", "within = '9'"], "items"),
        ("reference", vec!["index = 'num'", "within = '\"nine\"'"], "\"nine\""),
        ("reference", vec!["index = 'num'", "within = '9'", "length = 'true'"], "true"),
        ("not-null", vec!["reference = 'num'", "null = 'items'"], "items"),
        ("count", vec!["count = 'num'", "capacity = '9'"], "9"),
        ("width", vec!["value = '1.5'", "bytes = '4'", "signed = true"], "1.5"),
        ("unique", vec!["key = 'items'"], "items"),
        ("unique", vec!["key = '1.5'"], "1.5"),
        ("pair", vec!["first = 'num'", "second = 'num'", "refused = [['\"a\"', '2']]"], "\"a\""),
        (
            "pair",
            vec!["first = 'num'", "second = 'items[0].kind'", "refused = [['1', 'state::c']]"],
            "state::c",
        ),
        ("rule", vec!["assert = 'num'"], "num"),
    ];
    for (table, lines, place) in cases {
        let (code, _, found) = only(&text(table, &lines));
        assert_eq!((code.as_str(), found.as_str()), ("type-mismatch", place), "{table} {lines:?}");
    }
}

#[test]
fn a_name_that_is_not_there_is_refused_where_it_is_written() {
    for (table, lines) in WHOLE {
        let (key, _) = lines[0].split_once(" = ").unwrap();
        let mut lines = lines.to_vec();
        let list = table == "novel";
        let wrong = if list { format!("{key} = ['nowhere']") } else { format!("{key} = 'nowhere'") };
        lines[0] = &wrong;
        let (code, _, found) = only(&text(table, &lines));
        assert_eq!((code.as_str(), found.as_str()), ("name-unknown", "nowhere"), "{table}");
        let path =
            text(table, &lines).replace("at = 'list'", "at = 'list.nothing'").replace("'nowhere'", "'1'");
        let (code, _, found) = only(&path);
        assert_eq!((code.as_str(), found.as_str()), ("path-unknown", "nothing"), "{table}");
    }
}

#[test]
fn capacities_are_those_of_the_contract() {
    for lines in [
        vec!["count = 'num'", "capacity = \"'m'\""],
        vec!["count = 'num + capacity(\"m\")'", "capacity = \"'n'\""],
    ] {
        let (code, message, _) = only(&text("count", &lines));
        assert_eq!(
            (code.as_str(), message.as_str()),
            ("capacity-undeclared", "the contract has no capacity `m`")
        );
    }
}

#[test]
fn a_width_that_no_integer_has_is_refused() {
    for bytes in ["0", "-1", "17", "64"] {
        let wrong = format!("bytes = '{bytes}'");
        let (code, message, place) = only(&text("width", &["value = 'num'", &wrong, "signed = false"]));
        assert_eq!(code, "contract-invalid");
        assert_eq!(
            (message.as_str(), place.as_str()),
            ("an integer of the consumer has 1 to 16 bytes", bytes)
        );
    }
    let text = text("width", &["value = 'num'", "bytes = '4'", "signed = 'yes'"]);
    assert_eq!(only(&text), three("contract-invalid", "`signed` is a string, not true or false", "'yes'"));
}

#[test]
fn pairs_are_pairs() {
    let of =
        |refused: &str| text("pair", &["first = 'num'", "second = 'num'", &format!("refused = {refused}")]);
    let cases = [
        ("[]", "`refused` is blank", "[]"),
        ("'a'", "`refused` is a string, not an array of pairs", "'a'"),
        ("['a']", "`refused/0` is a string, not a pair of strings", "'a'"),
        ("[['1']]", "`refused` has a list of 1, not of two", "['1']"),
        ("[['1', '2'], ['1', '2', '3']]", "`refused` has a list of 3, not of two", "['1', '2', '3']"),
        ("[['1', 2]]", "`refused` is a whole number, not a string", "2"),
        ("[['1', '']]", "`refused` is blank", "''"),
    ];
    for (refused, message, place) in cases {
        assert_eq!(only(&of(refused)), three("contract-invalid", message, place), "{refused}");
    }
    let alone = format!("{}unknown = 'ignored'\n", of("[['1', '2']]"));
    let message = "`unknown` has no meaning without `capacity`";
    assert_eq!(only(&alone), three("contract-invalid", message, "'ignored'"));
}

#[test]
fn keys_are_compared_within_what_the_path_leads_through() {
    let of = |within: &str| {
        let table = text("unique", &["key = 'number'", &format!("within = '{within}'")]);
        table.replace("at = 'list'", "at = 'list.items[].part'")
    };
    for within in ["list", "list.items[]", "list.items[].part"] {
        assert_eq!(compiled(&of(within)), Ok(()), "{within}");
    }
    for within in ["list.others[]", "list.items", "list.items[].part.number", "list.num"] {
        let (code, message, place) = only(&of(within));
        let expected = format!("the path `{within}` is not one that `at` leads through");
        assert_eq!((code.as_str(), message, place.as_str()), ("path-unknown", expected, within));
    }
    assert_eq!(only(&of("lists")).0, "path-unknown");
}

#[test]
fn everything_that_is_wrong_is_said_in_one_run() {
    let whole: String = WHOLE.iter().map(|(table, _)| format!("[[{table}]]\n")).collect();
    let mut sources = Sources::default();
    let errors = contract::parse(&mut sources, "c.toml", &format!("{HEAD}{whole}")).unwrap_err();
    let missing = |e: &&ContractError| matches!(e, ContractError::KeyMissing { .. });
    assert_eq!(errors.iter().filter(missing).count(), errors.len());
    assert_eq!(errors.len(), 2 * WHOLE.len() + 2 + 2 + 2 + 1 + 2 + 3 + 1 + 3 + 1 + 2 + 1 + 1 + 1);
}

#[test]
fn what_is_compared_with_shipped_content_needs_a_baseline() {
    for (table, lines) in [("growth", ["value = 'num'", "ratio = 2"]), ("novel", ["values = ['num']", ""])] {
        let without = text(table, &lines).replace("baseline = 'b'\n", "");
        let message = format!("`[[{table}]]` needs a baseline, and `[contract]` names none");
        assert_eq!(only(&without), three("contract-invalid", &message, &format!("[[{table}]]")));
    }
}

#[test]
fn a_ratio_is_an_exact_number_from_one() {
    for (written, found) in [
        ("0.99", Some("0.99")),
        ("-1", Some("-1")),
        ("1.0000000001", Some("1.0000000001")),
        ("1e3", Some("1e3")),
        ("inf", Some("inf")),
        ("1", None),
        ("1.000000001", None),
    ] {
        let result = compiled(&text("growth", &["value = 'num'", &format!("ratio = {written}")]));
        let message = |found: &str| {
            format!("`ratio` is {found}, not a number from 1 with at most 9 digits on each side of the point")
        };
        match found {
            Some(found) => {
                assert_eq!(result, Err(vec![three("contract-invalid", &message(found), written)]));
            }
            None => assert_eq!(result, Ok(()), "{written}"),
        }
    }
}

#[test]
fn what_cannot_be_compared_or_matched_is_said_at_its_place() {
    for (table, lines, place) in [
        ("novel", ["values = ['num', 'items']", ""], "items"),
        ("novel", ["values = []", ""], "[]"),
        ("novel", ["values = 'num'", ""], "'num'"),
        ("pattern", ["pattern = 'num'", ""], "num"),
        ("pattern", ["pattern = 'items[0].name'", "match = 'anywhere'"], "anywhere"),
        ("pattern", ["pattern = 'items[0].name'", "cost = 'cubic'"], "cubic"),
        ("growth", ["value = 'items[0].name'", "ratio = 2"], "items[0].name"),
        ("growth", ["value = 'num'", "ratio = 'two'"], "'two'"),
    ] {
        assert_eq!(only(&text(table, &lines)).2, place, "{table} {lines:?}");
    }
}
