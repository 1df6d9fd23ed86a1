//! The frozen plan: what one build of a consumer takes, in one file that needs no text beside it.
//!
//! `bootgate compile` makes it where schemas, contract and manifests are; the guard loads it where none of these are.
//! It holds the code of the walk, the questions of the contract with this build's numbers, and what it was made of. It
//! decides what `bootgate check` decides for that build, and says why in a few words; positions by name, the lines of
//! the contract and advice are left to `check`.
#![doc = include_str!("frozen.md")]

mod answers;
mod format;
mod pass;
mod question;

pub use format::{PlanError, VERSION};
pub use pass::Refusal;
pub use question::{Asked, Known, Measured, Question};
pub(crate) use question::{bounds, refers};

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::finding::Severity;
use crate::limits::Limits;
use crate::walk::{Class, Processors, Setting};

/// What a plan was made of, and for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The consumer's name; empty for a plan of a schema alone.
    pub consumer: String,
    /// The build's name; empty for a plan of a schema alone.
    pub build: String,
    /// SHA-256 of the build's binary, in lower-case hexadecimal digits; none if its manifest does not have it.
    pub binary: Option<String>,
    /// Version of the program that made the plan.
    pub tool: String,
    /// SHA-256 of each text that it was made of, by what it is: `schema channel`, `contract sensor`.
    pub texts: Vec<(String, [u8; 32])>,
}

/// What becomes of bytes that are not described once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undescribed {
    /// At a file's end.
    pub trailing: Severity,
    /// Within a file.
    pub unreferenced: Severity,
    /// Described twice.
    pub overlapping: Severity,
}

/// What is in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Body {
    pub(crate) about: About,
    /// The names of the files of a set, in their order.
    pub(crate) roles: Vec<String>,
    /// Whether it is a contract's plan; else each file is judged for itself.
    pub(crate) is_set: bool,
    pub(crate) undescribed: Undescribed,
    /// Limits that are not at their default.
    pub(crate) limits: Vec<(String, u64)>,
    pub(crate) code: Code,
    /// The build's value of each capacity that expressions name.
    pub(crate) capacities: Vec<Option<u64>>,
    /// Every capacity that the contract or the build has, by name, ascending.
    pub(crate) known: Vec<(String, Option<Known>)>,
    /// What each query is for.
    pub(crate) asked: Vec<Asked>,
}

/// A plan for one build that can be walked: what was loaded was verified.
#[derive(Debug)]
pub struct Frozen {
    body: Body,
    limits: Limits,
    classes: [Class; 1],
    processors: Processors,
}

impl Frozen {
    /// What it was made of, and for whom.
    pub fn about(&self) -> &About {
        &self.body.about
    }

    /// The names of the files of a set, in their order.
    pub fn roles(&self) -> &[String] {
        &self.body.roles
    }

    /// Whether files are judged together, as a set; else each for itself.
    pub fn is_set(&self) -> bool {
        self.body.is_set
    }

    /// The limits of its walks.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Judges the files of a set, one for each role and in that order.
    ///
    /// # Errors
    ///
    /// The first thing that the build could not take, or that the schema does not allow.
    pub fn judge(&self, files: &[&[u8]]) -> Result<(), Refusal> {
        self.judge_within(files, &self.limits)
    }

    /// The same within other limits.
    ///
    /// # Errors
    ///
    /// Those of [`Frozen::judge`].
    pub fn judge_within(&self, files: &[&[u8]], limits: &Limits) -> Result<(), Refusal> {
        let setting = Setting { classes: &self.classes, limits, processors: &self.processors };
        pass::judge(&self.body, files, setting)
    }
}
