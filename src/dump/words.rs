//! What the tree calls types and values.

use super::node::Leaf;
use super::path;
use crate::layout::ty::Ty;
use crate::layout::{AttrId, Body, EnumId, Layout};
use crate::table::Id;
use crate::walk::{ObjectId, Store, Value};

/// Words of one layout.
pub(super) struct Words<'l> {
    pub(super) layout: &'l Layout,
    /// For each field, the type of one element as far as it does not depend on the file.
    types: Vec<String>,
}

impl<'l> Words<'l> {
    pub(super) fn of(layout: &'l Layout) -> Words<'l> {
        let types = layout.attrs.ids().map(|attr| layout.shown_type(attr)).collect();
        Words { layout, types }
    }

    /// The type of one element of a field.
    pub(super) fn of_field(&self, attr: AttrId) -> &str {
        self.types.get(attr.row()).map_or("", String::as_str)
    }

    /// The type of a value of a field that has no parts.
    pub(super) fn of_leaf(&self, attr: AttrId, leaf: &Leaf<'_>) -> &str {
        match (&self.layout.attrs[attr].body, leaf) {
            // The cases of a switch have types of their own.
            (Body::Switch { .. }, Leaf::Int(_)) => "int",
            (Body::Switch { .. }, Leaf::Float(_)) => "float",
            (Body::Switch { .. }, Leaf::Str(_)) => "str",
            (Body::Switch { .. }, Leaf::Bytes(_)) => "bytes",
            (Body::Switch { .. }, Leaf::Absent | Leaf::Unknown(_)) => "",
            _ => self.of_field(attr),
        }
    }

    /// The type of an object.
    pub(super) fn of_object(&self, id: ObjectId, store: &Store<'_, '_>) -> &'l str {
        &self.layout.types[store.get(id).ty].name
    }

    /// Whether a field is calculated.
    pub(super) fn is_calculated(&self, attr: AttrId) -> bool {
        matches!(self.layout.attrs[attr].body, Body::Value(_))
    }

    /// The path of an object.
    pub(super) fn path(&self, id: ObjectId, store: &Store<'_, '_>) -> String {
        let steps = store.path(id).into_iter().flat_map(|(attr, index)| {
            let name = path::Step::Name(path::label(&self.layout.attrs[attr]).to_string());
            [Some(name), index.map(path::Step::Index)]
        });
        let text = path::text(&steps.flatten().collect::<Vec<_>>());
        if text.is_empty() { "_root".into() } else { text }
    }

    /// A value that has no parts and is known.
    pub(super) fn leaf<'s>(&self, attr: AttrId, value: Value, store: &'s Store<'_, '_>) -> Option<Leaf<'s>>
    where
        'l: 's,
    {
        Some(match value {
            Value::Int(n) => match enum_of(&self.layout.attrs[attr].element) {
                Some(id) => Leaf::Enum(n, self.layout.enums[id].name_of(n)),
                None => Leaf::Int(n),
            },
            Value::Float(n) => Leaf::Float(n),
            Value::Bool(b) => Leaf::Bool(b),
            Value::Str(slice) => Leaf::Str(store.text(slice)),
            Value::Bytes(slice) => Leaf::Bytes(store.bytes(slice)),
            Value::Stream(_) => Leaf::Stream,
            Value::Absent => Leaf::Absent,
            Value::Pending | Value::Busy => Leaf::Unknown("it needs its own value"),
            Value::Unknown(_) | Value::Object(_) | Value::Array(_) => return None,
        })
    }
}

/// The enum of a value or of the innermost elements of a list.
fn enum_of(ty: &Ty) -> Option<EnumId> {
    match ty {
        Ty::Enum(id) => Some(*id),
        Ty::Array(inner) => enum_of(inner),
        _ => None,
    }
}
