//! What the kinds promise that are about shipped content, and about regular expressions.

use super::tests::{Gate, NONE, gate, items};
use crate::check::{exercised, explain};
use crate::contract::baseline::Baseline;
use crate::limits::{self, Limits};
use crate::span::Sources;

const GROWTH: &str = "[[growth]]\nat = 'list'\nvalue = 'num'\nratio = 1.5\nbecause = 'b'\n";
const NOVEL: &str = "[[novel]]\nat = 'list.items[]'\nvalues = ['kind', 'name', 'ref']\nbecause = 'b'\n";

fn with(gate: Gate, baseline: Baseline) -> Gate {
    Gate { plan: gate.plan.with_baseline(baseline), sources: gate.sources }
}

/// A gate after these files have shipped.
fn shipped(tables: &str, files: &[Vec<u8>]) -> Gate {
    let gate = gate(tables, &[]);
    let mut baseline = Baseline::default();
    for file in files {
        baseline.merge(exercised(&gate.plan, &[file], &Limits::default()).unwrap());
    }
    with(gate, baseline)
}

fn many(number: u8) -> Vec<u8> {
    items(&vec![(0, 0, "aa"); usize::from(number)])
}

#[test]
fn a_number_may_grow_by_the_ratio_over_the_most_that_shipped() {
    let gate = shipped(GROWTH, &[many(10), many(7)]);
    assert_eq!(gate.told(&many(15)), NONE);
    assert_eq!(gate.told(&many(16)), ["growth-beyond-baseline list.num"]);
    let findings = gate.findings(&many(200));
    assert_eq!(findings[0].found.as_deref(), Some("200"));
    assert_eq!(findings[0].expected.as_deref(), Some("at most 15: the most so far was 10"));
}

#[test]
fn without_a_baseline_nothing_is_said_of_content() {
    for tables in [GROWTH, NOVEL] {
        assert_eq!(gate(tables, &[]).told(&many(200)), NONE);
    }
}

#[test]
fn what_never_came_together_is_new_and_each_value_alone_is_not() {
    let gate = shipped(NOVEL, &[items(&[(1, 0, "aa"), (2, 0, "bb"), (9, -1, "aa")])]);
    assert_eq!(gate.told(&items(&[(9, -1, "aa"), (2, 0, "bb"), (2, 0, "bb")])), NONE);
    let told = gate.told(&items(&[(1, 0, "bb"), (1, 0, "aa"), (1, 0, "bb"), (2, 0, "aa")]));
    let new = ["novel-combination list.items[0] list.items[2]", "novel-combination list.items[3]"];
    assert_eq!(told, new);
    let findings = gate.findings(&items(&[(2, 1, "aa")]));
    assert_eq!(findings[0].found.as_deref(), Some("`kind` = execute (2), `name` = \"aa\", `ref` = 1"));
}

#[test]
fn novelty_can_be_a_warning() {
    let tables = format!("{NOVEL}novelty = 'warn'\n");
    let gate = shipped(&tables, &[many(1)]);
    assert_eq!(gate.told(&items(&[(1, 0, "aa")])), ["novel-combination warning list.items[0]"]);
}

#[test]
fn more_new_combinations_than_are_shown_are_counted() {
    let gate = shipped(NOVEL, &[many(1)]);
    let all: Vec<(u8, i8, &str)> = (1..41).map(|n| (0, n, "aa")).collect();
    let findings = gate.findings(&items(&all));
    assert_eq!(findings.len(), limits::PLACES);
    let notes: Vec<&String> = findings.iter().flat_map(|f| &f.notes).collect();
    assert_eq!(notes, ["24 further places have combinations that are new, too"]);
}

#[test]
fn a_baseline_that_was_written_and_read_judges_the_same() {
    let gate = shipped(&format!("{GROWTH}{NOVEL}"), &[items(&[(1, 0, "a\""), (9, 0, "\\\t")])]);
    let text = gate.plan.contract.as_ref().unwrap().baseline.text();
    let read = Baseline::parse(&mut Sources::default(), "b.toml", &text).unwrap();
    let again = with(gate, read);
    assert_eq!(again.told(&items(&[(9, 0, "\\\t")])), NONE);
    assert_eq!(again.told(&items(&[(9, 0, "a\"")])), ["novel-combination list.items[0]"]);
}

/// A table about the expression that two bytes of content are put into.
fn pattern(around: &str, more: &str) -> String {
    format!("[[pattern]]\nat = 'list.items[]'\npattern = '{around}'\n{more}because = 'b'\n")
}

#[test]
fn a_pattern_is_refused_when_it_costs_more_than_is_allowed() {
    let gate = gate(&pattern(r#""^(" + name + ")*b""#, ""), &[]);
    assert_eq!(gate.told(&items(&[(0, 0, "aa"), (0, 0, "ac")])), NONE);
    let content = items(&[(0, 0, "ac"), (0, 0, "a*"), (0, 0, "a+"), (0, 0, "a*")]);
    let told = gate.told(&content);
    let costly = ["pattern-cost list.items[1].name list.items[3].name", "pattern-cost list.items[2].name"];
    assert_eq!(told, costly);
    let finding = &gate.findings(&content)[0];
    assert_eq!(finding.found.as_deref(), Some("\"^(a*)*b\": exponential in the length of the text"));
    assert_eq!(finding.expected.as_deref(), Some("at most linear"));
    assert_eq!(finding.notes, ["by `a*` at 2 to 4", "for a text such as \"a\", then \"a\" many times"]);
}

#[test]
fn where_the_consumer_matches_and_what_it_can_afford_is_asked() {
    let two = items(&[(0, 0, "a*")]);
    let around = r#"name + "b""#;
    let told = |more: &str| gate(&pattern(around, more), &[]).told(&two).len();
    assert_eq!(told(""), 1, "a search begins at every `a`");
    assert_eq!(told("match = 'start'\n"), 0);
    assert_eq!(told("match = 'whole'\n"), 0);
    assert_eq!(told("cost = 'quadratic'\n"), 0);
}

#[test]
fn what_is_no_expression_is_refused_with_the_part_that_is_wrong() {
    let gate = gate(&pattern("name", ""), &[]);
    let finding = &gate.findings(&items(&[(0, 0, "(a")]))[0];
    assert_eq!(finding.found.as_deref(), Some("\"(a\": it cannot be read: unclosed group"));
    assert_eq!(finding.notes, ["by `(` at 0 to 1"]);
}

#[test]
fn bytes_that_are_no_text_stand_for_themselves() {
    let gate = gate(&pattern("[0xff, 0x2a, 0xff, 0x2a, kind.to_i].as<bytes>", ""), &[]);
    let findings = gate.findings(&items(&[(0x62, 0, "aa")]));
    assert!(findings[0].found.as_deref().is_some_and(|f| f.ends_with("cubic in the length of the text")));
    assert_eq!(findings[0].notes[0], "by `ÿ*` at 0 to 3 and `ÿ*` at 3 to 6");
}

#[test]
fn what_is_remembered_of_patterns_counts_as_memory() {
    let gate = gate(&pattern("name", ""), &[]);
    let all: Vec<String> =
        (0..200).map(|n| format!("{}{}", char::from(97 + n / 20), char::from(97 + n % 20))).collect();
    let all: Vec<(u8, i8, &str)> = all.iter().map(|name| (0, 0, name.as_str())).collect();
    let content = items(&all);
    let limits = Limits { held_bytes: 16_000, ..Limits::default() };
    let findings = explain(&gate.plan, &gate.sources, &[&content], &limits);
    assert!(findings.iter().any(|f| f.code == "limit-exceeded"), "{findings:#?}");
    assert_eq!(gate.told(&content), NONE, "with the usual limits");
}
