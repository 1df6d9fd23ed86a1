//! Sizes that the schema fixes: what `sizeof<…>` and `_sizeof` stand for.

use std::collections::HashMap;

use super::bodies::{bits_name, integer_name};
use super::build::Builder;
use super::ty::Ty;
use super::*;
use crate::schema::ast::{AttrSpec, RepeatSpec};
use crate::schema::error::Kind;
use crate::schema::expr::TypeName;

/// Sizes in bits; what is missing depends on the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Sizes {
    types: HashMap<TypeId, u64>,
    /// One element of a field.
    elements: HashMap<AttrId, u64>,
    /// A field with all its elements.
    fields: HashMap<AttrId, u64>,
}

impl Builder<'_> {
    /// Finds the sizes of all types and fields.
    pub(super) fn sizes(&mut self) {
        let mut begun = std::collections::HashSet::new();
        // Types that are being looked at, and how many of their fields are done: no recursion over the schema.
        let mut open: Vec<(TypeId, usize)> = Vec::new();
        for id in self.layout.types.ids() {
            if begun.insert(id) {
                open.push((id, 0));
            }
            while let Some((ty, row)) = open.last_mut() {
                let Some(attr) = self.layout.types[*ty].seq.get(*row).copied() else {
                    self.sum(*ty);
                    open.pop();
                    continue;
                };
                match self.inline(attr).filter(|inner| begun.insert(*inner)) {
                    Some(inner) => open.push((inner, 0)),
                    None => {
                        *row += 1;
                        self.field_size(attr);
                    }
                }
            }
        }
        for id in self.layout.attrs.ids() {
            if self.layout.attrs[id].instance {
                self.field_size(id);
            }
        }
        for (id, spec) in &self.params {
            let named = spec.ty.as_ref().map(|ty| (own_size(&ty.name), ty.name.array));
            if let Some((Some(Some(size)), array)) = named {
                self.layout.sizes.elements.insert(*id, size);
                if !array {
                    self.layout.sizes.fields.insert(*id, size);
                }
            }
        }
    }

    /// The size of a type whose fields are done. A field with an `if` counts as if it were there.
    fn sum(&mut self, ty: TypeId) {
        let sizes = &self.layout.sizes;
        let fields = self.layout.types[ty].seq.iter().map(|attr| sizes.fields.get(attr).copied());
        let total = fields.reduce(|a, b| a?.checked_add(b?)).unwrap_or(Some(0));
        if let Some(total) = total {
            self.layout.sizes.types.insert(ty, total);
        }
    }

    /// The type of a field that takes the bytes that its objects take.
    fn inline(&self, attr: AttrId) -> Option<TypeId> {
        let spec = self.specs.get(&attr)?;
        let sized = spec.size.is_some() || spec.size_eos || spec.terminator.bytes.is_some();
        match self.layout.attrs[attr].body {
            Body::Object(ty, _) if !sized => Some(ty),
            _ => None,
        }
    }

    fn field_size(&mut self, id: AttrId) {
        let Some(spec) = self.specs.get(&id).copied() else { return };
        let Some(element) = self.element_size(id, spec) else { return };
        self.layout.sizes.elements.insert(id, element);
        let count = match &spec.repeat {
            RepeatSpec::Once => Some(1),
            RepeatSpec::Times(count) => count.ast.constant().and_then(|n| u64::try_from(n).ok()),
            RepeatSpec::Eos | RepeatSpec::Until(_) => None,
        };
        if let Some(total) = count.and_then(|count| element.checked_mul(count)) {
            self.layout.sizes.fields.insert(id, total);
        }
    }

    fn element_size(&self, id: AttrId, spec: &AttrSpec) -> Option<u64> {
        let bytes = |n: u64| n.checked_mul(8);
        match &self.layout.attrs[id].body {
            Body::Int(format) => bytes(u64::from(format.bytes)),
            Body::Bits(bits, _) => Some(u64::from(*bits)),
            Body::Float(size, _) => bytes(u64::from(*size)),
            Body::Contents(contents) => bytes(contents.len().try_into().ok()?),
            Body::Bytes | Body::Str(_) | Body::Object(..) if spec.size.is_some() => {
                bytes(spec.size.as_ref()?.ast.constant()?.try_into().ok()?)
            }
            Body::Object(..) => self.layout.sizes.types.get(&self.inline(id)?).copied(),
            _ => None,
        }
    }
}

impl Layout {
    /// The size in bits of the type that a name stands for; an error where the file decides it.
    pub(super) fn size_of_named(&self, from: TypeId, name: &TypeName) -> Result<u64, Kind> {
        let size = match own_size(name) {
            Some(size) => size,
            None => self.sizes.types.get(&self.find_type(from, name)?).copied(),
        };
        size.filter(|_| !name.array).ok_or_else(|| unknown(&format!("`{}`", name.path.join("::"))))
    }

    /// The size in bits of what an expression stands for.
    pub(super) fn size_of_value(&self, id: ExprId) -> Result<u64, Kind> {
        let expr = &self.exprs[id];
        let size = match (&expr.kind, &expr.ty) {
            (ExprKind::Attr(_, attr), _) => {
                let field = self.sizes.fields.get(attr).copied();
                field.or_else(|| self.object_size(&expr.ty).filter(|_| !self.is_read(*attr)))
            }
            (ExprKind::Subscript(list, _) | ExprKind::Method(Method::First | Method::Last, list, _), ty) => {
                match self.exprs[*list].kind {
                    ExprKind::Attr(_, attr) => self.sizes.elements.get(&attr).copied(),
                    _ => self.object_size(ty),
                }
            }
            (_, ty) => self.object_size(ty),
        };
        size.ok_or_else(|| unknown("this value"))
    }

    /// Whether a parameter is an integer of one byte, or a list of such.
    pub(super) fn is_byte_param(&self, id: AttrId) -> bool {
        self.sizes.elements.get(&id) == Some(&8)
    }

    fn object_size(&self, ty: &Ty) -> Option<u64> {
        match ty {
            Ty::Object(ty) => self.sizes.types.get(ty).copied(),
            _ => None,
        }
    }

    /// Whether a field is read from a file, rather than calculated or passed.
    fn is_read(&self, attr: AttrId) -> bool {
        !matches!(self.attrs[attr].body, Body::Value(_) | Body::Param)
    }
}

/// The size in bits of an element of a type that is the language's own; none of the inner kind where its values
/// differ in size.
fn own_size(name: &TypeName) -> Option<Option<u64>> {
    let [only] = name.path.as_slice() else { return None };
    if name.absolute {
        return None;
    }
    match (integer_name(only), bits_name(only), only.as_str()) {
        (Some((bytes, _, "")), _, _) => Some(Some(u64::from(bytes) * 8)),
        (_, Some((bits, _)), _) => Some(Some(u64::from(bits))),
        (_, _, "f4") => Some(Some(32)),
        (_, _, "f8") => Some(Some(64)),
        (_, _, "bytes" | "str" | "bool" | "struct" | "io" | "any") => Some(None),
        _ => None,
    }
}

fn unknown(what: &str) -> Kind {
    Kind::Invalid(format!("the size of {what} is not known before a file is read"))
}
