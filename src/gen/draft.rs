//! Drafts: what a set should be like. The generator follows one as far as the schema allows, and makes up the rest.
//!
//! A draft says nothing of sizes, counts, positions and checksums that follow from the rest: they are solved for.

use std::sync::Arc;

use crate::layout::{AttrId, ExprId, Repeat, TypeId};
use crate::table::Id;
use crate::walk::memory::Memory;
use crate::walk::{ObjectId, Value};

use super::failure::Stop;
use super::make::Site;
use super::run::Run;
use super::tree::{NodeId, Scope, Shape};

/// What a field, or an element, should be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Draft {
    /// Whatever fits.
    Open,
    /// Not there.
    Absent,
    Int(i128),
    Bool(bool),
    Float(f64),
    /// Text: UTF-8.
    Str(Arc<[u8]>),
    Bytes(Arc<[u8]>),
    Object(Arc<Fields>),
    List(Arc<Vec<Draft>>),
    /// There, with anything in it.
    There,
    /// This case of the switch, with anything in it.
    Case(usize),
}

/// The fields of an object, in the order in which they were read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fields {
    pub(crate) ty: TypeId,
    pub(crate) fields: Vec<(AttrId, Draft)>,
}

impl Fields {
    fn get(&self, attr: AttrId) -> Option<&Draft> {
        self.fields.iter().find(|(other, _)| *other == attr).map(|(_, draft)| draft)
    }
}

/// What the objects of a run should be like.
#[derive(Clone, Debug, Default)]
pub(super) struct Model<'d> {
    pub(super) roots: &'d [Arc<Fields>],
    /// Bytes to leave before what gets a place, after so many others.
    gap: Option<(u64, u64)>,
    /// By object.
    twins: Vec<Option<&'d Fields>>,
}

impl<'d> Model<'d> {
    pub(super) fn of(roots: &'d [Arc<Fields>], gap: Option<(u64, u64)>) -> Model<'d> {
        Model { roots, gap, twins: Vec::new() }
    }

    /// What a new object should be like.
    pub(super) fn set(&mut self, object: ObjectId, fields: Option<&'d Fields>) {
        self.twins.resize(object.row(), None);
        self.twins.push(fields);
    }

    /// Bytes to leave before what gets its place now.
    pub(super) fn gap(&mut self) -> u64 {
        match &mut self.gap {
            Some((0, bytes)) => {
                let bytes = *bytes;
                self.gap = None;
                bytes
            }
            Some((others, _)) => {
                *others -= 1;
                0
            }
            None => 0,
        }
    }

    pub(super) fn field(&self, object: ObjectId, attr: AttrId) -> Option<&'d Draft> {
        self.twins.get(object.row()).copied().flatten()?.get(attr)
    }
}

impl<'g> Run<'g> {
    /// What an element should be like.
    pub(super) fn drafted(&self, object: ObjectId, attr: AttrId, index: u64) -> Option<&'g Draft> {
        let field = self.model.field(object, attr)?;
        match (self.layout.attrs[attr].repeat, field) {
            (Repeat::Once, field) => Some(field),
            (_, Draft::List(items)) => items.get(usize::try_from(index).ok()?),
            _ => None,
        }
    }

    /// How many elements a list should have.
    pub(super) fn drafted_len(&self, site: Site) -> Option<u64> {
        match self.model.field(site.object, site.attr)? {
            Draft::List(items) => Some(items.len() as u64),
            _ => None,
        }
    }

    /// Whether a field should be there.
    pub(super) fn drafted_there(&self, object: ObjectId, attr: AttrId) -> Option<bool> {
        match self.model.field(object, attr)? {
            Draft::Open => None,
            draft => Some(*draft != Draft::Absent),
        }
    }

    /// The case that an element should be.
    pub(super) fn drafted_case(&self, site: Site) -> Option<usize> {
        match self.drafted(site.object, site.attr, site.index)? {
            Draft::Case(row) => Some(*row),
            _ => None,
        }
    }

    /// An object is what its place in the draft says, if that is of its type.
    pub(super) fn follow(&mut self, object: ObjectId, site: Site) {
        let ty = self.tree.objects[object].ty;
        let fields = match self.drafted(site.object, site.attr, site.index) {
            Some(Draft::Object(fields)) if fields.ty == ty => Some(&**fields),
            _ => None,
        };
        self.model.set(object, fields);
    }

    /// The value that a leaf should have.
    pub(super) fn drafted_value(&mut self, id: NodeId) -> Option<Value> {
        let node = &self.tree.nodes[id];
        let draft = self.drafted(node.object, node.attr, node.index)?;
        match (draft, node.shape) {
            (Draft::Int(n), _) => Some(Value::Int(*n)),
            (Draft::Bool(set), _) => Some(Value::Bool(*set)),
            (Draft::Float(n), _) => Some(Value::Float(*n)),
            (Draft::Str(bytes) | Draft::Bytes(bytes), Shape::Digits | Shape::Bytes) => {
                Some(Value::Bytes(self.tree.compute(bytes)))
            }
            _ => None,
        }
    }

    /// Decides the open leaves of an expression as the draft has them, if that comes to what is wanted.
    pub(super) fn recall(&mut self, id: ExprId, scope: &Scope, want: impl FnOnce(Value) -> bool) -> bool {
        if self.model.roots.is_empty() || !matches!(self.eval(id, scope, false), Err(Stop::Node(_))) {
            return false;
        }
        let before = self.tree.trail.len();
        let recalled = self.eval(id, scope, true).is_ok_and(want);
        if !recalled {
            self.tree.undo(before);
        }
        recalled
    }
}
