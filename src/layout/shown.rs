//! What types of fields are called, for people.

use super::ty::Ty;
use super::{AttrId, Body, ByteOrder, Layout};
use crate::schema::ast::Endian;

impl Layout {
    /// The type of one element of a field as far as it does not depend on the file: `u4le`, `str`, `criterion_kind`.
    pub fn shown_type(&self, attr: AttrId) -> String {
        let attr = &self.attrs[attr];
        let suffix = |order: ByteOrder| match order {
            ByteOrder::Fixed(Endian::Big) => "be",
            ByteOrder::Fixed(Endian::Little) => "le",
            ByteOrder::Object => "",
        };
        match (&attr.element, &attr.body) {
            (Ty::Int(_), Body::Int(format)) => {
                let sign = if format.signed { 's' } else { 'u' };
                let order = if format.bytes > 1 { suffix(format.order) } else { "" };
                format!("{sign}{}{order}", format.bytes)
            }
            (Ty::Int(_) | Ty::Bool, Body::Bits(bits, Endian::Big)) => format!("b{bits}"),
            (Ty::Int(_) | Ty::Bool, Body::Bits(bits, Endian::Little)) => format!("b{bits}le"),
            (Ty::Float, Body::Float(bytes, order)) => format!("f{bytes}{}", suffix(*order)),
            (ty, _) => self.word(ty),
        }
    }

    fn word(&self, ty: &Ty) -> String {
        match ty {
            Ty::Int(_) => "int".into(),
            Ty::Float => "float".into(),
            Ty::Bool => "bool".into(),
            Ty::Str => "str".into(),
            Ty::Bytes => "bytes".into(),
            Ty::Enum(id) => self.enums[*id].name.clone(),
            Ty::Object(id) => self.types[*id].name.clone(),
            Ty::Io => "stream".into(),
            Ty::Array(inner) => self.word(inner),
            _ => "any".into(),
        }
    }
}
