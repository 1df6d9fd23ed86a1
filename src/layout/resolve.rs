//! Names of types and enums → ids, from the inside out.

use std::collections::HashMap;

use super::{AttrId, EnumId, Layout, RootId, TypeId};
use crate::limits;
use crate::schema::ast::Lost;
use crate::schema::error::{Kind, nearest_of};
use crate::schema::expr::TypeName;

/// What is named in each type: looked up so often that lists would not do.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    attrs: HashMap<TypeId, HashMap<String, AttrId>>,
    types: HashMap<TypeId, HashMap<String, TypeId>>,
    /// Top-level types of all schema files that belong to a file of the set.
    tops: HashMap<RootId, HashMap<String, TypeId>>,
    enums: HashMap<TypeId, HashMap<String, EnumId>>,
    members: HashMap<EnumId, HashMap<String, i128>>,
    /// Types that hold more than could be read.
    lost: HashMap<TypeId, Lost>,
}

fn lookup<I: std::hash::Hash + Eq, V: Copy>(
    names: &HashMap<I, HashMap<String, V>>,
    owner: I,
    name: &str,
) -> Option<V> {
    names.get(&owner)?.get(name).copied()
}

impl Layout {
    /// Makes what is defined in a type known by name; of equal names the first one counts. The type may hold
    /// more than could be read.
    pub(super) fn index(&mut self, ty: TypeId, lost: Lost) {
        let Layout { types, attrs, enums, names, .. } = self;
        names.lost.insert(ty, lost);
        let of = &types[ty];
        let fields = names.attrs.entry(ty).or_default();
        for attr in of.params.iter().chain(&of.seq).chain(&of.instances) {
            if let Some(name) = &attrs[*attr].name {
                fields.entry(name.clone()).or_insert(*attr);
            }
        }
        let inner = of.types.iter().map(|t| (types[*t].name.clone(), *t));
        names.types.entry(ty).or_default().extend(inner);
        for id in &of.enums {
            names.enums.entry(ty).or_default().insert(enums[*id].name.clone(), *id);
            let members = enums[*id].members.iter().map(|(value, name)| (name.clone(), *value));
            names.members.entry(*id).or_default().extend(members);
        }
    }

    /// Makes a top-level type known by name to all files of its set's file; of equal names the first counts.
    pub(super) fn name_top(&mut self, root: RootId, ty: TypeId) {
        let name = self.types[ty].name.clone();
        self.names.tops.entry(root).or_default().entry(name).or_insert(ty);
    }

    /// The type that a name stands for, seen from inside `from`.
    pub(super) fn find_type(&self, from: TypeId, name: &TypeName) -> Result<TypeId, Kind> {
        let from = if name.absolute { self.types[from].top } else { from };
        self.find_path(from, &name.path).ok_or_else(|| {
            if self.may_hold(from, &name.path) {
                return Kind::Consequence;
            }
            let known = self.visible_types(from);
            let name = name.path.join("::");
            let nearest = nearest_of(&name, known.iter().map(|t| self.types[*t].name.as_str()));
            Kind::NameUnknown { what: "type", name, nearest }
        })
    }

    fn find_path(&self, from: TypeId, path: &[String]) -> Option<TypeId> {
        let (first, rest) = path.split_first()?;
        let inside = |ty: TypeId, name: &String| lookup(&self.names.types, ty, name);
        let top = lookup(&self.names.tops, self.types[from].root, first);
        let heads = self.outwards(from).filter_map(|scope| inside(scope, first)).chain(top);
        // A nearer type of the same name may lack what the path goes on with.
        heads.filter_map(|head| rest.iter().try_fold(head, inside)).next()
    }

    fn lost(&self, ty: TypeId) -> Lost {
        self.names.lost.get(&ty).copied().unwrap_or_default()
    }

    /// Whether a path that leads nowhere may lead to something that could not be read.
    fn may_hold(&self, from: TypeId, path: &[String]) -> bool {
        // Types are not nested deeper than that.
        let prefixes = (1..path.len()).take(limits::TYPE_DEPTH + 1);
        let through = prefixes.filter_map(|end| self.find_path(from, path.get(..end)?));
        self.outwards(from).chain(through).any(|ty| self.lost(ty).types)
    }

    /// The types that can be named without a path, nearest first.
    fn visible_types(&self, from: TypeId) -> Vec<TypeId> {
        let mut all = Vec::new();
        for scope in self.outwards(from) {
            all.extend(&self.types[scope].types);
        }
        let tops = self.names.tops.get(&self.types[from].root);
        all.extend(tops.into_iter().flat_map(|tops| tops.values()));
        all.sort_unstable();
        all
    }

    /// A type and the types around it.
    pub(super) fn outwards(&self, from: TypeId) -> impl Iterator<Item = TypeId> + '_ {
        std::iter::successors(Some(from), |t| self.types[*t].outer)
    }

    /// The enum that a path names, seen from inside `from`.
    pub(super) fn find_enum(&self, from: TypeId, path: &[String]) -> Result<EnumId, Kind> {
        let unknown = || {
            if self.may_hold(from, path) {
                return Kind::Consequence;
            }
            let known = self.outwards(from).flat_map(|t| &self.types[t].enums);
            let nearest =
                path.last().and_then(|name| nearest_of(name, known.map(|e| self.enums[*e].name.as_str())));
            Kind::NameUnknown { what: "enum", name: path.join("::"), nearest }
        };
        let Some((name, owners)) = path.split_last() else { return Err(unknown()) };
        let within = |ty: TypeId| lookup(&self.names.enums, ty, name);
        if owners.is_empty() {
            return self.outwards(from).find_map(within).ok_or_else(unknown);
        }
        // As with a name alone, the types around the one that is named count too.
        let head = self.find_path(from, owners);
        head.and_then(|head| self.outwards(head).find_map(within)).ok_or_else(unknown)
    }

    /// The value of a member of an enum, by its path with the member last.
    pub(super) fn find_member(&self, from: TypeId, path: &[String]) -> Result<(EnumId, i128), Kind> {
        // The path of `::a::kind::exact` begins with an empty name.
        let (from, path) = match path.split_first() {
            Some((first, rest)) if first.is_empty() => (self.types[from].top, rest),
            _ => (from, path),
        };
        let (member, owner) = path.split_last().map_or(("", path), |(m, o)| (m.as_str(), o));
        let id = self.find_enum(from, owner)?;
        lookup(&self.names.members, id, member).map(|value| (id, value)).ok_or_else(|| {
            let nearest = nearest_of(member, self.enums[id].members.iter().map(|(_, name)| name.as_str()));
            Kind::NameUnknown { what: "enum member", name: path.join("::"), nearest }
        })
    }

    /// The field or instance of a type by its name.
    pub fn find_attr(&self, ty: TypeId, name: &str) -> Result<AttrId, Kind> {
        let of = &self.types[ty];
        let all = || of.params.iter().chain(&of.seq).chain(&of.instances).copied();
        let named = |attr: AttrId| self.attrs[attr].name.as_deref();
        lookup(&self.names.attrs, ty, name).ok_or_else(|| {
            if self.lost(ty).fields {
                return Kind::Consequence;
            }
            let nearest = nearest_of(name, all().filter_map(named));
            Kind::NameUnknown { what: "field", name: name.to_string(), nearest }
        })
    }
}
