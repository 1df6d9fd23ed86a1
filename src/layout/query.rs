//! Questions that a contract asks of content: paths across the files of a set, and expressions there.

use super::ty::Ty;
use super::{AttrId, Body, Layout, Repeat, RootId, TypeId};
use super::{CapacityId, ExprId};
use crate::schema::error::{Kind, nearest_of};

/// A question, asked at every object that its path names.
#[derive(Clone, Debug)]
pub struct Query {
    /// Where it is asked.
    pub at: At,
    /// When it is asked; always when missing.
    pub when: Option<ExprId>,
    /// The expressions whose values are the answer.
    pub answer: Vec<ExprId>,
    /// The capacities that `when` and `answer` name.
    pub capacities: Vec<CapacityId>,
    /// Whether it is asked of a field (`_`) that is absent as well.
    pub absent: bool,
}

/// A resolved path: `channel.instances[].criteria[]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The file that it begins in.
    pub root: RootId,
    /// Fields from the file's top-level object to the object at hand.
    pub steps: Vec<AttrId>,
    /// The type of the object at hand: what bare names are fields of.
    pub context: TypeId,
    /// The field of that object that `_` is, where the path does not end at the object itself.
    pub value: Option<Target>,
}

/// What `_` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The field.
    pub attr: AttrId,
    /// Whether `_` is each of its elements (`name[]`) rather than the whole.
    pub each: bool,
}

impl At {
    /// The type of `_`.
    pub fn it(&self, layout: &Layout) -> Ty {
        match self.value {
            None => Ty::Object(self.context),
            Some(Target { attr, each: true }) => layout.attrs[attr].element.clone(),
            Some(Target { attr, each: false }) => layout.attrs[attr].ty(),
        }
    }
}

/// What is wrong with a path, and which bytes of it.
pub type PathError = (Kind, std::ops::Range<usize>);

/// Resolves a path. Steps are fields; `[]` after a repeated one means each of its elements.
pub fn resolve(layout: &Layout, path: &str) -> Result<At, PathError> {
    let mut offset = 0;
    let mut parts = path.split('.').map(|part| {
        let range = offset..offset + part.len();
        offset = range.end + 1;
        let name = part.trim_end().strip_suffix("[]");
        (name.unwrap_or(part).trim(), name.is_some(), range)
    });
    let whole = 0..path.len();
    let Some((file, false, range)) = parts.next() else {
        return Err((Kind::Expression("the name of a file of the set"), whole));
    };
    let Some((root, ty)) = layout.roots.entries().find(|(_, r)| r.name == file).map(|(id, r)| (id, r.ty))
    else {
        let nearest = nearest_of(file, layout.roots.iter().map(|r| r.name.as_str()));
        return Err((Kind::NameUnknown { what: "file", name: file.to_string(), nearest }, range));
    };
    let mut at = At { root, steps: Vec::new(), context: ty, value: None };
    for (name, each, range) in parts {
        if let Some(target) = at.value {
            let what = layout.describe(&at.it(layout));
            let hint = match &layout.attrs[target.attr].element {
                Ty::Object(_) => "; write `[]` after the list to mean each of its elements",
                _ => "",
            };
            return Err((Kind::Invalid(format!("`{name}` cannot be a field of {what}{hint}")), range));
        }
        let attr = layout.find_attr(at.context, name).map_err(|k| (k, range.clone()))?;
        let field = &layout.attrs[attr];
        if matches!(field.body, Body::Value(_)) {
            let why = format!("`{name}` is a calculated value; name the field that is read from the file");
            return Err((Kind::Invalid(why), range));
        }
        let repeated = field.repeat != Repeat::Once;
        if each && !repeated {
            return Err((Kind::Invalid(format!("`{name}` is not a list")), range));
        }
        match (&field.element, repeated == each) {
            (Ty::Object(ty), true) => {
                at.context = *ty;
                at.steps.push(attr);
            }
            _ => at.value = Some(Target { attr, each }),
        }
    }
    Ok(at)
}
