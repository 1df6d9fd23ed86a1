//! Specs → layout: first the types and their names, then what fields consist of, then expressions.

use std::collections::HashMap;

use super::fields::Expressions;
use super::ty::{Range, Ty};
use super::typing::Typer;
use super::*;
use crate::schema::ast::{AttrSpec, EnumSpec, Meta, RepeatSpec, Schema, TypeRef, TypeSpec};
use crate::schema::error::{Kind, SchemaError};
use crate::schema::keys::Errors;
use crate::text::Text;

/// A file of a set, to be laid out.
#[derive(Clone, Copy, Debug)]
pub struct Input<'s> {
    /// Its role in the set.
    pub role: &'s str,
    /// Its schema.
    pub schema: &'s Schema,
}

/// The layout of the files of a set; everything that is wrong otherwise.
pub fn build(inputs: &[Input<'_>]) -> Result<Layout, Vec<SchemaError>> {
    let mut builder = Builder::default();
    for input in inputs {
        let root = builder.layout.roots.next();
        let meta = Meta { endian: None, encoding: None };
        let ty = builder.declare(&input.schema.root, root, None, &meta);
        let source = input.schema.source;
        builder.layout.roots.push(Root { name: input.role.to_string(), ty, source });
    }
    builder.bodies();
    builder.parents();
    if builder.errors.is_empty() {
        builder.expressions();
    }
    if builder.errors.is_empty() { Ok(builder.layout) } else { Err(builder.errors.into_vec()) }
}

#[derive(Default)]
struct Builder<'s> {
    layout: Layout,
    /// What each type inherits.
    metas: Vec<Meta>,
    specs: HashMap<AttrId, &'s AttrSpec>,
    /// What the cases of switches consist of.
    cases: HashMap<AttrId, Vec<Body>>,
    order: Vec<AttrId>,
    errors: Errors,
}

impl<'s> Builder<'s> {
    fn declare(&mut self, spec: &'s TypeSpec, root: RootId, outer: Option<TypeId>, above: &Meta) -> TypeId {
        let meta = Meta {
            endian: spec.meta.endian.or(above.endian),
            encoding: spec.meta.encoding.clone().or_else(|| above.encoding.clone()),
        };
        let id = self.layout.types.push(Type {
            name: spec.name.value.clone(),
            key: spec.key.clone(),
            span: spec.name.span,
            outer,
            root,
            seq: Vec::new(),
            instances: Vec::new(),
            types: Vec::new(),
            enums: Vec::new(),
            parents: Vec::new(),
        });
        self.metas.push(meta.clone());
        let mut names = std::collections::HashSet::new();
        for (attr, instance) in
            spec.seq.iter().map(|a| (a, false)).chain(spec.instances.iter().map(|a| (a, true)))
        {
            if let Some(name) = attr.id.as_ref().filter(|n| !names.insert(n.value.clone())) {
                self.errors.add(Kind::Duplicate(name.value.clone()), name.span, &attr.key);
            }
            let attr = self.attr(attr, id, instance);
            let ty = &mut self.layout.types[id];
            if instance { ty.instances.push(attr) } else { ty.seq.push(attr) }
        }
        for spec in &spec.enums {
            let id_enum = self.enumeration(spec, id);
            self.layout.types[id].enums.push(id_enum);
        }
        for inner in &spec.types {
            let inner = self.declare(inner, root, Some(id), &meta);
            self.layout.types[id].types.push(inner);
        }
        self.layout.index(id);
        id
    }

    fn attr(&mut self, spec: &'s AttrSpec, owner: TypeId, instance: bool) -> AttrId {
        let id = self.layout.attrs.push(Attr {
            name: spec.id.as_ref().map(|t| t.value.clone()),
            key: spec.key.clone(),
            instance,
            ..Attr::empty(owner, spec.span)
        });
        self.specs.insert(id, spec);
        self.order.push(id);
        id
    }

    fn enumeration(&mut self, spec: &EnumSpec, owner: TypeId) -> EnumId {
        let mut members: Vec<_> = spec.members.iter().map(|(v, n)| (*v, n.value.clone())).collect();
        members.sort_unstable();
        self.layout.enums.push(Enum { name: spec.name.value.clone(), owner, members })
    }

    /// What fields consist of, as far as no expression is asked.
    fn bodies(&mut self) {
        for id in self.order.clone() {
            let Some(spec) = self.specs.get(&id).copied() else { continue };
            if self.errors.is_full() {
                return;
            }
            if spec.value.is_some() {
                continue;
            }
            let key = format!("{}/type", spec.key);
            let body = match &spec.ty {
                None => match &spec.contents {
                    Some(contents) => Body::Contents(contents.bytes.clone()),
                    None => Body::Bytes,
                },
                Some(TypeRef::Named(name)) => self.named(id, spec, name, &key),
                // The cases' expressions come later; their types are needed before that.
                Some(TypeRef::Switch { cases, .. }) => {
                    let bodies: Vec<Body> =
                        cases.iter().map(|(_, name)| self.named(id, spec, name, &key)).collect();
                    self.cases.insert(id, bodies);
                    Body::Nothing
                }
            };
            let mut element = match self.cases.get(&id) {
                None => element(&body),
                Some(bodies) => bodies
                    .iter()
                    .map(element)
                    .reduce(|a, b| a.union(&b).unwrap_or(Ty::Any))
                    .unwrap_or(Ty::Any),
            };
            if let Some(name) = &spec.enumeration {
                let path: Vec<String> = name.value.split("::").map(str::to_string).collect();
                let key = format!("{}/enum", spec.key);
                match self.layout.find_enum(self.layout.attrs[id].owner, &path) {
                    Ok(found) if matches!(element, Ty::Int(_)) => element = Ty::Enum(found),
                    // What it is was reported.
                    Ok(_) if matches!(element, Ty::Any) => {}
                    Ok(_) => {
                        let why = "`enum` goes with an integer type".to_string();
                        self.errors.add(Kind::Invalid(why), name.span, &key);
                    }
                    Err(kind) => self.errors.add(kind, name.span, &key),
                }
            }
            let attr = &mut self.layout.attrs[id];
            attr.body = body;
            attr.element = element;
            if !matches!(spec.repeat, RepeatSpec::Once) {
                // Known to be an array; the expression comes later.
                attr.repeat = Repeat::Eos;
            }
            self.extents(id, spec);
        }
    }

    /// Extent and terminator, with the defaults of `strz`.
    fn extents(&mut self, id: AttrId, spec: &AttrSpec) {
        let strz = matches!(&spec.ty, Some(TypeRef::Named(name)) if name.value == "strz");
        let attr = &mut self.layout.attrs[id];
        attr.terminator = spec.terminator.byte.or(strz.then_some(0)).map(|byte| Terminator {
            byte,
            consume: spec.terminator.consume,
            include: spec.terminator.include,
            eos_error: spec.terminator.eos_error,
        });
        if spec.size_eos {
            attr.extent = Extent::Eos;
        }
        let sized = spec.size.is_some() || spec.size_eos || attr.terminator.is_some();
        let open = matches!(attr.body, Body::Bytes | Body::Str(_));
        if open && !sized && spec.contents.is_none() {
            let why = "a text or bytes need `size`, `size-eos` or `terminator`".to_string();
            self.errors.add(Kind::Invalid(why), spec.span, &spec.key);
        }
        if attr.terminator.is_some() && matches!(attr.body, Body::Object(_) | Body::Int(_) | Body::Float(..))
        {
            let what = "`terminator` of anything but text or bytes".to_string();
            self.errors.add(Kind::Unsupported(what), spec.span, &spec.key);
        }
    }

    /// The body that a type's name stands for.
    fn named(&mut self, id: AttrId, spec: &AttrSpec, name: &Text, key: &str) -> Body {
        let owner = self.layout.attrs[id].owner;
        match name.value.as_str() {
            "str" | "strz" => return self.text(owner, spec, name, key),
            "f4" | "f4le" | "f4be" | "f8" | "f8le" | "f8be" => {
                let (size, order) = name.value.split_at(2);
                let endian = self.endian(owner, order, name, key);
                return Body::Float(if size == "f4" { 4 } else { 8 }, endian);
            }
            _ => {}
        }
        if let Some((bytes, signed, order)) = integer_name(&name.value) {
            let endian = if bytes == 1 { Endian::Little } else { self.endian(owner, order, name, key) };
            return Body::Int(IntFormat { bytes, signed, endian });
        }
        let bits = name.value.strip_prefix('b').is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
        let unsupported = if bits {
            Some("a bit-sized integer")
        } else if name.value.contains('(') {
            Some("a type with parameters")
        } else {
            None
        };
        if let Some(what) = unsupported {
            self.errors.add(Kind::Unsupported(format!("{what} (`{}`)", name.value)), name.span, key);
            return Body::Nothing;
        }
        let path: Vec<String> = name.value.split("::").map(str::to_string).collect();
        match self.layout.find_type(owner, &path) {
            Ok(ty) => {
                let parents = &mut self.layout.types[ty].parents;
                if !parents.contains(&owner) {
                    parents.push(owner);
                }
                Body::Object(ty)
            }
            Err(kind) => {
                self.errors.add(kind, name.span, key);
                Body::Nothing
            }
        }
    }

    fn endian(&mut self, owner: TypeId, order: &str, name: &Text, key: &str) -> Endian {
        let inherited = self.metas.get(crate::table::Id::row(owner)).and_then(|m| m.endian);
        match (order, inherited) {
            ("le", _) => Endian::Little,
            ("be", _) => Endian::Big,
            (_, Some(endian)) => endian,
            _ => {
                let why = format!("`{}` has no byte order: set `meta/endian`, or write `{0}le`", name.value);
                self.errors.add(Kind::Invalid(why), name.span, key);
                Endian::Little
            }
        }
    }

    fn text(&mut self, owner: TypeId, spec: &AttrSpec, name: &Text, key: &str) -> Body {
        let inherited = self.metas.get(crate::table::Id::row(owner)).and_then(|m| m.encoding.clone());
        let Some(encoding) = spec.encoding.clone().or(inherited) else {
            let why = "a text needs an `encoding`, here or in `meta`".to_string();
            self.errors.add(Kind::Invalid(why), name.span, key);
            return Body::Str(Encoding::Utf8);
        };
        match encoding_named(&encoding.value) {
            Some(encoding) => Body::Str(encoding),
            None => {
                let what = format!("the encoding `{}` (`ASCII` and `UTF-8` are)", encoding.value);
                self.errors.add(Kind::Unsupported(what), encoding.span, &format!("{}/encoding", spec.key));
                Body::Str(Encoding::Utf8)
            }
        }
    }

    /// Parents that can be parents of themselves stay as they were found; the order is made stable.
    fn parents(&mut self) {
        for id in self.layout.types.ids() {
            self.layout.types[id].parents.sort_unstable();
        }
    }

    fn expressions(&mut self) {
        let specs = std::mem::take(&mut self.specs);
        let values = specs.iter().filter(|(_, s)| s.value.is_some()).map(|(id, s)| (*id, *s)).collect();
        let mut cases = std::mem::take(&mut self.cases);
        let mut work = Expressions::new(Typer::new(&mut self.layout, values), &mut self.errors);
        for id in &self.order {
            if work.is_full() {
                return;
            }
            if let Some(spec) = specs.get(id) {
                work.attr(*id, spec, cases.remove(id).unwrap_or_default());
            }
        }
    }
}

/// The type of a value with this body.
fn element(body: &Body) -> Ty {
    match body {
        Body::Int(format) => Ty::Int(Range::of_bytes(format.bytes, format.signed)),
        Body::Float(..) => Ty::Float,
        Body::Contents(_) | Body::Bytes => Ty::Bytes,
        Body::Str(_) => Ty::Str,
        Body::Object(ty) => Ty::Object(*ty),
        Body::Switch { .. } | Body::Nothing | Body::Value(_) => Ty::Any,
    }
}

/// `u4le` → 4 bytes, unsigned, `le`.
fn integer_name(name: &str) -> Option<(u8, bool, &str)> {
    let signed = match name.get(..1)? {
        "u" => false,
        "s" => true,
        _ => return None,
    };
    let bytes = match name.get(1..2)? {
        "1" => 1,
        "2" => 2,
        "4" => 4,
        "8" => 8,
        _ => return None,
    };
    let order = name.get(2..)?;
    let known = matches!(order, "" | "le" | "be") && (bytes > 1 || order.is_empty());
    known.then_some((bytes, signed, order))
}

/// The encoding of this name, as far as it is supported.
pub(super) fn encoding_named(name: &str) -> Option<Encoding> {
    match name.to_ascii_uppercase().as_str() {
        "ASCII" | "US-ASCII" => Some(Encoding::Ascii),
        "UTF-8" | "UTF8" => Some(Encoding::Utf8),
        _ => None,
    }
}
