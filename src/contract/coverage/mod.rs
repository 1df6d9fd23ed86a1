//! Coverage: which fields of the content the questions of a contract are about.
//!
//! What the consumer dereferences and the contract does not say passes silently. So the fields that no question
//! looks at are listed, each with what the schema itself asks of it, and a file of accepted ones keeps the list from
//! growing unnoticed.

mod fields;
mod ratchet;
mod schema;
mod touched;

#[cfg(test)]
mod tests;

pub use ratchet::{Accepted, Growth, RatchetError};

use std::collections::{BTreeSet, HashMap};

use crate::codes;
use crate::finding::{Blame, Finding, Severity};
use crate::layout::{AttrId, Layout, RootId};
use crate::limits;
use crate::span::Span;

/// A field that is read from the file and has no parts, at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its path, as in findings, with `[]` for each list: `channel.instances[].type_index`.
    pub path: String,
    /// Its type, such as `u4le`.
    pub ty: String,
    /// Where it is in the schema.
    pub span: Span,
    /// The same, as a key.
    pub key: String,
    /// Whether a question of the contract is about it.
    pub covered: bool,
    /// What the schema asks of it, or uses it for: `valid`, `count`.
    pub schema: BTreeSet<&'static str>,
}

impl Field {
    /// Takes another field of the same path, from another case of a switch: what is not so for both is not so.
    fn join(&mut self, other: Field) {
        if self.covered && !other.covered {
            (self.span, self.key) = (other.span, other.key);
        }
        self.covered &= other.covered;
        self.schema.retain(|word| other.schema.contains(word));
        if !self.ty.split(" or ").any(|ty| ty == other.ty) {
            self.ty = format!("{} or {}", self.ty, other.ty);
        }
    }
}

/// The fields of all files of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// By file, then in the order of the schema.
    pub fields: Vec<Field>,
}

/// There are more fields than can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the schemas have more than {} fields, each counted at every path that leads to it",
    limits::COVERAGE_FIELDS
)]
pub struct TooManyFields;

impl From<TooManyFields> for Finding {
    fn from(error: TooManyFields) -> Finding {
        Finding::new(codes::LIMIT_EXCEEDED, Severity::Error, Blame::Schema, error.to_string())
    }
}

impl Coverage {
    /// What the questions in a layout are about.
    ///
    /// # Errors
    ///
    /// There are too many fields.
    pub fn of(layout: &Layout) -> Result<Coverage, TooManyFields> {
        let touched = touched::of(layout);
        let schema = schema::of(layout);
        let mut fields: Vec<Field> = Vec::new();
        let mut rows: HashMap<String, usize> = HashMap::new();
        for found in fields::all(layout)? {
            let attr = &layout.attrs[found.attr];
            let field = Field {
                covered: touched.has(&found.spot, found.attr),
                schema: schema.get(&found.attr).cloned().unwrap_or_default(),
                ty: layout.shown_type(found.attr),
                span: attr.span,
                key: attr.key.clone(),
                path: found.path,
            };
            match rows.get(&field.path).and_then(|row| fields.get_mut(*row)) {
                Some(known) => known.join(field),
                None => {
                    rows.insert(field.path.clone(), fields.len());
                    fields.push(field);
                }
            }
        }
        Ok(Coverage { fields })
    }

    /// Fields that no question is about. Fixed bytes are left out: there is nothing to ask.
    pub fn uncovered(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.covered && !field.schema.contains(schema::CONTENTS))
    }
}

/// A place in the content: a file, and the fields from its top-level object on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Spot {
    root: RootId,
    steps: Vec<AttrId>,
}

impl Spot {
    /// The place of a field of the object that is here. An object within one of its own type counts as that one, so
    /// that types which contain themselves have places without end but fields in finite number.
    fn field(&self, layout: &Layout, attr: AttrId) -> Spot {
        let owner = layout.attrs[attr].owner;
        let seen = self.steps.iter().position(|step| layout.attrs[*step].owner == owner);
        let mut steps: Vec<AttrId> =
            self.steps.iter().take(seen.unwrap_or(self.steps.len())).copied().collect();
        steps.push(attr);
        Spot { root: self.root, steps }
    }
}
