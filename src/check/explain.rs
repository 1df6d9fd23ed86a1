//! The explaining pass: every trouble and every answer, with its place.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::plan::{Plan, Terms};
use super::supply::{self, Declared, Verdict};
use super::words::{Words, noun};
use crate::codes;
use crate::contract::compile::{Purpose, own_fields};
use crate::contract::{Manifest, RawRead, builds_text};
use crate::finding::{Blame, Excerpt, Finding, Label, Mark, Place, Severity};
use crate::layout::{AttrId, QueryId};
use crate::limits::{self, Limits};
use crate::span::{Sources, Span};
use crate::table::Id;
use crate::walk::{self, At, Cause, Observer, Store, Trouble, Value};

/// Bytes shown around what a finding is about.
const AROUND: u64 = 16;
/// The most bytes that an excerpt has.
const EXCERPT: u64 = 4096;
/// Manifests that a finding shows.
const MANIFESTS: usize = 2;

/// Everything there is to say about a set: the explaining pass alone.
pub fn explain(plan: &Plan, sources: &Sources, files: &[&[u8]], limits: &Limits) -> Vec<Finding> {
    let words = Words { plan, sources };
    let mut pass = Explain {
        words,
        files,
        findings: Vec::new(),
        rows: Vec::new(),
        answers: BTreeMap::new(),
        failed: BTreeMap::new(),
    };
    walk::walk(&plan.code, files, &plan.classes, limits, &mut pass);
    pass.finish()
}

/// What a read or a declaration came to, for one capacity.
#[derive(Default)]
struct Fold {
    greatest: Option<(i128, Place)>,
    /// The first places that some build has something to say about.
    places: Vec<(i128, Place)>,
    /// How often each such index occurs.
    counts: BTreeMap<i128, u64>,
}

struct Explain<'p> {
    words: Words<'p>,
    files: &'p [&'p [u8]],
    findings: Vec<Finding>,
    /// The finding of each cause: what has one reason is said once.
    rows: Vec<usize>,
    /// By query and name of the capacity.
    answers: BTreeMap<(QueryId, String), Fold>,
    /// Rules that failed, by query and class.
    failed: BTreeMap<(QueryId, usize), (Vec<Place>, u64)>,
}

impl Observer for Explain<'_> {
    const PLACES: bool = true;

    fn trouble(&mut self, trouble: Trouble, _: Cause, at: At, store: &Store<'_, '_>) -> ControlFlow<()> {
        let mut finding = self.words.finding(&trouble, &at, store);
        let same = |f: &Finding| {
            f.code == finding.code && f.message == finding.message && f.labels == finding.labels
        };
        let row = self.findings.iter().position(same);
        let place = || match at.query {
            Some(query) => self.query_place(query, &at, store),
            None => self.place(&at, store),
        };
        match row.and_then(|row| self.findings.get(row).map(|f| (row, f.places.len()))) {
            None => {
                finding.places.push(place());
                self.rows.push(self.findings.len());
                self.findings.push(finding);
            }
            Some((row, places)) => {
                let place = (places < limits::PLACES).then(place);
                if let Some(known) = self.findings.get_mut(row) {
                    known.unlisted += u64::from(place.is_none());
                    known.places.extend(place);
                }
                self.rows.push(row);
            }
        }
        ControlFlow::Continue(())
    }

    fn answer(
        &mut self,
        query: QueryId,
        class: usize,
        values: &[Value],
        at: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        match values {
            [Value::Bool(false)] => {
                let place = self.query_place(query, &at, store);
                let (places, count) = self.failed.entry((query, class)).or_default();
                if places.len() < limits::PLACES {
                    places.push(place);
                }
                *count += 1;
            }
            [Value::Int(key), Value::Int(index)] => {
                let name = store.key(*key).unwrap_or_default().to_string();
                if self.interesting(query, &name, *index) {
                    let place = self.query_place(query, &at, store);
                    let fold = self.answers.entry((query, name)).or_default();
                    *fold.counts.entry(*index).or_default() += 1;
                    if fold.places.len() < limits::PLACES {
                        fold.places.push((*index, place.clone()));
                    }
                    if fold.greatest.as_ref().is_none_or(|(greatest, _)| index > greatest) {
                        fold.greatest = Some((*index, place));
                    }
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, cause: Cause) {
        let row = usize::try_from(cause.0).ok().and_then(|cause| self.rows.get(cause)).copied();
        if let Some(finding) = row.and_then(|row| self.findings.get_mut(row)) {
            finding.skipped += 1;
        }
    }
}

impl<'p> Explain<'p> {
    fn terms(&self) -> Option<&'p Terms> {
        self.words.plan.contract.as_ref()
    }

    fn purpose(&self, query: QueryId) -> Option<Purpose> {
        self.terms()?.purposes.get(query.row()).copied()
    }

    /// Whether some build has something to say about an index.
    fn interesting(&self, query: QueryId, name: &str, index: i128) -> bool {
        let Some(terms) = self.terms() else { return false };
        match self.purpose(query) {
            Some(Purpose::Read(row)) => terms.raw.reads.get(row).is_some_and(|read| {
                terms.builds.iter().any(|b| supply::supply(terms, read, b, name, index) != Verdict::Fine)
            }),
            Some(Purpose::Declared(_)) => {
                terms.builds.iter().any(|b| supply::declared(b, name, index) != Declared::Fine)
            }
            _ => false,
        }
    }

    fn place(&self, at: &At, store: &Store<'_, '_>) -> Place {
        let plan = self.words.plan;
        let mut path = plan.roles.get(at.file.row()).cloned().unwrap_or_default();
        let mut step = |attr: AttrId, index: Option<u64>| {
            let attr = &plan.layout.attrs[attr];
            path.push('.');
            match &attr.name {
                Some(name) => path.push_str(name),
                None => path.push_str(attr.key.rsplit('/').next().unwrap_or("?")),
            }
            if let Some(index) = index {
                path.push_str(&format!("[{index}]"));
            }
        };
        for (attr, index) in store.path(at.object) {
            step(attr, index);
        }
        if let Some(attr) = at.attr {
            step(attr, at.index);
        }
        Place {
            file: at.file.row(),
            path: Some(path),
            range: at.range,
            marks: Vec::new(),
            excerpt: self.excerpt(at),
        }
    }

    fn excerpt(&self, at: &At) -> Option<Excerpt> {
        let bytes = self.files.get(at.file.row())?;
        let start = at.range.start.saturating_sub(AROUND) / AROUND * AROUND;
        let end = at.range.end.saturating_add(AROUND).div_ceil(AROUND).saturating_mul(AROUND);
        let end = end.min(start + EXCERPT).min(bytes.len() as u64);
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        Some(Excerpt { start, bytes: bytes.get(range)?.to_vec() })
    }

    /// The place of a query's object, with the fields that its expressions read.
    fn query_place(&self, query: QueryId, at: &At, store: &Store<'_, '_>) -> Place {
        let layout = &self.words.plan.layout;
        let asked = &layout.queries[query];
        let mut at = At { attr: None, ..*at };
        if let Some(target) = asked.at.value {
            at.attr = Some(target.attr);
            at.range = store.place(at.object, target.attr).unwrap_or(at.range);
        } else {
            at.index = None;
        }
        let read = matches!(self.purpose(query), Some(Purpose::Read(_)));
        let mut fields: Vec<AttrId> =
            asked.when.iter().chain(&asked.answer).flat_map(|expr| own_fields(layout, *expr)).collect();
        // What the compiler of the contract added has no name, and no bytes.
        fields.retain(|attr| layout.attrs[*attr].name.is_some());
        fields.dedup();
        if let (false, None, [only]) = (read, asked.at.value, fields.as_slice()) {
            // A rule over one field of an object is about that field.
            at.attr = Some(*only);
            at.range = store.place(at.object, *only).unwrap_or(at.range);
        }
        let mut place = self.place(&at, store);
        for attr in fields {
            let Some(range) = store.place(at.object, attr) else { continue };
            let value = store.value(at.object, attr).unwrap_or(Value::Absent);
            let Some(name) = layout.attrs[attr].name.clone() else { continue };
            let word = self.words.value(value, Some(&layout.attrs[attr].element), store);
            let mark = Mark { range, label: format!("{name} = {word}") };
            if range.start < range.end && !place.marks.contains(&mark) {
                place.marks.push(mark);
            }
        }
        place.marks.sort_by_key(|m| m.range);
        place
    }

    fn finish(mut self) -> Vec<Finding> {
        let mut findings = std::mem::take(&mut self.findings);
        if let Some(terms) = self.terms() {
            for ((query, name), fold) in std::mem::take(&mut self.answers) {
                match self.purpose(query) {
                    Some(Purpose::Read(row)) => {
                        findings.extend(self.read(terms, query, row, &name, &fold));
                    }
                    Some(Purpose::Declared(row)) => {
                        findings.extend(self.declared(terms, row, &name, &fold));
                    }
                    _ => {}
                }
            }
            for ((query, class), (places, count)) in std::mem::take(&mut self.failed) {
                findings.extend(self.rule(terms, query, class, places, count));
            }
        }
        findings.sort_by_key(|f| {
            let place = f.places.first();
            (std::cmp::Reverse(f.severity), place.map(|p| (p.file, p.range)), f.code)
        });
        findings
    }

    /// What the builds make of a read: one finding for all builds that come to the same.
    fn read(&self, terms: &Terms, query: QueryId, row: usize, name: &str, fold: &Fold) -> Vec<Finding> {
        let Some(read) = terms.raw.reads.get(row) else { return Vec::new() };
        let Some((greatest, _)) = &fold.greatest else { return Vec::new() };
        let mut groups: BTreeMap<Verdict, Vec<&Manifest>> = BTreeMap::new();
        for build in &terms.builds {
            let verdict = supply::supply(terms, read, build, name, *greatest);
            groups.entry(verdict).or_default().push(build);
        }
        groups.remove(&Verdict::Fine);
        let what = noun(self.words.plan, self.words.plan.layout.queries[query].at.steps.last().copied());
        groups.into_iter().map(|(v, builds)| self.verdict(read, &what, name, fold, v, &builds)).collect()
    }

    fn verdict(
        &self,
        read: &RawRead,
        what: &str,
        name: &str,
        fold: &Fold,
        verdict: Verdict,
        builds: &[&Manifest],
    ) -> Finding {
        let content = |code, severity, message| Finding::new(code, severity, Blame::Content, message);
        let who = builds_text(builds);
        let (mut finding, least, key) = match verdict {
            Verdict::Beyond(supplied) => {
                let message = format!("{what} reads beyond what `{name}` supplies");
                let mut f = content(codes::READ_BEYOND_SUPPLY, Severity::Error, message);
                f.expected =
                    Some(format!("an index below {supplied}: {who} {} {supplied}", supply_verb(builds)));
                let enough = fold.greatest.as_ref().map_or(0, |(n, _)| n + 1);
                f.help = Some(format!(
                    "hold this content back from these builds, or change it so that it does not read there; \
                     a build that supplies {enough} can take it"
                ));
                (f, i128::from(supplied), "index")
            }
            Verdict::Dead(supplied) => {
                let message =
                    format!("dead {what}: it asks for more than `{name}` supplies, and never matches");
                let mut f = content(codes::DEAD_READ, Severity::Warning, message);
                f.expected =
                    Some(format!("an index below {supplied}: {who} {} {supplied}", supply_verb(builds)));
                f.notes.push("a build that checks the index first comes to no harm".into());
                (f, i128::from(supplied), "index")
            }
            Verdict::Weak(evidence) => {
                let message = format!("nothing good enough is known of `{name}`");
                let needs = self.needs(name);
                let mut f = content(codes::EVIDENCE_TOO_WEAK, Severity::Error, message);
                f.found = Some(format!("evidence `{}` in the manifests of {who}", word(&evidence)));
                f.expected = Some(format!("evidence `{}` or better", word(&needs)));
                f.help = Some("let the consumer's build state what it supplies, or observe it".into());
                (f, i128::MIN, "capacity")
            }
            Verdict::Unknown | Verdict::Fine => {
                let message = format!("{what} reads `{name}`, which these builds do not know");
                let mut f = content(codes::CAPACITY_UNKNOWN, Severity::Error, message);
                f.expected = Some(format!("a value of `{name}` in the manifests of {who}"));
                (f, i128::MIN, "capacity")
            }
        };
        let beyond = |index: i128| index >= least || index < 0;
        let mut places: Vec<&(i128, Place)> = fold.places.iter().filter(|(i, _)| beyond(*i)).collect();
        if places.is_empty() {
            places.extend(&fold.greatest);
        }
        let total: u64 = fold.counts.iter().filter(|(i, _)| beyond(**i)).map(|(_, n)| n).sum();
        finding.unlisted = total.saturating_sub(places.len() as u64);
        if finding.found.is_none() {
            finding.found = places.first().map(|(index, _)| format!("index {index} of `{name}`"));
        }
        finding.places = places.into_iter().map(|(_, place)| place.clone()).collect();
        finding.builds = self.names(builds);
        let (span, part) =
            if key == "index" { (read.index.span, "index") } else { (read.capacity.span, "capacity") };
        let key = format!("{}/{part}", read.place.key);
        finding.labels.push(label(span, &key, &read.because.value, true));
        for build in builds.iter().take(MANIFESTS) {
            if let Some(capacity) = build.capacities.get(name) {
                let key = format!("/capacity/{name}");
                finding.labels.push(label(capacity.span, &key, "", false));
            }
        }
        finding
    }

    fn needs(&self, name: &str) -> crate::contract::Evidence {
        let capacity = self.terms().and_then(|t| t.raw.capacities.get(name));
        capacity.map_or(crate::contract::Evidence::Declared, |c| c.needs)
    }

    fn names(&self, builds: &[&Manifest]) -> Vec<String> {
        let Some(terms) = self.terms() else { return Vec::new() };
        let chosen = |b: &Manifest| builds.iter().any(|c| c.source == b.source);
        terms.builds.iter().zip(&terms.names).filter(|(b, _)| chosen(b)).map(|(_, n)| n.clone()).collect()
    }

    /// The content's own definitions declare more than builds supply: one note for all of them.
    fn declared(&self, terms: &Terms, row: usize, name: &str, fold: &Fold) -> Option<Finding> {
        let declared = terms.raw.declared.get(row)?;
        let (count, place) = fold.greatest.as_ref()?;
        let differs = |b: &&Manifest| supply::declared(b, name, *count) != Declared::Fine;
        let builds: Vec<&Manifest> = terms.builds.iter().filter(differs).collect();
        let mut supplies: Vec<u64> =
            builds.iter().filter_map(|b| b.capacities.get(name)).map(|c| c.value).collect();
        supplies.sort_unstable();
        supplies.dedup();
        let message = format!("more is declared than `{name}` supplies");
        let mut finding = Finding::new(codes::DECLARED_NOT_SUPPLIED, Severity::Note, Blame::Content, message);
        finding.found = Some(format!("{count} declared"));
        let supplies: Vec<String> = supplies.iter().map(u64::to_string).collect();
        let who = builds_text(&builds);
        finding.expected = Some(format!("{} supplied by {who}", supplies.join(" or ")));
        finding.builds = self.names(&builds);
        finding.places.push(place.clone());
        let key = format!("{}/count", declared.place.key);
        finding.labels.push(label(declared.count.span, &key, &declared.because.value, true));
        Some(finding)
    }

    fn rule(
        &self,
        terms: &Terms,
        query: QueryId,
        class: usize,
        places: Vec<Place>,
        count: u64,
    ) -> Option<Finding> {
        let Some(Purpose::Rule(row)) = self.purpose(query) else { return None };
        let rule = terms.raw.rules.get(row)?;
        let mut finding = Finding::new(
            codes::RULE_FAILED,
            Severity::Error,
            Blame::Content,
            "a rule of the contract does not hold",
        );
        finding.expected = Some(format!("`{}`", rule.assert.value));
        let marks = places.first().map(|p| p.marks.iter().map(|m| m.label.clone()).collect::<Vec<_>>());
        finding.found = marks.filter(|m| !m.is_empty()).map(|m| m.join(", "));
        finding.unlisted = count.saturating_sub(places.len() as u64);
        finding.places = places;
        if self.words.plan.code.queries[query].per_class {
            let rows = terms.classes.get(class)?;
            finding.builds = rows.iter().filter_map(|row| terms.names.get(*row)).cloned().collect();
        }
        let key = format!("{}/assert", rule.place.key);
        finding.labels.push(label(rule.assert.span, &key, &rule.because.value, true));
        Some(finding)
    }
}

fn word<W: crate::contract::Word>(word: &W) -> &'static str {
    word.word()
}

fn supply_verb(builds: &[&Manifest]) -> &'static str {
    if builds.len() == 1 { "supplies" } else { "supply" }
}

fn label(span: Span, key: &str, text: &str, primary: bool) -> Label {
    Label { span, text: text.to_string(), key: Some(key.to_string()), primary }
}
