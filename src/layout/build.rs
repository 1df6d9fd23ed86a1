//! Specs → layout: first the types and their names, then what fields consist of, then expressions.

use std::collections::HashMap;

use super::ty::{Range, Ty};
use super::typing::{Scope, Typer, Want};
use super::*;
use crate::schema::ast::{
    AttrSpec, EnumSpec, ExprSpec, Meta, RepeatSpec, Schema, TypeRef, TypeSpec, ValidKind as Asked,
};
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
        id
    }

    fn attr(&mut self, spec: &'s AttrSpec, owner: TypeId, instance: bool) -> AttrId {
        let id = self.layout.attrs.push(Attr {
            name: spec.id.as_ref().map(|t| t.value.clone()),
            owner,
            key: spec.key.clone(),
            span: spec.span,
            instance,
            condition: None,
            repeat: Repeat::Once,
            io: None,
            pos: None,
            extent: Extent::Free,
            terminator: None,
            body: Body::Nothing,
            valid: None,
            checksum: None,
            element: Ty::Any,
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
        let mut work = Expressions { typer: Typer::new(&mut self.layout, values), errors: &mut self.errors };
        for id in &self.order {
            if let Some(spec) = specs.get(id) {
                work.attr(*id, spec, cases.remove(id).unwrap_or_default());
            }
        }
    }
}

/// The pass that types the expressions of fields.
struct Expressions<'a, 's> {
    typer: Typer<'a, 's>,
    errors: &'a mut Errors,
}

impl Expressions<'_, '_> {
    fn attr(&mut self, id: AttrId, spec: &AttrSpec, case_bodies: Vec<Body>) {
        let owner = self.typer.layout.attrs[id].owner;
        let repeated = !matches!(spec.repeat, RepeatSpec::Once);
        let plain = Scope::of(owner);
        let each = Scope { index: repeated, ..Scope::of(owner) };
        // `size` and `switch-on` may use `_index`, what is asked once may not.
        let condition = self.typed(spec.condition.as_ref(), &plain, Role::If, id, Want::Bool);
        let io = self.typed(spec.io.as_ref(), &plain, Role::Stream, id, Want::Stream);
        let pos = self.typed(spec.pos.as_ref(), &plain, Role::Position, id, Want::Int);
        let size = self.typed(spec.size.as_ref(), &each, Role::Size, id, Want::Int);
        if let Some(TypeRef::Switch { on, cases }) = &spec.ty {
            self.switch(id, spec, on, cases.iter().zip(case_bodies), &each);
        }
        if spec.value.is_some()
            && let Err(e) = self.typer.value_instance(id)
        {
            self.errors.add(e.kind, e.span, &e.key);
        }
        let repeat = match &spec.repeat {
            RepeatSpec::Once => Repeat::Once,
            RepeatSpec::Eos => Repeat::Eos,
            RepeatSpec::Times(count) => {
                self.typed(Some(count), &plain, Role::Count, id, Want::Int).map_or(Repeat::Eos, Repeat::Times)
            }
            RepeatSpec::Until(until) => {
                let element = self.typer.layout.attrs[id].element.clone();
                let scope = Scope { it: Some(element), ..each.clone() };
                self.typed(Some(until), &scope, Role::Until, id, Want::Bool)
                    .map_or(Repeat::Eos, Repeat::Until)
            }
        };
        let attr = &mut self.typer.layout.attrs[id];
        attr.condition = condition;
        attr.io = io;
        attr.pos = pos;
        attr.repeat = repeat;
        if let Some(size) = size {
            attr.extent = Extent::Size(size);
        }
        self.valid(id, spec, &each);
        self.checksum(id, spec, &each);
    }

    fn typed(
        &mut self,
        spec: Option<&ExprSpec>,
        scope: &Scope,
        role: Role,
        attr: AttrId,
        want: Want,
    ) -> Option<ExprId> {
        match self.typer.expression(spec?, scope, want) {
            Ok(expr) => {
                self.typer.layout.uses.push(Use { expr, role, attr: Some(attr) });
                Some(expr)
            }
            Err(e) => {
                self.errors.add(e.kind, e.span, &e.key);
                None
            }
        }
    }

    fn switch<'c>(
        &mut self,
        id: AttrId,
        spec: &AttrSpec,
        on: &ExprSpec,
        cases: impl Iterator<Item = (&'c (Option<ExprSpec>, Text), Body)>,
        scope: &Scope,
    ) {
        let Some(on) = self.typed(Some(on), scope, Role::Switch, id, Want::Any) else { return };
        let on_ty = self.typer.layout.exprs[on].ty.clone();
        let sized = spec.size.is_some() || spec.size_eos;
        let mut bodies = Vec::new();
        let mut default = if sized { Body::Bytes } else { Body::Nothing };
        for ((case, _), body) in cases {
            let Some(case) = case else {
                default = body;
                continue;
            };
            let Some(expr) = self.typed(Some(case), scope, Role::Case, id, Want::Any) else { continue };
            let case_ty = self.typer.layout.exprs[expr].ty.clone();
            if !super::typing::comparable(&on_ty, &case_ty, false) {
                let kind = Kind::Type {
                    expected: self.typer.layout.describe(&on_ty),
                    found: self.typer.layout.describe(&case_ty),
                };
                self.errors.add(kind, case.text.span, &case.key);
            }
            bodies.push((expr, body));
        }
        self.typer.layout.attrs[id].body = Body::Switch { on, cases: bodies, default: Box::new(default) };
    }

    fn valid(&mut self, id: AttrId, spec: &AttrSpec, scope: &Scope) {
        let Some(valid) = &spec.valid else { return };
        let element = self.typer.layout.attrs[id].element.clone();
        let operand = |this: &mut Self, expr: &ExprSpec, ordered: bool| {
            let found = this.typed(Some(expr), scope, Role::Valid, id, Want::Any)?;
            let ty = this.typer.layout.exprs[found].ty.clone();
            if !super::typing::comparable(&element, &ty, ordered) {
                let expected = this.typer.layout.describe(&element);
                let found = this.typer.layout.describe(&ty);
                this.errors.add(Kind::Type { expected, found }, expr.text.span, &expr.key);
            }
            Some(found)
        };
        let kind = match &valid.kind {
            Asked::Eq(expr) => operand(self, expr, false).map(ValidKind::Eq),
            Asked::Range(min, max) => {
                let min = min.as_ref().and_then(|e| operand(self, e, true));
                let max = max.as_ref().and_then(|e| operand(self, e, true));
                Some(ValidKind::Range(min, max))
            }
            Asked::AnyOf(items) => {
                Some(ValidKind::AnyOf(items.iter().filter_map(|e| operand(self, e, false)).collect()))
            }
            Asked::Expr(expr) => {
                let scope = Scope { it: Some(element), ..scope.clone() };
                self.typed(Some(expr), &scope, Role::Valid, id, Want::Bool).map(ValidKind::Expr)
            }
            Asked::InEnum => match element {
                Ty::Enum(id) => Some(ValidKind::InEnum(id)),
                _ => {
                    let why = "`in-enum` needs a field with an `enum`".to_string();
                    self.errors.add(Kind::Invalid(why), valid.span, &valid.key);
                    None
                }
            },
        };
        self.typer.layout.attrs[id].valid =
            kind.map(|kind| Valid { kind, span: valid.span, key: valid.key.clone() });
    }

    fn checksum(&mut self, id: AttrId, spec: &AttrSpec, scope: &Scope) {
        let Some(checksum) = &spec.checksum else { return };
        let start = self.typed(checksum.start.as_ref(), scope, Role::Checksum, id, Want::Int);
        let end = self.typed(checksum.end.as_ref(), scope, Role::Checksum, id, Want::Int);
        let attr = &mut self.typer.layout.attrs[id];
        if !matches!(attr.body, Body::Int(_)) || attr.repeat != Repeat::Once || attr.instance {
            let why = "`-checksum` goes with an integer field of `seq` that is not repeated".to_string();
            self.errors.add(Kind::Invalid(why), checksum.span, &checksum.key);
            return;
        }
        attr.checksum = Some(Checksum {
            start,
            end,
            own_bytes: checksum.own_bytes,
            span: checksum.span,
            key: checksum.key.clone(),
        });
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
