//! Events that lead the interpreter to a read.

use super::{Build, Content, Criterion, Dereference, Event, Operand, Site, Step, Value};

/// Bytes of text that an event can hold in one input.
const MOST_TEXT: usize = 1024;

/// What an input has to be.
#[derive(Clone, Debug)]
enum Wanted {
    Anything,
    Number(u64),
    Text(Vec<u8>),
}

/// A way to a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// The bytes of an event (`fuzz/driver/event.ksy`) that gets there.
    Event(Vec<u8>),
    /// One input would have to be several things at once, or more than an event can hold; or a read before it is beyond
    /// the inputs already.
    Blocked,
    /// No event was found though nothing is known to be in the way.
    Unknown,
}

impl Content<'_> {
    /// An event that makes a build come to a read: each criterion before it matches.
    pub fn lead(&self, build: &Build, read: &Dereference) -> Lead {
        let Some(instance) = self.instances.get(read.instance) else { return Lead::Unknown };
        let Some(site) = self.types.get(instance.type_index).and_then(|kind| Site::of(kind.name)) else {
            return Lead::Unknown;
        };
        let Some(supplied) = build.supplied(site) else { return Lead::Blocked };
        let mut inputs = vec![Wanted::Anything; supplied];
        let mut blocked = false;
        for criterion in instance.criteria.iter().take(read.criterion) {
            let Some(wanted) = wanted(criterion) else { continue };
            let Some(input) = inputs.get_mut(usize::from(criterion.field_index)) else {
                return Lead::Blocked;
            };
            // Of two that one input has to satisfy, the longer text and the larger number may do for both.
            let better = match (&*input, &wanted) {
                (Wanted::Anything, _) => true,
                (Wanted::Number(now), Wanted::Number(new)) => new > now,
                (Wanted::Text(now), Wanted::Text(new)) => new.len() > now.len(),
                _ => false,
            };
            blocked |= !matches!(input, Wanted::Anything);
            blocked |= matches!(&wanted, Wanted::Text(text) if text.len() > MOST_TEXT);
            if better {
                *input = wanted;
            }
        }
        let values = inputs.iter().map(|input| match input {
            Wanted::Anything => Value::Absent,
            Wanted::Number(number) => Value::Number(*number),
            Wanted::Text(text) => Value::Text(text),
        });
        let event = Event { site, values: values.collect() };
        let mut reached = false;
        let mut build = *build;
        build.checked = true;
        let outcome = self.evaluate(&build, &event, |step| {
            reached |= matches!(step, Step::Reads { instance, criterion, .. }
                if (instance, criterion) == (read.instance, read.criterion));
        });
        match reached {
            true if Event::read(&event.bytes()).is_ok() => Lead::Event(event.bytes()),
            _ if blocked || outcome.exhausted => Lead::Blocked,
            _ => Lead::Unknown,
        }
    }
}

/// What makes a criterion match; nothing for one that is not evaluated.
fn wanted(criterion: &Criterion<'_>) -> Option<Wanted> {
    match criterion.operand {
        Operand::Nothing => None,
        Operand::Range(least, _) => Some(Wanted::Number(least)),
        // `*` stands for no text as well, and `?` for itself.
        Operand::Text(text) if criterion.kind > 2 => {
            Some(Wanted::Text(text.bytes().filter(|byte| *byte != b'*').collect()))
        }
        Operand::Text(text) => Some(Wanted::Text(text.as_bytes().to_vec())),
    }
}
