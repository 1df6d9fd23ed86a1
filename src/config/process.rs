//! `[process.NAME]`: the commands that undo custom processes.

use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Located;
use super::error::ConfigError;
use super::parse::Reader;

const PROCESS: &[&str] = &["command", "seconds"];
/// The time that a command has unless `seconds` says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// The greatest number of seconds that a command can be given: a day.
const MOST_SECONDS: u64 = 24 * 60 * 60;

/// A custom process, and the command that undoes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessConfig {
    /// Its name in schemas.
    pub name: Located<String>,
    /// The program, then the arguments that it always gets; never empty.
    pub command: Vec<Located<String>>,
    /// How long it may take each time.
    pub patience: Duration,
}

/// Why a name is not that of a custom process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessNameError {
    /// `[process.Decode]`
    #[error("a process has the name that schemas give it, of a-z, 0-9, `_` and `.`, a letter first")]
    NoName,
    /// `[process.zlib]`
    #[error("this process is built in, and no command can take its place")]
    BuiltIn,
}

/// Whether a custom process can have this name.
///
/// # Errors
///
/// Why not.
pub fn check_process_name(name: &str) -> Result<(), ProcessNameError> {
    let good = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.'));
    match name {
        "xor" | "rol" | "ror" | "zlib" => Err(ProcessNameError::BuiltIn),
        _ if good => Ok(()),
        _ => Err(ProcessNameError::NoName),
    }
}

impl Reader {
    /// The tables of `[process]`, in the order of the text.
    pub(super) fn processes(&mut self, entries: &DeTable<'_>) -> Vec<ProcessConfig> {
        let Some(value) = entries.get("process") else { return Vec::new() };
        let Some(table) = self.table(value, "[process]", "/process") else { return Vec::new() };
        let mut written: Vec<_> = table.entries.iter().collect();
        written.sort_by_key(|(name, _)| name.span().start);
        written.into_iter().filter_map(|(name, value)| self.process(name, value)).collect()
    }

    fn process(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<ProcessConfig> {
        let text = name.get_ref().as_ref();
        let span = self.span(name.span());
        if let Some(dotted) = unquoted(text, value) {
            self.errors.push(ConfigError::Unquoted { name: dotted, span });
            return None;
        }
        if let Err(why) = check_process_name(text) {
            self.errors.push(ConfigError::ProcessName { name: text.to_owned(), why, span });
            return None;
        }
        let key = format!("/process/{text}");
        let table = self.table(value, "[process.NAME]", &key)?;
        self.only(table, PROCESS);
        if !table.entries.contains_key("command") {
            self.errors.push(ConfigError::Missing { key: "command", table: table.title, span: table.span });
        }
        let known = self.errors.len();
        let command = self.command(table.entries, &key);
        let patience = table.entries.get("seconds").map_or(Some(PATIENCE), |value| self.seconds(value));
        let sound = self.errors.len() == known && !command.is_empty();
        let name = Located { value: text.to_owned(), span, key };
        patience.filter(|_| sound).map(|patience| ProcessConfig { name, command, patience })
    }

    /// The words of a command. The first one is the program; the others may be empty.
    fn command(&mut self, entries: &DeTable<'_>, key: &str) -> Vec<Located<String>> {
        let Some(value) = entries.get("command") else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, "command", "an array of strings: the program, then its arguments");
            return Vec::new();
        };
        let program_is_empty = array.first().is_none_or(|first| first.get_ref().as_str() == Some(""));
        if program_is_empty {
            self.errors.push(ConfigError::Empty { key: "command".to_owned(), span: self.span(value.span()) });
        }
        let mut words = Vec::new();
        for (index, value) in array.iter().enumerate() {
            match value.get_ref().as_str() {
                Some(text) => words.push(Located {
                    value: text.to_owned(),
                    span: self.span(value.span()),
                    key: format!("{key}/command/{index}"),
                }),
                None => self.wrong_type(value, "command", "a string"),
            }
        }
        words
    }

    fn seconds(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Duration> {
        let Some(number) = value.get_ref().as_integer() else {
            self.wrong_type(value, "seconds", "a whole number");
            return None;
        };
        let seconds = u64::from_str_radix(number.as_str(), number.radix()).ok();
        let seconds = seconds.filter(|seconds| (1..=MOST_SECONDS).contains(seconds));
        if seconds.is_none() {
            let (value, span) = (number.to_string(), self.span(value.span()));
            self.errors.push(ConfigError::Seconds { value, most: MOST_SECONDS, span });
        }
        seconds.map(Duration::from_secs)
    }
}

/// The name with dots that was meant by tables within tables: `[process.vendor.decode]`.
fn unquoted(name: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
    let mut dotted = name.to_owned();
    let mut table = value.get_ref().as_table()?;
    let mut nested = false;
    while let Some((part, inner)) = table.iter().find_map(|(k, v)| Some((k, v.get_ref().as_table()?))) {
        dotted.push('.');
        dotted.push_str(part.get_ref());
        table = inner;
        nested = true;
    }
    nested.then_some(dotted)
}
