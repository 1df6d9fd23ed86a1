//! Specs → layout: first the types and their names, then what fields consist of, then expressions.

use std::collections::HashMap;

use super::fields::Expressions;
use super::typing::Typer;
use super::*;
use crate::schema::ast::{AttrSpec, Bundle, EndianSpec, EnumSpec, ParamSpec, Schema, TypeSpec};
use crate::schema::error::{Kind, SchemaError};
use crate::schema::problems::Problems;
use crate::text::Text;

/// A file of a set, to be laid out.
#[derive(Clone, Copy, Debug)]
pub struct Input<'s> {
    /// Its role in the set.
    pub role: &'s str,
    /// Its schema, with all that it imports.
    pub schema: &'s Bundle,
}

/// The layout of the files of a set.
///
/// # Errors
///
/// Everything that is wrong with the schemas, with what could be better: what could not be read, and what is
/// wrong with the rest.
pub fn build(inputs: &[Input<'_>]) -> Result<Layout, Vec<SchemaError>> {
    let mut builder = Builder::default();
    for input in inputs {
        builder.errors.extend(input.schema.problems.iter().cloned());
        let root = builder.layout.roots.next();
        let source = input.schema.main.source;
        let ty = builder.top(&input.schema.main, root);
        builder.layout.roots.push(Root { name: input.role.to_string(), ty, source });
        for schema in &input.schema.imported {
            builder.top(schema, root);
        }
    }
    builder.bodies();
    builder.sizes();
    builder.parents();
    builder.expressions();
    let Builder { mut layout, errors, .. } = builder;
    if errors.errors() > 0 {
        return Err(errors.into_vec());
    }
    layout.warnings = errors.into_vec();
    Ok(layout)
}

/// What a type inherits from the types around it.
#[derive(Clone, Copy, Default)]
pub(super) struct Inherited<'s> {
    pub(super) order: Option<ByteOrder>,
    pub(super) bit_order: Option<Endian>,
    pub(super) encoding: Option<&'s Text>,
}

#[derive(Default)]
pub(super) struct Builder<'s> {
    pub(super) layout: Layout,
    /// What each type inherits, in the order of the types.
    pub(super) inherited: Vec<Inherited<'s>>,
    /// The specs of the types, in their order.
    pub(super) types: Vec<&'s TypeSpec>,
    pub(super) specs: HashMap<AttrId, &'s AttrSpec>,
    pub(super) params: HashMap<AttrId, &'s ParamSpec>,
    /// What the cases of switches consist of.
    pub(super) cases: HashMap<AttrId, Vec<Body>>,
    pub(super) order: Vec<AttrId>,
    pub(super) errors: Problems,
}

impl<'s> Builder<'s> {
    fn top(&mut self, schema: &'s Schema, root: RootId) -> TypeId {
        let ty = self.declare(&schema.root, root, None, Inherited::default());
        self.layout.name_top(root, ty);
        ty
    }

    fn declare(
        &mut self,
        spec: &'s TypeSpec,
        root: RootId,
        outer: Option<TypeId>,
        above: Inherited<'s>,
    ) -> TypeId {
        let order = match &spec.meta.endian {
            Some(EndianSpec::Fixed(endian)) => Some(ByteOrder::Fixed(*endian)),
            Some(EndianSpec::Switch { .. }) => Some(ByteOrder::Object),
            None => above.order,
        };
        let inherited = Inherited {
            order,
            bit_order: spec.meta.bit_endian.or(above.bit_order),
            encoding: spec.meta.encoding.as_ref().or(above.encoding),
        };
        let id = self.layout.types.next();
        self.layout.types.push(Type {
            name: spec.name.value.clone(),
            key: spec.key.clone(),
            span: spec.name.span,
            outer,
            top: outer.map_or(id, |outer| self.layout.types[outer].top),
            root,
            params: Vec::new(),
            order: ObjectOrder::Inherited,
            seq: Vec::new(),
            instances: Vec::new(),
            types: Vec::new(),
            enums: Vec::new(),
            parent: None,
            to_string: None,
        });
        self.inherited.push(inherited);
        self.types.push(spec);
        let mut names = HashMap::new();
        for param in &spec.params {
            self.name(&mut names, &param.id, format!("{}/id", param.key));
            let attr = self.param(param, id);
            self.layout.types[id].params.push(attr);
        }
        for field in &spec.seq {
            if let Some(name) = &field.id {
                self.name(&mut names, name, format!("{}/id", field.key));
            }
            let attr = self.attr(field, id, false);
            self.layout.types[id].seq.push(attr);
        }
        for instance in &spec.instances {
            if let Some(name) = &instance.id {
                self.name(&mut names, name, instance.key.clone());
            }
            let attr = self.attr(instance, id, true);
            self.layout.types[id].instances.push(attr);
        }
        for spec in &spec.enums {
            let id_enum = self.enumeration(spec, id);
            self.layout.types[id].enums.push(id_enum);
        }
        for inner in &spec.types {
            let inner = self.declare(inner, root, Some(id), inherited);
            self.layout.types[id].types.push(inner);
        }
        self.layout.index(id, spec.lost);
        id
    }

    /// Takes a name of a type's fields; each is there once.
    fn name(&mut self, names: &mut HashMap<&'s str, String>, name: &'s Text, key: String) {
        match names.get(name.value.as_str()) {
            Some(first) => {
                let kind = Kind::Duplicate { name: name.value.clone(), first: first.clone() };
                self.errors.add(kind, name.span, &key);
            }
            None => {
                names.insert(&name.value, key);
            }
        }
    }

    fn param(&mut self, spec: &'s ParamSpec, owner: TypeId) -> AttrId {
        let id = self.layout.attrs.push(Attr {
            name: Some(spec.id.value.clone()),
            key: spec.key.clone(),
            body: Body::Param,
            ..Attr::empty(owner, spec.span)
        });
        self.params.insert(id, spec);
        self.order.push(id);
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

    fn expressions(&mut self) {
        let specs = std::mem::take(&mut self.specs);
        let values = specs.iter().filter(|(_, s)| s.value.is_some()).map(|(id, s)| (*id, *s)).collect();
        let mut cases = std::mem::take(&mut self.cases);
        let mut work = Expressions::new(Typer::new(&mut self.layout, values), &mut self.errors);
        for id in &self.order {
            work.value(*id);
        }
        for (ty, spec) in self.types.iter().enumerate() {
            work.ty(crate::table::Id::new(ty), spec);
        }
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
