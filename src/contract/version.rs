//! Versions of builds, in the order of their numbers.

use std::cmp::Ordering;
use std::fmt;

use version_compare::Cmp;

/// A version: numbers with dots between, and perhaps a suffix that begins with `-` or `+`.
///
/// Versions are equal when their order says so: `7.15` is `7.15.0`. A suffix that begins with a letter
/// (`-rc1`) comes before the version itself, any other one after it.
///
/// ```
/// use bootgate::contract::Version;
/// let version = |text| Version::parse(text).unwrap();
/// assert!(version("7.9") < version("7.11"));
/// assert!(version("7.15.0.12") < version("7.15.1"));
/// assert!(version("8.0-rc2") < version("8.0"));
/// assert_eq!(version("7.15"), version("7.15.0"));
/// assert!(Version::parse("7.x").is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Version {
    text: String,
    release: usize,
    suffix: Vec<Part>,
}

/// A part of a suffix. The order of the variants is the order of versions; an end closes each suffix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Text(String),
    End,
    Number(u64),
}

impl Version {
    /// Reads a version; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let release = text.find(['-', '+']).unwrap_or(text.len());
        let (numbers, suffix) = text.split_at_checked(release)?;
        // The crate that compares takes a number of more than 31 bits for a word.
        let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<i32>().is_ok();
        if !numbers.split('.').all(number) {
            return None;
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || ['-', '+', '.', '_'].contains(&c);
        if !suffix.chars().all(plain) || suffix.len() == 1 {
            return None;
        }
        Some(Version { text: text.to_owned(), release, suffix: parts(suffix)? })
    }

    /// The version as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the numbers of this version are the first numbers of the other one; with a suffix, whether both are equal.
    pub fn covers(&self, other: &Version) -> bool {
        if !matches!(self.suffix.as_slice(), [Part::End]) {
            return self == other;
        }
        let number = |part: &str| part.parse::<i32>().unwrap_or(0);
        let mut theirs = other.release().split('.').map(number);
        self.release().split('.').map(number).all(|mine| theirs.next().unwrap_or(0) == mine)
    }

    fn release(&self) -> &str {
        self.text.get(..self.release).unwrap_or_default()
    }
}

/// The parts of a suffix: runs of digits are numbers, runs of letters words.
fn parts(suffix: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for word in suffix.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
            let (run, after) = rest.split_at_checked(end)?;
            parts.push(if digits { Part::Number(run.parse().ok()?) } else { Part::Text(run.to_lowercase()) });
            rest = after;
        }
    }
    parts.push(Part::End);
    Some(parts)
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let release = match version_compare::compare(self.release(), other.release()) {
            Ok(Cmp::Lt) => Ordering::Less,
            Ok(Cmp::Gt) => Ordering::Greater,
            _ => Ordering::Equal,
        };
        release.then_with(|| self.suffix.cmp(&other.suffix))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers() {
        let sorted = [
            "0",
            "6.8.0-45-generic",
            "6.8.0-101-generic",
            "7",
            "7.2",
            "7.10",
            "7.15-rc2",
            "7.15-rc10",
            "7.15.0",
            "7.15.0.1",
            "7.15.0.20",
            "7.15.1",
            "8.0-beta",
            "8.0",
            "8.0+2",
            "20240719.4",
        ];
        for pair in sorted.windows(2) {
            let [a, b] = pair else { panic!("windows of two") };
            assert!(Version::parse(a) < Version::parse(b), "{a} < {b}");
        }
    }

    #[test]
    fn what_is_not_a_version() {
        for text in [
            "",
            ".",
            "7.",
            ".7",
            "7..1",
            "v7",
            "7.x",
            "7 15",
            "-1",
            "7-",
            "7.15-rc 1",
            "7.15-é",
            "2147483648",
        ] {
            assert!(Version::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_version_covers_those_that_begin_with_its_numbers() {
        let covers = |a, b| Version::parse(a).unwrap().covers(&Version::parse(b).unwrap());
        assert!(covers("7.15", "7.15"));
        assert!(covers("7.15", "7.15.1"));
        assert!(covers("7.15", "7.15.0-rc1"));
        assert!(covers("7.15.0", "7.15"));
        assert!(covers("7", "7.15.0.2"));
        assert!(!covers("7.15", "7.1"));
        assert!(!covers("7.1", "7.15"));
        assert!(!covers("7.15.1", "7.15"));
        assert!(!covers("7.15-rc1", "7.15"));
        assert!(covers("7.15-rc1", "7.15.0-rc1"));
    }

    proptest! {
        /// Sorting panics on an order that contradicts itself.
        #[test]
        fn the_order_is_total(texts in prop::collection::vec("[0-9]{1,2}(\\.[0-9]{1,2}){0,3}([-+][a-c0-9.]{1,4})?", 3)) {
            let versions: Vec<Version> = texts.iter().filter_map(|text| Version::parse(text)).collect();
            for a in &versions {
                for b in &versions {
                    prop_assert_eq!(a.cmp(b), b.cmp(a).reverse());
                    for c in &versions {
                        if a <= b && b <= c {
                            prop_assert!(a <= c);
                        }
                    }
                }
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,24}") {
            if let Some(version) = Version::parse(&text) {
                prop_assert_eq!(version.as_str(), text);
            }
        }
    }
}
