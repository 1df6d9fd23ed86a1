//! Goals: what a set is to show, and where in an attempt that is seen to.

use crate::layout::{AttrId, Body, ExprId, QueryId};
use crate::table::Id;
use crate::walk::memory::Memory;
use crate::walk::{ObjectId, Value};

use super::contract::Ask;
use super::memory::Undo;
use super::run::Run;
use super::tree::{Cell, NodeId, Scope, Shape};

/// Ways that are tried to make one object read what is wanted.
const ROUNDS: u32 = 16;

/// What a set is to show.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Goal {
    /// A field has this value, whatever its `valid` says if that is to be broken.
    Value { attr: AttrId, value: i128, broken: bool },
    /// An optional field is there, or is not.
    There { attr: AttrId, there: bool },
    /// A switch takes the case of this row; the one behind the last is all others.
    Case { attr: AttrId, row: usize },
    /// A list has so many elements.
    Elements { query: QueryId, attr: AttrId, count: u64 },
    /// An object reads an element of a capacity, or names it without reading it, where a field of its own has a
    /// value.
    Read { query: QueryId, name: String, index: u64, field: Option<(AttrId, i128)>, reads: bool },
}

impl Run<'_> {
    /// A new leaf may be the one that is to show something.
    pub(super) fn offer(&mut self, node: NodeId) {
        let attr = self.tree.nodes[node].attr;
        let (value, broken, shows) = match self.goal {
            Some(Goal::Value { attr: wanted, value, broken }) if *wanted == attr && !self.shown => {
                (*value, *broken, true)
            }
            Some(Goal::Read { field: Some((wanted, value)), .. }) if *wanted == attr => {
                if !self.entropy.percent(60) {
                    return;
                }
                (*value, false, false)
            }
            _ => return,
        };
        let value = match self.tree.nodes[node].shape {
            Shape::Bits(1, _, true) => Value::Bool(value != 0),
            _ => Value::Int(value),
        };
        let done = if broken { self.force(node, value) } else { self.assign(node, value, false) };
        self.shown |= done && shows;
    }

    /// Gives an open leaf a value that its constraint does not allow.
    fn force(&mut self, node: NodeId, value: Value) -> bool {
        if self.tree.nodes[node].value != Value::Pending || self.fitted(node, value).is_none() {
            return false;
        }
        self.tree.nodes[node].value = value;
        self.tree.trail.push(Undo::Node(node));
        true
    }

    /// Whether an optional field is to be there.
    pub(super) fn wants_there(&self, attr: AttrId) -> Option<bool> {
        match self.goal {
            Some(Goal::There { attr: wanted, there }) if *wanted == attr && !self.shown => Some(*there),
            _ => None,
        }
    }

    /// The case that a switch is to take.
    pub(super) fn wants_case(&self, attr: AttrId) -> Option<usize> {
        match self.goal {
            Some(Goal::Case { attr: wanted, row }) if *wanted == attr && !self.shown => Some(*row),
            _ => None,
        }
    }

    /// How many elements a list is to have, whose number an open leaf says.
    pub(super) fn wants_elements(&mut self, attr: AttrId, leaf: Option<AttrId>) -> Option<u64> {
        match self.goal {
            Some(Goal::Elements { attr: wanted, count, .. }) if *wanted == attr && !self.shown => {
                Some(*count)
            }
            // Rules of the contract mostly want what is read to be declared.
            Some(Goal::Read { index, .. }) if leaf.is_some_and(|leaf| self.facts.attr(leaf).ruled) => {
                let more = self.entropy.below(2);
                self.entropy.percent(70).then_some(index + 1 + more)
            }
            _ => None,
        }
    }

    /// Looks for an object that can read what is to be read.
    pub(super) fn show_read(&mut self) {
        let Some(Goal::Read { query, .. }) = self.goal else { return };
        let asked = &self.layout.queries[*query];
        let mut row = 0;
        while let Some(object) = self.tree.objects.find(ObjectId::new(row)) {
            let (id, ty) = (ObjectId::new(row), object.ty);
            row += 1;
            if ty != asked.at.context || !self.is_at(id, asked) {
                continue;
            }
            let before = self.tree.trail.len();
            for _ in 0..ROUNDS {
                if self.reads_it(id) && self.asked_once(id, Some(*query)).is_ok() {
                    self.shown = true;
                    self.shows = Some(id);
                    return;
                }
                self.tree.undo(before);
            }
        }
    }

    fn reads_it(&mut self, object: ObjectId) -> bool {
        let Some(Goal::Read { query, name, index, field, reads }) = self.goal else { return false };
        let asked = &self.layout.queries[*query];
        let scope = Scope { it: Cell::Is(Value::Object(object)), ..self.scope(object) };
        if let Some((attr, value)) = field {
            let fits = match self.member(object, *attr, false) {
                Ok(Cell::Node(node)) => self.assign(node, Value::Int(*value), true),
                _ => false,
            };
            if !fits {
                return false;
            }
        }
        let [key, number] = asked.answer.as_slice() else { return false };
        if let Some(when) = asked.when
            && !self.satisfy(when, *reads, &scope)
        {
            return false;
        }
        self.is_named(*key, name, &scope) && self.solve(*number, Value::Int(i128::from(*index)), &scope)
    }

    fn is_named(&mut self, key: ExprId, name: &str, scope: &Scope) -> bool {
        match self.eval(key, scope, true) {
            Ok(Value::Str(slice)) => self.tree.text(slice) == name,
            _ => false,
        }
    }

    /// What others may read at most while one thing is shown: nothing beyond it.
    pub(super) fn most_read(&self, query: QueryId, name: &str, last: i128) -> i128 {
        match self.goal {
            Some(Goal::Read { query: wanted, name: shown, index, .. })
                if *wanted == query && shown == name =>
            {
                last.min(i128::from(*index))
            }
            _ => last,
        }
    }

    /// Whether a question is left out: what is to be shown may be wrong by it.
    pub(super) fn is_left_out(&self, query: QueryId, object: ObjectId, ask: &Ask) -> bool {
        match self.goal {
            Some(Goal::Read { query: wanted, .. }) => *wanted == query && self.shows == Some(object),
            Some(Goal::Elements { query: wanted, .. }) => *wanted == query && matches!(ask, Ask::Count(_)),
            _ => false,
        }
    }
}

/// The list whose elements an expression counts, or the field that it is.
pub(super) fn counted(layout: &crate::layout::Layout, id: ExprId) -> Option<(AttrId, bool)> {
    use crate::layout::{ExprKind, Method};
    match &layout.exprs[id].kind {
        ExprKind::Method(Method::Length, base, _) => match layout.exprs[*base].kind {
            ExprKind::Attr(_, attr) if !matches!(layout.attrs[attr].body, Body::Value(_)) => {
                Some((attr, true))
            }
            _ => None,
        },
        _ => super::facts::leaf(layout, id, 8).map(|attr| (attr, false)),
    }
}
