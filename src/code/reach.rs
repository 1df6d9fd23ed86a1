//! How far out an instance, a checksum or a query names objects: it runs when those are complete.

use super::Reach;
use crate::layout::query::Query;
use crate::layout::{
    Attr, AttrId, Body, ExprId, ExprKind, Extent, Layout, Repeat, RootId, TypeId, ValidKind,
};
use crate::table::Id;

/// Levels beyond which an object is taken to be the top-level one.
const LEVELS: u32 = 64;

/// The reach of every field (with what is inside it) and of every type.
pub(super) struct Reaches<'l> {
    layout: &'l Layout,
    /// Whether naming a top-level object counts.
    roots: bool,
    attrs: Vec<Reach>,
    types: Vec<Reach>,
}

impl<'l> Reaches<'l> {
    /// Computes the least fixed point.
    pub(super) fn of(layout: &'l Layout, roots: bool) -> Self {
        let mut reaches = Reaches {
            layout,
            roots,
            attrs: vec![Reach::Up(0); layout.attrs.len()],
            types: vec![Reach::Up(0); layout.types.len()],
        };
        // Each round raises at least one of finitely many values, or is the last.
        while reaches.round() {}
        reaches
    }

    fn round(&mut self) -> bool {
        let mut changed = false;
        for (id, attr) in self.layout.attrs.entries() {
            let reach = self.attr_now(attr);
            if let Some(old) = self.attrs.get_mut(id.row()).filter(|old| **old < reach) {
                *old = reach;
                changed = true;
            }
            if let Some(old) = self.types.get_mut(attr.owner.row()).filter(|old| **old < reach) {
                *old = reach;
                changed = true;
            }
        }
        changed
    }

    /// The reach of an instance or a field.
    pub(super) fn attr(&self, id: AttrId) -> Reach {
        self.attrs.get(id.row()).copied().unwrap_or(Reach::Root)
    }

    /// Whether objects of this field may look at the object around them.
    pub(super) fn looks_out(&self, attr: &Attr) -> bool {
        let of = |body: &Body| match body {
            Body::Object(ty) => self.ty(*ty) > Reach::Up(0),
            _ => false,
        };
        match &attr.body {
            Body::Switch { cases, default, .. } => cases.iter().any(|(_, b)| of(b)) || of(default),
            body => of(body),
        }
    }

    fn ty(&self, id: TypeId) -> Reach {
        self.types.get(id.row()).copied().unwrap_or(Reach::Root)
    }

    fn attr_now(&self, attr: &Attr) -> Reach {
        let mut exprs: Vec<ExprId> = Vec::new();
        exprs.extend(attr.condition.iter().chain(&attr.io).chain(&attr.pos));
        if let Extent::Size(size) = attr.extent {
            exprs.push(size);
        }
        if let Repeat::Times(expr) | Repeat::Until(expr) = attr.repeat {
            exprs.push(expr);
        }
        let mut bodies = vec![&attr.body];
        if let Body::Switch { on, cases, default } = &attr.body {
            exprs.push(*on);
            exprs.extend(cases.iter().map(|(case, _)| *case));
            bodies.extend(cases.iter().map(|(_, body)| body));
            bodies.push(default);
        }
        if let Body::Value(value) = attr.body {
            exprs.push(value);
        }
        match attr.valid.as_ref().map(|v| &v.kind) {
            Some(ValidKind::Eq(e) | ValidKind::Expr(e)) => exprs.push(*e),
            Some(ValidKind::Range(min, max)) => exprs.extend(min.iter().chain(max)),
            Some(ValidKind::AnyOf(items)) => exprs.extend(items),
            Some(ValidKind::InEnum(_)) | None => {}
        }
        let root = self.layout.types[attr.owner].root;
        let own = self.all(&exprs, root);
        let inside = bodies.iter().filter_map(|body| match body {
            Body::Object(ty) => Some(inwards(self.ty(*ty))),
            _ => None,
        });
        inside.fold(own, Reach::max)
    }

    /// The reach of some expressions that belong to objects of one file.
    pub(super) fn all(&self, exprs: &[ExprId], file: RootId) -> Reach {
        exprs.iter().map(|e| self.expr(*e, file)).max().unwrap_or(Reach::Up(0))
    }

    /// The reach of a query.
    pub(super) fn query(&self, query: &Query) -> Reach {
        let exprs: Vec<ExprId> = query.when.iter().chain(&query.answer).copied().collect();
        self.all(&exprs, query.at.root)
    }

    fn expr(&self, id: ExprId, file: RootId) -> Reach {
        let go = |e: ExprId| self.expr(e, file);
        match &self.layout.exprs[id].kind {
            ExprKind::Parent(base) => outwards(go(*base), 1),
            ExprKind::Root(_) if !self.roots => Reach::Up(0),
            ExprKind::Root(root) if *root == file => Reach::Root,
            // Files are walked in their order: an earlier one is complete.
            ExprKind::Root(root) if *root < file => Reach::Up(0),
            ExprKind::Root(_) => Reach::Set,
            ExprKind::Attr(base, attr) => {
                let base = go(*base);
                if !self.layout.attrs[*attr].instance {
                    return base;
                }
                match (base, self.attr(*attr)) {
                    (Reach::Up(levels), inner) => outwards(inner, levels),
                    (base, inner) => base.max(inner),
                }
            }
            ExprKind::Io(a)
            | ExprKind::Cast(a, _)
            | ExprKind::Retype(a)
            | ExprKind::Unary(_, a)
            | ExprKind::Intern(a) => go(*a),
            ExprKind::Subscript(a, b) | ExprKind::Binary(_, a, b) => go(*a).max(go(*b)),
            ExprKind::Choice(a, b, c) => go(*a).max(go(*b)).max(go(*c)),
            ExprKind::List(items) => items.iter().map(|e| go(*e)).max().unwrap_or(Reach::Up(0)),
            ExprKind::Method(_, base, args) => args.iter().map(|e| go(*e)).fold(go(*base), Reach::max),
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_)
            | ExprKind::It
            | ExprKind::Index
            | ExprKind::This
            | ExprKind::Capacity(_) => Reach::Up(0),
        }
    }
}

fn outwards(reach: Reach, levels: u32) -> Reach {
    match reach {
        Reach::Up(n) if n.saturating_add(levels) <= LEVELS => Reach::Up(n + levels),
        Reach::Up(_) => Reach::Root,
        other => other,
    }
}

/// The same reach, seen from one object further out.
fn inwards(reach: Reach) -> Reach {
    match reach {
        Reach::Up(n) => Reach::Up(n.saturating_sub(1)),
        other => other,
    }
}
