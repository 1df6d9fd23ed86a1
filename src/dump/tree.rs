//! The tree, from what a walk tells to what is written.

use std::borrow::Cow;
use std::io;

use super::ahead::Ahead;
use super::node::{Head, Leaf, Shape, Sink, Why};
use super::path::{self, Step};
use super::words::Words;
use crate::layout::{AttrId, TypeId};
use crate::walk::events::Spot;
use crate::walk::{ObjectId, Store, Value};

/// What is to be shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'t> {
    /// The way to the node; all when empty.
    pub(super) path: &'t [Step],
    /// How many levels below it.
    pub(super) depth: Option<u32>,
    /// Whether instances are.
    pub(super) instances: bool,
}

/// Where a node is, seen from what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Elsewhere.
    Off,
    /// On the way: so many steps were taken.
    On(usize),
    /// So many levels below.
    In(u32),
}

/// A node that has parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Object(ObjectId),
    List(AttrId),
}

/// A node whose parts are being told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open<'t> {
    pub(super) what: What,
    ty: &'t str,
    pub(super) state: State,
    /// How many elements were told; of an object, how many fields of `seq`.
    pub(super) told: u64,
}

/// A field, or an element of it.
pub(super) type Part = (AttrId, Option<u64>);

/// The tree while it is told.
pub(super) struct Tree<'t> {
    pub(super) wanted: Wanted<'t>,
    pub(super) words: &'t Words<'t>,
    pub(super) ahead: Ahead,
    sink: &'t mut dyn Sink,
    open: Vec<Open<'t>>,
    done: bool,
    error: Option<io::Error>,
    missing: Option<String>,
}

impl<'t> Tree<'t> {
    pub(super) fn new(
        wanted: Wanted<'t>,
        words: &'t Words<'t>,
        ahead: Ahead,
        sink: &'t mut dyn Sink,
    ) -> Self {
        Tree { wanted, words, ahead, sink, open: Vec::new(), done: false, error: None, missing: None }
    }

    /// The walk has ended, perhaps early. Gives why the file does not have what is wanted.
    pub(super) fn finish(mut self) -> io::Result<Option<String>> {
        while let Some(open) = self.open.pop() {
            if self.has_parts(open.state) {
                self.write(|sink| sink.close(None, Some("the walk ended here")));
            }
        }
        self.write(|sink| sink.end());
        self.error.map_or(Ok(self.missing), Err)
    }

    /// Whether nothing more is wanted.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// The innermost node that is being told.
    pub(super) fn innermost(&self) -> Option<&Open<'t>> {
        self.open.last()
    }

    /// How many elements of a field were told, if its list is the innermost node.
    pub(super) fn elements(&self, attr: AttrId) -> Option<u64> {
        self.open.last().filter(|open| open.what == What::List(attr)).map(|open| open.told)
    }

    fn write(&mut self, write: impl FnOnce(&mut dyn Sink) -> io::Result<()>) {
        if self.error.is_none()
            && let Err(error) = write(self.sink)
        {
            self.error = Some(error);
            self.done = true;
        }
    }

    /// Whether a node has a line of its own.
    fn is_shown(&self, state: State) -> bool {
        matches!(state, State::In(level) if self.wanted.depth.is_none_or(|depth| level <= depth))
    }

    /// Whether its parts have.
    pub(super) fn has_parts(&self, state: State) -> bool {
        matches!(state, State::In(level) if self.wanted.depth.is_none_or(|depth| level < depth))
    }

    /// The state of a part of the innermost node.
    pub(super) fn state(&self, (attr, index): Part) -> State {
        match self.open.last().map(|open| open.state) {
            Some(State::In(level)) => State::In(level.saturating_add(1)),
            Some(State::On(taken)) => {
                let fits = match (self.wanted.path.get(taken), index) {
                    (Some(Step::Name(name)), None) => *name == path::label(&self.words.layout.attrs[attr]),
                    (Some(Step::Index(wanted)), Some(index)) => *wanted == index,
                    _ => false,
                };
                if fits { self.after(taken.saturating_add(1)) } else { State::Off }
            }
            _ => State::Off,
        }
    }

    /// The field or instance of a type that the path goes on with after so many steps.
    pub(super) fn next(&self, taken: usize, ty: TypeId) -> Option<AttrId> {
        let Step::Name(name) = self.wanted.path.get(taken)? else { return None };
        let layout = self.words.layout;
        let mut attrs = layout.types[ty].seq.iter().chain(&layout.types[ty].instances);
        attrs.find(|id| path::label(&layout.attrs[**id]) == name).copied()
    }

    /// The state of a node that so many steps lead to.
    pub(super) fn after(&self, taken: usize) -> State {
        if taken == self.wanted.path.len() { State::In(0) } else { State::On(taken) }
    }

    fn head(&self, part: Option<Part>, ty: impl Into<Cow<'t, str>>, state: State) -> Head<'t> {
        let level = if let State::In(level) = state { level } else { 0 };
        let attr = part.map(|(attr, _)| &self.words.layout.attrs[attr]);
        let index = part.and_then(|(_, index)| index);
        let label = match (attr, index) {
            _ if level == 0 && !self.wanted.path.is_empty() => path::text(self.wanted.path).into(),
            (_, Some(index)) => format!("[{index}]").into(),
            (Some(attr), None) => path::label(attr).into(),
            (None, None) => "".into(),
        };
        let id = attr.filter(|_| index.is_none()).and_then(|attr| attr.name.as_deref());
        Head { label, id, ty: ty.into(), level }
    }

    /// A node with parts begins.
    pub(super) fn begin(
        &mut self,
        part: Option<Part>,
        what: What,
        ty: &'t str,
        state: State,
        start: Option<Spot>,
    ) {
        if self.has_parts(state) {
            let head = self.head(part, ty, state);
            let shape = if matches!(what, What::List(_)) { Shape::List } else { Shape::Object };
            self.write(|sink| sink.open(&head, shape, start));
        }
        self.open.push(Open { what, ty, state, told: 0 });
    }

    /// The innermost node ends, early if there is a cause.
    pub(super) fn end(&mut self, part: Option<Part>, spot: Option<Spot>, cause: Option<&str>) {
        let Some(Open { what, ty, state, told }) = self.open.pop() else { return };
        if self.has_parts(state) {
            self.write(|sink| sink.close(spot, cause));
        } else if self.is_shown(state) {
            let (shape, count) = match what {
                What::List(_) => (Shape::List, Some(told)),
                What::Object(_) => (Shape::Object, None),
            };
            let head = self.head(part, ty, state);
            self.write(|sink| sink.leaf(&head, &Leaf::Elided(shape, count, Why::Depth), spot));
        }
        if let State::On(taken) = state {
            self.miss(taken, what, told, cause);
        }
        self.over(part, state);
    }

    /// A part without parts.
    pub(super) fn leaf(&mut self, part: Part, ty: Option<&'t str>, leaf: &Leaf<'_>, spot: Option<Spot>) {
        let state = self.state(part);
        if self.is_shown(state) {
            let head = self.head(Some(part), ty.unwrap_or_else(|| self.words.of_leaf(part.0, leaf)), state);
            self.write(|sink| sink.leaf(&head, leaf, spot));
        }
        let way = |taken: usize| path::text(self.wanted.path.get(..taken).unwrap_or_default());
        match (state, leaf) {
            (State::On(taken), leaf) => {
                let why = match leaf {
                    Leaf::Absent => "is absent".to_string(),
                    Leaf::Unknown(why) => format!("could not be read: {why}"),
                    Leaf::Elided(_, _, Why::Refers(path)) => format!("refers to `{path}`"),
                    _ => "has no parts here".to_string(),
                };
                self.missing = Some(format!("`{}` {why}", way(taken)));
                self.done = true;
            }
            (State::In(0), Leaf::Absent) => {
                self.missing = Some(format!("`{}` is absent", way(self.wanted.path.len())))
            }
            _ => {}
        }
        self.over(Some(part), state);
    }

    /// A part of the innermost node is over.
    fn over(&mut self, part: Option<Part>, state: State) {
        self.done |= state == State::In(0);
        let Some(open) = self.open.last_mut() else { return };
        open.told = match (part, open.what) {
            (Some((attr, None)), What::Object(_)) => {
                let owner = self.words.layout.attrs[attr].owner;
                let row = self.words.layout.types[owner].seq.iter().position(|id| *id == attr);
                row.map_or(open.told, |row| row as u64 + 1)
            }
            _ => open.told.saturating_add(1),
        };
    }

    /// The innermost node on the way is over, and what is wanted was not in it.
    fn miss(&mut self, taken: usize, what: What, told: u64, cause: Option<&str>) {
        if self.done {
            return;
        }
        let here = path::text(self.wanted.path.get(..taken).unwrap_or_default());
        let wanted = path::text(self.wanted.path.get(..taken.saturating_add(1)).unwrap_or_default());
        let elements = if told == 1 { "1 element".into() } else { format!("{told} elements") };
        let why = match (what, cause) {
            (_, Some(why)) => format!("`{here}` could not be read to its end: {why}"),
            (What::List(_), None) => format!("`{here}` has {elements}"),
            (What::Object(_), None) => format!("`{here}` is of another type here"),
        };
        self.missing = Some(format!("there is no `{wanted}`: {why}"));
        self.done = true;
    }

    /// A value of a field or an element; objects and lists among them are not told part by part.
    pub(super) fn value(
        &mut self,
        part: Part,
        value: Value,
        unknown: &str,
        spot: Option<Spot>,
        store: &Store<'_, '_>,
    ) {
        let words = self.words;
        let calculated = words.is_calculated(part.0);
        match value {
            Value::Array(array) => {
                let state = self.state(part);
                self.begin(Some(part), What::List(part.0), words.of_field(part.0), state, None);
                for (index, element) in store.elements(array).iter().enumerate() {
                    self.value((part.0, Some(index as u64)), *element, unknown, None, store);
                }
                self.end(Some(part), None, None);
            }
            Value::Object(id) => {
                let path = words.path(id, store);
                let why = if calculated { Why::Refers(&path) } else { Why::Depth };
                let leaf = Leaf::Elided(Shape::Object, None, why);
                let spot = spot.filter(|_| !calculated);
                self.leaf(part, Some(words.of_object(id, store)), &leaf, spot);
            }
            value => {
                let leaf = words.leaf(part.0, value, store).unwrap_or(Leaf::Unknown(unknown));
                // What is calculated has no bytes of its own.
                self.leaf(part, None, &leaf, spot.filter(|_| !calculated));
            }
        }
    }
}
