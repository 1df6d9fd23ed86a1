//! Requirements on builds: which of them a run is to answer for.

use std::fmt;

use super::manifest::Manifest;
use super::selected::{Say, Selected};
use super::version::Version;
use super::words::{State, Word};
use crate::codes;
use crate::finding::{Blame, Finding, Severity};

/// One `--build`: conditions with commas between, all of which a build must meet.
///
/// | condition | builds that meet it |
/// | --- | --- |
/// | `7.15` | 7.15 and all that begin with it: 7.15.0, 7.15.1 |
/// | `=7.15` | 7.15 alone, which is also 7.15.0 |
/// | `>7.15`, `>=7.15`, `<8`, `<=8` | by the order of versions |
/// | `candidate`, `fielded`, `unreachable` | those in that state |
///
/// A requirement without a state takes builds in any state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    text: String,
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    State(State),
    Covered(Version),
    Equal(Version),
    Greater(Version),
    GreaterEqual(Version),
    Less(Version),
    LessEqual(Version),
}

/// A requirement that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// `>=7.11,`: nothing before or after a comma, or nothing at all.
    #[error("the build requirement `{requirement}` has an empty condition")]
    Empty {
        /// The requirement as written.
        requirement: String,
    },
    /// `~7.11`
    #[error("`{condition}` in the build requirement `{requirement}` is neither a version nor a state")]
    Condition {
        /// The requirement as written.
        requirement: String,
        /// The part that cannot be read.
        condition: String,
    },
}

/// A requirement that no build meets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no build matches `{requirement}`")]
pub struct NoMatch {
    /// The requirement as written; `fielded` when none was.
    pub requirement: String,
    /// The builds that there are, each as version and state, in the order of versions.
    pub builds: Vec<String>,
}

type Order = fn(Version) -> Condition;

/// Longer operators first: `>=` begins with `>`.
const OPERATORS: [(&str, Order); 5] = [
    (">=", Condition::GreaterEqual),
    ("<=", Condition::LessEqual),
    (">", Condition::Greater),
    ("<", Condition::Less),
    ("=", Condition::Equal),
];

impl Requirement {
    /// Reads a requirement.
    ///
    /// ```
    /// use bootgate::contract::Requirement;
    /// assert!(Requirement::parse(">=7.11, <8").is_ok());
    /// assert!(Requirement::parse("7.15, fielded").is_ok());
    /// assert!(Requirement::parse("newest").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// An empty condition, or one that is neither a version, nor a comparison with one, nor a state.
    pub fn parse(text: &str) -> Result<Self, RequirementError> {
        let conditions: Result<Vec<Condition>, RequirementError> =
            text.split(',').map(|part| condition(text, part.trim())).collect();
        Ok(Requirement { text: text.trim().to_owned(), conditions: conditions? })
    }

    /// Whether a build meets every condition.
    pub fn matches(&self, build: &Manifest) -> bool {
        let number = &build.number;
        self.conditions.iter().all(|condition| match condition {
            Condition::State(state) => build.state == *state,
            Condition::Covered(version) => version.covers(number),
            Condition::Equal(version) => number == version,
            Condition::Greater(version) => number > version,
            Condition::GreaterEqual(version) => number >= version,
            Condition::Less(version) => number < version,
            Condition::LessEqual(version) => number <= version,
        })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn condition(requirement: &str, part: &str) -> Result<Condition, RequirementError> {
    if part.is_empty() {
        return Err(RequirementError::Empty { requirement: requirement.to_owned() });
    }
    if let Some(state) = State::from_word(part) {
        return Ok(Condition::State(state));
    }
    let operator = OPERATORS.iter().find_map(|(sign, order)| Some((part.strip_prefix(sign)?, *order)));
    let (version, order): (&str, Order) = operator.unwrap_or((part, Condition::Covered));
    let wrong =
        || RequirementError::Condition { requirement: requirement.to_owned(), condition: part.to_owned() };
    Version::parse(version.trim()).map(order).ok_or_else(wrong)
}

/// The builds that meet at least one requirement: a run answers for these alone, whatever their states. Without any
/// requirement it answers for the fielded ones, and candidates warn.
///
/// # Errors
///
/// The first requirement that no build meets, even if others are met: a build that somebody asked for by name
/// and did not get must not look like one that passed.
pub fn select<'m>(requirements: &[Requirement], manifests: &'m [Manifest]) -> Result<Selected<'m>, NoMatch> {
    let fielded = [Requirement {
        text: State::Fielded.word().to_owned(),
        conditions: vec![Condition::State(State::Fielded)],
    }];
    let needed = if requirements.is_empty() { &fielded } else { requirements };
    if let Some(unmet) = needed.iter().find(|r| !manifests.iter().any(|build| r.matches(build))) {
        let mut ordered: Vec<&Manifest> = manifests.iter().collect();
        ordered.sort_by(|a, b| a.number.cmp(&b.number).then_with(|| a.platform().cmp(&b.platform())));
        let described = |build: &&Manifest| format!("{} ({})", build.number, build.state.word());
        let mut builds: Vec<String> = ordered.iter().map(described).collect();
        builds.dedup();
        return Err(NoMatch { requirement: unmet.text.clone(), builds });
    }
    if requirements.is_empty() {
        return Ok(Selected::fielded(manifests));
    }
    let asked = |build: &Manifest| requirements.iter().any(|r| r.matches(build)).then_some(Say::Refuses);
    Ok(Selected::new(manifests, asked))
}

impl From<NoMatch> for Finding {
    fn from(error: NoMatch) -> Self {
        let mut finding =
            Finding::new(codes::BUILD_NO_MATCH, Severity::Error, Blame::Environment, error.to_string());
        finding.help = Some(match error.builds.as_slice() {
            [] => "the contract has no builds".to_owned(),
            builds => format!("the builds are {}", builds.join(", ")),
        });
        finding
    }
}

impl From<RequirementError> for Finding {
    fn from(error: RequirementError) -> Self {
        let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, error.to_string());
        finding.help = Some(format!(
            "a build requirement is like `7.15`, `=7.15.1`, `>=7.11, <8`, or a state: {}",
            State::NAMES.join(", ")
        ));
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Sources;

    fn manifest(text: &str) -> Manifest {
        Manifest::parse(&mut Sources::default(), "m.toml", text).unwrap()
    }

    fn fleet() -> Vec<Manifest> {
        let builds = [
            ("8.0", "candidate"),
            ("7.9", "unreachable"),
            ("7.15", "fielded"),
            ("7.15.0.2", "fielded"),
            ("7.11", "fielded"),
        ];
        let text = |(version, state)| format!("build.version = '{version}'\nstate = '{state}'\n");
        builds.map(|build| manifest(&text(build))).into()
    }

    fn asked(requirements: &[&str]) -> Result<Vec<String>, NoMatch> {
        let requirements: Vec<Requirement> =
            requirements.iter().map(|r| Requirement::parse(r).unwrap()).collect();
        let fleet = fleet();
        let says = |asked: Selected<'_>| {
            let mut names = asked.names_with_say();
            for (name, (_, say)) in names.iter_mut().zip(asked.with_say()) {
                name.push_str(if say == Say::Warns { " warns" } else { "" });
            }
            names
        };
        select(&requirements, &fleet).map(says)
    }

    #[test]
    fn a_comma_is_and_and_repeating_is_or() {
        for (requirements, builds) in [
            (&[][..], &["7.11", "7.15", "7.15.0.2", "8.0 warns"][..]),
            (&["7.15"], &["7.15", "7.15.0.2"]),
            (&["=7.15"], &["7.15"]),
            (&["= 7.15.0.2"], &["7.15.0.2"]),
            (&[">=7.11, <8"], &["7.11", "7.15", "7.15.0.2"]),
            (&[">7.15,<=8"], &["7.15.0.2", "8.0"]),
            (&["<7.15"], &["7.9", "7.11"]),
            (&["candidate"], &["8.0"]),
            (&["candidate", "7.15, fielded", ">=8"], &["7.15", "7.15.0.2", "8.0"]),
        ] {
            assert_eq!(asked(requirements).unwrap(), builds, "{requirements:?}");
        }
    }

    #[test]
    fn a_requirement_that_nothing_meets_is_an_error_even_beside_others() {
        let error = asked(&["7.15", "7.99"]).unwrap_err();
        assert_eq!(error.requirement, "7.99");
        let finding = Finding::from(error);
        assert_eq!(finding.message, "no build matches `7.99`");
        assert_eq!(finding.blame, Blame::Environment);
        assert_eq!(
            finding.help.as_deref(),
            Some(
                "the builds are 7.9 (unreachable), 7.11 (fielded), 7.15 (fielded), 7.15.0.2 (fielded), 8.0 (candidate)"
            )
        );
        assert!(asked(&[">8, <7"]).is_err());
        assert_eq!(select(&[], &[]).unwrap_err().requirement, "fielded");
    }

    #[test]
    fn what_is_not_a_requirement() {
        for text in ["", " ", ">=7.11,", ",7"] {
            assert!(matches!(Requirement::parse(text), Err(RequirementError::Empty { .. })), "{text:?}");
        }
        for text in ["~7.11", "newest", "7.x", ">", "=>7", "7.11 - 7.15", "Fielded"] {
            let error = Requirement::parse(text).unwrap_err();
            assert!(matches!(error, RequirementError::Condition { .. }), "{text:?}");
            assert_eq!(Finding::from(error).blame, Blame::Environment);
        }
        assert_eq!(Requirement::parse(" >=7.11, <8 ").unwrap().to_string(), ">=7.11, <8");
    }
}
