//! Why a binary gives no numbers.

use std::path::Path;

use super::emitted::EmittedError;
use crate::codes;
use crate::finding::{Blame, Finding, Severity};
use crate::input::InputError;

/// Something that stands in the way of all questions to one part of a binary. The example in each variant's doc
/// triggers it.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// A shell script.
    #[error("`{name}` is {found}, not an ELF or PE binary")]
    NotABinary {
        /// The file.
        name: String,
        /// What it seems to be.
        found: String,
    },
    /// A binary that was cut off in the middle.
    #[error("`{name}` is damaged: {part}: {reason}")]
    Damaged {
        /// The file.
        name: String,
        /// The part of it, such as `.debug_info`.
        part: String,
        /// What is wrong there.
        reason: String,
    },
    /// `strip sensor`
    #[error("`{name}` has no {wanted}")]
    NoDebugInfo {
        /// The binary.
        name: String,
        /// What it lacks, such as `DWARF`.
        wanted: String,
        /// Where it was looked for, and what was not there.
        searched: Vec<String>,
        /// What to do.
        help: String,
    },
    /// `--debug-file` with that of another build.
    #[error("`{name}` belongs to another binary")]
    Mismatch {
        /// The file with the debug information.
        name: String,
        /// What identifies it, such as `build id 1234…`.
        found: String,
        /// What would.
        expected: String,
    },
    /// Two call sites of one capacity that fill in different numbers of elements.
    #[error(transparent)]
    Emitted(#[from] EmittedError),
    /// `--pdb` and a name that nothing has.
    #[error(transparent)]
    Input(#[from] InputError),
}

impl ExtractError {
    /// Damage with its reason.
    pub(super) fn damaged(name: &str, part: &str, reason: impl ToString) -> Self {
        ExtractError::Damaged { name: name.into(), part: part.into(), reason: reason.to_string() }
    }

    /// The stable code, and whose fault it is.
    fn code(&self) -> (&'static str, Blame) {
        match self {
            ExtractError::NotABinary { .. } => (codes::NOT_A_BINARY, Blame::Environment),
            ExtractError::Damaged { .. } => (codes::BINARY_DAMAGED, Blame::Consumer),
            ExtractError::NoDebugInfo { .. } => (codes::DEBUG_INFO_MISSING, Blame::Environment),
            ExtractError::Mismatch { .. } => (codes::DEBUG_FILE_MISMATCH, Blame::Environment),
            ExtractError::Emitted(error) => (error.code(), Blame::Consumer),
            ExtractError::Input(error) => (error.code(), Blame::Environment),
        }
    }
}

impl From<&ExtractError> for Finding {
    fn from(error: &ExtractError) -> Finding {
        match error {
            ExtractError::Input(error) => return error.to_finding(),
            ExtractError::Emitted(error) => return Finding::from(error),
            _ => {}
        }
        let (code, blame) = error.code();
        let mut finding = Finding::new(code, Severity::Error, blame, error.to_string());
        match error {
            ExtractError::NotABinary { .. } => {
                finding.help = Some("name the build's executable, driver, library or module".into());
            }
            ExtractError::Damaged { .. } => {
                finding.help = Some("take the file from the build again: it may have been cut off".into());
            }
            ExtractError::NoDebugInfo { searched, help, .. } => {
                finding.notes.clone_from(searched);
                finding.help = Some(help.clone());
            }
            ExtractError::Mismatch { found, expected, .. } => {
                finding.found = Some(found.clone());
                finding.expected = Some(expected.clone());
                finding.help = Some("take both files from the same build".into());
            }
            ExtractError::Emitted(_) | ExtractError::Input(_) => {}
        }
        finding
    }
}

impl From<ExtractError> for Finding {
    fn from(error: ExtractError) -> Finding {
        Finding::from(&error)
    }
}

/// Why one question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// `debug:ipc_ctxt.inputs`
    #[error("no {what} is called `{name}`{}", within(scope))]
    Unknown {
        /// A type or variable, a member, a constant.
        what: &'static str,
        /// The name.
        name: String,
        /// The type that lacks it; empty where the build as a whole does.
        scope: String,
        /// Names like it, the nearest first.
        nearest: Vec<String>,
        /// More to know, such as where else it would be.
        note: Option<String>,
    },
    /// Two source files with a `static` table of the same name.
    #[error("`{name}` is ambiguous: {}", listed(answers))]
    Ambiguous {
        /// What was asked.
        name: String,
        /// Each answer and where it comes from; at least two.
        answers: Vec<(String, String)>,
    },
    /// `debug:len(ipc_ctx.count)`, where `count` is a number.
    #[error("{reason}")]
    NoNumber {
        /// What it is instead.
        reason: String,
        /// What to ask.
        help: Option<String>,
        /// Where it is declared.
        place: String,
    },
}

fn within(scope: &str) -> String {
    if scope.is_empty() { String::new() } else { format!(" in `{scope}`") }
}

fn listed(answers: &[(String, String)]) -> String {
    let each: Vec<String> = answers.iter().map(|(answer, place)| format!("{answer} ({place})")).collect();
    each.join(", ")
}

impl From<&LookupError> for Finding {
    fn from(error: &LookupError) -> Finding {
        let code = match error {
            LookupError::Unknown { .. } => codes::DEBUG_NAME_UNKNOWN,
            LookupError::Ambiguous { .. } => codes::DEBUG_NAME_AMBIGUOUS,
            LookupError::NoNumber { .. } => codes::DEBUG_NO_NUMBER,
        };
        let mut finding = Finding::new(code, Severity::Error, Blame::Consumer, error.to_string());
        match error {
            LookupError::Unknown { nearest, note, .. } => {
                let names: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
                finding.help = (!names.is_empty()).then(|| format!("did you mean {}?", names.join(" or ")));
                finding.notes.extend(note.clone());
            }
            LookupError::Ambiguous { .. } => {
                finding.help = Some(
                    "say which: `struct NAME` or `variable NAME` for the kind, `NAME @ FILE.c` for the source file"
                        .into(),
                );
            }
            LookupError::NoNumber { help, place, .. } => {
                finding.notes.push(format!("declared in {place}"));
                finding.help.clone_from(help);
            }
        }
        finding
    }
}

/// The path of a file as people see it.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}
