//! What can be wrong with a schema, as data.

use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::limits::{self, SchemaLimits};
use crate::span::Span;

/// One thing wrong with a schema (or with an expression in a contract), or not as it should be, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// What is wrong.
    pub kind: Kind,
    /// The text that it is about.
    pub span: Span,
    /// Where in the structure: `/types/record/seq/0/size`.
    pub key: String,
}

/// The kinds of schema errors and, last, of warnings. Each shows an input that triggers it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Kind {
    /// `meta: {id: a` (the flow mapping never ends).
    #[error("this is not YAML: {0}")]
    Yaml(String),
    /// A text of more bytes, nodes or levels than [`crate::limits`] allows.
    #[error("the text is too large: more than {limit} {unit}")]
    TooLarge {
        /// The bound.
        limit: usize,
        /// What it counts.
        unit: &'static str,
    },
    /// A text of more bytes, nodes or imports than one of [`SchemaLimits`] allows.
    #[error("the limit `{name}` ({limit}) is exceeded: {}", counts(.name))]
    Limit {
        /// The limit.
        name: &'static str,
        /// Its value.
        limit: usize,
    },
    /// `seq: [{id: a, tipe: u1}]`.
    #[error("unknown key `{key}`{}", meant(.nearest))]
    KeyUnknown {
        /// The key as written.
        key: String,
        /// The known key that is most like it.
        nearest: Option<String>,
    },
    /// `seq: 5`.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// What the key takes.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// `meta: {}`.
    #[error("missing `{0}`")]
    Missing(&'static str),
    /// `seq: [{id: a, type: u1, size: 2}]`: keys that do not go together, or a value out of its range.
    #[error("{0}")]
    Invalid(String),
    /// `seq: [{id: a, type: u1}, {id: a, type: u1}]`.
    #[error("`{name}` is defined twice; the first time at `{first}`")]
    Duplicate {
        /// The name.
        name: String,
        /// Where it is defined first: `/seq/0/id`.
        first: String,
    },
    /// `seq: [{id: a, size: lenght}]`.
    #[error("unknown {what} `{name}`{}", meant(.nearest))]
    NameUnknown {
        /// Field, type, enum, enum member or method.
        what: &'static str,
        /// The name as written.
        name: String,
        /// The known name that is most like it.
        nearest: Option<String>,
    },
    /// `seq: [{id: a, size: '"x"'}]`.
    #[error("expected {expected}, found {found}")]
    Type {
        /// The type that the place takes.
        expected: String,
        /// The type of the expression.
        found: String,
    },
    /// `seq: [{id: a, size: '1 +'}]`.
    #[error("cannot read this expression: expected {0}")]
    Expression(&'static str),
    /// `meta: {id: a, imports: [b]}` with no `b.ksy` beside it.
    #[error("there is no schema `{name}`: {looked}")]
    ImportMissing {
        /// The schema as it is named.
        name: String,
        /// Where it was looked for.
        looked: String,
    },
    /// A use of something that is wrong itself: that is said there, and this is not said at all.
    #[error("this uses something that is wrong itself")]
    Consequence,
    /// `meta: {id: a, encoding: latin1}`.
    #[error("`{name}` is best written as `{canonical}`")]
    EncodingName {
        /// The name as written.
        name: String,
        /// The name to write.
        canonical: &'static str,
    },
    /// `meta: {id: a, encoding: UFT-8}`.
    #[error("unknown encoding `{name}`, whose texts are read as ASCII{}", meant(.nearest))]
    EncodingUnknown {
        /// The name as written.
        name: String,
        /// The known name that is most like it.
        nearest: Option<String>,
    },
    /// `seq: [{id: n, type: u1}, {id: body, size: n}]`.
    #[error("`{name}` is best called `{better}`: it is {}", purpose(.better))]
    Style {
        /// The name as written.
        name: String,
        /// The name that says what it is: `len_` or `num_`, and what it is the size or count of.
        better: String,
    },
}

fn purpose(better: &str) -> String {
    match better.split_once('_') {
        Some(("num", of)) => format!("the count of `{of}`"),
        Some((_, of)) => format!("the size of `{of}`"),
        None => String::new(),
    }
}

fn counts(name: &str) -> String {
    let counts = SchemaLimits::describe(name).map_or("", |limit| limit.counts);
    let mut chars = counts.chars();
    let first = chars.next().filter(|_| !counts.starts_with("YAML")).map(|c| c.to_ascii_lowercase());
    first.map_or_else(|| counts.to_string(), |first| format!("{first}{}", chars.as_str()))
}

fn meant(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

impl Kind {
    /// The stable name of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Kind::Yaml(_) => codes::YAML_SYNTAX,
            Kind::KeyUnknown { .. } => codes::SCHEMA_KEY_UNKNOWN,
            Kind::TooLarge { .. }
            | Kind::Limit { .. }
            | Kind::WrongKind { .. }
            | Kind::Missing(_)
            | Kind::Invalid(_)
            | Kind::Consequence => codes::SCHEMA_INVALID,
            Kind::Duplicate { .. } => codes::DUPLICATE_NAME,
            Kind::NameUnknown { .. } | Kind::ImportMissing { .. } => codes::NAME_UNKNOWN,
            Kind::Type { .. } => codes::TYPE_MISMATCH,
            Kind::Expression(_) => codes::EXPRESSION_SYNTAX,
            Kind::EncodingName { .. } | Kind::EncodingUnknown { .. } => codes::ENCODING_NAME,
            Kind::Style { .. } => codes::SCHEMA_STYLE,
        }
    }

    /// Whether it makes a schema useless, or is only worth a change.
    pub fn severity(&self) -> Severity {
        match self {
            Kind::EncodingName { .. } | Kind::EncodingUnknown { .. } | Kind::Style { .. } => {
                Severity::Warning
            }
            _ => Severity::Error,
        }
    }
}

impl SchemaError {
    /// Whether it makes the schema useless, or is only worth a change.
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }
}

impl From<SchemaError> for Finding {
    fn from(error: SchemaError) -> Finding {
        let mut finding =
            Finding::new(error.kind.code(), error.severity(), Blame::Schema, error.kind.to_string());
        if let Kind::Limit { name, .. } = &error.kind {
            finding.help = SchemaLimits::describe(name).map(limits::Limit::how_to_raise);
        }
        finding.labels.push(Label {
            span: error.span,
            text: String::new(),
            key: (!error.key.is_empty()).then_some(error.key),
            primary: true,
        });
        finding
    }
}

/// The candidate that is most like `name`, if one is near enough to be meant.
pub fn nearest_of<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // The comparison takes time and memory in the product of the lengths.
    if name.len() > limits::NAME_BYTES {
        return None;
    }
    let allowed = |c: &str| 1 + c.len().max(name.len()) / 4;
    candidates
        .into_iter()
        .take(limits::NAMES_COMPARED)
        .filter(|c| c.len() <= limits::NAME_BYTES && c.len().abs_diff(name.len()) <= allowed(c))
        .map(|c| (strsim::damerau_levenshtein(name, c), c))
        .filter(|(distance, c)| *distance <= allowed(c))
        .min()
        .map(|(_, c)| c.to_string())
}
