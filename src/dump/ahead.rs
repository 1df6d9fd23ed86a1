//! Which objects must be known in full before they can be told.
//!
//! An instance may name fields of an object around its own that come later in the file. A tree is told in
//! its order, so such an outer object is walked in silence first.

use crate::code::{exprs_of, objects_of};
use crate::layout::{Attr, AttrId, ExprId, ExprKind, Layout, Parent, TypeId};
use crate::table::Id;

/// Objects that something names: bit n stands for the one n levels outwards.
type Levels = u64;
/// The top-level object.
const ROOT: Levels = 1 << 63;
/// The levels that have a bit of their own.
const LEVELS: u32 = 62;

/// What is named in objects of each type, beyond the objects themselves.
pub(super) struct Ahead {
    /// By the instances of the objects that a field of `seq` consists of.
    attrs: Vec<Levels>,
    /// By those of any field of a type.
    types: Vec<Levels>,
}

impl Ahead {
    /// Works out a layout.
    pub(super) fn of(layout: &Layout) -> Ahead {
        let mut names =
            Names { layout, attrs: vec![0; layout.attrs.len()], types: vec![0; layout.types.len()] };
        names.settle();
        let mut late = vec![0; layout.types.len()];
        let mut attrs = vec![0; layout.attrs.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for (id, attr) in layout.attrs.entries() {
                // An instance comes when its own object is complete.
                if attr.instance {
                    changed |= raise(&mut late, attr.owner.row(), names.attr(id));
                    continue;
                }
                let inside =
                    objects_of(attr).fold(0, |all, ty| all | names.outer(attr, ty, get(&late, ty.row())));
                raise(&mut attrs, id.row(), inside);
                changed |= raise(&mut late, attr.owner.row(), inside);
            }
        }
        let mut types = vec![0; layout.types.len()];
        for (id, attr) in layout.attrs.entries().filter(|(_, attr)| !attr.instance) {
            raise(&mut types, attr.owner.row(), get(&attrs, id.row()));
        }
        Ahead { attrs, types }
    }

    /// Whether objects of this type must be known in full before their fields are told.
    pub(super) fn object(&self, ty: TypeId, top: bool) -> bool {
        needed(get(&self.types, ty.row()), top)
    }

    /// Whether the object of a field must be known in full before that field is told.
    pub(super) fn field(&self, attr: AttrId, top: bool) -> bool {
        needed(get(&self.attrs, attr.row()), top)
    }
}

/// Whether an object is among those that are named in it.
fn needed(levels: Levels, top: bool) -> bool {
    levels & 1 != 0 || (top && levels & ROOT != 0)
}

/// What expressions name, relative to the object that they belong to.
struct Names<'l> {
    layout: &'l Layout,
    attrs: Vec<Levels>,
    types: Vec<Levels>,
}

impl Names<'_> {
    fn settle(&mut self) {
        let layout = self.layout;
        let mut changed = true;
        while changed {
            changed = false;
            for (id, attr) in layout.attrs.entries() {
                let levels = self.attr_now(attr);
                changed |= raise(&mut self.attrs, id.row(), levels);
                changed |= raise(&mut self.types, attr.owner.row(), levels);
            }
        }
    }

    fn attr(&self, id: AttrId) -> Levels {
        get(&self.attrs, id.row())
    }

    fn attr_now(&self, attr: &Attr) -> Levels {
        let own = exprs_of(attr).into_iter().fold(0, |all, expr| all | self.expr(expr));
        objects_of(attr).fold(own, |all, ty| all | self.outer(attr, ty, get(&self.types, ty.row())))
    }

    /// What objects of a field name, seen from the object that has the field.
    fn outer(&self, attr: &Attr, ty: TypeId, levels: Levels) -> Levels {
        let types = &self.layout.types;
        if types[ty].top != types[attr.owner].top {
            // Objects of another schema file are tops of their own, and have no parent.
            return 0;
        }
        let (up, root) = ((levels & !ROOT) >> 1, levels & ROOT);
        root | match attr.parent {
            Parent::User => up,
            Parent::Nobody => 0,
            Parent::Other(_) if up == 0 => 0,
            Parent::Other(expr) => self.outwards(expr).map_or(Levels::MAX, |by| shifted(up, by)),
        }
    }

    fn expr(&self, id: ExprId) -> Levels {
        match &self.layout.exprs[id].kind {
            // The stream of an object is known from its beginning.
            ExprKind::Io(base) if self.outwards(*base).is_some() => 0,
            ExprKind::Attr(base, attr) => {
                let named = match self.outwards(*base) {
                    Some(levels) => levels,
                    None => self.expr(*base),
                };
                let through = if self.layout.attrs[*attr].instance { self.attr(*attr) } else { 0 };
                named | shifted(through, named)
            }
            other => {
                let own = self.outwards(id).unwrap_or(0);
                let mut parts = Vec::new();
                other.children(&mut parts);
                parts.into_iter().fold(own, |all, part| all | self.expr(part))
            }
        }
    }

    /// The object that an expression is, if it is one around the object at hand, or that itself.
    fn outwards(&self, id: ExprId) -> Option<Levels> {
        match &self.layout.exprs[id].kind {
            ExprKind::This => Some(1),
            ExprKind::Root(_) => Some(ROOT),
            ExprKind::Top(base) => self.outwards(*base).map(|_| ROOT),
            ExprKind::Parent(base) => self.outwards(*base).map(|levels| shifted(levels, 0b10)),
            ExprKind::Cast(base, _) | ExprKind::Retype(base) => self.outwards(*base),
            _ => None,
        }
    }
}

/// Levels seen from an object, as seen from one that names that object at the furthest of `by`.
fn shifted(levels: Levels, by: Levels) -> Levels {
    if by & ROOT != 0 || levels == 0 {
        return if levels == 0 { 0 } else { ROOT };
    }
    let far = by.checked_ilog2().unwrap_or(0);
    let highest = (levels & !ROOT).checked_ilog2().unwrap_or(0);
    // Further out than there are bits for: any object may be meant.
    if highest + far > LEVELS { Levels::MAX } else { ((levels & !ROOT) << far) | (levels & ROOT) }
}

fn get(levels: &[Levels], row: usize) -> Levels {
    levels.get(row).copied().unwrap_or(Levels::MAX)
}

/// Adds levels to a row; gives whether that changed it.
fn raise(levels: &mut [Levels], row: usize, more: Levels) -> bool {
    let Some(place) = levels.get_mut(row) else { return false };
    let old = *place;
    *place |= more;
    *place != old
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Input, build};
    use crate::schema::read;
    use crate::span::SourceId;

    /// The types whose objects are known in full before they are told.
    fn ahead(body: &str) -> Vec<String> {
        let text = format!("meta: {{id: t, endian: le}}\n{body}\n");
        let schema = read(SourceId(0), &text);
        let layout = build(&[Input { role: "t", schema: &schema }]).unwrap();
        let ahead = Ahead::of(&layout);
        let top = layout.roots.iter().next().unwrap().ty;
        let types = layout.types.entries().filter(|(id, _)| ahead.object(*id, *id == top));
        types.map(|(_, ty)| ty.name.clone()).collect()
    }

    #[test]
    fn only_those_whose_later_fields_an_instance_inside_names() {
        let inside = |value: &str| {
            ahead(&format!(
                "seq: [{{id: a, type: a}}, {{id: z, type: u1}}]
types:
  a: {{seq: [{{id: b, type: b}}, {{id: y, type: u1}}]}}
  b: {{seq: [{{id: x, type: u1}}], instances: {{v: {{value: {value}}}}}}}"
            ))
        };
        assert_eq!(inside("x + 1"), [""; 0]);
        assert_eq!(inside("_parent.y"), ["a"]);
        assert_eq!(inside("_parent._parent.z"), ["t"]);
        assert_eq!(inside("_root.z"), ["t"]);
        assert_eq!(inside("_root.z + _parent.y"), ["t", "a"]);
        assert_eq!(inside("_root._io.size"), [""; 0]);
    }

    #[test]
    fn instances_of_the_object_itself_come_after_its_fields_anyway() {
        let own = "seq: [{id: a, type: a}]
types: {a: {seq: [{id: x, type: u1}], instances: {n: {pos: 0, type: b}}}, b: {seq: [{id: y, size: _parent.x}]}}";
        assert_eq!(ahead(own), [""; 0]);
    }

    #[test]
    fn an_instance_names_what_the_instances_and_objects_that_it_uses_name() {
        let through = "seq: [{id: a, type: a}]
instances: {far: {value: a.x + late}}
types:
  a: {seq: [{id: x, type: u1}], instances: {near: {value: _parent.far}, obj: {pos: 0, type: b}}}
  b: {seq: [{id: w, size: _parent._parent.a.x}]}";
        let with_late = through.replace("[{id: a, type: a}]\n", "[{id: a, type: a}, {id: late, type: u1}]\n");
        assert_eq!(ahead(&with_late), ["t"]);
    }
}
