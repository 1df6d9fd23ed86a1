//! All questions to one kind of debug information, what was heard, and what that comes to.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::error::{ExtractError, LookupError};
use super::graph::{Graph, Miss, answer};
use crate::contract::origin::{Kind, Path, Question, Step};
use crate::limits::{ANSWERS, NAMES_SEEN, TYPE_WORK};

/// What each question comes to: a number with its place.
pub type Answers = Vec<Result<(u64, String), LookupError>>;

/// Questions by the name that each begins with.
#[derive(Debug)]
pub(super) struct Inquiry {
    entries: Vec<Entry>,
    /// Rows of the entries by the name of their root.
    roots: HashMap<String, Vec<usize>>,
    /// Every scope that a root lies in: of `a::b::c`, `a` and `a::b`.
    scopes: HashSet<String>,
    /// Whether names are collected for those who misspelled one.
    pub(super) suggesting: bool,
    /// Names that were seen.
    seen: HashSet<String>,
    /// Members and types that were looked at.
    work: Cell<usize>,
}

/// One question, as it is asked now.
#[derive(Clone, Debug)]
struct Entry {
    question: Question,
    /// The path, as the search for a definition changed it.
    path: Path,
    answers: Vec<Answer>,
    /// Whether what is heard from now on counts no more.
    sealed: bool,
    /// Where the type is declared, without being defined.
    declared: Option<String>,
    /// How often the way led to a type that is only declared.
    redirects: usize,
    /// Names of types that are defined elsewhere, with the steps that are left.
    elsewhere: BTreeSet<(String, Vec<Step>)>,
}

/// One answer, and where it was first heard.
#[derive(Clone, Debug)]
struct Answer {
    class: Class,
    outcome: Result<i128, LookupError>,
    place: String,
}

/// What an answer is about; better ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Definition,
    Variable,
    /// An `extern` declaration, which counts where there is no definition.
    Declaration,
}

/// What is known under a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer<'o> {
    /// The name with its scopes.
    pub(super) name: &'o str,
    pub(super) kind: Kind,
    /// Whether it is an `extern` declaration.
    pub(super) declared: bool,
    /// Source files that it may be said to be in.
    pub(super) files: &'o [&'o str],
    /// Where it is, for people.
    pub(super) place: &'o str,
}

impl Inquiry {
    pub(super) fn new(questions: &[&Question]) -> Inquiry {
        let entry = |question: &&Question| {
            let path = match question {
                Question::Len(path)
                | Question::Size(path)
                | Question::Enum(path, _)
                | Question::Const(path) => path.clone(),
                Question::Note(name) => {
                    Path { kind: None, root: name.clone(), steps: Vec::new(), file: None }
                }
            };
            Entry {
                question: (*question).clone(),
                path,
                answers: Vec::new(),
                sealed: false,
                declared: None,
                redirects: 0,
                elsewhere: BTreeSet::new(),
            }
        };
        let mut inquiry = Inquiry {
            entries: questions.iter().map(entry).collect(),
            roots: HashMap::new(),
            scopes: HashSet::new(),
            suggesting: false,
            seen: HashSet::new(),
            work: Cell::new(0),
        };
        inquiry.index();
        inquiry
    }

    fn index(&mut self) {
        self.roots.clear();
        self.scopes.clear();
        for (row, entry) in self.entries.iter().enumerate() {
            self.roots.entry(entry.path.root.clone()).or_default().push(row);
            for (at, _) in entry.path.root.match_indices("::") {
                self.scopes.extend(entry.path.root.get(..at).map(str::to_owned));
            }
        }
    }

    /// Whether some question begins with this name.
    pub(super) fn wants(&mut self, name: &str) -> bool {
        if self.suggesting && self.seen.len() < NAMES_SEEN && !self.seen.contains(name) {
            self.seen.insert(name.to_owned());
        }
        self.roots.contains_key(name)
    }

    /// Whether some question begins with a name in this scope.
    pub(super) fn enters(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Whether some question is about a constant.
    pub(super) fn wants_constants(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry.question, Question::Const(_)))
    }

    /// A type, or a variable with its type.
    pub(super) fn offer<G: Graph>(
        &mut self,
        graph: &G,
        id: G::Id,
        offer: Offer<'_>,
    ) -> Result<(), ExtractError> {
        for row in self.roots.get(offer.name).cloned().unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(row) else { continue };
            if matches!(entry.question, Question::Const(_) | Question::Note(_)) || !entry.fits(offer) {
                continue;
            }
            let outcome = match answer(graph, id, offer.name, &entry.path.steps, &entry.question, &self.work)
            {
                Ok(value) => Ok(value),
                Err(Miss::Lookup(error)) => Err(error),
                Err(Miss::Broken(error)) => return Err(error),
                Err(Miss::Elsewhere { name, steps }) => {
                    if entry.elsewhere.len() < ANSWERS {
                        entry.elsewhere.insert((name, steps));
                    }
                    continue;
                }
            };
            let class = match (offer.kind, offer.declared) {
                (Kind::Variable, true) => Class::Declaration,
                (Kind::Variable, false) => Class::Variable,
                _ => Class::Definition,
            };
            entry.add(class, outcome, offer.place);
        }
        Ok(())
    }

    /// A type that is only declared.
    pub(super) fn declaration(&mut self, name: &str, place: &str) {
        for row in self.roots.get(name).cloned().unwrap_or_default() {
            if let Some(entry) = self.entries.get_mut(row) {
                entry.declared.get_or_insert_with(|| place.to_owned());
            }
        }
    }

    /// A constant: its value, or why it has none.
    pub(super) fn constant(&mut self, value: &Result<i128, String>, offer: Offer<'_>) {
        for row in self.roots.get(offer.name).cloned().unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(row) else { continue };
            if !matches!(entry.question, Question::Const(_)) || !entry.fits(offer) {
                continue;
            }
            let outcome = value.clone().map_err(|reason| LookupError::NoNumber {
                reason: format!("`{}` {reason}", offer.name),
                help: Some("an enumerator, a `constexpr` or a macro with `-g3` has its value there".into()),
                place: offer.place.into(),
            });
            // A variable whose value is known in one place only is that variable all the same.
            let class = if outcome.is_ok() { Class::Definition } else { Class::Declaration };
            entry.add(class, outcome, offer.place);
        }
    }

    /// Whether another round may say more: types that were only declared are then asked for by their own names.
    pub(super) fn again(&mut self) -> bool {
        let mut changed = false;
        for entry in &mut self.entries {
            let next = entry.elsewhere.pop_first();
            entry.elsewhere.clear();
            let Some((name, steps)) = next else { continue };
            if !entry.answers.is_empty() || entry.redirects >= crate::limits::TYPE_DEPTH {
                continue;
            }
            entry.redirects += 1;
            let kind = None;
            entry.path = Path { kind, root: name, steps, file: None };
            changed = true;
        }
        self.index();
        changed
    }

    /// Counts members that were looked at; whether there is time for more.
    pub(super) fn spend(&self, members: usize) -> bool {
        self.work.set(self.work.get().saturating_add(members));
        self.work.get() <= TYPE_WORK
    }

    /// Questions that have an answer take no others: what comes next is further away.
    pub(super) fn seal(&mut self) {
        for entry in &mut self.entries {
            entry.sealed = !entry.answers.is_empty();
        }
    }

    /// Whether some question has no answer at all.
    pub(super) fn lacks(&self) -> bool {
        self.entries.iter().any(|entry| entry.answers.is_empty())
    }

    /// What each question comes to: the number and its place.
    pub(super) fn conclude(self) -> Answers {
        let Inquiry { entries, seen, .. } = self;
        entries.into_iter().map(|entry| entry.conclude(&seen)).collect()
    }
}

impl Entry {
    fn fits(&self, offer: Offer<'_>) -> bool {
        // `enum(…)` and `typedef` go together: `typedef enum { … } kind;`.
        let kind = self.path.kind.is_none_or(|kind| kind == offer.kind);
        let file = self.path.file.as_deref();
        !self.sealed
            && kind
            && file.is_none_or(|file| offer.files.iter().any(|known| ends_with_path(known, file)))
    }

    fn add(&mut self, class: Class, outcome: Result<i128, LookupError>, place: &str) {
        let same = |known: &Answer| known.class == class && alike(&known.outcome, &outcome);
        if self.answers.len() < ANSWERS && !self.answers.iter().any(same) {
            self.answers.push(Answer { class, outcome, place: place.into() });
        }
    }

    fn conclude(self, seen: &HashSet<String>) -> Result<(u64, String), LookupError> {
        let Entry { question, path, answers, redirects, declared: forward, .. } = self;
        let of = |class| answers.iter().filter(|answer| answer.class == class).collect::<Vec<_>>();
        let (types, variables, declared) =
            (of(Class::Definition), of(Class::Variable), of(Class::Declaration));
        let variables = if variables.is_empty() { declared } else { variables };
        // Of a type and a variable of one name the one that has the number is meant.
        let good = |list: &[&Answer]| list.iter().any(|answer| answer.outcome.is_ok());
        let heard: Vec<&Answer> = match (good(&types), good(&variables)) {
            (true, false) => types,
            (false, true) => variables,
            _ => types.into_iter().chain(variables).collect(),
        };
        let Some(first) = heard.first() else {
            let what = if matches!(question, Question::Const(_)) { "constant" } else { "type or variable" };
            let forward = forward.map(|place| format!("it is declared in {place}, and defined nowhere"));
            let note = forward.filter(|_| redirects == 0).or_else(|| {
                (redirects > 0).then(|| format!("`{question}` leads there, where it is only declared"))
            });
            let name = path.root;
            let nearest = nearest(&name, seen.iter().map(String::as_str));
            return Err(LookupError::Unknown { what, name, scope: String::new(), nearest, note });
        };
        if heard.iter().any(|answer| !alike(&answer.outcome, &first.outcome)) {
            let told = |answer: &&Answer| {
                let value = answer.outcome.as_ref().map(i128::to_string);
                (value.unwrap_or_else(|error| error.to_string()), answer.place.clone())
            };
            let name = question.to_string();
            return Err(LookupError::Ambiguous { name, answers: heard.iter().map(told).collect() });
        }
        let value = first.outcome.clone()?;
        // Numbers in a manifest have 64 bits with a sign.
        let Some(value) = i64::try_from(value).ok().and_then(|value| u64::try_from(value).ok()) else {
            let reason = format!("`{question}` is {value}, which no number of elements or bytes can be");
            return Err(LookupError::NoNumber { reason, help: None, place: first.place.clone() });
        };
        Ok((value, first.place.clone()))
    }
}

/// Whether two answers are one, wherever they were heard.
fn alike(a: &Result<i128, LookupError>, b: &Result<i128, LookupError>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a == b,
        (Err(a), Err(b)) => a.to_string() == b.to_string(),
        _ => false,
    }
}

/// Whether a path ends with another one, folder by folder.
fn ends_with_path(path: &str, end: &str) -> bool {
    let parts = |path: &str| -> Vec<String> { path.split(['/', '\\']).rev().map(str::to_owned).collect() };
    let (path, end) = (parts(path), parts(end));
    end.len() <= path.len() && path.iter().zip(&end).all(|(a, b)| a == b)
}

/// Up to three names that are most like another one; first those that are it in another namespace.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let limit = name.len().div_ceil(3);
    let distance = |known: &&str| {
        if known.rsplit("::").next() == Some(name) {
            return 0;
        }
        let near = known.len().abs_diff(name.len()) <= limit && known.len() <= 1024;
        if near { strsim::damerau_levenshtein(name, known) } else { usize::MAX }
    };
    let mut near: Vec<(usize, &str)> = names
        .filter(|known| *known != name)
        .map(|known| (distance(&known), known))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}
