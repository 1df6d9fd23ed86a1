//! What baselines promise: nothing is lost, the text is always the same, and an empty one says so.

use proptest::prelude::*;

use super::*;
use crate::contract;

const CONTRACT: &str = r#"
[contract]
consumer = "engine"
builds = "builds/*.toml"
baseline = "engine.baseline.toml"
[files]
list = "list.ksy"
[[growth]]
at = "list"
value = "num_features"
ratio = 1.5
because = "b"
[[novel]]
at = "list.rules[]"
values = ["action", "state"]
because = "b"
"#;

fn contract() -> RawContract {
    contract::parse(&mut Sources::default(), "c.toml", CONTRACT).unwrap()
}

fn recorded(values: &[i128], combinations: &[[&str; 2]]) -> Baseline {
    let mut baseline = Baseline::default();
    for question in &contract().questions {
        match &question.kind {
            Kind::Growth(growth) => values.iter().for_each(|v| baseline.add_value(question, growth, *v)),
            Kind::Novel(novel) => {
                for combination in combinations {
                    let values = combination.map(str::to_string).to_vec();
                    baseline.add_combination(question, novel, values);
                }
            }
            _ => {}
        }
    }
    baseline
}

fn read(text: &str) -> Baseline {
    let baseline = Baseline::parse(&mut Sources::default(), "b.toml", text);
    Baseline { source: None, ..baseline.unwrap_or_else(|errors| panic!("{errors:?} in {text}")) }
}

#[test]
fn the_file_is_sorted_and_has_a_line_for_each_thing() {
    let baseline = recorded(&[60, 12], &[["execute", "on"], ["block", "killed"], ["execute", "on"]]);
    let text = baseline.text();
    let expected = "\n[[growth]]\nat = \"list\"\nvalue = \"num_features\"\ngreatest = 60\n\
        \n[[novel]]\nat = \"list.rules[]\"\nvalues = [\"action\", \"state\"]\nseen = [\n  \
        [\"block\", \"killed\"],\n  [\"execute\", \"on\"],\n]\n";
    assert_eq!(text.strip_prefix(HEAD), Some(expected));
    assert_eq!(baseline.len(), 3);
}

#[test]
fn a_question_without_an_entry_warns_and_one_with_an_entry_does_not() {
    let codes = |baseline: Baseline| -> Vec<(&str, Severity)> {
        baseline.lacking(&contract()).iter().map(|f| (f.code, f.severity)).collect()
    };
    let warning = (codes::BASELINE_EMPTY, Severity::Warning);
    assert_eq!(codes(Baseline::default()), [warning, warning]);
    assert_eq!(codes(recorded(&[0], &[])), [warning]);
    assert_eq!(codes(recorded(&[1], &[["block", "on"]])), []);
}

#[test]
fn merging_keeps_the_greatest_and_everything_seen_and_drops_what_nobody_asks() {
    let mut baseline = recorded(&[60], &[["block", "on"]]);
    baseline.merge(recorded(&[200, -5], &[["block", "killed"]]));
    assert_eq!(baseline, recorded(&[200], &[["block", "killed"], ["block", "on"]]));
    let mut none = contract();
    none.questions.clear();
    baseline.keep(&none);
    assert!(baseline.is_empty());
}

#[test]
fn what_is_wrong_with_a_baseline_is_found_at_its_place() {
    for (text, message) in [
        ("[[growth]]\nat = 'a'\nvalue = 'b'\n", "`greatest` is missing in `[[growth]]`"),
        ("[[growth]]\nat = 'a'\nvalue = 'b'\ngreatest = -1\n", "`greatest` is -1, not a number from 0"),
        (
            "[[novel]]\nat = 'a'\nvalues = ['b']\nseen = ['x']\n",
            "`seen/0` is a string, not an array of strings",
        ),
        ("[[novel]]\nat = 'a'\nvalues = ['b']\nseen = [[1]]\n", "`seen/0/0` is a whole number, not a string"),
        ("[[novell]]\n", "unknown key `novell` in the baseline"),
        ("[[", "not valid TOML"),
    ] {
        let errors = Baseline::parse(&mut Sources::default(), "b.toml", text).unwrap_err();
        assert!(errors[0].to_string().starts_with(message), "{text}: {}", errors[0]);
    }
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(value: u64, texts in prop::collection::vec(["\\PC*", "[\u{0}-\u{ff}]*"], 0..4)) {
        let rows: Vec<[&str; 2]> = texts.iter().map(|[a, b]| [a.as_str(), b.as_str()]).collect();
        let baseline = recorded(&[i128::from(value)], &rows);
        let text = baseline.text();
        prop_assert_eq!(read(&text), baseline.clone());
        prop_assert_eq!(read(&text).text(), text);
    }
}
