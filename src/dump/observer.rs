//! The observer of a walk that is dumped: what is wrong goes to the findings, what is there to the tree.

use std::ops::ControlFlow;

use super::node::{Leaf, Shape, Why};
use super::tree::{Open, State, Tree, What};
use crate::check::Explain;
use crate::layout::{AttrId, Body, QueryId, Repeat};
use crate::walk::events::{Aloud, Event, Events, Spot, Turn};
use crate::walk::{At, Cause, ObjectId, Observer, Store, Trouble, Value};

/// What is unknown without a reason that has words.
const UNKNOWN: &str = "it could not be read";

pub(super) struct Dump<'t> {
    pub(super) findings: Explain<'t>,
    pub(super) tree: Tree<'t>,
}

impl Observer for Dump<'_> {
    const EVENTS: bool = true;

    fn places(&self) -> bool {
        true
    }

    fn trouble(&mut self, trouble: Trouble, cause: Cause, at: At, store: &Store<'_, '_>) -> ControlFlow<()> {
        self.findings.trouble(trouble, cause, at, store)
    }

    fn answer(&mut self, _: QueryId, _: usize, _: &[Value], _: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, _: Cause) {}

    fn events(&mut self) -> Option<&mut dyn Events> {
        Some(self)
    }
}

impl Dump<'_> {
    fn why(&self, cause: Cause) -> String {
        self.findings.message(cause).unwrap_or(UNKNOWN).to_string()
    }

    /// Whether the innermost node is this object.
    fn is_innermost(&self, attr: AttrId, value: Value) -> Option<ObjectId> {
        match (value, self.tree.innermost()) {
            (Value::Object(id), Some(Open { what: What::Object(open), .. }))
                if id == *open && !self.tree.words.is_calculated(attr) =>
            {
                Some(id)
            }
            _ => None,
        }
    }

    fn fields(&mut self, object: ObjectId, store: &Store<'_, '_>) {
        let Some(cause) = store.failed(object) else { return };
        let why = self.why(cause);
        let told = self.tree.innermost().map_or(0, |open| open.told);
        let seq = &self.tree.words.layout.types[store.get(object).ty].seq;
        for attr in seq.iter().skip(usize::try_from(told).unwrap_or(usize::MAX)) {
            self.tree.leaf((*attr, None), None, &Leaf::Unknown(&why), None);
        }
    }
}

impl Events for Dump<'_> {
    fn begins(&mut self, object: ObjectId, start: Spot, store: &Store<'_, '_>) -> Aloud {
        let tree = &mut self.tree;
        let owner = store.get(object);
        let part = owner.attr.map(|attr| (attr, owner.index));
        let state = part.map_or_else(|| tree.after(0), |part| tree.state(part));
        let file = part.is_none();
        let top = owner.top == Some(object);
        let ty = tree.words.of_object(object, store);
        if !tree.has_parts(state) && !matches!(state, State::On(_)) {
            // The file itself has a line, whatever the depth.
            if file {
                tree.begin(part, What::Object(object), ty, state, Some(start));
            }
            return Aloud::No;
        }
        let first = match state {
            State::On(taken) => tree.next(taken, owner.ty).is_some_and(|attr| tree.ahead.field(attr, top)),
            _ => tree.wanted.instances && tree.ahead.object(owner.ty, top),
        };
        tree.begin(part, What::Object(object), ty, state, Some(start));
        if first { Aloud::AfterSilence } else { Aloud::Yes }
    }

    fn turn(&mut self, attr: AttrId, value: Option<Value>) -> Turn {
        let state = self.tree.state((attr, None));
        let hidden = !self.tree.wanted.instances && !matches!(state, State::On(_) | State::In(0));
        match value {
            _ if state == State::Off || hidden || self.tree.is_done() => Turn::Skip,
            None => Turn::Read,
            Some(Value::Unknown(_) | Value::Absent | Value::Busy) => Turn::Tell,
            Some(_) if self.tree.words.is_calculated(attr) => Turn::Tell,
            Some(_) => Turn::Read,
        }
    }

    fn is_leaf(&self, attr: AttrId) -> bool {
        let attr = &self.tree.words.layout.attrs[attr];
        attr.repeat == Repeat::Once && !matches!(attr.body, Body::Object(..) | Body::Switch { .. })
    }

    fn tell(&mut self, event: Event, store: &Store<'_, '_>) {
        let words = self.tree.words;
        match event {
            Event::List { attr, start } => {
                let state = self.tree.state((attr, None));
                self.tree.begin(
                    Some((attr, None)),
                    What::List(attr),
                    words.of_field(attr),
                    state,
                    Some(start),
                );
            }
            Event::Value { attr, index, value, spot } => match self.is_innermost(attr, value) {
                Some(id) => {
                    let why = store.failed(id).map(|cause| self.why(cause));
                    self.tree.end(Some((attr, index)), spot, why.as_deref());
                }
                None => {
                    let why = match value {
                        Value::Unknown(cause) => self.why(cause),
                        _ => UNKNOWN.into(),
                    };
                    self.tree.value((attr, index), value, &why, spot, store);
                }
            },
            Event::ListEnd { attr, spot } => self.tree.end(Some((attr, None)), Some(spot), None),
            Event::Failed { attr, index, cause, value, spot } => {
                let why = self.why(cause);
                // What fails behind an element is whether another one follows.
                let told = self.tree.elements(attr);
                match self.is_innermost(attr, value) {
                    Some(_) => self.tree.end(Some((attr, index)), Some(spot), Some(&why)),
                    None if told.zip(index).is_some_and(|(told, index)| told > index) => {
                        self.tree.leaf((attr, told), None, &Leaf::Unknown(&why), None);
                    }
                    None => self.tree.value((attr, index), value, &why, Some(spot), store),
                }
                if index.is_some() && self.tree.elements(attr).is_some() {
                    self.tree.end(Some((attr, None)), Some(spot), Some(&why));
                }
            }
            Event::Fields { object } => self.fields(object, store),
            Event::Before { attr, start } => {
                let shape = match words.layout.attrs[attr].repeat {
                    Repeat::Once => Shape::Object,
                    _ => Shape::List,
                };
                let leaf = Leaf::Elided(shape, None, Why::Before);
                self.tree.leaf((attr, None), None, &leaf, Some(start));
            }
            Event::End { object, spot } => {
                let why = store.failed(object).map(|cause| self.why(cause));
                self.tree.end(None, Some(spot), why.as_deref());
            }
        }
    }

    fn is_done(&self) -> bool {
        self.tree.is_done()
    }
}
