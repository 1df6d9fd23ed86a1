//! Unique keys: what the consumer looks up by a name or a number must be there once.
//!
//! A list that a query had filled twice doubled in size. Each entry was as good as the other, and no consumer
//! has defined which of two with the same name counts.
//!
//! Gives `duplicate-key`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::{Answer, Judge, Row, Spots};
use crate::check::place::Places;
use crate::codes;
use crate::contract::kinds::Unique;
use crate::finding::{Blame, Finding, Mark, Place, Severity};
use crate::limits;
use crate::span::ByteRange;
use crate::walk::Value;

/// The number of an object within which keys are compared.
type Scope = u32;

/// A key, with the class of builds that it is about.
type Key = (usize, Scope, i128);

/// The judge of a question for unique keys.
pub(super) struct Keys<'p> {
    row: Row<'p>,
    kind: &'p Unique,
    /// The objects within which keys are compared, by the numbers of the elements that lead to each.
    scopes: HashMap<Vec<u64>, Scope>,
    /// Where each key was first; nothing in the fast pass.
    seen: HashMap<Key, Option<Box<First>>>,
    /// Keys that occur more than once.
    repeated: BTreeMap<Key, Repeated>,
    /// How many of them are not kept.
    further: u64,
}

/// Where a key was first: no more of its place than is needed to find it again, since there may be millions.
struct First {
    file: usize,
    path: Option<Box<str>>,
    range: ByteRange,
    decoded: Option<ByteRange>,
}

impl First {
    fn of(place: Place) -> Box<First> {
        let Place { file, path, range, decoded, .. } = place;
        Box::new(First { file, path: path.map(String::into_boxed_str), range, decoded })
    }

    /// The place; a field that is the key is marked as it is at another place with the same key.
    fn place(&self, other: &Place, places: &Places<'_>) -> Place {
        let label = match other.marks.as_slice() {
            [only] if only.range == other.range => Some(only.label.clone()),
            _ => None,
        };
        Place {
            file: self.file,
            path: self.path.as_ref().map(|path| path.to_string()),
            range: self.range,
            decoded: self.decoded,
            marks: label.into_iter().map(|label| Mark { range: self.range, label }).collect(),
            excerpt: places.excerpt(self.file, self.range),
        }
    }
}

/// A key that occurs more than once.
struct Repeated {
    key: String,
    spots: Spots,
}

impl<'p> Keys<'p> {
    pub(super) fn new(row: Row<'p>, kind: &'p Unique) -> Self {
        Keys {
            row,
            kind,
            scopes: HashMap::new(),
            seen: HashMap::new(),
            repeated: BTreeMap::new(),
            further: 0,
        }
    }

    /// The object within which an answer is compared.
    fn scope(&mut self, answer: &Answer<'_>) -> Scope {
        let within = self.row.asked.within;
        if within == 0 {
            return 0;
        }
        // The numbers go outwards.
        let numbers = answer.store.numbers(answer.at.object);
        let inner = numbers.len().saturating_sub(within);
        let numbers = numbers.get(inner..).unwrap_or_default();
        if let Some(scope) = self.scopes.get(numbers) {
            return *scope;
        }
        let scope = Scope::try_from(self.scopes.len()).unwrap_or(Scope::MAX);
        self.scopes.insert(numbers.to_vec(), scope);
        scope
    }
}

impl Judge for Keys<'_> {
    fn speaks(&mut self, answer: &Answer<'_>) -> bool {
        let [Value::Int(key)] = *answer.values else { return true };
        let scope = self.scope(answer);
        match self.seen.entry((answer.class, scope, key)) {
            Entry::Occupied(_) => true,
            Entry::Vacant(entry) => {
                entry.insert(answer.place().map(First::of));
                false
            }
        }
    }

    fn note(&mut self, answer: &Answer<'_>, place: Place, places: &Places<'_>) {
        let [Value::Int(key)] = *answer.values else { return };
        let at = (answer.class, self.scope(answer), key);
        if self.repeated.len() >= limits::PLACES && !self.repeated.contains_key(&at) {
            self.further += 1;
            return;
        }
        let shown = || {
            let query = &self.row.plan.layout.queries[self.row.query];
            let asked = query.answer.first().copied();
            asked.map(|asked| places.words.key(asked, key, answer.store)).unwrap_or_default()
        };
        let repeated = self.repeated.entry(at).or_insert_with(|| {
            let mut spots = Spots::default();
            if let Some(Some(first)) = self.seen.get(&at) {
                spots.add(first.place(&place, places));
            }
            Repeated { key: shown(), spots }
        });
        repeated.spots.add(place);
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |Repeated { key, spots }: &Repeated| {
            let message = format!("more than one {} has the same key", self.row.noun());
            let mut finding = Finding::new(codes::DUPLICATE_KEY, Severity::Error, Blame::Content, message);
            finding.found = Some(format!("{key}, {} times", spots.total));
            let within =
                self.kind.within.as_ref().map(|within| format!(" within each of `{}`", within.value));
            finding.expected = Some(format!("each key once{}", within.unwrap_or_default()));
            spots.put(&mut finding);
            finding.labels.push(self.row.because(("key", &self.kind.key)));
            finding
        };
        let each = self.repeated.iter().map(|((class, ..), repeated)| (*class, finding(repeated)));
        let mut findings = self.row.merged(each);
        if let Some(last) = findings.last_mut().filter(|_| self.further > 0) {
            last.notes.push(format!("{} further elements have keys that others have, too", self.further));
        }
        findings
    }

    fn held(&self) -> u64 {
        self.seen.len() as u64 * limits::KEY_HELD + self.scopes.len() as u64 * limits::SCOPE_HELD
    }
}
