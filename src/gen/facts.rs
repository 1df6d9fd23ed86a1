//! Facts: what is known of a layout before anything is made of it.

use std::collections::HashSet;

use crate::code::{Code, Reach, What};
use crate::layout::ty::Ty;
use crate::layout::{
    AttrId, Body, Cover, ExprId, ExprKind, Layout, Method, ObjectOrder, Repeat, Role, RootId, TypeId,
    ValidKind,
};
use crate::schema::expr::Binary;
use crate::table::Id;
use crate::walk::{Slice, Value};

use super::tree::Tree;

/// What is known of a field.
#[derive(Clone, Debug, Default)]
pub(super) struct Fact {
    /// Its row among the cells of its object.
    pub(super) row: usize,
    /// Whether an expression asks for it.
    pub(super) asked: bool,
    /// Whether something's position depends on it.
    pub(super) position: bool,
    /// Whether a size or a count depends on it.
    pub(super) size: bool,
    /// Whether its text is read as a number, with this radix.
    pub(super) radix: Option<u32>,
    /// Whether a checksum covers it by name.
    pub(super) placed: bool,
    /// Whether a contract asks for it.
    pub(super) ruled: bool,
    /// Whether it should have one of these values, nearly always.
    pub(super) always: bool,
    /// Values that expressions compare it with.
    pub(super) constants: Vec<Value>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    This,
    Root(RootId),
    Parent,
    Top,
    Cast(TypeId),
    /// The field or instance with this row among the cells of its object.
    Field(usize),
}

/// What is known of a layout.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) attrs: Vec<Fact>,
    /// How many cells an object of each type has.
    pub(super) cells: Vec<usize>,
    /// Instances that are read though nothing asks for them, by type; whether that needs no other object.
    pub(super) forced: Vec<Vec<(AttrId, bool)>>,
    /// The texts and bytes of expressions.
    pub(super) pool: Vec<u8>,
    literals: Vec<Option<Slice>>,
    /// The expressions that only lead from object to object, to a field at last: their steps.
    paths: Vec<Box<[Step]>>,
}

impl Facts {
    pub(super) fn of(layout: &Layout, code: &Code) -> Facts {
        let mut facts = Facts {
            attrs: vec![Fact::default(); layout.attrs.len()],
            cells: vec![0; layout.types.len()],
            forced: vec![Vec::new(); layout.types.len()],
            ..Facts::default()
        };
        facts.literals(layout);
        for (id, attr) in layout.attrs.entries() {
            if let (Some(fact), Some(count)) =
                (facts.attrs.get_mut(id.row()), facts.cells.get_mut(attr.owner.row()))
            {
                fact.row = *count;
                *count += 1;
            }
            if let Some(checksum) = &attr.checksum
                && let Cover::Fields(fields) = &checksum.covers
            {
                fields.iter().for_each(|field| facts.mark(*field, |fact| fact.placed = true));
            }
        }
        for (id, ty) in code.types.entries() {
            let forced = ty.tasks.iter().filter_map(|task| match task.what {
                What::Instance(attr) => Some((attr, task.reach == Reach::Up(0))),
                What::Checksum(_) | What::Query(_) => None,
            });
            if let Some(row) = facts.forced.get_mut(id.row()) {
                row.extend(forced);
            }
        }
        for expr in layout.exprs.ids() {
            facts.expression(layout, expr);
            let path = facts.steps(layout, expr);
            facts.paths.push(path);
        }
        facts.own(layout);
        for used in &layout.uses {
            if used.attr.is_none() && !matches!(used.role, Role::Text | Role::Endian) {
                let mut open = vec![used.expr];
                while let Some(expr) = open.pop() {
                    let kind = &layout.exprs[expr].kind;
                    if let ExprKind::Attr(_, attr) = kind {
                        facts.mark(*attr, |fact| fact.ruled = true);
                    }
                    kind.children(&mut open);
                }
            }
            if used.role != Role::Text {
                facts.roles(layout, used.expr, used.role, &mut HashSet::new());
            }
        }
        facts
    }

    pub(super) fn attr(&self, id: AttrId) -> &Fact {
        const NONE: &Fact = &Fact {
            row: 0,
            asked: true,
            position: false,
            size: false,
            radix: None,
            placed: false,
            ruled: false,
            always: false,
            constants: Vec::new(),
        };
        self.attrs.get(id.row()).unwrap_or(NONE)
    }

    pub(super) fn forced(&self, id: TypeId) -> &[(AttrId, bool)] {
        self.forced.get(id.row()).map_or(&[], Vec::as_slice)
    }

    /// The steps of an expression that is a path; none if it is not.
    pub(super) fn path(&self, id: ExprId) -> &[Step] {
        self.paths.get(id.row()).map_or(&[], |path| path)
    }

    fn steps(&self, layout: &Layout, id: ExprId) -> Box<[Step]> {
        let (mut steps, mut at) = (Vec::new(), id);
        loop {
            let (step, base) = match layout.exprs[at].kind {
                ExprKind::This => (Step::This, None),
                ExprKind::Root(root) => (Step::Root(root), None),
                ExprKind::Parent(base) => (Step::Parent, Some(base)),
                ExprKind::Top(base) => (Step::Top, Some(base)),
                ExprKind::Cast(base, ty) => (Step::Cast(ty), Some(base)),
                ExprKind::Attr(base, attr) => (Step::Field(self.attr(attr).row), Some(base)),
                _ => return Box::default(),
            };
            steps.push(step);
            match base {
                Some(base) => at = base,
                None => break,
            }
        }
        steps.reverse();
        steps.into()
    }

    /// The text or the bytes of a literal.
    pub(super) fn literal(&self, id: ExprId) -> Slice {
        self.literals.get(id.row()).copied().flatten().unwrap_or(Tree::slice(0, 0))
    }

    fn mark(&mut self, attr: AttrId, with: impl FnOnce(&mut Fact)) {
        if let Some(fact) = self.attrs.get_mut(attr.row()) {
            with(fact);
        }
    }

    fn literals(&mut self, layout: &Layout) {
        for expr in layout.exprs.iter() {
            let bytes = match &expr.kind {
                ExprKind::Str(text) => Some(text.as_bytes()),
                ExprKind::Bytes(bytes) => Some(bytes.as_slice()),
                _ => None,
            };
            let slice = bytes.map(|bytes| {
                self.pool.extend_from_slice(bytes);
                Tree::slice(self.pool.len() - bytes.len(), bytes.len())
            });
            self.literals.push(slice);
        }
    }

    /// What an expression asks for, and what it compares.
    fn expression(&mut self, layout: &Layout, id: ExprId) {
        match &layout.exprs[id].kind {
            ExprKind::Attr(_, attr) => self.mark(*attr, |fact| fact.asked = true),
            ExprKind::Binary(op, a, b) if is_comparison(*op) => {
                for (path, constant) in [(*a, *b), (*b, *a)] {
                    self.compared(layout, path, constant);
                }
            }
            ExprKind::Method(Method::ParseInt, base, args) => {
                let radix = args.first().map(|arg| &layout.exprs[*arg].kind);
                let radix = match radix {
                    None => Some(10),
                    Some(ExprKind::Int(n)) => u32::try_from(*n).ok(),
                    Some(_) => None,
                };
                if let (Some(attr), Some(radix)) = (leaf(layout, *base, 8), radix) {
                    self.mark(attr, |fact| fact.radix = Some(radix));
                }
            }
            _ => {}
        }
    }

    fn compared(&mut self, layout: &Layout, path: ExprId, constant: ExprId) {
        let Some(value) = self.constant(layout, constant) else { return };
        if let Some(attr) = leaf(layout, path, 8) {
            self.mark(attr, |fact| {
                if !fact.constants.contains(&value) && fact.constants.len() < 256 {
                    fact.constants.push(value);
                }
            });
        }
    }

    fn constant(&self, layout: &Layout, id: ExprId) -> Option<Value> {
        Some(match &layout.exprs[id].kind {
            ExprKind::Int(n) => Value::Int(*n),
            ExprKind::Bool(b) => Value::Bool(*b),
            ExprKind::Str(_) => Value::Str(self.literal(id)),
            ExprKind::Bytes(_) => Value::Bytes(self.literal(id)),
            ExprKind::Unary(crate::schema::expr::Unary::Minus, a) => match layout.exprs[*a].kind {
                ExprKind::Int(n) => Value::Int(n.checked_neg()?),
                _ => return None,
            },
            ExprKind::Retype(a) => self.constant(layout, *a)?,
            _ => return None,
        })
    }

    /// What fields are compared with without being named: cases, `_`, allowed values.
    fn own(&mut self, layout: &Layout) {
        for (id, attr) in layout.attrs.entries() {
            if let Body::Switch { on, cases, .. } = &attr.body {
                for (case, _) in cases {
                    self.compared(layout, *on, *case);
                }
            }
            if let Repeat::Until(until) = attr.repeat {
                self.it(layout, until, id);
            }
            let Some(valid) = &attr.valid else { continue };
            match &valid.kind {
                ValidKind::Expr(expr) => self.it(layout, *expr, id),
                ValidKind::Eq(expr) => self.allowed(layout, *expr, id),
                ValidKind::AnyOf(items) => items.iter().for_each(|item| self.allowed(layout, *item, id)),
                ValidKind::Range(..) | ValidKind::InEnum(_) => {}
            }
        }
        for ty in layout.types.iter() {
            if let ObjectOrder::Calculated { on, cases } = &ty.order {
                for (case, _) in cases {
                    case.iter().for_each(|case| self.compared(layout, *on, *case));
                }
            }
        }
        for query in layout.queries.iter() {
            if let Some(target) = query.at.value {
                self.mark(target.attr, |fact| fact.asked = true);
            }
        }
        for (id, attr) in layout.attrs.entries() {
            if let Ty::Enum(of) = attr.element {
                let values = layout.enums[of].members.iter().map(|(value, _)| Value::Int(*value));
                let values: Vec<Value> = values.collect();
                self.mark(id, |fact| {
                    if fact.constants.is_empty() {
                        fact.constants = values;
                    }
                });
            }
        }
    }

    fn allowed(&mut self, layout: &Layout, constant: ExprId, attr: AttrId) {
        if let Some(value) = self.constant(layout, constant) {
            self.mark(attr, |fact| fact.constants.push(value));
        }
    }

    /// `_` in the expression of a field is the field.
    fn it(&mut self, layout: &Layout, expr: ExprId, attr: AttrId) {
        let mut open = vec![expr];
        while let Some(id) = open.pop() {
            let kind = &layout.exprs[id].kind;
            if *kind == ExprKind::It {
                self.mark(attr, |fact| fact.asked = true);
            }
            if let ExprKind::Binary(op, a, b) = kind
                && is_comparison(*op)
            {
                for (it, constant) in [(*a, *b), (*b, *a)] {
                    if layout.exprs[it].kind == ExprKind::It {
                        self.allowed(layout, constant, attr);
                    }
                }
            }
            kind.children(&mut open);
        }
    }

    /// What the value of each field that an expression needs is for.
    fn roles(&mut self, layout: &Layout, expr: ExprId, role: Role, seen: &mut HashSet<AttrId>) {
        let mut open = vec![expr];
        while let Some(id) = open.pop() {
            let kind = &layout.exprs[id].kind;
            if let ExprKind::Attr(_, attr) = kind
                && seen.insert(*attr)
            {
                match role {
                    Role::Position => self.mark(*attr, |fact| fact.position = true),
                    Role::Size | Role::Count => self.mark(*attr, |fact| fact.size = true),
                    _ => {}
                }
                if let Body::Value(value) = layout.attrs[*attr].body {
                    open.push(value);
                }
            }
            kind.children(&mut open);
        }
    }
}

pub(super) fn is_comparison(op: Binary) -> bool {
    matches!(op, Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge)
}

/// The field that an expression is, whatever object it is of.
pub(super) fn leaf(layout: &Layout, id: ExprId, depth: u32) -> Option<AttrId> {
    let depth = depth.checked_sub(1)?;
    match &layout.exprs[id].kind {
        ExprKind::Attr(_, attr) => match layout.attrs[*attr].body {
            Body::Value(value) => leaf(layout, value, depth),
            _ => Some(*attr),
        },
        ExprKind::Retype(a)
        | ExprKind::Method(Method::ToInt | Method::First | Method::Last | Method::Decode(_), a, _) => {
            leaf(layout, *a, depth)
        }
        ExprKind::Subscript(a, _) => leaf(layout, *a, depth),
        _ => None,
    }
}
