//! Tables of a TOML file, read by hand so that every error of the file is found in one run.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::error::{At, ContractError};
use super::text::{self, Text};
use crate::limits::TEXT_BYTES;
use crate::span::{SourceId, Sources, Span};

pub(super) type Value<'t> = toml::Spanned<DeValue<'t>>;

/// One file that is being read, and what was wrong with it so far.
pub(super) struct Reader<'t> {
    /// Its number.
    pub(super) source: SourceId,
    /// Errors in the order in which they were met.
    pub(super) errors: Vec<ContractError>,
    text: &'t str,
}

impl<'t> Reader<'t> {
    /// Adds the text to the sources and reads its TOML.
    ///
    /// With errors of syntax nothing else is looked at: what they leave out would be reported as missing.
    pub(super) fn open(
        sources: &mut Sources,
        name: &str,
        text: &'t str,
    ) -> Result<(Self, DeTable<'t>), Vec<ContractError>> {
        let source = sources.add(name, text);
        let reader = Reader { source, errors: Vec::new(), text };
        if text.len() > TEXT_BYTES {
            let at = At { span: reader.span(0..0), key: String::new() };
            return Err(vec![ContractError::TooLong { bytes: text.len(), limit: TEXT_BYTES, at }]);
        }
        let (table, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok((reader, table.into_inner()));
        }
        let error = |e: toml::de::Error| ContractError::Syntax {
            message: e.message().to_owned(),
            at: At { span: reader.span(e.span().unwrap_or(0..0)), key: String::new() },
        };
        Err(errors.into_iter().map(error).collect())
    }

    /// The value, unless something was wrong; then the errors in the order of their places.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<ContractError>> {
        self.errors.sort_by_key(ContractError::span);
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }

    /// A span inside the text, on the boundaries of characters.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.ceil_char_boundary(range.end).max(start);
        text::span(self.source, start..end)
    }

    pub(super) fn text(&self, value: &str, literal: Range<usize>) -> Text {
        super::text::read(value, self.source, self.text, literal)
    }
}

/// A table with the keys that it may have.
pub(super) struct Table<'a, 't> {
    /// How people see it: `[contract]`.
    shown: String,
    /// Its header.
    pub(super) at: At,
    pub(super) entries: &'a DeTable<'t>,
}

impl<'a, 't> Table<'a, 't> {
    /// The whole file as a table.
    pub(super) fn root(
        reader: &mut Reader<'_>,
        shown: &str,
        entries: &'a DeTable<'t>,
        keys: &'static [&'static str],
    ) -> Self {
        let at = At { span: reader.span(0..0), key: String::new() };
        let table = Table { shown: shown.to_owned(), at, entries };
        table.refuse_unknown(reader, keys);
        table
    }

    /// A table in a table, if it is there.
    pub(super) fn child(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        keys: &'static [&'static str],
    ) -> Option<Table<'a, 't>> {
        let value = self.entries.get(key)?;
        let table = self.open(reader, key, value, shown(&self.at.key, key))?;
        table.refuse_unknown(reader, keys);
        Some(table)
    }

    /// A table in a table that must be there.
    pub(super) fn child_required(
        &self,
        reader: &mut Reader<'_>,
        key: &'static str,
        keys: &'static [&'static str],
    ) -> Option<Table<'a, 't>> {
        self.required(reader, key)?;
        self.child(reader, key, keys)
    }

    /// The elements of an array of tables; none when it is absent.
    pub(super) fn children(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        keys: &'static [&'static str],
    ) -> Vec<Table<'a, 't>> {
        let Some(value) = self.entries.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            self.type_wrong(reader, key, value, "an array of tables");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, element) in array.iter().enumerate() {
            let opened = self.open(reader, &format!("{key}/{index}"), element, format!("`[[{key}]]`"));
            if let Some(table) = opened {
                table.refuse_unknown(reader, keys);
                tables.push(table);
            }
        }
        tables
    }

    /// A table whose keys are names of the file's own, in the order as written.
    pub(super) fn names(&self, reader: &mut Reader<'_>, key: &str) -> Option<(At, Vec<Name<'a, 't>>)> {
        let value = self.entries.get(key)?;
        let table = self.open(reader, key, value, shown(&self.at.key, key))?;
        let mut names: Vec<Name<'a, 't>> = table
            .entries
            .iter()
            .map(|(name, value)| Name {
                name: reader.text(name.get_ref(), name.span()),
                key: pointer(&table.at.key, name.get_ref()),
                value,
            })
            .collect();
        names.sort_by_key(|name| name.name.span);
        Some((table.at, names))
    }

    /// The place of the value of a key.
    pub(super) fn at_text(&self, key: &str, text: &Text) -> At {
        At { span: text.span, key: pointer(&self.at.key, key) }
    }

    /// Whether the key is there; it is an error if not.
    pub(super) fn has(&self, reader: &mut Reader<'_>, key: &'static str) -> bool {
        self.required(reader, key).is_some()
    }

    pub(super) fn required(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<&'a Value<'t>> {
        let value = self.entries.get(key);
        if value.is_none() {
            let (table, at) = (self.shown.clone(), self.at.clone());
            reader.errors.push(ContractError::KeyMissing { key, table, at });
        }
        value
    }

    fn open(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        value: &'a Value<'t>,
        shown: String,
    ) -> Option<Table<'a, 't>> {
        let DeValue::Table(entries) = value.get_ref() else {
            self.type_wrong(reader, key, value, "a table");
            return None;
        };
        let at = At { span: reader.span(value.span()), key: format!("{}/{key}", self.at.key) };
        Some(Table { shown, at, entries })
    }

    pub(super) fn type_wrong(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        value: &Value<'_>,
        expected: &'static str,
    ) {
        let at = At { span: reader.span(value.span()), key: format!("{}/{key}", self.at.key) };
        let found = found(value.get_ref());
        reader.errors.push(ContractError::TypeWrong { key: key.to_owned(), found, expected, at });
    }

    fn refuse_unknown(&self, reader: &mut Reader<'_>, keys: &'static [&'static str]) {
        for (key, _) in self.entries {
            let name: &str = key.get_ref();
            if !keys.contains(&name) {
                let at = At { span: reader.text(name, key.span()).span, key: pointer(&self.at.key, name) };
                reader.errors.push(ContractError::KeyUnknown {
                    key: name.to_owned(),
                    table: self.shown.clone(),
                    nearest: nearest(name, keys.iter().copied()),
                    keys,
                    at,
                });
            }
        }
    }
}

/// A key that the file itself chose, and its value.
pub(super) struct Name<'a, 't> {
    /// The key.
    pub(super) name: Text,
    /// Its place in the structure.
    pub(super) key: String,
    value: &'a Value<'t>,
}

impl<'a, 't> Name<'a, 't> {
    /// The place of the name.
    pub(super) fn at(&self) -> At {
        At { span: self.name.span, key: self.key.clone() }
    }

    /// The value as a string.
    pub(super) fn text(&self, reader: &mut Reader<'_>) -> Option<Text> {
        super::values::string(reader, &self.name.value, self.key.clone(), self.value)
    }

    /// The value as a table with these keys, as the capacity of this name.
    pub(super) fn capacity(
        &self,
        reader: &mut Reader<'_>,
        keys: &'static [&'static str],
    ) -> Option<Table<'a, 't>> {
        let name = &self.name.value;
        let at = At { span: reader.span(self.value.span()), key: self.key.clone() };
        let DeValue::Table(entries) = self.value.get_ref() else {
            let found = found(self.value.get_ref());
            reader.errors.push(ContractError::TypeWrong {
                key: name.clone(),
                found,
                expected: "a table",
                at,
            });
            return None;
        };
        let inner = entries.iter().find(|(key, value)| {
            let key: &str = key.get_ref();
            value.get_ref().is_table() && !keys.contains(&key)
        });
        if let Some((key, _)) = inner {
            let name = format!("{name}.{}", key.get_ref());
            reader.errors.push(ContractError::CapacityUnquoted { name, at: self.at() });
            return None;
        }
        let table = Table { shown: format!("the capacity `{name}`"), at, entries };
        table.refuse_unknown(reader, keys);
        Some(table)
    }
}

fn shown(parent: &str, key: &str) -> String {
    if parent.is_empty() { format!("`[{key}]`") } else { format!("`{key}`") }
}

/// The place of a key in the structure: `/` and `~` are escaped as in JSON pointers.
pub(super) fn pointer(parent: &str, key: &str) -> String {
    format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
}

pub(super) fn found(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// The name that is most like another one, if any is like it.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    names
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
