//! Baselines: what shipped content has exercised so far, by question of a contract.
//!
//! `bootgate contract baseline` writes the file from content that shipped. Without an entry in it a question says
//! nothing of content, and a warning says that: a gate that refuses everything on its first day is switched off, and one
//! that is silent about having nothing to compare with is never switched on.

use std::collections::{BTreeMap, BTreeSet};

use super::error::ContractError;
use super::kinds::{Growth, Kind, Novel, Question};
use super::raw::RawContract;
use super::table::{Reader, Table};
use super::text::Text;
use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::span::{SourceId, Sources};

#[cfg(test)]
mod tests;

const HEAD: &str = "\
# What shipped content has exercised, by question of the contract. `bootgate contract baseline` writes this file.
";

/// A question as a baseline knows it: its path, and its expressions.
type Asked = (String, Vec<String>);

/// What content has exercised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The file; none if there is none yet.
    pub source: Option<SourceId>,
    /// The greatest value for each `[[growth]]`.
    growth: BTreeMap<Asked, u64>,
    /// The combinations for each `[[novel]]`.
    novel: BTreeMap<Asked, BTreeSet<Vec<String>>>,
}

fn asked<'t>(at: &Text, values: impl IntoIterator<Item = &'t Text>) -> Asked {
    (at.value.clone(), values.into_iter().map(|value| value.value.clone()).collect())
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// ```
    /// use bootgate::contract::baseline::Baseline;
    /// use bootgate::span::Sources;
    ///
    /// let text = "[[growth]]\nat = 'list'\nvalue = 'num_features'\ngreatest = 60\n";
    /// assert!(Baseline::parse(&mut Sources::default(), "sensor.baseline.toml", text).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file, in the order of the places; only errors of syntax if there are any.
    pub fn parse(sources: &mut Sources, name: &str, text: &str) -> Result<Baseline, Vec<ContractError>> {
        let (mut reader, document) = Reader::open(sources, name, text)?;
        let root = Table::root(&mut reader, "the baseline", &document, &["growth", "novel"]);
        let mut baseline = Baseline { source: Some(reader.source), ..Baseline::default() };
        for table in root.children(&mut reader, "growth", &["at", "value", "greatest"]) {
            let at = table.text(&mut reader, "at");
            let value = table.text(&mut reader, "value");
            let greatest = table.number(&mut reader, "greatest");
            if let (Some(at), Some(value), Some(greatest)) = (at, value, greatest) {
                baseline.grow(asked(&at, [&value]), greatest);
            }
        }
        for table in root.children(&mut reader, "novel", &["at", "values", "seen"]) {
            let at = table.text(&mut reader, "at");
            let values = table.texts(&mut reader, "values");
            let seen = table.lists(&mut reader, "seen");
            if let (Some(at), Some(values), Some(seen)) = (at, values, seen) {
                baseline.novel.entry(asked(&at, &values)).or_default().extend(seen);
            }
        }
        reader.finish(Some(baseline))
    }

    fn grow(&mut self, asked: Asked, value: u64) {
        let greatest = self.growth.entry(asked).or_default();
        *greatest = (*greatest).max(value);
    }

    /// The greatest value so far; nothing where none was recorded.
    pub fn greatest(&self, question: &Question, growth: &Growth) -> Option<u64> {
        self.growth.get(&asked(&question.at, [&growth.value])).copied()
    }

    /// The combinations so far; nothing where none was recorded.
    pub fn seen(&self, question: &Question, novel: &Novel) -> Option<&BTreeSet<Vec<String>>> {
        self.novel.get(&asked(&question.at, novel.values()))
    }

    /// Records a value of a `[[growth]]`; what is below zero counts as zero.
    pub fn add_value(&mut self, question: &Question, growth: &Growth, value: i128) {
        let value = u64::try_from(value.max(0)).unwrap_or(u64::MAX);
        self.grow(asked(&question.at, [&growth.value]), value);
    }

    /// Records a combination of a `[[novel]]`.
    pub fn add_combination(&mut self, question: &Question, novel: &Novel, values: Vec<String>) {
        self.novel.entry(asked(&question.at, novel.values())).or_default().insert(values);
    }

    /// How many values and combinations there are.
    pub fn len(&self) -> usize {
        self.growth.len() + self.novel.values().map(BTreeSet::len).sum::<usize>()
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.growth.is_empty() && self.novel.is_empty()
    }

    /// Takes over what another one has.
    pub fn merge(&mut self, other: Baseline) {
        for (asked, value) in other.growth {
            self.grow(asked, value);
        }
        for (asked, seen) in other.novel {
            self.novel.entry(asked).or_default().extend(seen);
        }
    }

    /// Drops what no question of a contract asks about.
    pub fn keep(&mut self, contract: &RawContract) {
        let mut known = BTreeSet::new();
        for question in &contract.questions {
            match &question.kind {
                Kind::Growth(growth) => known.insert(asked(&question.at, [&growth.value])),
                Kind::Novel(novel) => known.insert(asked(&question.at, novel.values())),
                _ => false,
            };
        }
        self.growth.retain(|asked, _| known.contains(asked));
        self.novel.retain(|asked, _| known.contains(asked));
    }

    /// Warnings for the questions of a contract that have nothing to compare with.
    pub fn lacking(&self, contract: &RawContract) -> Vec<Finding> {
        let lacks = |question: &&Question| match &question.kind {
            Kind::Growth(growth) => self.greatest(question, growth).is_none(),
            Kind::Novel(novel) => self.seen(question, novel).is_none(),
            _ => false,
        };
        let finding = |question: &Question| {
            let (key, text) = question.kind.subject();
            let table = question.kind.table();
            let message =
                format!("the baseline has nothing for a `[[{table}]]`, which says nothing until it has");
            let mut finding =
                Finding::new(codes::BASELINE_EMPTY, Severity::Warning, Blame::Contract, message);
            let key = Some(format!("{}/{key}", question.place.key));
            let because = question.because.value.clone();
            finding.labels.push(Label { span: text.span, text: because, key, primary: true });
            finding.help = Some(
                "record what shipped: `bootgate contract baseline`, with the content that is in the field"
                    .into(),
            );
            finding
        };
        contract.questions.iter().filter(lacks).map(finding).collect()
    }

    /// The file: sorted, one line for each thing that was recorded.
    pub fn text(&self) -> String {
        let mut text = HEAD.to_string();
        for ((at, values), greatest) in &self.growth {
            let value = values.first().map(String::as_str).unwrap_or_default();
            text += &format!(
                "\n[[growth]]\nat = {}\nvalue = {}\ngreatest = {greatest}\n",
                quoted(at),
                quoted(value)
            );
        }
        for ((at, values), seen) in &self.novel {
            text += &format!("\n[[novel]]\nat = {}\nvalues = {}\nseen = [\n", quoted(at), list(values));
            for combination in seen {
                text += &format!("  {},\n", list(combination));
            }
            text += "]\n";
        }
        text
    }
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

/// A basic string of TOML, on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted += &format!("\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
