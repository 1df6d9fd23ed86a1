//! Values of a table's keys: texts, words, numbers, truth values, pairs.

use toml::de::DeValue;

use super::error::{At, ContractError};
use super::table::{Reader, Table, Value, found, pointer};
use super::text::Text;
use super::words::Word;

impl<'a, 't> Table<'a, 't> {
    /// A string that must be there.
    pub(super) fn text(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<Text> {
        self.required(reader, key)?;
        self.text_optional(reader, key)
    }

    /// A string that may be absent.
    pub(super) fn text_optional(&self, reader: &mut Reader<'_>, key: &str) -> Option<Text> {
        let value = self.entries.get(key)?;
        string(reader, key, pointer(&self.at.key, key), value)
    }

    /// A word that must be there.
    pub(super) fn word<W: Word>(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<W> {
        self.required(reader, key)?;
        let text = self.text_optional(reader, key)?;
        let word = W::from_word(&text.value);
        if word.is_none() {
            let at = self.at_text(key, &text);
            reader.errors.push(ContractError::WordUnknown {
                key: key.to_owned(),
                found: text.value,
                words: W::NAMES,
                at,
            });
        }
        word
    }

    /// A word that may be absent.
    pub(super) fn word_or<W: Word>(&self, reader: &mut Reader<'_>, key: &'static str, otherwise: W) -> W {
        if self.entries.get(key).is_none() {
            return otherwise;
        }
        self.word(reader, key).unwrap_or(otherwise)
    }

    /// A truth value that must be there.
    pub(super) fn truth(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<bool> {
        let value = self.required(reader, key)?;
        let DeValue::Boolean(truth) = value.get_ref() else {
            self.type_wrong(reader, key, value, "true or false");
            return None;
        };
        Some(*truth)
    }

    /// Pairs of strings that must be there: at least one.
    pub(super) fn pairs(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<Vec<[Text; 2]>> {
        let value = self.required(reader, key)?;
        let DeValue::Array(array) = value.get_ref() else {
            self.type_wrong(reader, key, value, "an array of pairs");
            return None;
        };
        if array.is_empty() {
            let at = At { span: reader.span(value.span()), key: pointer(&self.at.key, key) };
            reader.errors.push(ContractError::Blank { key: key.to_owned(), at });
            return None;
        }
        let mut pairs = Vec::new();
        for (row, pair) in array.iter().enumerate() {
            let name = format!("{key}/{row}");
            let DeValue::Array(parts) = pair.get_ref() else {
                self.type_wrong(reader, &name, pair, "a pair of strings");
                continue;
            };
            let parts: Vec<&Value<'_>> = parts.iter().collect();
            let [first, second] = *parts.as_slice() else {
                let at = At { span: reader.span(pair.span()), key: format!("{}/{name}", self.at.key) };
                reader.errors.push(ContractError::NotAPair { key: key.to_owned(), count: parts.len(), at });
                continue;
            };
            let mut part =
                |place: usize, value| string(reader, key, format!("{}/{name}/{place}", self.at.key), value);
            let (first, second) = (part(0, first), part(1, second));
            pairs.push([first?, second?]);
        }
        (pairs.len() == array.len()).then_some(pairs)
    }

    /// A key that has a meaning beside another one only.
    pub(super) fn only_beside(&self, reader: &mut Reader<'_>, key: &'static str, other: &'static str) {
        if let Some(value) = self.entries.get(key).filter(|_| self.entries.get(other).is_none()) {
            let at = At { span: reader.span(value.span()), key: pointer(&self.at.key, key) };
            reader.errors.push(ContractError::KeyAlone { key, other, at });
        }
    }

    /// A whole number from 0 that must be there.
    pub(super) fn number(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<u64> {
        let value = self.required(reader, key)?;
        let DeValue::Integer(integer) = value.get_ref() else {
            self.type_wrong(reader, key, value, "a whole number");
            return None;
        };
        let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        if number.is_none() {
            let at = At { span: reader.span(value.span()), key: pointer(&self.at.key, key) };
            reader.errors.push(ContractError::NumberRange {
                key: key.to_owned(),
                found: integer.to_string(),
                at,
            });
        }
        number
    }
}

/// A value as a string that is not blank.
pub(super) fn string(reader: &mut Reader<'_>, key: &str, place: String, value: &Value<'_>) -> Option<Text> {
    let DeValue::String(string) = value.get_ref() else {
        let at = At { span: reader.span(value.span()), key: place };
        let found = found(value.get_ref());
        reader.errors.push(ContractError::TypeWrong { key: key.to_owned(), found, expected: "a string", at });
        return None;
    };
    let text = reader.text(string, value.span());
    if text.value.trim().is_empty() {
        let at = At { span: reader.span(value.span()), key: place };
        reader.errors.push(ContractError::Blank { key: key.to_owned(), at });
        return None;
    }
    Some(text)
}
