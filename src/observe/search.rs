//! The search for the end of a capacity: the last element that is taken, and the first one that is not.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{self, Line, Verb};
use super::{Ending, Harness, HarnessError, Ran};
use crate::check::Plan;
use crate::contract::Beyond;
use crate::r#gen::{Generator, Options, Unsatisfied, reaching};
use crate::span::Sources;

/// Events that are tried with one witness before another one is made.
const EVENTS: u32 = 4;

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Runs in which one element is to be reached.
    pub runs: u32,
    /// The greatest element that is tried.
    pub most: u64,
    /// What witnesses and events are made from.
    pub seed: u64,
}

/// What was observed of a capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The last element was taken, and the next one was not.
    Observed {
        /// How many elements there are.
        value: u64,
        /// What happens with the next one.
        beyond: Beyond,
        /// That in words.
        how: String,
    },
    /// No run came to the end: this element was taken, and the one after it was not read.
    NoEnd {
        /// The greatest element that was taken.
        taken: u64,
    },
    /// No run read any element.
    NotReached {
        /// How many there were.
        runs: u32,
        /// How many of them the consumer's loader refused.
        refused: u32,
        /// What the last of these wrote.
        said: String,
    },
    /// No set could be made that reads its first element.
    NotMade(Box<Unsatisfied>),
    /// No question of the contract reads or counts it.
    NotAsked,
    /// What was seen does not fit together: another element than those before the end was not taken, or one behind it.
    Contradicted {
        /// What was seen.
        seen: String,
    },
}

/// What was seen of one element.
#[derive(Clone, Debug, Default)]
struct Seen {
    taken: u32,
    no_match: u32,
    faults: u32,
    how: String,
}

/// What runs of a harness showed so far.
pub struct Observer<'h> {
    harness: &'h mut dyn Harness,
    known: BTreeSet<String>,
    seen: BTreeMap<(String, u64), Seen>,
    events: Option<Generator<'h>>,
    effort: Effort,
    /// Runs so far.
    pub runs: u32,
    refused: u32,
    crashed: u32,
    said: String,
}

/// What became of an attempt to reach an element.
enum Reach {
    Taken,
    Beyond(Beyond),
    Missed,
    NotMade(Unsatisfied),
}

impl<'h> Observer<'h> {
    /// An observer of the capacities of a contract; `events` are made by this schema and handed over with each set.
    ///
    /// # Errors
    ///
    /// No event can be made.
    pub fn new(
        harness: &'h mut dyn Harness,
        known: BTreeSet<String>,
        events: Option<(&'h Plan, &'h Sources)>,
        effort: Effort,
    ) -> Result<Observer<'h>, Unsatisfied> {
        let events = events.map(|(plan, sources)| Generator::new(plan, sources, Options::default()));
        let (seen, said) = (BTreeMap::new(), String::new());
        let events = events.transpose()?;
        Ok(Observer { harness, known, seen, events, effort, runs: 0, refused: 0, crashed: 0, said })
    }

    /// Looks for the end of a capacity with sets by a plan, for a build that supplies as much of it as is ever tried.
    ///
    /// # Errors
    ///
    /// The harness is of no use.
    pub fn observe(&mut self, plan: &Plan, sources: &Sources, name: &str) -> Result<Answer, HarnessError> {
        if reaching(plan, name, 0).is_empty() {
            return Ok(Answer::NotAsked);
        }
        let options = Options { attempts: 64, rehearsals: 256, ..Options::default() };
        let mut generator = match Generator::new(plan, sources, options) {
            Ok(generator) => generator,
            Err(unsatisfied) => return Ok(Answer::NotMade(Box::new(unsatisfied))),
        };
        let (runs, refused, crashed) = (self.runs, self.refused, self.crashed);
        match self.reach(&mut generator, name, 0)? {
            Reach::Taken => {}
            Reach::Beyond(Beyond::Fault) => {
                let how = self.of(name, 0).how;
                return Err(HarnessError::Control { name: name.to_owned(), how });
            }
            Reach::Beyond(Beyond::NoMatch) => {
                let seen = "element 0, the control, does not match".into();
                return Ok(Answer::Contradicted { seen });
            }
            Reach::NotMade(unsatisfied) => return Ok(Answer::NotMade(Box::new(unsatisfied))),
            Reach::Missed => {
                let (runs, refused, crashed) =
                    (self.runs - runs, self.refused - refused, self.crashed - crashed);
                if runs > 0 && runs == crashed {
                    return Err(HarnessError::Crashes { runs, how: self.said.clone() });
                }
                return Ok(Answer::NotReached { runs, refused, said: self.said.clone() });
            }
        }
        let (mut last, mut next) = (0, 1);
        let beyond = loop {
            match self.reach(&mut generator, name, next)? {
                Reach::Taken if next >= self.effort.most => return Ok(Answer::NoEnd { taken: next }),
                Reach::Taken => {
                    last = next;
                    next = next.saturating_mul(2).min(self.effort.most);
                }
                Reach::Beyond(beyond) => break Some(beyond),
                Reach::Missed | Reach::NotMade(_) => break None,
            }
        };
        let mut end = beyond.map(|beyond| (next, beyond));
        while next - last > 1 {
            let middle = last + (next - last) / 2;
            match self.reach(&mut generator, name, middle)? {
                Reach::Taken => last = middle,
                Reach::Beyond(beyond) => {
                    next = middle;
                    end = Some((middle, beyond));
                }
                Reach::Missed | Reach::NotMade(_) => next = middle,
            }
        }
        let Some((value, beyond)) = end.filter(|(end, _)| *end == last + 1) else {
            return Ok(Answer::NoEnd { taken: last });
        };
        // One more on each side: an end that is one has nothing behind it, and no holes before it.
        for beside in [value.checked_sub(2), value.checked_add(1)].into_iter().flatten() {
            self.reach(&mut generator, name, beside)?;
        }
        Ok(match self.contradiction(name, value) {
            Some(seen) => Answer::Contradicted { seen },
            None => {
                let how = match beyond {
                    Beyond::Fault => format!("faulted: {}", self.of(name, value).how),
                    Beyond::NoMatch => "did not match".into(),
                };
                let how = format!("element {last} was taken, element {value} {how}");
                Answer::Observed { value, beyond, how }
            }
        })
    }

    /// Whether any run so far, or one with a set for its first element, comes upon a capacity.
    ///
    /// # Errors
    ///
    /// The harness is of no use.
    pub fn is_known(&mut self, plan: &Plan, sources: &Sources, name: &str) -> Result<bool, HarnessError> {
        if let Ok(mut generator) = Generator::new(plan, sources, Options::default()) {
            self.reach(&mut generator, name, 0)?;
        }
        Ok(self.seen.keys().any(|(known, _)| known == name))
    }

    fn of(&self, name: &str, index: u64) -> Seen {
        self.seen.get(&(name.to_owned(), index)).cloned().unwrap_or_default()
    }

    fn state(&self, name: &str, index: u64) -> Option<Reach> {
        let seen = self.of(name, index);
        match (seen.taken, seen.no_match, seen.faults) {
            (0, 0, 0) => None,
            (_, 0, 0) => Some(Reach::Taken),
            (0, _, 0) => Some(Reach::Beyond(Beyond::NoMatch)),
            // What does not fit together is told in the end.
            _ => Some(Reach::Beyond(Beyond::Fault)),
        }
    }

    /// What does not fit to this end.
    fn contradiction(&self, name: &str, value: u64) -> Option<String> {
        let own = self.seen.iter().filter(|((known, _), _)| known == name);
        let mut wrong = own.filter(|((_, index), seen)| match *index < value {
            true => seen.no_match + seen.faults > 0,
            false => seen.taken > 0 || seen.no_match > 0 && seen.faults > 0,
        });
        let ((_, index), Seen { taken, no_match, faults, .. }) = wrong.next()?;
        Some(format!(
            "element {index} was taken {taken} times, did not match {no_match} times and faulted {faults} times, \
             with the end at {value}"
        ))
    }

    /// Runs the harness on sets that come upon an element, and no greater one, until a run says that it did.
    fn reach(
        &mut self,
        generator: &mut Generator<'_>,
        name: &str,
        index: u64,
    ) -> Result<Reach, HarnessError> {
        let ways = reaching(generator.plan(), name, index);
        let mut unmade = Unsatisfied::default();
        let (before, mut failures, mut round) = (self.runs, 0, 0_usize);
        while self.runs - before < self.effort.runs && failures < 2 * ways.len() {
            if let Some(state) = self.state(name, index) {
                return Ok(state);
            }
            let number = round.checked_rem(ways.len()).unwrap_or(0);
            let seed = u64::try_from(round.checked_div(ways.len()).unwrap_or(0)).unwrap_or(0);
            let Some(way) = ways.get(number) else { break };
            round += 1;
            match generator.show(way, self.effort.seed.wrapping_add(seed)) {
                Ok(shown) => self.run(&shown.files)?,
                Err(unsatisfied) => {
                    failures += 1;
                    unmade = unsatisfied;
                }
            }
        }
        match self.state(name, index) {
            Some(state) => Ok(state),
            None if self.runs == before => Ok(Reach::NotMade(unmade)),
            None => Ok(Reach::Missed),
        }
    }

    /// Runs one set, with some events if events are made.
    fn run(&mut self, files: &[Vec<u8>]) -> Result<(), HarnessError> {
        if self.events.is_none() {
            let ran = self.harness.run(files, None)?;
            return self.note(ran);
        }
        for _ in 0..EVENTS {
            let seed = self.effort.seed.wrapping_add(self.runs.into());
            let event = self.events.as_mut().and_then(|events| events.generate(seed).ok());
            let Some(event) = event.map(|(files, _)| files.concat()) else { continue };
            let ran = self.harness.run(files, Some(&event))?;
            self.note(ran)?;
        }
        Ok(())
    }

    /// Takes down what a run said.
    fn note(&mut self, ran: Ran) -> Result<(), HarnessError> {
        self.runs += 1;
        let lines = lines::read(&ran.output, &self.known)?;
        let mut all = lines.iter().rev();
        match ran.ending {
            Ending::Taken => {}
            Ending::Refused => {
                self.refused += 1;
                let output = String::from_utf8_lossy(&ran.output);
                let last = ran.complaint.lines().next().or_else(|| output.lines().last());
                self.said = last.unwrap_or_default().to_owned();
            }
            Ending::Fault { how, watched } => match all.next() {
                Some(Line { verb: Verb::Reads, name, index }) if watched => {
                    let seen = self.seen.entry((name.clone(), *index)).or_default();
                    seen.faults += 1;
                    seen.how = how;
                }
                Some(Line { verb: Verb::Reads, name, index }) => {
                    let (name, index) = (name.clone(), *index);
                    return Err(HarnessError::Unwatched { name, index, how });
                }
                // It crashed at something else.
                Some(Line { name, index, .. }) => {
                    self.seen.entry((name.clone(), *index)).or_default().no_match += 1;
                }
                None => {
                    self.crashed += 1;
                    self.said = how;
                }
            },
        }
        for line in all {
            let seen = self.seen.entry((line.name.clone(), line.index)).or_default();
            match line.verb {
                Verb::Reads => seen.taken += 1,
                Verb::NoMatch => seen.no_match += 1,
            }
        }
        Ok(())
    }
}
