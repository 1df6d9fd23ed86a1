//! Patterns for paths: globs whose wildcards and placeholders tell one set from another.

use crate::limits::PATTERN_BYTES;
use std::collections::BTreeMap;
use std::fmt;

use regex::Regex;

/// What a part of a path that is not fixed is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A placeholder, `{name}`.
    Named(String),
    /// A wildcard, by its position among the wildcards of its pattern, from 0.
    Wild(usize),
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Slot::Named(name) => write!(f, "{{{name}}}"),
            Slot::Wild(position) => write!(f, "wildcard {}", position.saturating_add(1)),
        }
    }
}

/// The values of a pattern's slots in one path.
pub type Captures = BTreeMap<Slot, String>;

/// A glob over paths relative to the configuration, with `/` between components.
///
/// `*` stands for any characters of one component, `?` for one character, `**` (a whole component) for any
/// number of components, `{name}` for one or more characters of one component.
///
/// ```
/// use bootgate::config::Pattern;
/// let pattern = Pattern::new("corpus/*/{set}/channel.bin").unwrap();
/// let captures = pattern.captures("corpus/valid/july/channel.bin").unwrap();
/// let other = Pattern::new("corpus/*/{set}/definitions.bin").unwrap();
/// assert_eq!(other.fill(&captures).as_deref(), Some("corpus/valid/july/definitions.bin"));
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    parts: Vec<Part>,
    regex: Regex,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Capture(Slot, Width),
}

/// What a capture may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    /// `*`
    Any,
    /// `?`
    One,
    /// `{name}`
    Some,
    /// `**` before another component: folders, each with its slash.
    Folders,
    /// `**` at the end: a path.
    Rest,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// `` or `./`
    #[error("it names nothing")]
    Empty,
    /// `/etc/*.bin`
    #[error("it must be relative to the configuration's folder")]
    Absolute,
    /// `../*.bin`
    #[error("it must not leave the configuration's folder")]
    Parent,
    /// `a**b`
    #[error("`**` stands for whole folders: put `/` around it")]
    Folders,
    /// `{set`
    #[error("`{{` without `}}`")]
    Unclosed,
    /// `set}`
    #[error("`}}` without `{{`")]
    Unopened,
    /// `{a b}`
    #[error("`{{{0}}}` is no placeholder: letters, digits and `_` only")]
    Placeholder(String),
    /// A pattern longer than [`PATTERN_BYTES`].
    #[error("it is too long")]
    TooLong,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// See [`PatternError`].
    pub fn new(text: &str) -> Result<Self, PatternError> {
        if text.len() > PATTERN_BYTES {
            return Err(PatternError::TooLong);
        }
        if text.starts_with('/') {
            return Err(PatternError::Absolute);
        }
        let components: Vec<&str> = text.split('/').filter(|c| !matches!(*c, "" | ".")).collect();
        if components.contains(&"..") {
            return Err(PatternError::Parent);
        }
        let mut reader = Reader::default();
        let mut left = components.len();
        for component in components {
            left -= 1;
            if component == "**" {
                reader.wild(if left == 0 { Width::Rest } else { Width::Folders });
                continue;
            }
            reader.component(component)?;
            if left > 0 {
                reader.literal('/');
            }
        }
        if reader.parts.is_empty() {
            return Err(PatternError::Empty);
        }
        let source: String = reader.parts.iter().map(Part::regex).collect();
        let regex = Regex::new(&format!("(?s)^{source}$")).map_err(|_| PatternError::TooLong)?;
        Ok(Pattern { text: text.to_owned(), parts: reader.parts, regex })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The slots, in order of appearance; a placeholder that is used twice comes twice.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.parts.iter().filter_map(|part| match part {
            Part::Capture(slot, _) => Some(slot),
            Part::Literal(_) => None,
        })
    }

    /// The values of the slots, when the whole path matches and equal placeholders have equal values.
    pub fn captures(&self, path: &str) -> Option<Captures> {
        let found = self.regex.captures(path)?;
        let mut captures = Captures::new();
        for (slot, group) in self.slots().zip(found.iter().skip(1)) {
            let value = group?.as_str().trim_end_matches('/');
            let earlier = captures.insert(slot.clone(), value.to_owned());
            if earlier.is_some_and(|earlier| earlier != value) {
                return None;
            }
        }
        Some(captures)
    }

    /// The path that has these values; `None` when one is missing.
    pub fn fill(&self, captures: &Captures) -> Option<String> {
        self.parts.iter().map(|part| part.fill(captures)).collect()
    }

    /// The pattern with the values that are known filled in.
    pub fn fill_known(&self, captures: &Captures) -> String {
        self.parts.iter().map(|part| part.fill(captures).unwrap_or_else(|| part.glob())).collect()
    }

    /// The folder that every match is below, relative to the configuration; empty when that is its own.
    pub fn base(&self) -> &str {
        match self.parts.first() {
            Some(Part::Literal(literal)) => literal.rsplit_once('/').map_or("", |(folder, _)| folder),
            _ => "",
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Part {
    fn regex(&self) -> String {
        match self {
            Part::Literal(literal) => regex::escape(literal),
            Part::Capture(_, width) => match width {
                Width::Any => "([^/]*)",
                Width::One => "([^/])",
                Width::Some => "([^/]+)",
                Width::Folders => "((?:[^/]+/)*)",
                Width::Rest => "(.+)",
            }
            .to_owned(),
        }
    }

    fn fill(&self, captures: &Captures) -> Option<String> {
        Some(match self {
            Part::Literal(literal) => literal.clone(),
            Part::Capture(slot, width) => {
                let value = captures.get(slot)?;
                let slash = *width == Width::Folders && !value.is_empty();
                format!("{value}{}", if slash { "/" } else { "" })
            }
        })
    }

    fn glob(&self) -> String {
        match self {
            Part::Literal(literal) => literal.clone(),
            Part::Capture(slot @ Slot::Named(_), _) => slot.to_string(),
            Part::Capture(Slot::Wild(_), width) => match width {
                Width::One => "?",
                Width::Folders => "**/",
                Width::Rest => "**",
                Width::Any | Width::Some => "*",
            }
            .to_owned(),
        }
    }
}

#[derive(Default)]
struct Reader {
    parts: Vec<Part>,
    wild: usize,
}

impl Reader {
    fn component(&mut self, component: &str) -> Result<(), PatternError> {
        let mut rest = component.chars().peekable();
        while let Some(character) = rest.next() {
            match character {
                '*' if rest.peek() == Some(&'*') => return Err(PatternError::Folders),
                '*' => self.wild(Width::Any),
                '?' => self.wild(Width::One),
                '}' => return Err(PatternError::Unopened),
                '{' => {
                    let mut name = String::new();
                    loop {
                        match rest.next() {
                            None => return Err(PatternError::Unclosed),
                            Some('}') => break,
                            Some(character) => name.push(character),
                        }
                    }
                    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                        return Err(PatternError::Placeholder(name));
                    }
                    self.parts.push(Part::Capture(Slot::Named(name), Width::Some));
                }
                other => self.literal(other),
            }
        }
        Ok(())
    }

    fn literal(&mut self, character: char) {
        if let Some(Part::Literal(literal)) = self.parts.last_mut() {
            literal.push(character);
        } else {
            self.parts.push(Part::Literal(character.to_string()));
        }
    }

    fn wild(&mut self, width: Width) {
        self.parts.push(Part::Capture(Slot::Wild(self.wild), width));
        self.wild += 1;
    }
}
