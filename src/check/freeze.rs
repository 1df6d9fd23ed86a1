//! Freezing: a plan for one build, as the guard loads it.

use super::kinds::is_weak;
use super::plan::{Plan, Terms};
use crate::contract::{Beyond, Kind, Manifest, Novelty, Question, Unknown};
use crate::digest::Digest;
use crate::frozen::{self, About, Asked, Body, Frozen, Known, Measured, PlanError, Undescribed};
use crate::layout::QueryId;
use crate::limits::Limits;
use crate::span::SourceId;
use crate::span::Sources;
use crate::table::Id;

/// Why a plan cannot be frozen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFrozen {
    /// `--build 7` where there are 7.10 and 7.11.
    #[error("a frozen plan is for one build, and these are {0}: {1}")]
    Builds(usize, String),
    /// `process: decode` in a schema.
    #[error("the schema has a custom process, `{0}`, which a command would have to undo at boot")]
    Process(String),
    /// `[[pattern]]` in a contract.
    #[error("the contract asks for the cost of regular expressions (`{0}`), which is not judged at boot")]
    Pattern(String),
    /// `[[novel]]` in a contract, with a baseline.
    #[error(
        "the contract refuses combinations that the baseline does not have (`{0}`), which is not judged at boot"
    )]
    Novel(String),
    /// More than a plan may hold.
    #[error("the plan cannot be used: {0}")]
    Plan(#[from] PlanError),
}

/// Freezes a plan for the one build that it is for; `texts` says what else it was made of, by what it is.
///
/// # Errors
///
/// Why it cannot be frozen.
pub fn freeze(
    plan: &Plan,
    sources: &Sources,
    limits: &Limits,
    texts: impl IntoIterator<Item = (String, SourceId)>,
) -> Result<Frozen, NotFrozen> {
    if let Some(process) = plan.code.processes.first() {
        return Err(NotFrozen::Process(process.clone()));
    }
    let digest = |(what, source): (String, SourceId)| {
        let text = sources.get(source).map_or("", |source| &*source.text);
        (what, Digest::of(text.as_bytes()).bytes())
    };
    let mut about = About { tool: env!("CARGO_PKG_VERSION").to_owned(), ..About::default() };
    about.texts = texts.into_iter().map(digest).collect();
    about.texts.sort();
    let severities = plan.setup.severities;
    let mut body = Body {
        about,
        roles: plan.roles.clone(),
        is_set: plan.contract.is_some(),
        undescribed: Undescribed {
            trailing: severities.trailing,
            unreferenced: severities.unreferenced,
            overlapping: severities.overlapping,
        },
        limits: limits.changed().map(|(name, value)| (name.to_owned(), value)).collect(),
        code: plan.code.clone(),
        capacities: Vec::new(),
        known: Vec::new(),
        asked: Vec::new(),
    };
    if let Some(terms) = &plan.contract {
        let ([build], [name]) = (terms.builds.as_slice(), terms.names.as_slice()) else {
            return Err(NotFrozen::Builds(terms.names.len(), terms.names.join(", ")));
        };
        body.about.consumer.clone_from(&terms.raw.consumer.value);
        body.about.build.clone_from(name);
        body.about.binary = build.sha256.as_ref().map(|text| text.value.to_ascii_lowercase());
        body.capacities = plan.classes.first().map(|class| class.capacities.clone()).unwrap_or_default();
        body.known = known(terms, build);
        let asked = |(row, asked): (usize, &crate::contract::compile::Asked)| {
            let question = terms.raw.questions.get(asked.question)?;
            let kind = if asked.only_evidence {
                Ok(frozen::Question::Told)
            } else {
                kind(terms, question, asked.within)
            };
            let weak = is_weak(plan, QueryId::new(row));
            Some(kind.map(|kind| Asked { question: kind, at: question.at.value.clone(), weak }))
        };
        body.asked = terms.asked.iter().enumerate().filter_map(asked).collect::<Result<_, _>>()?;
    }
    Ok(Frozen::of(body)?)
}

/// Every capacity that the contract or the build has, and what the build has of it.
fn known(terms: &Terms, build: &Manifest) -> Vec<(String, Option<Known>)> {
    let names = terms.raw.capacities.keys().chain(build.capacities.keys());
    let mut names: Vec<&String> = names.collect();
    names.sort();
    names.dedup();
    let known = |name: &String| {
        build.capacities.get(name).map(|capacity| Known {
            value: capacity.value,
            weak: capacity.evidence < terms.needs(name),
            faults: capacity.beyond == Beyond::Fault,
        })
    };
    names.into_iter().map(|name| (name.clone(), known(name))).collect()
}

fn kind(terms: &Terms, question: &Question, within: usize) -> Result<frozen::Question, NotFrozen> {
    let at = || question.at.value.clone();
    let bound = |measured, unknown: Unknown| frozen::Question::Bound {
        measured,
        unknown_refused: unknown == Unknown::Refused,
    };
    Ok(match &question.kind {
        Kind::Read(read) => bound(Measured::Read, read.unknown),
        Kind::Count(count) => bound(Measured::Count, count.unknown),
        Kind::Pair(pair) if pair.capacity.is_some() => bound(Measured::Pair, pair.unknown),
        Kind::Pair(_) => frozen::Question::Pair,
        Kind::Declared(_) => bound(Measured::Declared, Unknown::Ignored),
        Kind::Reference(_) => frozen::Question::Reference,
        Kind::NotNull(_) => frozen::Question::NotNull,
        Kind::Width(width) => frozen::Question::Width { signed: width.signed },
        Kind::Required(_) => frozen::Question::Required,
        Kind::Unique(_) => frozen::Question::Unique { within: u32::try_from(within).unwrap_or(u32::MAX) },
        // Without a baseline nothing is said, and a warning is none that refuses.
        Kind::Growth(growth) => match terms.baseline.greatest(question, growth) {
            Some(greatest) => frozen::Question::Growth { most: growth.ratio.times(greatest) },
            None => frozen::Question::Told,
        },
        Kind::Novel(novel) => match (novel.novelty, terms.baseline.seen(question, novel)) {
            (Novelty::Refuse, Some(_)) => return Err(NotFrozen::Novel(at())),
            _ => frozen::Question::Told,
        },
        Kind::Pattern(_) => return Err(NotFrozen::Pattern(at())),
        Kind::Rule(_) => frozen::Question::Rule,
    })
}
