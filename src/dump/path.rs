//! Paths to a part of the tree, in the words of findings: `instances[3].criteria[20].index`.

use crate::check::Plan;
use crate::code::objects_of;
use crate::layout::{Attr, AttrId, Body, Layout, Repeat, TypeId};
use crate::schema::error::nearest_of;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To a field or an instance of an object.
    Name(String),
    /// To an element of a list.
    Index(u64),
}

/// A path that the schema has; whether a file has it is seen when it is walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub(super) steps: Vec<Step>,
}

/// A path that no file of the schema can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// `a..b`, `a[x]`
    #[error("`{text}` is no path: see character {at}")]
    Syntax {
        /// The path.
        text: String,
        /// The character, from 1.
        at: usize,
    },
    /// `headr` in a format with `header`
    #[error("`{within}` has no field `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The type, or the types, that should have it.
        within: String,
        /// The name that is nearest.
        near: Option<String>,
        /// The names that there are.
        names: Vec<String>,
    },
    /// `header[0]` where there is one header
    #[error("`{name}` is no list: it takes no `[…]`")]
    NotAList {
        /// The field.
        name: String,
    },
    /// `criteria.index` where there are many
    #[error("`{name}` is a list: say which element, as in `{name}[0]`")]
    List {
        /// The field.
        name: String,
    },
    /// `header.version.x` where `version` is a number
    #[error("`{name}` has no fields")]
    NoFields {
        /// The field.
        name: String,
    },
    /// `first.size` where `first` is calculated, and stands elsewhere in the tree
    #[error("`{name}` is calculated and has no fields of its own: name the object that it refers to")]
    Calculated {
        /// The instance.
        name: String,
    },
}

impl PathError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            PathError::Unknown { near: Some(near), .. } => Some(format!("did you mean `{near}`?")),
            PathError::Unknown { names, .. } if !names.is_empty() => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                Some(format!("it has {}", names.join(", ")))
            }
            PathError::Syntax { .. } => {
                Some("a path is written as in findings: `instances[3].criteria[20].index`".into())
            }
            _ => None,
        }
    }
}

impl Path {
    /// Reads a path and holds it against the schema. The name of the format may stand before it, as it
    /// does in findings.
    ///
    /// # Errors
    ///
    /// What is wrong with it, whatever the file.
    pub fn parse(text: &str, plan: &Plan) -> Result<Path, PathError> {
        let mut steps = steps(text)?;
        let Some(root) = plan.layout.roots.iter().next() else { return Ok(Path { steps }) };
        let at_top = |name: &str| attrs_of(&plan.layout, &[root.ty], name).next().is_some();
        if let Some(Step::Name(first)) = steps.first()
            && *first == root.name
            && !at_top(first)
        {
            steps.remove(0);
        }
        resolve(&plan.layout, root.ty, &steps)?;
        Ok(Path { steps })
    }
}

/// Writes steps as a path.
pub(super) fn text(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Name(name) if text.is_empty() => text.push_str(name),
            Step::Name(name) => text.push_str(&format!(".{name}")),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

/// What a field is called in paths: by its name, else by its row in the schema.
pub(super) fn label(attr: &Attr) -> &str {
    attr.name.as_deref().or_else(|| attr.key.rsplit('/').next()).unwrap_or("?")
}

fn steps(text: &str) -> Result<Vec<Step>, PathError> {
    let mut steps = Vec::new();
    let mut rest = text;
    let error = |rest: &str| {
        let before = text.len() - rest.len();
        let at = text.char_indices().filter(|(row, _)| *row < before).count() + 1;
        PathError::Syntax { text: text.into(), at }
    };
    loop {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return Err(error(rest));
        }
        steps.push(Step::Name(name.into()));
        rest = after;
        while let Some(inner) = rest.strip_prefix('[') {
            let (number, after) = inner.split_once(']').ok_or_else(|| error(inner))?;
            let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            let number = if digits { number.parse().ok() } else { None };
            steps.push(Step::Index(number.ok_or_else(|| error(inner))?));
            rest = after;
        }
        if rest.is_empty() {
            return Ok(steps);
        }
        rest = rest.strip_prefix('.').ok_or_else(|| error(rest))?;
    }
}

/// The fields and instances of some types that have this name.
fn attrs_of<'l>(layout: &'l Layout, types: &'l [TypeId], name: &'l str) -> impl Iterator<Item = AttrId> + 'l {
    let all = types.iter().flat_map(|ty| layout.types[*ty].seq.iter().chain(&layout.types[*ty].instances));
    all.copied().filter(move |id| label(&layout.attrs[*id]) == name)
}

fn resolve(layout: &Layout, root: TypeId, steps: &[Step]) -> Result<(), PathError> {
    let mut types = vec![root];
    let mut rest = steps.iter().peekable();
    let mut before = String::new();
    while let Some(step) = rest.next() {
        let Step::Name(name) = step else { continue };
        let found: Vec<AttrId> = attrs_of(layout, &types, name).collect();
        if found.is_empty() {
            return Err(unknown(layout, &types, name));
        }
        if !before.is_empty() {
            before.push('.');
        }
        before.push_str(name);
        let mut indices = 0usize;
        while let Some(Step::Index(index)) = rest.next_if(|step| matches!(step, Step::Index(_))) {
            let lists = |id: &AttrId| depth_of_lists(&layout.attrs[*id]) > indices;
            if !found.iter().any(lists) {
                return Err(PathError::NotAList { name: before });
            }
            before.push_str(&format!("[{index}]"));
            indices += 1;
        }
        if rest.peek().is_none() {
            return Ok(());
        }
        if found.iter().all(|id| depth_of_lists(&layout.attrs[*id]) > indices) {
            return Err(PathError::List { name: before });
        }
        types = found.iter().flat_map(|id| objects_of(&layout.attrs[*id])).collect();
        if types.is_empty() {
            let calculated = found.iter().any(|id| matches!(layout.attrs[*id].body, Body::Value(_)));
            let error = if calculated {
                PathError::Calculated { name: before }
            } else {
                PathError::NoFields { name: before }
            };
            return Err(error);
        }
    }
    Ok(())
}

/// How many indices lead to one element.
fn depth_of_lists(attr: &Attr) -> usize {
    let mut ty = &attr.element;
    let mut depth = usize::from(attr.repeat != Repeat::Once);
    while let crate::layout::ty::Ty::Array(inner) = ty {
        depth += 1;
        ty = inner;
    }
    depth
}

fn unknown(layout: &Layout, types: &[TypeId], name: &str) -> PathError {
    let attrs = types.iter().flat_map(|ty| layout.types[*ty].seq.iter().chain(&layout.types[*ty].instances));
    let mut names: Vec<String> = attrs.map(|id| label(&layout.attrs[*id]).to_string()).collect();
    names.dedup();
    let mut within: Vec<&str> = types.iter().map(|ty| layout.types[*ty].name.as_str()).collect();
    within.dedup();
    let near = nearest_of(name, names.iter().map(String::as_str));
    PathError::Unknown { name: name.into(), within: within.join("`, `"), near, names }
}
