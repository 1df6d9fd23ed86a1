//! Names of types and enums → ids, from the inside out.

use super::{AttrId, EnumId, Layout, TypeId};
use crate::schema::error::{Kind, nearest_of};

impl Layout {
    /// The type that a path names, seen from inside `from`.
    pub(super) fn find_type(&self, from: TypeId, path: &[String]) -> Result<TypeId, Kind> {
        let unknown = |layout: &Layout| {
            let known = layout.visible_types(from);
            let name = path.join("::");
            let nearest = nearest_of(&name, known.iter().map(|t| layout.types[*t].name.as_str()));
            Kind::NameUnknown { what: "type", name, nearest }
        };
        let Some((first, rest)) = path.split_first() else { return Err(unknown(self)) };
        let head = self.visible_types(from).into_iter().find(|t| self.types[*t].name == *first);
        let found = rest.iter().try_fold(head, |ty, name| {
            let inner = ty.map(|t| self.types[t].types.iter().find(|t| self.types[**t].name == *name));
            inner.map(|i| i.copied())
        });
        found.flatten().ok_or_else(|| unknown(self))
    }

    /// The types that can be named without a path, nearest first.
    fn visible_types(&self, from: TypeId) -> Vec<TypeId> {
        let mut all = Vec::new();
        for scope in self.outwards(from) {
            all.extend(&self.types[scope].types);
            if self.types[scope].outer.is_none() {
                all.push(scope);
            }
        }
        all
    }

    /// A type and the types around it.
    pub(super) fn outwards(&self, from: TypeId) -> impl Iterator<Item = TypeId> + '_ {
        std::iter::successors(Some(from), |t| self.types[*t].outer)
    }

    /// The enum that a path names, seen from inside `from`.
    pub(super) fn find_enum(&self, from: TypeId, path: &[String]) -> Result<EnumId, Kind> {
        let unknown = || {
            let known = self.outwards(from).flat_map(|t| &self.types[t].enums);
            let nearest =
                path.last().and_then(|name| nearest_of(name, known.map(|e| self.enums[*e].name.as_str())));
            Kind::NameUnknown { what: "enum", name: path.join("::"), nearest }
        };
        let Some((name, owners)) = path.split_last() else { return Err(unknown()) };
        let within = |ty: TypeId| self.types[ty].enums.iter().copied().find(|e| self.enums[*e].name == *name);
        if owners.is_empty() {
            return self.outwards(from).find_map(within).ok_or_else(unknown);
        }
        self.find_type(from, owners).ok().and_then(within).ok_or_else(unknown)
    }

    /// The value of a member of an enum, by its path with the member last.
    pub(super) fn find_member(&self, from: TypeId, path: &[String]) -> Result<(EnumId, i128), Kind> {
        let (member, owner) = path.split_last().map_or(("", path), |(m, o)| (m.as_str(), o));
        let id = self.find_enum(from, owner)?;
        let members = &self.enums[id].members;
        match members.iter().find(|(_, name)| name == member) {
            Some((value, _)) => Ok((id, *value)),
            None => {
                let nearest = nearest_of(member, members.iter().map(|(_, name)| name.as_str()));
                Err(Kind::NameUnknown { what: "enum member", name: path.join("::"), nearest })
            }
        }
    }

    /// The field or instance of a type by its name.
    pub fn find_attr(&self, ty: TypeId, name: &str) -> Result<AttrId, Kind> {
        let all = || self.types[ty].seq.iter().chain(&self.types[ty].instances).copied();
        let named = |attr: AttrId| self.attrs[attr].name.as_deref();
        all().find(|a| named(*a) == Some(name)).ok_or_else(|| Kind::NameUnknown {
            what: "field",
            name: name.to_string(),
            nearest: nearest_of(name, all().filter_map(named)),
        })
    }
}
