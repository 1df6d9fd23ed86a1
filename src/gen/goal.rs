//! Goals: what a set is to show, and where in an attempt that is seen to.

use crate::encoding::Encoding;
use crate::layout::{AttrId, Body, ExprId, ExprKind, Method, QueryId};
use crate::table::Id;
use crate::walk::memory::Memory;
use crate::walk::{ObjectId, Value};

use super::contract::Ask;
use super::make::Site;
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
    /// A text or bytes are these, whatever the `valid` says if that is to be broken.
    Bytes { attr: AttrId, value: Vec<u8>, broken: bool },
    /// A field has a value that its `valid` allows, or one that it does not, with what it depends on as it is.
    Allowed { attr: AttrId, broken: bool },
    /// A question of the contract is asked, and what it wants holds, or does not.
    Asked { query: QueryId, broken: bool },
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

    /// Looks for an object that can read what is to be read, or that can be asked what is to be asked.
    pub(super) fn show_asked(&mut self) {
        let Some(Goal::Read { query, .. } | Goal::Asked { query, .. }) = self.goal else { return };
        let asked = &self.layout.queries[*query];
        let mut row = 0;
        while let Some(object) = self.tree.objects.find(ObjectId::new(row)) {
            let (id, ty) = (ObjectId::new(row), object.ty);
            row += 1;
            if ty != asked.at.context || !self.is_at(id, asked) {
                continue;
            }
            let (before, keys) = (self.tree.trail.len(), self.tree.keys.len());
            for _ in 0..ROUNDS {
                let does = match self.goal {
                    Some(Goal::Asked { broken, .. }) => self.is_asked_it(*query, id, *broken),
                    _ => self.reads_it(id),
                };
                let made = does && self.asked_once(id, Some(*query)).is_ok();
                self.tree.keys.truncate(keys);
                if made {
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

    /// Gives a text or bytes the value that is to be shown.
    pub(super) fn offered_bytes(
        &mut self,
        site: Site,
        text: Option<Encoding>,
        exact: Option<u64>,
    ) -> Option<(Value, Vec<u8>)> {
        let (plain, broken, shows) = match self.goal {
            Some(Goal::Bytes { attr, value, broken }) if *attr == site.attr && !self.shown => {
                let plain = match text {
                    Some(encoding) => encoding.encode(std::str::from_utf8(value).ok()?)?,
                    None => value.clone(),
                };
                (plain, *broken, true)
            }
            // What must not be blank is, now and then.
            Some(Goal::Asked { query, broken: true }) if self.must_say(*query) == Some(site.attr) => {
                let len = usize::try_from(exact.unwrap_or(0)).ok().filter(|_| self.entropy.percent(50))?;
                (vec![if text.is_some() { b' ' } else { 0 }; len], false, false)
            }
            _ => return None,
        };
        if exact.is_some_and(|len| len != plain.len() as u64) {
            return None;
        }
        let value = self.decoded(text, &plain)?;
        if self.is_fine(site, value, &site.scope()) == broken {
            return None;
        }
        self.shown |= shows;
        Some((value, plain))
    }

    /// The field that must not be blank by a question.
    fn must_say(&self, query: QueryId) -> Option<AttrId> {
        let query = &self.layout.queries[query];
        let ExprKind::Blank(asked) = self.layout.exprs[*query.answer.first()?].kind else { return None };
        match self.layout.exprs[asked].kind {
            ExprKind::It => query.at.value.map(|target| target.attr),
            _ => super::facts::leaf(self.layout, asked, 8),
        }
    }

    /// Whether a value is the one that is shown though it is not allowed.
    pub(super) fn is_shown_wrong(&self, attr: AttrId, value: Value) -> bool {
        match (self.goal, value) {
            (Some(Goal::Bytes { attr: wanted, value, broken: true }), Value::Bytes(is) | Value::Str(is)) => {
                *wanted == attr && self.tree.bytes(is) == value.as_slice()
            }
            _ => false,
        }
    }

    /// Breaks the constraint of one leaf, when all is decided.
    pub(super) fn show_allowed(&mut self) {
        let Some(Goal::Allowed { attr, broken }) = self.goal else { return };
        let leaves = self.tree.nodes.entries().filter(|(_, node)| node.attr == *attr);
        let leaves: Vec<NodeId> = leaves.map(|(id, _)| id).collect();
        for node in leaves {
            if self.shown {
                return;
            }
            if !*broken {
                self.shown = true;
            } else if let Some(wrong) = self.not_allowed(*attr, node) {
                self.shown = self.overwrite(node, wrong).is_some();
            }
        }
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
            Some(Goal::Asked { query: wanted, broken }) => {
                *broken && *wanted == query && self.shows == Some(object)
            }
            Some(Goal::Elements { query: wanted, .. }) => *wanted == query && matches!(ask, Ask::Count(_)),
            _ => false,
        }
    }
}

/// The list whose elements an expression counts, or the field that it is.
pub(super) fn counted(layout: &crate::layout::Layout, id: ExprId) -> Option<(AttrId, bool)> {
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
