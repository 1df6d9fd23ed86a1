//! The generator: content that a schema accepts, and a contract, from nothing but a seed.
//!
//! It interprets the layout as the walker does, but writes where the walker reads. Leaves whose value nothing needs
//! yet stay open: sizes, counts and positions follow from what they are the sizes, counts and positions of, by their
//! expressions, backwards. See `gen.md` beside this file.

mod bytes;
mod choose;
mod contract;
mod contradict;
pub(crate) mod draft;
mod element;
mod emit;
pub(crate) mod entropy;
mod eval;
mod facts;
mod failure;
mod goal;
mod list;
mod make;
mod memory;
mod miss;
mod overlay;
mod place;
mod process;
mod properties;
mod region;
pub(crate) mod replay;
mod run;
mod satisfy;
mod settle;
mod solve;
mod sums;
mod switch;
#[cfg(test)]
mod tests;
mod tree;
mod valid;
mod weights;
mod witness;
#[cfg(test)]
mod witness_tests;
mod words;

pub use failure::{Bound, Failure, Why};
pub use miss::{Miss, Missed, misses};
pub use properties::{properties, reaching};
pub use witness::{Outcome, Property, Shown};

use std::sync::Arc;

use crate::check::{Plan, is_silent};
use crate::codes;
use crate::finding::{Finding, Severity};
use crate::limits::{self, Limits};
use crate::span::Sources;

use contract::Supplies;
use draft::{Fields, Model};
use entropy::Entropy;
use facts::Facts;
use goal::Goal;
use miss::Wrong;
use run::Run;
use tree::Tree;
use weights::Weights;

/// What is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes that a file has at most.
    pub most: u64,
    /// Attempts at one set before it is given up.
    pub attempts: u32,
    /// Attempts at the start, from which is learned which branches of the schema lead nowhere.
    pub rehearsals: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            most: 1 << 16,
            attempts: limits::GENERATED_ATTEMPTS,
            rehearsals: limits::GENERATED_REHEARSALS,
        }
    }
}

/// No content was made: what stood in the way, most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsatisfied {
    /// How many attempts were made.
    pub attempts: u32,
    /// What could not be satisfied, and in how many attempts.
    pub failures: Vec<(Failure, u32)>,
    /// In how many attempts content was made that the check refused.
    pub refused: u32,
}

impl Unsatisfied {
    /// One more attempt came to nothing: it failed, or the check refused it.
    fn count(&mut self, made: Result<(), Failure>) {
        self.attempts += 1;
        match made {
            Ok(()) => self.refused += 1,
            Err(failure) => match self.failures.iter_mut().find(|(known, _)| *known == failure) {
                Some((_, count)) => *count += 1,
                None => self.failures.push((failure, 1)),
            },
        }
        self.failures.sort_by_key(|(failure, count)| (std::cmp::Reverse(*count), *failure));
    }
}

/// How many attempts it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// Attempts, with the one that came to something.
    pub all: u32,
    /// How many of them came to content that the check refused: none, unless the generator is wrong.
    pub refused: u32,
}

/// One attempt.
#[derive(Clone, Copy)]
struct Try<'t> {
    seed: u64,
    number: u32,
    thrift: u32,
    goal: Option<&'t Goal>,
    draft: &'t [Arc<Fields>],
    gap: Option<(u64, u64)>,
}

/// Makes content sets by a plan.
///
/// ```
/// use bootgate::check::{Plan, check};
/// use bootgate::finding::Severities;
/// use bootgate::{r#gen::{Generator, Options}, limits::Limits, span::Sources};
///
/// let mut sources = Sources::default();
/// let text = "{meta: {id: a}, seq: [{id: len, type: u1}, {id: text, size: len}]}";
/// let source = sources.add("a.ksy", text);
/// let plan = Plan::of_schema(bootgate::schema::read(source, text), Severities::default()).unwrap();
/// let mut generator = Generator::new(&plan, &sources, Options::default()).unwrap();
/// let files = generator.generate(7).unwrap().0.to_vec();
/// assert_eq!(usize::from(files[0][0]) + 1, files[0].len());
/// assert!(check(&plan, &sources, &[&files[0]], &Limits::default()).is_empty());
/// ```
pub struct Generator<'p> {
    plan: &'p Plan,
    sources: &'p Sources,
    facts: Facts,
    supplies: Supplies,
    options: Options,
    weights: Weights,
    tree: Tree,
    files: Vec<Vec<u8>>,
    /// The ways to be wrong, once they were asked for.
    wrongs: Vec<Wrong>,
}

impl<'p> Generator<'p> {
    /// A generator for the sets of a plan.
    ///
    /// # Errors
    ///
    /// What stood in the way, if no rehearsal came to anything: the schema contradicts itself, or asks for what
    /// cannot be made.
    pub fn new(plan: &'p Plan, sources: &'p Sources, options: Options) -> Result<Generator<'p>, Unsatisfied> {
        let mut facts = Facts::of(&plan.layout, &plan.code);
        let supplies = Supplies::of(plan);
        supplies.guide(&plan.layout, &mut facts);
        let mut generator = Generator {
            plan,
            sources,
            facts,
            supplies,
            options,
            weights: Weights::default(),
            tree: Tree::default(),
            files: Vec::new(),
            wrongs: Vec::new(),
        };
        generator.rehearse()?;
        Ok(generator)
    }

    /// What it makes content by.
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// Learns which branches lead nowhere.
    fn rehearse(&mut self) -> Result<(), Unsatisfied> {
        let mut weights = Weights::default();
        let mut made = Err(Unsatisfied::default());
        let (most, attempts) = (self.options.rehearsals, self.options.attempts);
        for seed in 0..u64::from(most.div_ceil(attempts.max(1))).max(8) {
            match self.attempts(seed, attempts, &mut weights) {
                Ok(_) => made = Ok(()),
                Err(unsatisfied) if made.is_err() => {
                    made = Err(unsatisfied);
                    break;
                }
                Err(_) => {}
            }
        }
        self.weights = weights;
        made
    }

    /// One attempt at the set of a seed, which is not held against the check.
    ///
    /// # Errors
    ///
    /// What could not be satisfied.
    pub fn attempt(&mut self, seed: u64, number: u32) -> Result<&[Vec<u8>], Failure> {
        let mut weights = std::mem::take(&mut self.weights);
        let made = self.try_once(
            Try { seed, number, thrift: number / 4, goal: None, draft: &[], gap: None },
            &mut weights,
            &mut limits::GENERATED_STEPS.clone(),
        );
        self.weights = weights;
        made.map(|()| self.files.as_slice())
    }

    fn try_once(&mut self, attempt: Try<'_>, weights: &mut Weights, steps: &mut u64) -> Result<(), Failure> {
        weights.begin();
        let mut files = std::mem::take(&mut self.files);
        let mut run = self.run(attempt, weights, limits::GENERATED_STEPS.min(*steps));
        let made = run.make().and_then(|()| run.emit(&mut files));
        *steps = steps.saturating_sub(limits::GENERATED_STEPS.min(*steps) - run.work);
        self.files = files;
        made
    }

    fn run<'r>(&'r mut self, attempt: Try<'r>, weights: &'r mut Weights, work: u64) -> Run<'r> {
        Run {
            layout: &self.plan.layout,
            facts: &self.facts,
            classes: &self.plan.classes,
            supplies: &self.supplies,
            tree: &mut self.tree,
            weights,
            model: Model::of(attempt.draft, attempt.gap),
            entropy: Entropy::new(attempt.seed, u64::from(attempt.number)),
            work,
            depth: 0,
            nesting: 0,
            thrift: attempt.thrift,
            most: self.options.most,
            structure: 0,
            goal: attempt.goal,
            shown: false,
            shows: None,
        }
    }

    /// The set of a seed, in the order of the plan's files: always the same, and one that the check passes.
    ///
    /// # Errors
    ///
    /// What stood in the way, if no attempt came to anything.
    pub fn generate(&mut self, seed: u64) -> Result<(&[Vec<u8>], Attempts), Unsatisfied> {
        // What is learned for one seed is forgotten: the set of a seed does not depend on others.
        let mut weights = self.weights.clone();
        let attempts = self.attempts(seed, self.options.attempts, &mut weights)?;
        Ok((&self.files, attempts))
    }

    fn attempts(&mut self, seed: u64, most: u32, weights: &mut Weights) -> Result<Attempts, Unsatisfied> {
        let mut unsatisfied = Unsatisfied::default();
        let mut steps = limits::GENERATED_STEPS_IN_ALL;
        for number in 0..most {
            if steps == 0 {
                break;
            }
            let made = self.try_once(
                Try { seed, number, thrift: number / 4, goal: None, draft: &[], gap: None },
                weights,
                &mut steps,
            );
            let good = made.is_ok() && self.is_accepted();
            weights.end(good);
            if good {
                return Ok(Attempts { all: unsatisfied.attempts + 1, refused: unsatisfied.refused });
            }
            unsatisfied.count(made);
        }
        Err(unsatisfied)
    }

    /// A set that shows a property, and nothing else that is out of the ordinary; always the same for a seed.
    ///
    /// # Errors
    ///
    /// What stood in the way: the property may contradict the schema or the contract.
    pub fn show(&mut self, property: &Property, seed: u64) -> Result<Shown, Unsatisfied> {
        let mut weights = self.weights.clone();
        let mut unsatisfied = Unsatisfied::default();
        let mut steps = limits::GENERATED_STEPS_IN_ALL;
        for number in 0..self.options.attempts.saturating_mul(2) {
            if steps == 0 {
                break;
            }
            // What is to be shown may be in a rare part: each attempt is generous.
            let attempt = Try { seed, number, thrift: 0, goal: Some(&property.goal), draft: &[], gap: None };
            let made = self.try_once(attempt, &mut weights, &mut steps);
            let shown = match &made {
                Ok(()) => {
                    let findings = witness::findings(self.plan, self.sources, &self.files);
                    witness::judge(self.plan, property, &self.files, &findings)
                }
                Err(_) => None,
            };
            weights.end(shown.is_some());
            match (shown, made) {
                (Some(shown), _) => return Ok(shown),
                (None, made) => unsatisfied.count(made),
            }
        }
        Err(unsatisfied)
    }

    /// Sets that are each wrong in one of these ways and right in all others; those that were not made come second.
    pub fn near_misses(&mut self, misses: &[Miss], seed: u64) -> (Vec<(Miss, Missed)>, Vec<Miss>) {
        let (mut found, mut open) = (Vec::new(), misses.to_vec());
        for round in 0..limits::GENERATED_ATTEMPTS {
            if open.is_empty() {
                break;
            }
            let seed = seed.wrapping_add(u64::from(round) << 32);
            if self.generate(seed).is_err() {
                continue;
            }
            let (mut files, mut weights) = (Vec::new(), Weights::default());
            open.retain(|miss| {
                let attempt = Try { seed, number: 0, thrift: 0, goal: None, draft: &[], gap: None };
                let mut run = self.run(attempt, &mut weights, limits::GENERATED_STEPS);
                let made = run.miss(&miss.how, &mut files);
                let missed = made.into_iter().find_map(|files| self.missed(miss, files));
                let done = missed.is_some();
                found.extend(missed.map(|missed| (miss.clone(), missed)));
                !done
            });
        }
        (found, open)
    }

    /// A set that is to be wrong in one way, if the check says so and nothing else.
    fn missed(&self, miss: &Miss, files: Vec<Vec<u8>>) -> Option<Missed> {
        let findings = witness::findings(self.plan, self.sources, &files);
        let undescribed = [codes::TRAILING_BYTES, codes::UNREFERENCED_BYTES, codes::OVERLAPPING_BYTES];
        let errors = |strict: bool| {
            let wrong =
                |f: &&Finding| f.severity == Severity::Error || strict && undescribed.contains(&f.code);
            findings.iter().filter(wrong).map(|f| f.code).collect::<std::collections::BTreeSet<_>>()
        };
        let strict = errors(false).is_empty();
        let found = errors(strict);
        let code =
            found.first().copied().filter(|code| found.len() == 1 && miss.code.is_none_or(|c| c == *code))?;
        Some(Missed { files, code, strict })
    }

    /// Whether the check passes the files at hand.
    fn is_accepted(&self) -> bool {
        let files: Vec<&[u8]> = self.files.iter().map(Vec::as_slice).collect();
        let limits = Limits::default();
        is_silent(self.plan, &files, &limits)
            || crate::check::passes(self.plan, self.sources, &files, &limits)
    }
}
