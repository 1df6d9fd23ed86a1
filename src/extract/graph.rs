//! Types as all debug formats have them, and the way from a type to a number.

use std::cell::Cell;

use super::error::{ExtractError, LookupError};
use crate::contract::origin::{Member, Question, Step};
use crate::limits::{TYPE_DEPTH, TYPE_HOPS, TYPE_WORK};

/// The types of one file with debug information.
pub(super) trait Graph {
    /// A type.
    type Id: Copy;

    /// What a type is.
    fn node(&self, id: Self::Id) -> Result<Node<Self::Id>, ExtractError>;

    /// Where a type is declared, for people.
    fn place(&self, id: Self::Id) -> String;
}

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node<I> {
    /// Another name for a type, or the type with `const` or `volatile`; of `void` without one.
    Alias(Option<I>),
    /// A structure, class or union.
    Record(Record<I>),
    /// An array: of an array of arrays the outermost. Without a count if the type has none.
    Array { element: I, count: Option<u64> },
    /// An enumeration with its enumerators.
    Enum { size: Option<u64>, members: Vec<(String, i128)> },
    /// A pointer or reference.
    Pointer { to: Option<I>, size: Option<u64> },
    /// A number, a function and whatever else has no parts.
    Plain { what: &'static str, size: Option<u64> },
}

/// A structure, class or union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record<I> {
    /// `struct` or `union`.
    pub(super) word: &'static str,
    pub(super) name: Option<String>,
    pub(super) size: Option<u64>,
    /// Whether this is the definition, and not only a declaration.
    pub(super) complete: bool,
    pub(super) fields: Vec<Field<I>>,
}

/// A member; without a name an anonymous one, whose own members count as those of the record, or a base class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<I> {
    pub(super) name: Option<String>,
    pub(super) ty: I,
    /// Bits, if it is a bit-field.
    pub(super) bits: Option<u64>,
}

/// Why a type gives no number.
#[derive(Debug)]
pub(super) enum Miss {
    /// The question does not fit the type.
    Lookup(LookupError),
    /// The type is only declared here: its definition, under this name, knows; these steps are left.
    Elsewhere { name: String, steps: Vec<Step> },
    /// The debug information cannot be read.
    Broken(ExtractError),
}

impl From<ExtractError> for Miss {
    fn from(error: ExtractError) -> Miss {
        Miss::Broken(error)
    }
}

/// The number that a question has for a type, on the way that is left of its path.
pub(super) fn answer<G: Graph>(
    graph: &G,
    start: G::Id,
    name: &str,
    steps: &[Step],
    question: &Question,
    work: &Cell<usize>,
) -> Result<i128, Miss> {
    let mut way = Way { graph, start, at: start, shown: name.to_owned(), bits: None, work };
    for (row, step) in steps.iter().enumerate() {
        let left = steps.get(row..).unwrap_or_default();
        match step {
            Step::Member(member) => way.member(member, left)?,
            Step::Element => way.element()?,
        }
    }
    match question {
        Question::Len(_) => way.len().map(i128::from),
        Question::Size(_) => way.size().map(i128::from),
        Question::Enum(_, member) => way.enumerator(member),
        Question::Const(_) | Question::Note(_) => way.no_number("is a type, not a constant".into(), None),
    }
}

struct Way<'g, G: Graph> {
    graph: &'g G,
    start: G::Id,
    at: G::Id,
    /// The path so far.
    shown: String,
    /// Set at a bit-field.
    bits: Option<u64>,
    /// Members and types that were looked at, for all questions.
    work: &'g Cell<usize>,
}

impl<G: Graph> Way<'_, G> {
    /// The type without its other names and qualifiers.
    fn peeled(&self, id: G::Id) -> Result<(G::Id, Node<G::Id>), Miss> {
        let mut id = id;
        for _ in 0..TYPE_HOPS {
            let node = self.graph.node(id)?;
            let parts = match &node {
                Node::Record(record) => record.fields.len(),
                Node::Enum { members, .. } => members.len(),
                _ => 0,
            };
            self.work.set(self.work.get().saturating_add(1 + parts));
            if self.work.get() > TYPE_WORK {
                return self.no_number("is one of more types than are looked at".into(), None);
            }
            match node {
                Node::Alias(Some(next)) => id = next,
                Node::Alias(None) => return Ok((id, Node::Plain { what: "`void`", size: None })),
                node => return Ok((id, node)),
            }
        }
        self.no_number(format!("has more than {TYPE_HOPS} names for one type"), None)
    }

    fn member(&mut self, name: &str, left: &[Step]) -> Result<(), Miss> {
        let record = match self.peeled(self.at)?.1 {
            Node::Record(record) => record,
            Node::Pointer { to, .. } => {
                let target = to.map(|to| self.peeled(to)).transpose()?;
                let help = match target {
                    Some((_, Node::Record(Record { name: Some(to), word, .. }))) => {
                        Some(format!("it leads to `{word} {to}`: ask `{to}.{name}`"))
                    }
                    _ => None,
                };
                return self.no_number("is a pointer, which is not followed".into(), help);
            }
            Node::Array { .. } => {
                let help = format!("write `{}[].{name}` for a member of its elements", self.shown);
                return self.no_number("is an array".into(), Some(help));
            }
            node => return self.no_number(format!("is {}, which has no members", kind(&node)), None),
        };
        self.complete(&record, left)?;
        let mut names = Vec::new();
        let Some(field) = self.field(&record, name, 0, &mut names)? else {
            return Err(Miss::Lookup(LookupError::Unknown {
                what: "member",
                name: name.into(),
                scope: self.shown.clone(),
                nearest: super::inquiry::nearest(name, names.iter().map(String::as_str)),
                note: None,
            }));
        };
        self.at = field.ty;
        self.bits = field.bits;
        self.shown.push('.');
        self.shown.push_str(name);
        Ok(())
    }

    /// The member of this name, also of anonymous members and base classes; the names that there are.
    fn field(
        &self,
        record: &Record<G::Id>,
        name: &str,
        depth: usize,
        names: &mut Vec<String>,
    ) -> Result<Option<Field<G::Id>>, Miss> {
        if let Some(field) = record.fields.iter().find(|field| field.name.as_deref() == Some(name)) {
            return Ok(Some(field.clone()));
        }
        names.extend(record.fields.iter().filter_map(|field| field.name.clone()));
        if depth >= TYPE_DEPTH {
            return Ok(None);
        }
        for field in record.fields.iter().filter(|field| field.name.is_none() && field.bits.is_none()) {
            let Node::Record(inner) = self.peeled(field.ty)?.1 else { continue };
            if let Some(found) = self.field(&inner, name, depth + 1, names)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn element(&mut self) -> Result<(), Miss> {
        match self.peeled(self.at)?.1 {
            Node::Array { element, .. } => {
                self.at = element;
                self.bits = None;
                self.shown.push_str("[]");
                Ok(())
            }
            node => self.no_number(format!("is {}, not an array", kind(&node)), None),
        }
    }

    fn len(&self) -> Result<u64, Miss> {
        match self.peeled(self.at)?.1 {
            // Compilers write arrays without a length and those of length 0 alike.
            Node::Array { count: None | Some(0), .. } => {
                let help = "let the build state the number in a note section".to_owned();
                self.no_number("is an array without a length".into(), Some(help))
            }
            Node::Array { count: Some(count), .. } => Ok(count),
            Node::Enum { .. } => {
                let help = format!("ask `enum({}.max)` for the greatest value", self.shown);
                self.no_number("is an enumeration, not an array".into(), Some(help))
            }
            Node::Record(record) => {
                self.complete(&record, &[])?;
                let names: Vec<&str> =
                    record.fields.iter().filter_map(|f| f.name.as_deref()).take(8).collect();
                let help = names.first().map(|first| {
                    format!("name one of its members, such as `{}.{first}`, or ask `sizeof({0})`", self.shown)
                });
                self.no_number(format!("is a {}, not an array", record.word), help)
            }
            node => self.no_number(format!("is {}, not an array", kind(&node)), None),
        }
    }

    fn size(&self) -> Result<u64, Miss> {
        if let Some(bits) = self.bits {
            let bits = if bits == 0 { String::new() } else { format!(" of {bits} bits") };
            return self.no_number(format!("is a bit-field{bits}, which has no size in bytes"), None);
        }
        let mut at = self.at;
        let mut elements = 1u64;
        for _ in 0..TYPE_DEPTH {
            let (_, node) = self.peeled(at)?;
            let size = match node {
                Node::Array { element, count: Some(count) } => {
                    let Some(product) = elements.checked_mul(count) else {
                        return self.no_number("has a size beyond 64 bits".into(), None);
                    };
                    (elements, at) = (product, element);
                    continue;
                }
                Node::Array { count: None, .. } => {
                    return self.no_number("is an array without a length".into(), None);
                }
                Node::Record(record) => {
                    self.complete(&record, &[])?;
                    record.size
                }
                Node::Enum { size, .. } | Node::Pointer { size, .. } | Node::Plain { size, .. } => size,
                Node::Alias(_) => None,
            };
            return match size.and_then(|size| size.checked_mul(elements)) {
                Some(size) => Ok(size),
                None => self.no_number("has no size in the debug information".into(), None),
            };
        }
        self.no_number(format!("has more than {TYPE_DEPTH} dimensions"), None)
    }

    fn enumerator(&self, member: &Member) -> Result<i128, Miss> {
        let members = match self.peeled(self.at)?.1 {
            Node::Enum { members, .. } => members,
            node => return self.no_number(format!("is {}, not an enumeration", kind(&node)), None),
        };
        let greatest = members.iter().max_by_key(|(_, value)| *value);
        match member {
            Member::Named(name) => match members.iter().find(|(known, _)| known == name) {
                Some((_, value)) => Ok(*value),
                None => Err(Miss::Lookup(LookupError::Unknown {
                    what: "enumerator",
                    name: name.clone(),
                    scope: self.shown.clone(),
                    nearest: super::inquiry::nearest(name, members.iter().map(|(name, _)| name.as_str())),
                    note: None,
                })),
            },
            Member::Greatest => match (greatest, members.iter().find(|(name, _)| name == "max")) {
                (Some((greatest, value)), Some((_, named))) if value != named => {
                    Err(Miss::Lookup(LookupError::Ambiguous {
                        name: format!("{}.max", self.shown),
                        answers: vec![
                            (value.to_string(), format!("the greatest, `{greatest}`")),
                            (named.to_string(), "the enumerator `max`".into()),
                        ],
                    }))
                }
                (Some((_, value)), _) => Ok(*value),
                (None, _) => self.no_number("is an enumeration without enumerators".into(), None),
            },
        }
    }

    /// The record, unless it is only declared here.
    fn complete(&self, record: &Record<G::Id>, left: &[Step]) -> Result<(), Miss> {
        match (&record.name, record.complete) {
            (_, true) => Ok(()),
            (Some(name), false) => Err(Miss::Elsewhere { name: name.clone(), steps: left.to_vec() }),
            (None, false) => self.no_number("is declared without being defined".into(), None),
        }
    }

    fn no_number<T>(&self, what: String, help: Option<String>) -> Result<T, Miss> {
        Err(Miss::Lookup(LookupError::NoNumber {
            reason: format!("`{}` {what}", self.shown),
            help,
            place: self.graph.place(self.start),
        }))
    }
}

fn kind<I>(node: &Node<I>) -> String {
    match node {
        Node::Alias(_) => "a type name".into(),
        Node::Record(record) => format!("a {}", record.word),
        Node::Array { .. } => "an array".into(),
        Node::Enum { .. } => "an enumeration".into(),
        Node::Pointer { .. } => "a pointer".into(),
        Node::Plain { what, .. } => (*what).into(),
    }
}
