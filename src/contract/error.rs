//! What can be wrong with a contract or a manifest.

use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::span::Span;

/// A place in a contract or manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The text.
    pub span: Span,
    /// The same place in the structure: `/read/0/index`, empty for the file as a whole.
    pub key: String,
}

/// One thing wrong with a contract or a manifest. The example in each variant's doc triggers it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    /// Not TOML: `[contract`.
    #[error("not valid TOML: {message}")]
    Syntax {
        /// What the TOML reader says.
        message: String,
        /// Where it stopped.
        at: At,
    },
    /// A file of more than [`TEXT_BYTES`](crate::limits::TEXT_BYTES) bytes.
    #[error("the file has {bytes} bytes, more than the {limit} that are read")]
    TooLong {
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
        /// Its start.
        at: At,
    },
    /// `indx = "field_index"` in a `[[read]]`.
    #[error("unknown key `{key}` in {table}")]
    KeyUnknown {
        /// The key as written.
        key: String,
        /// The table that it is in.
        table: String,
        /// A key of that table with a similar name.
        nearest: Option<&'static str>,
        /// Every key of that table.
        keys: &'static [&'static str],
        /// The key.
        at: At,
    },
    /// A `[[read]]` without `because`.
    #[error("`{key}` is missing in {table}")]
    KeyMissing {
        /// The key.
        key: &'static str,
        /// The table that must have it.
        table: String,
        /// The table's header.
        at: At,
    },
    /// `because = 3`.
    #[error("`{key}` is {found}, not {expected}")]
    TypeWrong {
        /// The key.
        key: String,
        /// What was found.
        found: &'static str,
        /// What is expected.
        expected: &'static str,
        /// The value.
        at: At,
    },
    /// `needs = "emited"`.
    #[error("`{found}` is not a value of `{key}`")]
    WordUnknown {
        /// The key.
        key: String,
        /// The word as written.
        found: String,
        /// The words that it may be.
        words: &'static [&'static str],
        /// The value.
        at: At,
    },
    /// `because = ""`.
    #[error("`{key}` is blank")]
    Blank {
        /// The key.
        key: String,
        /// The value.
        at: At,
    },
    /// `value = -1`.
    #[error("`{key}` is {found}, not a number from 0 to {max}", max = u64::MAX)]
    NumberRange {
        /// The key.
        key: String,
        /// The number as written.
        found: String,
        /// The value.
        at: At,
    },
    /// `ratio = 0.5`.
    #[error("`{key}` is {found}, not a number from 1 with at most {digits} digits on each side of the point")]
    Ratio {
        /// The key.
        key: String,
        /// The number as written.
        found: String,
        /// How many digits there may be.
        digits: usize,
        /// The value.
        at: At,
    },
    /// A `[[growth]]` in a contract without `baseline`.
    #[error("`[[{table}]]` needs a baseline, and `[contract]` names none")]
    NoBaseline {
        /// The table.
        table: &'static str,
        /// The table's header.
        at: At,
    },
    /// `refused = [["a", "b", "c"]]` in a `[[pair]]`.
    #[error("`{key}` has a list of {count}, not of two")]
    NotAPair {
        /// The key.
        key: String,
        /// How many there are.
        count: usize,
        /// The list.
        at: At,
    },
    /// `unknown = "ignored"` in a `[[pair]]` without `capacity`.
    #[error("`{key}` has no meaning without `{other}`")]
    KeyAlone {
        /// The key.
        key: &'static str,
        /// The key that it needs beside it.
        other: &'static str,
        /// The value.
        at: At,
    },
    /// A `[files]` table without a file.
    #[error("`[files]` names no file")]
    NoFiles {
        /// The table's header.
        at: At,
    },
    /// `"channel file" = "channel_file.ksy"`: paths begin with the role, so it is an identifier.
    #[error("`{role}` cannot be the name of a file in paths")]
    RoleName {
        /// The name as written.
        role: String,
        /// The key.
        at: At,
    },
    /// `builds = "builds/[.toml"`.
    #[error("`{glob}` is not a pattern of paths: {reason}")]
    Glob {
        /// The pattern as written.
        glob: String,
        /// What the pattern reader says.
        reason: String,
        /// The value.
        at: At,
    },
    /// `[capacity.inputs.ipc]`: without quotes the dot makes a table in a table.
    #[error("the name of the capacity `{name}` is not quoted")]
    CapacityUnquoted {
        /// The name that was probably meant.
        name: String,
        /// The key.
        at: At,
    },
    /// A manifest's `capacity."input.ipc"` where the contract has `inputs.ipc`.
    #[error("the contract has no capacity `{name}`")]
    CapacityUndeclared {
        /// The name as written.
        name: String,
        /// A capacity of the contract with a similar name.
        nearest: Option<String>,
        /// The key in the manifest.
        at: At,
    },
    /// `version = "7.x"`.
    #[error("`{found}` is not a version")]
    Version {
        /// The version as written.
        found: String,
        /// The value.
        at: At,
    },
    /// `sha256 = "abc"`.
    #[error("`{found}` is not a SHA-256 digest")]
    Digest {
        /// The digest as written.
        found: String,
        /// The value.
        at: At,
    },
    /// `from = "dwarf:size(struct x)"`.
    #[error("{reason}")]
    Origin {
        /// What is wrong with it.
        reason: String,
        /// The part of the value.
        at: At,
    },
    /// A second manifest with the version and platform of another.
    #[error("two manifests are for build {build}")]
    BuildTwice {
        /// Version and platform.
        build: String,
        /// The second.
        at: At,
        /// The first.
        first: At,
    },
    /// `builds = "builds/*.toml"` where no file matches.
    #[error("no manifest matches `{glob}`")]
    NoManifests {
        /// The pattern as written.
        glob: String,
        /// The value.
        at: At,
    },
}

impl ContractError {
    /// Where it is, in the text and in the structure.
    pub fn at(&self) -> &At {
        match self {
            ContractError::Syntax { at, .. }
            | ContractError::TooLong { at, .. }
            | ContractError::KeyUnknown { at, .. }
            | ContractError::KeyMissing { at, .. }
            | ContractError::TypeWrong { at, .. }
            | ContractError::WordUnknown { at, .. }
            | ContractError::Blank { at, .. }
            | ContractError::NumberRange { at, .. }
            | ContractError::Ratio { at, .. }
            | ContractError::NoBaseline { at, .. }
            | ContractError::NotAPair { at, .. }
            | ContractError::KeyAlone { at, .. }
            | ContractError::NoFiles { at }
            | ContractError::RoleName { at, .. }
            | ContractError::Glob { at, .. }
            | ContractError::CapacityUnquoted { at, .. }
            | ContractError::CapacityUndeclared { at, .. }
            | ContractError::Version { at, .. }
            | ContractError::Digest { at, .. }
            | ContractError::Origin { at, .. }
            | ContractError::BuildTwice { at, .. }
            | ContractError::NoManifests { at, .. } => at,
        }
    }

    /// The place in the text.
    pub fn span(&self) -> Span {
        self.at().span
    }

    /// The stable name that it is reported under.
    pub fn code(&self) -> &'static str {
        match self {
            ContractError::Syntax { .. } | ContractError::TooLong { .. } => codes::CONTRACT_SYNTAX,
            ContractError::KeyUnknown { .. } => codes::CONTRACT_KEY_UNKNOWN,
            ContractError::CapacityUndeclared { .. } => codes::CAPACITY_UNDECLARED,
            _ => codes::CONTRACT_INVALID,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            ContractError::Syntax { .. } => return None,
            ContractError::TooLong { .. } => "is this the file that was meant?".to_owned(),
            ContractError::KeyUnknown { nearest: Some(near), .. } => format!("did you mean `{near}`?"),
            ContractError::KeyUnknown { table, keys, .. } => format!("{table} can have {}", listed(keys)),
            ContractError::KeyMissing { key, .. } => format!("add `{key} = …`"),
            ContractError::TypeWrong { expected, .. } => format!("write {expected}"),
            ContractError::WordUnknown { words, .. } => format!("write one of {}", listed(words)),
            ContractError::Blank { key, .. } => format!("say something in `{key}`, or take it out if it is optional"),
            ContractError::NumberRange { .. } => "a capacity counts elements".to_owned(),
            ContractError::Ratio { .. } => "1.5 is half as much again as the most so far".to_owned(),
            ContractError::NoBaseline { .. } => "add `baseline = \"FILE\"` below `[contract]`".to_owned(),
            ContractError::NotAPair { .. } => "write two expressions: `[\"kind::a\", \"state::b\"]`".to_owned(),
            ContractError::KeyAlone { key, other, .. } => format!("add `{other} = …`, or take `{key}` out"),
            ContractError::NoFiles { .. } => "name each file of a content set: `role = \"schema.ksy\"`".to_owned(),
            ContractError::RoleName { .. } => {
                "use lower-case letters, digits and `_`, with a letter first: paths begin with this name".to_owned()
            }
            ContractError::Glob { .. } => "a pattern is like `builds/*.build.toml`".to_owned(),
            ContractError::CapacityUnquoted { name, .. } => format!("write `capacity.\"{name}\"`"),
            ContractError::CapacityUndeclared { nearest: Some(near), .. } => format!("did you mean `{near}`?"),
            ContractError::CapacityUndeclared { name, .. } => {
                format!("add `[capacity.\"{name}\"]` to the contract, or take it out of the manifest")
            }
            ContractError::Version { .. } => {
                "a version is numbers with dots between, such as `7.15.0.2`, and may end like `-rc1`".to_owned()
            }
            ContractError::Digest { .. } => "a SHA-256 digest is 64 hexadecimal digits".to_owned(),
            ContractError::Origin { .. } => {
                "write `SOURCE:PATH` or `SOURCE:OPERATOR(…)`, such as `debug:ipc_ctx.inputs` or `debug:sizeof(struct x)`"
                    .to_owned()
            }
            ContractError::BuildTwice { .. } => {
                "give them different platforms, or take the outdated one away; 7.15 and 7.15.0 are one version"
                    .to_owned()
            }
            ContractError::NoManifests { .. } => {
                "the pattern is relative to the contract; without a manifest nothing is known about any build"
                    .to_owned()
            }
        })
    }
}

impl From<ContractError> for Finding {
    fn from(error: ContractError) -> Self {
        let mut finding = Finding::new(error.code(), Severity::Error, Blame::Contract, error.to_string());
        let label = |at: &At, text: String, primary| Label {
            span: at.span,
            text,
            key: Some(at.key.clone()).filter(|key| !key.is_empty()),
            primary,
        };
        let text = match &error {
            ContractError::TypeWrong { found, .. } => format!("this is {found}"),
            ContractError::KeyMissing { key, .. } => format!("no `{key}` here"),
            _ => String::new(),
        };
        finding.labels.push(label(error.at(), text, true));
        if let ContractError::BuildTwice { first, .. } = &error {
            finding.labels.push(label(first, "the first one".to_owned(), false));
        }
        finding.help = error.help();
        finding
    }
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
