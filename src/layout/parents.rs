//! Parents: the types of the objects that an object can be in.

use std::collections::{HashMap, HashSet};

use super::build::Builder;
use super::typing::{Scope, Typer, Want};
use super::*;
use crate::schema::ast::ParentSpec;
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
                            None => self.parent_of(&mut known, used, Some(user)),
                            Some(ParentSpec::Nobody) => {}
                            Some(ParentSpec::Other(_)) => later.push((used, attr)),
                        }
                    }
                }
            }
            let Some((used, attr)) = later.pop() else { return };
            let parent = self.explicit(attr);
            self.parent_of(&mut known, used, parent);
        }
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
    fn explicit(&mut self, attr: AttrId) -> Option<TypeId> {
        let ParentSpec::Other(expr) = self.specs.get(&attr)?.parent.as_ref()? else { return None };
        let owner = self.layout.attrs[attr].owner;
        let values = self.specs.iter().filter(|(_, s)| s.value.is_some()).map(|(id, s)| (*id, *s)).collect();
        let mut typer = Typer::new(&mut self.layout, values);
        // What is wrong with it is said when the field's expressions are typed.
        let typed = typer.expression(expr, &Scope::of(owner), Want::Any).ok()?;
        match self.layout.exprs[typed].ty {
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
