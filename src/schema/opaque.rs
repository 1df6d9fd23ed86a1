//! Types that a schema uses and nobody defines: with `ks-opaque-types`, other files do.

use std::collections::HashSet;

use super::ast::{AttrSpec, Schema, TypeRef, TypeSpec, TypeUse};
use super::kinds::Class;
use crate::text::Text;

/// Names of types of parameters that no schema defines.
const BUILT_IN: &[&str] = &["bytes", "str", "strz", "bool", "struct", "io", "any"];

/// The types of a schema that are defined neither in it nor as one of the top-level types, with their places.
pub(super) fn missing(schema: &Schema, tops: &HashSet<&str>) -> Vec<(Text, String)> {
    let mut found = Found { tops, around: Vec::new(), seen: HashSet::new(), all: Vec::new() };
    found.look(&schema.root);
    found.all
}

struct Found<'a> {
    tops: &'a HashSet<&'a str>,
    /// The names of the types that can be named from inside, innermost last.
    around: Vec<HashSet<&'a str>>,
    seen: HashSet<&'a str>,
    all: Vec<(Text, String)>,
}

impl<'a> Found<'a> {
    fn look(&mut self, spec: &'a TypeSpec) {
        self.around.push(spec.types.iter().map(|inner| inner.name.value.as_str()).collect());
        for ty in spec.seq.iter().chain(&spec.instances).flat_map(used) {
            self.name(ty);
        }
        for ty in spec.params.iter().filter_map(|param| param.ty.as_ref()) {
            self.name(ty);
        }
        for inner in &spec.types {
            self.look(inner);
        }
        self.around.pop();
    }

    fn name(&mut self, ty: &'a TypeUse) {
        let [name] = ty.name.path.as_slice() else { return };
        let name = name.as_str();
        let built_in = Class::named(name) != Class::Object || BUILT_IN.contains(&name);
        let defined = self.tops.contains(name) || self.around.iter().any(|names| names.contains(name));
        if !built_in && !defined && self.seen.insert(name) {
            let text = Text::new(name, ty.text.span, ty.text.quoted, Vec::new());
            self.all.push((text, ty.key.clone()));
        }
    }
}

/// The types that a field names.
fn used(field: &AttrSpec) -> impl Iterator<Item = &TypeUse> {
    let (one, cases) = match &field.ty {
        Some(TypeRef::One(ty)) => (Some(&**ty), &[][..]),
        Some(TypeRef::Switch { cases, .. }) => (None, cases.as_slice()),
        None => (None, &[][..]),
    };
    one.into_iter().chain(cases.iter().map(|case| &case.ty))
}
