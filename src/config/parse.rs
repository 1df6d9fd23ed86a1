//! The text of a configuration → [`Config`], with every error in it.

use std::collections::BTreeMap;
use std::num::IntErrorKind;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::error::{ConfigError, nearest};
use super::pattern::Pattern;
use super::{Config, FormatConfig, Located, Severities, instances_named};
use crate::code::Forced;
use crate::finding::Severity;
use crate::limits::{Limit, LimitError, Setting};
use crate::span::{SourceId, Span};

const ROOT: &[&str] = &["check", "limits", "process", "set", "format"];
const CHECK: &[&str] = &["paths", "import-paths", "instances", "trailing", "unreferenced", "overlapping"];
const FORMAT: &[&str] = &["name", "schema", "files", "instances", "trailing", "unreferenced", "overlapping"];

/// Reads a configuration that lies in the folder `root`.
///
/// # Errors
/// All that is wrong with it, in the order of the text.
pub fn parse(text: &str, source: SourceId, root: &Path) -> Result<Config, Vec<ConfigError>> {
    let mut reader = Reader::new(source);
    let config = reader.syntax(text).map(|table| reader.config(&table, root));
    reader.finish()?;
    config.ok_or_else(Vec::new)
}

/// Reads tables, and keeps what is wrong with them.
pub(crate) struct Reader {
    source: SourceId,
    pub(crate) errors: Vec<ConfigError>,
}

/// A table, what people call it, and where it is.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    pub(crate) entries: &'a DeTable<'a>,
    pub(crate) title: &'static str,
    pub(crate) span: Span,
    pub(crate) key: &'a str,
}

/// What a set or a format takes over where it does not say otherwise.
#[derive(Clone, Copy, Default)]
pub(super) struct Defaults {
    pub(super) severities: Severities,
    pub(super) instances: Forced,
}

impl Reader {
    pub(crate) fn new(source: SourceId) -> Reader {
        Reader { source, errors: Vec::new() }
    }

    /// The table that a text is; nothing if it is none.
    pub(crate) fn syntax<'t>(&mut self, text: &'t str) -> Option<Spanned<DeTable<'t>>> {
        let wrong = |error: toml::de::Error| {
            let span = error.span().map(|range| self.span(range));
            self.errors.push(ConfigError::Syntax { message: error.message().to_owned(), span });
        };
        DeTable::parse(text).map_err(wrong).ok()
    }

    /// All that was wrong, in the order of the text.
    pub(crate) fn finish(mut self) -> Result<(), Vec<ConfigError>> {
        self.errors.sort_by_key(ConfigError::span);
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }

    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source: self.source, start: offset(range.start), end: offset(range.end) }
    }

    fn config(&mut self, root_table: &Spanned<DeTable<'_>>, root: &Path) -> Config {
        let entries = root_table.get_ref();
        let span = self.span(root_table.span());
        let top = Table { entries, title: "bootgate.toml", span, key: "" };
        self.only(top, ROOT);

        let mut defaults = Defaults::default();
        let mut paths = Vec::new();
        let mut import_paths = Vec::new();
        if let Some(value) = entries.get("check")
            && let Some(check) = self.table(value, "[check]", "/check")
        {
            self.only(check, CHECK);
            defaults = self.defaults(check, defaults);
            paths = self.strings(check, "paths");
            import_paths = self.strings(check, "import-paths");
        }
        let limits = self.limits(entries);
        let processes = self.processes(entries);
        let mut names = BTreeMap::new();
        let sets =
            self.tables(entries, "set", "[[set]]", |reader, table| reader.set(table, defaults, &mut names));
        let formats = self.tables(entries, "format", "[[format]]", |reader, table| {
            reader.format(table, defaults, &mut names)
        });
        let Defaults { severities, instances } = defaults;
        let (source, root) = (self.source, root.to_path_buf());
        Config { source, root, paths, import_paths, severities, instances, limits, processes, sets, formats }
    }

    fn format(
        &mut self,
        table: Table<'_>,
        defaults: Defaults,
        names: &mut BTreeMap<String, Span>,
    ) -> Option<FormatConfig> {
        self.only(table, FORMAT);
        let Defaults { severities, instances } = self.defaults(table, defaults);
        let name = self.name(table, names);
        let schema = self.required(table, "schema");
        let patterns = self.strings(table, "files");
        if !table.entries.contains_key("files") {
            self.errors.push(ConfigError::Missing { key: "files", table: table.title, span: table.span });
        }
        let files = patterns.into_iter().filter_map(|p| self.pattern(p)).collect();
        Some(FormatConfig { name: name?, schema: schema?, severities, instances, files })
    }

    pub(super) fn pattern(&mut self, text: Located<String>) -> Option<Located<Pattern>> {
        match Pattern::new(&text.value) {
            Ok(value) => Some(Located { value, span: text.span, key: text.key }),
            Err(why) => {
                self.errors.push(ConfigError::Pattern { pattern: text.value, why, span: text.span });
                None
            }
        }
    }

    pub(super) fn name(
        &mut self,
        table: Table<'_>,
        names: &mut BTreeMap<String, Span>,
    ) -> Option<Located<String>> {
        let name = self.required(table, "name")?;
        if let Some(&first) = names.get(&name.value) {
            self.errors.push(ConfigError::NameTaken { name: name.value.clone(), first, span: name.span });
        } else {
            names.insert(name.value.clone(), name.span);
        }
        Some(name)
    }

    pub(super) fn defaults(&mut self, table: Table<'_>, inherited: Defaults) -> Defaults {
        let severities = self.severities(table, inherited.severities);
        let instances = self.string(table, "instances").map_or(inherited.instances, |text| {
            instances_named(&text.value).unwrap_or_else(|| {
                self.errors.push(ConfigError::Instances { value: text.value, span: text.span });
                inherited.instances
            })
        });
        Defaults { severities, instances }
    }

    fn severities(&mut self, table: Table<'_>, inherited: Severities) -> Severities {
        let mut pick = |key: &'static str, inherited: Severity| -> Severity {
            let Some(text) = self.string(table, key) else { return inherited };
            let all = [Severity::Note, Severity::Warning, Severity::Error];
            all.into_iter().find(|s| s.name() == text.value).unwrap_or_else(|| {
                let key = key.to_owned();
                self.errors.push(ConfigError::Severity { key, value: text.value, span: text.span });
                inherited
            })
        };
        Severities {
            trailing: pick("trailing", inherited.trailing),
            unreferenced: pick("unreferenced", inherited.unreferenced),
            overlapping: pick("overlapping", inherited.overlapping),
        }
    }

    /// The settings of `[limits]`, in the order of the text.
    fn limits(&mut self, entries: &DeTable<'_>) -> Vec<Setting> {
        let Some(value) = entries.get("limits") else { return Vec::new() };
        let Some(table) = self.table(value, "[limits]", "/limits") else { return Vec::new() };
        let known: Vec<&'static str> = Limit::all().map(|limit| limit.name).collect();
        self.only(table, &known);
        let mut written: Vec<_> = table.entries.iter().collect();
        written.sort_by_key(|(name, _)| name.span().start);
        written.into_iter().filter_map(|(name, value)| self.limit(name.get_ref(), value)).collect()
    }

    fn limit(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Setting> {
        let limit = Limit::find(name).ok()?;
        let read = match value.get_ref() {
            DeValue::Integer(number) => integer(limit, number),
            DeValue::String(text) => limit.parse(text),
            _ => {
                self.wrong_type(value, name, "a number");
                return None;
            }
        };
        let span = self.span(value.span());
        let made = read.and_then(|value| Setting::new(limit, value));
        made.map_err(|why| self.errors.push(ConfigError::Limit { why, span })).ok()
    }

    pub(crate) fn only(&mut self, table: Table<'_>, known: &[&'static str]) {
        for key in table.entries.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                self.errors.push(ConfigError::UnknownKey {
                    key: name.to_owned(),
                    table: table.title,
                    nearest: nearest(name, known.iter().copied()),
                    known: known.to_vec(),
                    span: self.span(key.span()),
                });
            }
        }
    }

    /// Each table of an array of tables that makes an entry.
    fn tables<T>(
        &mut self,
        entries: &DeTable<'_>,
        name: &str,
        title: &'static str,
        mut entry: impl FnMut(&mut Self, Table<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = entries.get(name) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, name, "an array of tables");
            return Vec::new();
        };
        let mut made = Vec::new();
        for (index, value) in array.iter().enumerate() {
            let key = format!("/{name}/{index}");
            if let Some(table) = self.table(value, title, &key) {
                made.extend(entry(self, table));
            }
        }
        made
    }

    pub(crate) fn table<'a>(
        &mut self,
        value: &'a Spanned<DeValue<'a>>,
        title: &'static str,
        key: &'a str,
    ) -> Option<Table<'a>> {
        match value.get_ref().as_table() {
            Some(entries) => Some(Table { entries, title, span: self.span(value.span()), key }),
            None => {
                self.wrong_type(value, key.rsplit('/').next().unwrap_or(key), "a table");
                None
            }
        }
    }

    pub(crate) fn required(&mut self, table: Table<'_>, key: &'static str) -> Option<Located<String>> {
        if !table.entries.contains_key(key) {
            self.errors.push(ConfigError::Missing { key, table: table.title, span: table.span });
        }
        self.string(table, key)
    }

    pub(crate) fn string(&mut self, table: Table<'_>, key: &str) -> Option<Located<String>> {
        let value = table.entries.get(key)?;
        self.text(value, key, format!("{}/{key}", table.key))
    }

    pub(crate) fn strings(&mut self, table: Table<'_>, key: &'static str) -> Vec<Located<String>> {
        let Some(value) = table.entries.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "an array of strings");
            return Vec::new();
        };
        if array.is_empty() {
            self.errors.push(ConfigError::Empty { key: key.to_owned(), span: self.span(value.span()) });
        }
        let place = |index| format!("{}/{key}/{index}", table.key);
        array.iter().enumerate().filter_map(|(index, v)| self.text(v, key, place(index))).collect()
    }

    pub(crate) fn text(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
        place: String,
    ) -> Option<Located<String>> {
        let span = self.span(value.span());
        match value.get_ref().as_str() {
            Some("") => {
                self.errors.push(ConfigError::Empty { key: key.to_owned(), span });
                None
            }
            Some(text) => Some(Located { value: text.to_owned(), span, key: place }),
            None => {
                self.wrong_type(value, key, "a string");
                None
            }
        }
    }

    pub(crate) fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, expected: &'static str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        let span = self.span(value.span());
        self.errors.push(ConfigError::Type { key: key.to_owned(), expected, found, span });
    }
}

/// An integer as the value of a limit.
fn integer(limit: &'static Limit, number: &DeInteger<'_>) -> Result<u64, LimitError> {
    u64::from_str_radix(number.as_str(), number.radix()).map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow => LimitError::TooGreat { limit, value: number.to_string() },
        _ => LimitError::NoNumber { limit, value: number.to_string() },
    })
}
