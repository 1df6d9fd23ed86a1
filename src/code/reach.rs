//! How far out an instance, a checksum or a query names objects: it runs when those are complete.

use std::collections::VecDeque;

use super::Reach;
use crate::layout::query::Query;
use crate::layout::{
    Attr, AttrId, Body, ExprId, ExprKind, Extent, Layout, Parent, Repeat, RootId, TypeId, ValidKind,
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
        reaches.settle();
        reaches
    }

    /// Raises what is too low until nothing is: each change looks again at what depends on it alone.
    fn settle(&mut self) {
        let layout = self.layout;
        let mut by_attr: Vec<Vec<AttrId>> = vec![Vec::new(); layout.attrs.len()];
        let mut by_type: Vec<Vec<AttrId>> = vec![Vec::new(); layout.types.len()];
        for (id, attr) in layout.attrs.entries() {
            let mut exprs = exprs_of(attr);
            while let Some(expr) = exprs.pop() {
                let kind = &layout.exprs[expr].kind;
                if let ExprKind::Attr(_, needed) = kind {
                    by_attr.get_mut(needed.row()).into_iter().for_each(|readers| readers.push(id));
                }
                kind.children(&mut exprs);
            }
            for ty in objects_of(attr) {
                by_type.get_mut(ty.row()).into_iter().for_each(|readers| readers.push(id));
            }
        }
        let mut waiting: VecDeque<AttrId> = layout.attrs.ids().collect();
        let mut queued = vec![true; layout.attrs.len()];
        while let Some(id) = waiting.pop_front() {
            queued.get_mut(id.row()).into_iter().for_each(|flag| *flag = false);
            let attr = &layout.attrs[id];
            let reach = self.attr_now(attr);
            let mut again: Vec<AttrId> = Vec::new();
            if let Some(old) = self.attrs.get_mut(id.row()).filter(|old| **old < reach) {
                *old = reach;
                again.extend(by_attr.get(id.row()).into_iter().flatten());
            }
            if let Some(old) = self.types.get_mut(attr.owner.row()).filter(|old| **old < reach) {
                *old = reach;
                again.extend(by_type.get(attr.owner.row()).into_iter().flatten());
            }
            for reader in again {
                if let Some(flag) = queued.get_mut(reader.row()).filter(|flag| !**flag) {
                    *flag = true;
                    waiting.push_back(reader);
                }
            }
        }
    }

    /// The reach of an instance or a field.
    pub(super) fn attr(&self, id: AttrId) -> Reach {
        self.attrs.get(id.row()).copied().unwrap_or(Reach::Root)
    }

    /// Whether objects of this field may look at the object around them.
    pub(super) fn looks_out(&self, attr: &Attr) -> bool {
        objects_of(attr).any(|ty| self.ty(ty) > Reach::Up(0))
    }

    fn ty(&self, id: TypeId) -> Reach {
        self.types.get(id.row()).copied().unwrap_or(Reach::Root)
    }

    fn attr_now(&self, attr: &Attr) -> Reach {
        let own = self.all(&exprs_of(attr), self.layout.types[attr.owner].root);
        let top = self.layout.types[attr.owner].top;
        let inside = objects_of(attr).map(|ty| match self.ty(ty) {
            // Objects of another schema file are tops of their own, and have no parent.
            Reach::Up(_) | Reach::Top if self.layout.types[ty].top != top => Reach::Up(0),
            reach => inwards(reach),
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
            ExprKind::Top(base) => match go(*base) {
                Reach::Up(_) if self.roots => Reach::Top,
                Reach::Up(_) => Reach::Up(0),
                further => further,
            },
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
            other => {
                let mut parts = Vec::new();
                other.children(&mut parts);
                self.all(&parts, file)
            }
        }
    }
}

/// Every expression of a field.
pub(crate) fn exprs_of(attr: &Attr) -> Vec<ExprId> {
    let mut exprs: Vec<ExprId> = Vec::new();
    exprs.extend(attr.condition.iter().chain(&attr.io).chain(&attr.pos));
    if let Extent::Size(size) = attr.extent {
        exprs.push(size);
    }
    if let Repeat::Times(expr) | Repeat::Until(expr) = attr.repeat {
        exprs.push(expr);
    }
    match &attr.body {
        Body::Switch { on, cases, .. } => {
            exprs.push(*on);
            exprs.extend(cases.iter().map(|(case, _)| *case));
        }
        Body::Value(value) => exprs.push(*value),
        _ => {}
    }
    for body in attr.body.alternatives() {
        if let Body::Object(_, args) = body {
            exprs.extend(args);
        }
    }
    exprs.extend(attr.process.iter().flat_map(|process| &process.args));
    if let Parent::Other(parent) = attr.parent {
        exprs.push(parent);
    }
    match attr.valid.as_ref().map(|v| &v.kind) {
        Some(ValidKind::Eq(e) | ValidKind::Expr(e)) => exprs.push(*e),
        Some(ValidKind::Range(min, max)) => exprs.extend(min.iter().chain(max)),
        Some(ValidKind::AnyOf(items)) => exprs.extend(items),
        Some(ValidKind::InEnum(_)) | None => {}
    }
    exprs
}

/// The types that the objects of a field can have.
pub(crate) fn objects_of(attr: &Attr) -> impl Iterator<Item = TypeId> + '_ {
    attr.body.alternatives().filter_map(|body| match body {
        Body::Object(ty, _) => Some(*ty),
        _ => None,
    })
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
