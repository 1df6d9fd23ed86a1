//! Which keys go with which fields: it depends on the type, on `repeat`, and on being an instance.

use super::keys::Keys;
use super::yaml::Value;

/// Every key that a field or an instance can have.
pub(super) const KNOWN: &[&str] = &[
    "id",
    "type",
    "contents",
    "size",
    "size-eos",
    "if",
    "repeat",
    "repeat-expr",
    "repeat-until",
    "enum",
    "valid",
    "encoding",
    "terminator",
    "consume",
    "include",
    "eos-error",
    "pad-right",
    "process",
    "parent",
    "doc",
    "doc-ref",
    "value",
    "pos",
    "io",
];

/// What a field consists of, as far as the name of its type tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// No type.
    Bytes,
    /// `str` or `strz`.
    Text,
    /// An integer, a float, bits.
    Number,
    /// An object.
    Object,
    /// A type by a value.
    Switch,
    /// A type that cannot be read.
    Unknown,
}

impl Class {
    /// The class of a field by its keys.
    pub(super) fn of(keys: &Keys<'_>) -> Class {
        match keys.get("type").map(|node| &node.value) {
            None => Class::Bytes,
            Some(Value::Map(_)) => Class::Switch,
            Some(Value::Scalar(text)) => Class::named(&text.value),
            Some(Value::Seq(_)) => Class::Unknown,
        }
    }

    /// The class of a type by its name.
    pub(super) fn named(name: &str) -> Class {
        match name {
            "str" | "strz" => Class::Text,
            _ if is_number(name) => Class::Number,
            _ => Class::Object,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Class::Bytes => "bytes",
            Class::Text => "a text",
            Class::Number => "a number",
            Class::Object => "an object",
            Class::Switch => "a `switch-on` type",
            Class::Unknown => "this type",
        }
    }
}

/// Whether this is the name of a built-in number: `u4le`, `f8`, `b12`.
fn is_number(name: &str) -> bool {
    let ordered = name.strip_suffix("le").or_else(|| name.strip_suffix("be"));
    let (base, ordered) = (ordered.unwrap_or(name), ordered.is_some());
    match base.split_at_checked(1) {
        Some(("u" | "s", "1")) => !ordered,
        Some(("u" | "s", "2" | "4" | "8")) | Some(("f", "4" | "8")) => true,
        Some(("b", bits)) => !bits.is_empty() && bits.chars().all(|c| c.is_ascii_digit()),
        _ => false,
    }
}

/// The keys of a field with their classes.
pub(super) struct Place<'k> {
    pub(super) class: Class,
    pub(super) repeat: Option<&'k str>,
    pub(super) instance: bool,
    pub(super) contents: bool,
}

impl Place<'_> {
    /// Why a key has no place here, if it has none though it is known.
    pub(super) fn refuses(&self, key: &str) -> Option<String> {
        use Class::{Bytes, Number, Object, Switch, Text, Unknown};
        let class = self.class;
        let fits = match key {
            "repeat-expr" | "repeat-until" => {
                let word = key.trim_start_matches("repeat-");
                let fits = self.repeat == Some(word) || self.repeat.is_some_and(|r| !is_repeat(r));
                return (!fits).then(|| format!("`{key}` goes with `repeat: {word}` only"));
            }
            "pos" | "io" if !self.instance => {
                return Some(format!("`{key}` is for instances: what is in `seq` follows what is before it"));
            }
            // It is not a number that an enum could name, or may be none.
            "enum" if self.contents => false,
            "enum" => class != Switch,
            "contents" | "parent" | "process" => matches!(class, Bytes | Object | Switch),
            "size" | "size-eos" | "pad-right" => class != Number,
            "encoding" => class == Text,
            "value" => self.instance,
            _ => true,
        };
        if fits || class == Unknown {
            return None;
        }
        let article = if key == "value" { "what is in `seq`" } else { class.word() };
        Some(format!("`{key}` does not go with {article}"))
    }
}

/// Whether this is a word for `repeat`.
fn is_repeat(word: &str) -> bool {
    matches!(word, "eos" | "expr" | "until")
}

/// Why a key does not go with `value`, if it does not though it is known.
pub(super) fn refused_by_value(key: &str) -> Option<String> {
    match key {
        "value" | "if" | "enum" | "doc" | "doc-ref" => None,
        "valid" => Some("`valid` does not go with `value`: write `-valid`, which other tools ignore".into()),
        _ if KNOWN.contains(&key) => {
            Some(format!("`{key}` does not go with `value`: nothing is read from the stream"))
        }
        _ => None,
    }
}
