//! Limits by their names: what can be set, and to which values.

use std::str::FromStr;

use super::{Limits, SchemaLimits};

/// What the value of a limit is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes; a written value may end in `KiB`, `MiB` or `GiB`.
    Bytes,
    /// Things.
    Count,
}

/// A limit that can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The name, in kebab case.
    pub name: &'static str,
    /// What its value is a number of.
    pub unit: Unit,
    /// The value unless it is set.
    pub default: u64,
    /// The greatest value that can be set.
    pub greatest: u64,
    /// What it counts, without a full stop.
    pub counts: &'static str,
}

impl Limit {
    /// The limit with this name, of any kind.
    ///
    /// # Errors
    ///
    /// [`LimitError::Unknown`].
    pub fn find(name: &str) -> Result<&'static Limit, LimitError> {
        let limit = Limits::describe(name).or_else(|| SchemaLimits::describe(name));
        limit.ok_or_else(|| LimitError::unknown(name))
    }

    /// Every limit of any kind.
    pub fn all() -> impl Iterator<Item = &'static Limit> {
        Limits::ALL.iter().chain(SchemaLimits::ALL)
    }

    /// The value that is written as `64`, `1_000` or, for bytes, `16 MiB`.
    ///
    /// # Errors
    ///
    /// The text is no number, or the limit cannot have this value.
    pub fn parse(&'static self, text: &str) -> Result<u64, LimitError> {
        let no_number = || LimitError::NoNumber { limit: self, value: text.to_owned() };
        let suffixes = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
        let suffix = suffixes.into_iter().filter(|_| self.unit == Unit::Bytes);
        let scaled = |(end, scale): (_, u64)| text.strip_suffix(end).map(|rest| (rest.trim_end(), scale));
        let (written, scale) = suffix.filter_map(scaled).next().unwrap_or((text, 1));
        let groups_are_digits =
            written.split('_').all(|g| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit()));
        if !groups_are_digits {
            return Err(no_number());
        }
        let digits = written.replace('_', "");
        let value = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(scale));
        self.check(value.ok_or_else(|| self.too_great(text))?)
    }

    /// What to do where content or a schema that is good reaches the limit.
    pub fn how_to_raise(&self) -> String {
        let name = self.name;
        format!(
            "if more is needed, raise it: `--limit {name}=N`, or `{name} = N` below `[limits]` in bootgate.toml"
        )
    }

    /// The value, if the limit can have it.
    ///
    /// # Errors
    ///
    /// [`LimitError::Zero`] or [`LimitError::TooGreat`].
    pub fn check(&'static self, value: u64) -> Result<u64, LimitError> {
        match value {
            0 => Err(LimitError::Zero { limit: self }),
            value if value > self.greatest => Err(self.too_great(value)),
            value => Ok(value),
        }
    }

    pub(super) fn too_great(&'static self, value: impl ToString) -> LimitError {
        LimitError::TooGreat { limit: self, value: value.to_string() }
    }

    /// The value as the limit's own type.
    pub(super) fn fit<T: TryFrom<u64>>(&'static self, value: u64) -> Result<T, LimitError> {
        T::try_from(value).map_err(|_| self.too_great(value))
    }
}

/// The value of a limit of any type.
pub(super) fn wide(value: impl TryInto<u64>) -> u64 {
    value.try_into().unwrap_or(u64::MAX)
}

/// A limit and the value that somebody wants it to have; written `NAME=VALUE`.
///
/// ```
/// use bootgate::limits::{Bounds, Setting};
/// let mut bounds = Bounds::default();
/// bounds.set("string-bytes=1MiB".parse::<Setting>()?);
/// assert_eq!(bounds.content.string_bytes, 1 << 20);
/// assert!("elemnts=5".parse::<Setting>().unwrap_err().to_string().contains("did you mean `elements`?"));
/// # Ok::<(), bootgate::limits::LimitError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    limit: &'static Limit,
    value: u64,
}

impl Setting {
    /// The setting, if the limit can have the value.
    ///
    /// # Errors
    ///
    /// [`LimitError::Zero`] or [`LimitError::TooGreat`].
    pub fn new(limit: &'static Limit, value: u64) -> Result<Setting, LimitError> {
        limit.check(value).map(|value| Setting { limit, value })
    }

    /// The limit.
    pub fn limit(self) -> &'static Limit {
        self.limit
    }

    /// The value.
    pub fn value(self) -> u64 {
        self.value
    }
}

impl FromStr for Setting {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Setting, LimitError> {
        let (name, value) = text.split_once('=').ok_or(LimitError::NoValue)?;
        let limit = Limit::find(name)?;
        limit.parse(value).map(|value| Setting { limit, value })
    }
}

/// All limits that can be set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Those on content.
    pub content: Limits,
    /// Those on schemas.
    pub schema: SchemaLimits,
}

impl Bounds {
    /// Gives one limit another value.
    pub fn set(&mut self, setting: Setting) {
        let Setting { limit, value } = setting;
        // One of the two knows the name, and the value is one that it can have.
        let _ = self.content.set(limit.name, value).or_else(|_| self.schema.set(limit.name, value));
    }

    /// The names and values of those that are not at their default.
    pub fn changed(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.content.changed().chain(self.schema.changed())
    }
}

/// Why a limit cannot be set. Each shows what to write after `--limit` for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// `elements`
    #[error("a limit is set by its name, `=` and a number")]
    NoValue,
    /// `elemnts=5`
    #[error("no limit is called `{name}`: {}", meant(*.nearest))]
    Unknown {
        /// The name as written.
        name: String,
        /// The name that is most like it.
        nearest: Option<&'static str>,
    },
    /// `elements=many`
    #[error("`{value}` is no value of the limit `{}`: it takes {}", limit.name, takes(limit.unit))]
    NoNumber {
        /// The limit.
        limit: &'static Limit,
        /// What was written.
        value: String,
    },
    /// `elements=0`
    #[error("the limit `{}` must be at least 1", limit.name)]
    Zero {
        /// The limit.
        limit: &'static Limit,
    },
    /// `yaml-depth=1000`
    #[error("{value} is too much for the limit `{}`: at most {}", limit.name, limit.greatest)]
    TooGreat {
        /// The limit.
        limit: &'static Limit,
        /// What was written.
        value: String,
    },
}

impl LimitError {
    pub(super) fn unknown(name: &str) -> LimitError {
        let longest = Limit::all().map(|limit| limit.name.len()).max().unwrap_or(0);
        // The comparison takes time in the product of the lengths.
        let near = |known: &str| name.len() <= 2 * longest && strsim::damerau_levenshtein(name, known) <= 3;
        let nearest = Limit::all()
            .map(|limit| limit.name)
            .filter(|known| near(known))
            .min_by_key(|known| strsim::damerau_levenshtein(name, known));
        LimitError::Unknown { name: name.to_owned(), nearest }
    }
}

fn meant(nearest: Option<&str>) -> String {
    let known: Vec<&str> = Limit::all().map(|limit| limit.name).collect();
    let known = format!("there are {}", known.join(", "));
    nearest.map(|near| format!("did you mean `{near}`? ({known})")).unwrap_or(known)
}

fn takes(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "a number of bytes, such as 65536, 64KiB or 16MiB",
        Unit::Count => "a number, such as 1000",
    }
}
