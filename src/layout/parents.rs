//! Parents: the types of the objects that an object can be in.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::build::Builder;
use super::typing::{Scope, Typer, Want};
use super::*;
use crate::schema::ast::{AttrSpec, ParentSpec};
use ty::Ty;

/// What is known of the parents of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Only(TypeId),
    Several,
}

impl Builder<'_> {
    /// Finds the parents of every type that is used by what is used by a top-level type.
    pub(super) fn parents(&mut self) {
        let mut known: HashMap<TypeId, Known> = HashMap::new();
        let mut seen: HashSet<TypeId> = HashSet::new();
        let mut waiting: Vec<TypeId> =
            self.layout.types.entries().filter(|(_, ty)| ty.outer.is_none()).map(|(id, _)| id).collect();
        // Types that an explicit parent leads to need the others' first.
        let mut later: Vec<(TypeId, AttrId)> = Vec::new();
        let values = self.specs.iter().filter(|(_, s)| s.value.is_some()).map(|(id, s)| (*id, *s)).collect();
        loop {
            while let Some(user) = waiting.pop() {
                if !seen.insert(user) {
                    continue;
                }
                let ty = &self.layout.types[user];
                for attr in ty.seq.iter().chain(&ty.instances).copied().collect::<Vec<_>>() {
                    for used in self.used(attr) {
                        waiting.push(used);
                        match self.specs.get(&attr).and_then(|spec| spec.parent.as_ref()) {
                            None if self.is_foreign(used, user) => {}
                            None => self.parent_of(&mut known, used, Some(user)),
                            Some(ParentSpec::Nobody) => {}
                            Some(ParentSpec::Other(_)) => later.push((used, attr)),
                        }
                    }
                }
            }
            let Some((used, attr)) = later.pop() else { return };
            let parent = self.explicit(attr, &values);
            if !parent.is_some_and(|parent| self.is_foreign(used, parent)) {
                self.parent_of(&mut known, used, parent);
            }
        }
    }

    /// Whether the parents of a type say nothing of it: a top-level type can be used from any file, and what other
    /// files do with a type is not known to its own.
    fn is_foreign(&self, used: TypeId, parent: TypeId) -> bool {
        let types = &self.layout.types;
        types[used].outer.is_none() || types[used].top != types[parent].top
    }

    fn parent_of(&mut self, known: &mut HashMap<TypeId, Known>, used: TypeId, parent: Option<TypeId>) {
        let next = match (known.get(&used), parent) {
            (None, Some(parent)) => Known::Only(parent),
            (Some(Known::Only(before)), Some(parent)) if *before == parent => Known::Only(parent),
            _ => Known::Several,
        };
        known.insert(used, next);
        self.layout.types[used].parent = match next {
            Known::Only(parent) => Some(parent),
            Known::Several => None,
        };
    }

    /// The type of the parent that a field names; none where it is not one type's.
    fn explicit(&mut self, attr: AttrId, values: &HashMap<AttrId, &AttrSpec>) -> Option<TypeId> {
        let ParentSpec::Other(expr) = self.specs.get(&attr)?.parent.as_ref()? else { return None };
        let owner = self.layout.attrs[attr].owner;
        let known = self.layout.exprs.len();
        let mut typer = Typer::over(&mut self.layout, Cow::Borrowed(values));
        // What is wrong with it is said when the field's expressions are typed.
        let typed = typer.expression(expr, &Scope::of(owner), Want::Any).ok()?;
        let ty = self.layout.exprs[typed].ty.clone();
        self.layout.exprs.truncate(known);
        match ty {
            Ty::Object(ty) => Some(ty),
            _ => None,
        }
    }

    /// The types that the objects of a field can have.
    fn used(&self, attr: AttrId) -> Vec<TypeId> {
        let own = [&self.layout.attrs[attr].body];
        let cases = self.cases.get(&attr).into_iter().flatten();
        let object = |body: &Body| match body {
            Body::Object(ty, _) => Some(*ty),
            _ => None,
        };
        own.into_iter().chain(cases).filter_map(object).collect()
    }
}
