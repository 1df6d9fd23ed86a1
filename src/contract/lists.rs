//! Lists of strings, and decimal numbers.

use toml::de::DeValue;

use super::error::{At, ContractError};
use super::table::{Reader, Table, Value, pointer};
use super::text::Text;
use super::values::string;

/// Digits of a decimal number, before and after the point.
const DIGITS: usize = 9;

/// A positive decimal number, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    numerator: u64,
    denominator: u64,
}

impl Decimal {
    /// Reads digits with at most one point among them.
    fn parse(text: &str) -> Option<Decimal> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.len() <= DIGITS && text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(part) {
            return None;
        }
        let denominator = 10u64.checked_pow(u32::try_from(part.len()).ok()?)?;
        Some(Decimal { numerator: format!("{whole}{part}").parse().ok()?, denominator })
    }

    /// The greatest whole number that is at most so many times another one.
    ///
    /// ```
    /// # use bootgate::contract::{self, Kind};
    /// # let text = "[contract]\nconsumer = 'c'\nbuilds = '*'\nbaseline = 'b'\n[files]\na = 'a.ksy'\n\
    /// #     [[growth]]\nat = 'a'\nvalue = 'n'\nratio = 1.5\nbecause = 'b'\n";
    /// # let contract = contract::parse(&mut Default::default(), "c", text).unwrap();
    /// # let Kind::Growth(growth) = &contract.questions[0].kind else { panic!() };
    /// assert_eq!(growth.ratio.times(61), 91); // 1.5 times 61
    /// ```
    pub fn times(self, number: u64) -> u64 {
        let product = u128::from(number) * u128::from(self.numerator) / u128::from(self.denominator);
        u64::try_from(product).unwrap_or(u64::MAX)
    }
}

impl Table<'_, '_> {
    /// A number of at least 1, with or without a fraction, that must be there.
    pub(super) fn decimal(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<Decimal> {
        let value = self.required(reader, key)?;
        let text = match value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Float(float) => float.as_str(),
            _ => {
                self.type_wrong(reader, key, value, "a decimal number");
                return None;
            }
        };
        let decimal = Decimal::parse(text).filter(|decimal| decimal.numerator >= decimal.denominator);
        if decimal.is_none() {
            let at = At { span: reader.span(value.span()), key: pointer(&self.at.key, key) };
            let found = text.to_owned();
            reader.errors.push(ContractError::Ratio { key: key.to_owned(), found, digits: DIGITS, at });
        }
        decimal
    }

    /// Strings that must be there: at least one.
    pub(super) fn texts(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<Vec<Text>> {
        let value = self.required(reader, key)?;
        let DeValue::Array(array) = value.get_ref() else {
            self.type_wrong(reader, key, value, "an array of strings");
            return None;
        };
        if array.is_empty() {
            let at = At { span: reader.span(value.span()), key: pointer(&self.at.key, key) };
            reader.errors.push(ContractError::Blank { key: key.to_owned(), at });
            return None;
        }
        let text = |(row, value)| string(reader, key, format!("{}/{key}/{row}", self.at.key), value);
        let texts: Vec<Option<Text>> = array.iter().enumerate().map(text).collect();
        texts.into_iter().collect()
    }

    /// Lists of strings, all of which may be blank, that must be there.
    pub(super) fn lists(&self, reader: &mut Reader<'_>, key: &'static str) -> Option<Vec<Vec<String>>> {
        let value = self.required(reader, key)?;
        let DeValue::Array(array) = value.get_ref() else {
            self.type_wrong(reader, key, value, "an array of lists");
            return None;
        };
        let lists: Vec<Option<Vec<String>>> = array
            .iter()
            .enumerate()
            .map(|(row, list)| self.list(reader, &format!("{key}/{row}"), list))
            .collect();
        lists.into_iter().collect()
    }

    fn list(&self, reader: &mut Reader<'_>, key: &str, value: &Value<'_>) -> Option<Vec<String>> {
        let DeValue::Array(array) = value.get_ref() else {
            self.type_wrong(reader, key, value, "an array of strings");
            return None;
        };
        let mut texts = Vec::new();
        for (row, value) in array.iter().enumerate() {
            match value.get_ref() {
                DeValue::String(text) => texts.push(text.to_string()),
                _ => self.type_wrong(reader, &format!("{key}/{row}"), value, "a string"),
            }
        }
        (texts.len() == array.len()).then_some(texts)
    }
}
