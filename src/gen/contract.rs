//! The contract: its rules hold, and what content makes builds read is supplied.

use std::collections::BTreeMap;

use crate::check::{self, Plan};
use crate::contract::Kind;
use crate::layout::query::Query;
use crate::layout::{ExprId, ExprKind, Layout, QueryId};
use crate::schema::expr::Binary;
use crate::table::Id;
use crate::walk::memory::Memory;
use crate::walk::{ObjectId, Value};

use super::facts::{Facts, leaf};
use super::failure::{Made, Stop};
use super::run::Run;
use super::tree::{Cell, Scope, Tree};

/// Rounds in which the open leaves of one object are decided anew.
const ROUNDS: u32 = 12;

/// What a query asks of content that every build can take.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// A truth value.
    Truth(bool),
    /// An index below what every build has, by the name of the capacity.
    Read(BTreeMap<String, u64>),
    /// No more than every build has.
    Count(BTreeMap<String, u64>),
    /// Not that: unless every build has some of a capacity.
    Never(BTreeMap<String, u64>),
    /// An index and a length within something.
    Reference,
    /// A value that is not a certain one.
    NotNull,
    /// A value that fits so many bytes; with a sign if said.
    Width(bool),
    /// A key that no other place has.
    Unique,
    /// Nothing: it is a note at most.
    Nothing,
}

/// What the queries of a layout ask, by their rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Supplies(Vec<Ask>);

impl Supplies {
    pub(super) fn of(plan: &Plan) -> Supplies {
        let Some(terms) = &plan.contract else { return Supplies::default() };
        let asks = terms.asked.iter().enumerate().map(|(row, asked)| {
            let query = QueryId::new(row);
            let taken = || {
                let names = terms.raw.capacities.keys();
                names.filter_map(|name| Some((name.clone(), check::taken(plan, query, name)?))).collect()
            };
            match terms.raw.questions.get(asked.question).map(|question| &question.kind) {
                _ if asked.only_evidence => Ask::Nothing,
                Some(Kind::Rule(_)) => Ask::Truth(true),
                Some(Kind::Required(_)) => Ask::Truth(false),
                Some(Kind::Read(_)) => Ask::Read(taken()),
                Some(Kind::Count(_)) => Ask::Count(taken()),
                Some(Kind::Pair(pair)) if pair.capacity.is_some() => Ask::Never(taken()),
                Some(Kind::Pair(_)) => Ask::Never(BTreeMap::new()),
                Some(Kind::Reference(_)) => Ask::Reference,
                Some(Kind::NotNull(_)) => Ask::NotNull,
                Some(Kind::Width(width)) => Ask::Width(width.signed),
                Some(Kind::Unique(_)) => Ask::Unique,
                // The first are notes and warnings; expressions that nobody can afford are not made by chance.
                Some(Kind::Declared(_) | Kind::Growth(_) | Kind::Novel(_) | Kind::Pattern(_)) | None => {
                    Ask::Nothing
                }
            }
        });
        Supplies(asks.collect())
    }

    pub(super) fn ask(&self, query: QueryId) -> Option<&Ask> {
        self.0.get(query.row())
    }

    /// The fields that name capacities should name ones that there are.
    pub(super) fn guide(&self, layout: &Layout, facts: &mut Facts) {
        for (query, asked) in layout.queries.entries() {
            if let (Some(Ask::Read(names) | Ask::Count(names)), Some(key)) =
                (self.ask(query), asked.answer.first())
            {
                for name in names.keys() {
                    facts.named(layout, *key, name);
                }
            }
        }
    }
}

impl Facts {
    /// A text that an expression should come to: the field in it should have the rest.
    fn named(&mut self, layout: &Layout, id: ExprId, text: &str) {
        match &layout.exprs[id].kind {
            ExprKind::Intern(a) => self.named(layout, *a, text),
            ExprKind::Binary(Binary::Add, a, b) => {
                let literal = |id: &ExprId| match &layout.exprs[*id].kind {
                    ExprKind::Str(text) => Some(text.clone()),
                    _ => None,
                };
                if let Some(rest) = literal(a).and_then(|a| text.strip_prefix(a.as_str())) {
                    self.named(layout, *b, rest);
                } else if let Some(rest) = literal(b).and_then(|b| text.strip_suffix(b.as_str())) {
                    self.named(layout, *a, rest);
                }
            }
            ExprKind::Attr(_, attr) => {
                if let crate::layout::Body::Value(value) = layout.attrs[*attr].body {
                    return self.named(layout, value, text);
                }
                let Some(attr) = leaf(layout, id, 8) else { return };
                self.pool.extend_from_slice(text.as_bytes());
                let slice = Tree::slice(self.pool.len() - text.len(), text.len());
                if let Some(fact) = self.attrs.get_mut(attr.row()) {
                    fact.constants.push(Value::Str(slice));
                    fact.always = true;
                }
            }
            _ => {}
        }
    }
}

impl Run<'_> {
    /// Decides what is open such that the contract has nothing to say.
    pub(super) fn contract(&mut self) -> Made {
        let layout = self.layout;
        if layout.queries.is_empty() {
            return Ok(());
        }
        self.show_asked();
        let mut row = 0;
        while let Some(object) = self.tree.objects.find(ObjectId::new(row)) {
            let (id, ty) = (ObjectId::new(row), object.ty);
            row += 1;
            if layout.queries.iter().any(|query| query.at.context == ty) {
                self.asked_of(id)?;
            }
        }
        Ok(())
    }

    fn asked_of(&mut self, object: ObjectId) -> Made {
        let before = self.tree.trail.len();
        let keys = self.tree.keys.len();
        let mut made = Ok(());
        for _ in 0..ROUNDS {
            made = self.asked_once(object, None);
            if made.is_ok() {
                return Ok(());
            }
            self.tree.undo(before);
            self.tree.keys.truncate(keys);
        }
        made
    }

    /// What is asked of an object, but for one question.
    pub(super) fn asked_once(&mut self, object: ObjectId, except: Option<QueryId>) -> Made {
        let (layout, supplies) = (self.layout, self.supplies);
        let ty = self.tree.objects[object].ty;
        // What holds for all builds narrows down what is left for the reads of each.
        for reads in [false, true] {
            for (id, query) in layout.queries.entries() {
                let Some(ask) = supplies.ask(id).filter(|_| query.at.context == ty) else { continue };
                let now = matches!(ask, Ask::Read(_) | Ask::Count(_)) == reads;
                let left_out = except == Some(id) || self.is_left_out(id, object, ask);
                if now && !left_out && self.is_at(object, query) {
                    self.query(id, query, object)?;
                }
            }
        }
        Ok(())
    }

    /// Whether exactly the fields of a query's path lead to an object.
    pub(super) fn is_at(&self, object: ObjectId, query: &Query) -> bool {
        let mut at = Some(object);
        for attr in query.at.steps.iter().rev() {
            let Some(object) = at.map(|id| &self.tree.objects[id]).filter(|o| o.attr == Some(*attr)) else {
                return false;
            };
            at = object.user;
        }
        at.is_some_and(|id| {
            let object = &self.tree.objects[id];
            object.attr.is_none() && object.root == query.at.root
        })
    }

    fn query(&mut self, id: QueryId, query: &Query, object: ObjectId) -> Made {
        for scope in self.asked_in(query, object) {
            self.answer(id, query, &scope)?;
        }
        Ok(())
    }

    /// What names mean each time that a question is asked of an object: for each value, and for each class of builds.
    pub(super) fn asked_in(&mut self, query: &Query, object: ObjectId) -> Vec<Scope> {
        let scope = self.scope(object);
        let cells = match query.at.value {
            None => vec![Cell::Is(Value::Object(object))],
            Some(target) => match self.member(object, target.attr, true) {
                Ok(Cell::Is(Value::Array(array))) if target.each => self.tree.arrays[array].cells.clone(),
                Ok(Cell::Is(Value::Absent)) if !query.absent => Vec::new(),
                Ok(cell) => vec![cell],
                Err(_) => Vec::new(),
            },
        };
        let classes = if query.capacities.is_empty() { 1 } else { self.classes.len() };
        let each = cells.into_iter().enumerate();
        each.flat_map(|(index, it)| {
            (0..classes).map(move |class| Scope { it, index: index as u64, class, ..scope })
        })
        .collect()
    }

    fn answer(&mut self, id: QueryId, query: &Query, scope: &Scope) -> Made {
        let supplies = self.supplies;
        let Some(ask) = supplies.ask(id).filter(|ask| !matches!(ask, Ask::Nothing)) else { return Ok(()) };
        if let Some(when) = query.when {
            let applies = match self.eval(when, scope, false) {
                Ok(value) => value == Value::Bool(true),
                Err(Stop::Node(_)) => {
                    let want = !matches!(ask, Ask::Never(_)) && self.entropy.percent(50);
                    if self.satisfy(when, want, scope) { want } else { !want }
                }
                Err(_) => false,
            };
            if !applies {
                return Ok(());
            }
        }
        if self.answered(id, ask, &query.answer, scope) { Ok(()) } else { Err(Run::refused(id)) }
    }

    /// Decides what is open such that an answer is as it must be.
    pub(super) fn answered(&mut self, id: QueryId, ask: &Ask, answer: &[ExprId], scope: &Scope) -> bool {
        match (ask, answer) {
            (Ask::Truth(want), [asked]) => self.satisfy(*asked, *want, scope),
            (Ask::Read(names), [key, index]) => {
                let Ok(Value::Str(slice)) = self.eval(*key, scope, true) else { return false };
                let name = self.tree.text(slice);
                let last = i128::from(names.get(name).copied().unwrap_or(0)) - 1;
                let last = self.most_read(id, name, last);
                last >= 0 && self.lies(*index, scope, 0, last)
            }
            (Ask::Count(names), [key, count]) => match self.named_capacity(names, *key, scope) {
                Some(most) => self.lies(*count, scope, 0, i128::from(most)),
                None => false,
            },
            (Ask::Never(names), [key, _]) => self.capacity(names, *key, scope) > 0,
            (Ask::Reference, [index, length, within]) => {
                let (Some(within), Some(length)) =
                    (self.number(*within, scope), self.number(*length, scope).filter(|n| *n >= 0))
                else {
                    return false;
                };
                self.lies(*index, scope, 0, within.saturating_sub(length))
            }
            (Ask::NotNull, [value, null]) => match self.number(*null, scope) {
                Some(null) => self.number(*value, scope).is_some_and(|value| value != null),
                None => false,
            },
            (Ask::Width(signed), [value, bytes]) => {
                let bits = self.number(*bytes, scope).and_then(|n| u32::try_from(n).ok()).map(|n| n * 8);
                match bits.filter(|bits| (1..120).contains(bits)) {
                    Some(bits) if *signed => {
                        let half = 1i128 << (bits - 1);
                        self.lies(*value, scope, -half, half - 1)
                    }
                    Some(bits) => self.lies(*value, scope, 0, (1i128 << bits) - 1),
                    None => false,
                }
            }
            (Ask::Unique, [key]) => {
                let Ok(value) = self.eval(*key, scope, true) else { return false };
                let known = self.tree.keys.clone();
                if known.iter().any(|(query, other)| *query == id && self.same(value, *other)) {
                    return false;
                }
                self.tree.keys.push((id, value));
                true
            }
            _ => false,
        }
    }

    pub(super) fn number(&mut self, expr: ExprId, scope: &Scope) -> Option<i128> {
        match self.eval(expr, scope, true) {
            Ok(Value::Int(n)) => Some(n),
            _ => None,
        }
    }

    /// Whether an integer lies in a range, where it is decided to be if it is open.
    pub(super) fn lies(&mut self, expr: ExprId, scope: &Scope, min: i128, max: i128) -> bool {
        match self.aim(expr, scope, min, max) {
            Ok(Value::Int(n)) => min <= n && n <= max,
            _ => false,
        }
    }

    fn named_capacity(&mut self, names: &BTreeMap<String, u64>, key: ExprId, scope: &Scope) -> Option<u64> {
        match self.eval(key, scope, true) {
            Ok(Value::Str(slice)) => names.get(self.tree.text(slice)).copied(),
            _ => None,
        }
    }

    /// What every build has of a capacity; nothing if some build does not know it.
    fn capacity(&mut self, names: &BTreeMap<String, u64>, key: ExprId, scope: &Scope) -> u64 {
        self.named_capacity(names, key, scope).unwrap_or(0)
    }
}
