//! What could not be satisfied, in words.

use crate::check::Plan;
use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::layout::{ExprId, ValidKind};
use crate::span::{Sources, Span};
use crate::table::Id;

use super::{Failure, Unsatisfied, Why};

/// Further reasons that a finding lists.
const FURTHER: usize = 4;

impl Unsatisfied {
    /// The finding: what stood in the way most often, where it is in the schema, and what else did.
    pub fn finding(&self, plan: &Plan, sources: &Sources) -> Finding {
        let words = Words { plan, sources };
        let (blame, message) = match self.failures.first() {
            Some((failure, _)) => {
                (words.blame(failure), format!("could not satisfy {}", words.what(failure)))
            }
            None => (Blame::Schema, "could not make content that the check passes".to_string()),
        };
        let mut finding = Finding::new(codes::NOT_SATISFIED, Severity::Error, blame, message);
        if let Some((failure, count)) = self.failures.first() {
            finding.found = Some(format!("{}, in {count} of {} attempts", words.why(failure), self.attempts));
            finding.labels.extend(words.label(failure));
            if let Why::Process = failure.why {
                finding.help = Some(
                    "nobody knows the bytes that a custom process decodes to the ones that are wanted; content \
                     without it can be made where the schema has an alternative"
                        .into(),
                );
            }
        }
        for (failure, count) in self.failures.iter().skip(1).take(FURTHER) {
            finding.notes.push(format!("in {count}: {}: {}", words.what(failure), words.why(failure)));
        }
        if self.refused > 0 {
            let note = format!("in {}: what was made, the check refused", self.refused);
            finding.notes.push(note);
        }
        finding
    }
}

struct Words<'w> {
    plan: &'w Plan,
    sources: &'w Sources,
}

impl Words<'_> {
    fn blame(&self, failure: &Failure) -> Blame {
        if matches!(failure.why, Why::Contract(_)) { Blame::Contract } else { Blame::Schema }
    }

    /// The constraint: its field, and its text.
    fn what(&self, failure: &Failure) -> String {
        if let Why::Contract(query) = failure.why {
            return match self.question(query) {
                Some((table, at, _)) => format!("`[[{table}]]` at `{at}`"),
                None => "the contract".into(),
            };
        }
        let layout = &self.plan.layout;
        let name = failure.attr.map(|attr| {
            let attr = &layout.attrs[attr];
            attr.name.clone().unwrap_or_else(|| layout.types[attr.owner].name.clone())
        });
        let text = self.constraint(failure).and_then(|expr| self.text(layout.exprs[expr].span));
        match (name, text) {
            (Some(name), Some(text)) => format!("`{text}` of `{name}`"),
            (Some(name), None) => format!("`{name}`"),
            (None, Some(text)) => format!("`{text}`"),
            (None, None) => "the schema".into(),
        }
    }

    fn why(&self, failure: &Failure) -> String {
        match failure.why {
            Why::Value => "no value was found that its type and its `valid` allow".into(),
            Why::Expression => "the expression cannot come to what its content needs".into(),
            Why::Size => "the content does not fit its region".into(),
            Why::Position => "there is no place for it".into(),
            Why::Until => "no last element was found".into(),
            Why::Missing => "a value that it needs is not there".into(),
            Why::Text => "no text was found that fits its size and its encoding".into(),
            Why::Process => "its bytes go through a custom process".into(),
            Why::Checksum => "the checksum covers itself, or what is not there".into(),
            Why::Contract(_) => "no content was found for which it holds".into(),
            Why::Goal => "it did not occur in what was made".into(),
            Why::Limit(limit) => format!("it takes more {} than are made", limit.noun()),
        }
    }

    /// The expression that a failure is about.
    fn constraint(&self, failure: &Failure) -> Option<ExprId> {
        let of_valid = || match self.plan.layout.attrs[failure.attr?].valid.as_ref().map(|v| &v.kind)? {
            ValidKind::Eq(expr) | ValidKind::Expr(expr) => Some(*expr),
            _ => None,
        };
        failure.expr.or_else(|| (failure.why == Why::Value).then(of_valid).flatten())
    }

    fn label(&self, failure: &Failure) -> Option<Label> {
        let layout = &self.plan.layout;
        if let Why::Contract(query) = failure.why {
            let (_, _, label) = self.question(query)?;
            return Some(label);
        }
        let attr = failure.attr.map(|attr| &layout.attrs[attr]);
        let span = match (self.constraint(failure), attr) {
            (Some(expr), _) => layout.exprs[expr].span,
            (None, Some(attr)) => match (&attr.valid, failure.why) {
                (Some(valid), Why::Value) => valid.span,
                _ => attr.span,
            },
            (None, None) => return None,
        };
        let key = attr.map(|attr| attr.key.clone());
        Some(Label { span: self.first_line(span), text: String::new(), key, primary: true })
    }

    fn question(&self, query: crate::layout::QueryId) -> Option<(&'static str, &str, Label)> {
        let terms = self.plan.contract.as_ref()?;
        let question = terms.raw.questions.get(terms.asked.get(query.row())?.question)?;
        let (part, text) = question.kind.subject();
        let label = Label {
            span: text.span,
            text: question.because.value.clone(),
            key: Some(format!("{}/{part}", question.place.key)),
            primary: true,
        };
        Some((question.kind.table(), &question.at.value, label))
    }

    /// The text of an expression, on one line.
    fn text(&self, span: Span) -> Option<String> {
        let text = self.part(span)?;
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    }

    fn part(&self, span: Span) -> Option<&str> {
        let start = usize::try_from(span.start).ok()?;
        let end = usize::try_from(span.end).ok()?;
        self.sources.get(span.source)?.text.get(start..end)
    }

    /// The part of a span that is on its first line.
    fn first_line(&self, span: Span) -> Span {
        let line = self.part(span).and_then(|part| part.lines().next()).unwrap_or("").trim_end();
        Span { end: span.start.saturating_add(u32::try_from(line.len()).unwrap_or(0)), ..span }
    }
}
