//! The verdict: the deterministic record of a check, as an unsigned in-toto statement.
//!
//! A verdict says which content was checked, against what, and with which result. A release process can sign it
//! and a rollout can ask for it. Whoever has the same files gets the same bytes, on any machine and in
//! any order of files: there is no clock, no path and no name of a host or user in it. Names are those of the contract.
//!
//! # The record
//!
//! One JSON object, indented by two spaces, with a newline at its end. Every key is always there, in the order
//! below, but those that are said to be left out; what else does not apply is `null` or empty. Digests are SHA-256, as 64 lower-case hexadecimal digits.
//!
//! | key | holds |
//! | --- | --- |
//! | `_type` | `https://in-toto.io/Statement/v1` |
//! | `subject` | the content files: `name` (the role in the contract) and `digest.sha256`; sorted, each once |
//! | `predicateType` | [`PREDICATE_TYPE`] |
//! | `predicate.tool` | `name` and `version` of what made the record |
//! | `predicate.result` | `passed` if there are sets and none is refused, else `refused` |
//! | `predicate.schemas` | digest of each schema, by role |
//! | `predicate.contract` | digest of the contract, by the consumer's name; empty without a contract |
//! | `predicate.manifests` | digest of each build's manifest, by the build's name; those of candidates too |
//! | `predicate.inventory` | digest of the inventory of what is in the field, by the consumer's name; left out without one |
//! | `predicate.baseline` | digest of each baseline, by its name; empty without one |
//! | `predicate.builds` | the builds that the result answers for: `name`, `version`, `platform` and `result`; sorted by name |
//! | `predicate.candidates` | candidate builds that were looked at and only warned for: `name`, `version` and `platform`; left out when there are none |
//! | `predicate.settings.severities` | the severities that were configured, by code |
//! | `predicate.settings.limits` | the limits that were not at their default, by name; left out when all were |
//! | `predicate.settings.instances` | which instances were evaluated: `asked` or `all`; left out for the default, `read` |
//! | `predicate.processes` | the commands that undid custom processes, by the processes' names; left out when no schema needs one |
//! | `predicate.sets` | the content sets, sorted by their digests |
//!
//! A process has `program` (the digest of the program's file) and `arguments` (the digest of the arguments that it always gets, each
//! followed by a zero byte; left out without any). What such a program decodes is its own affair: two verdicts are about the
//! same check only if it is the same one.
//!
//! A set has `files` (the digest of each file, by role), `result`, and `findings`. A finding has:
//!
//! | key | holds |
//! | --- | --- |
//! | `code`, `severity` | as in reports; an `error` refuses |
//! | `file` | role of the file, or `null` |
//! | `path` | instance path, or `null` |
//! | `range` | `start` and `end` in bytes of the file, end not included, or `null` |
//! | `more` | how many further places have the same cause |
//! | `found`, `expected` | the values, or `null`; `found` is `null` in `process-failed`, for it is in a decoder's words |
//! | `builds` | names of the builds that it concerns; empty when it does not depend on the build |
//!
//! A build is `refused` if there is an error that concerns it or that depends on no build. A set about which
//! nothing could be found out (a file that could not be read, a contract that is wrong) belongs in no verdict.

pub mod envelope;
mod reading;
mod record;
mod statement;

#[cfg(test)]
mod signed_tests;
#[cfg(test)]
mod tests;

pub use crate::digest::Digest;
pub use envelope::{EnvelopeError, KeyError, Keys};
pub use reading::{NotCovered, Passed};
pub use record::{Build, Entry, Process, Set, Tool, Verdict};

/// Names the meaning of the predicate; a change that a reader could misunderstand gets another number.
pub const PREDICATE_TYPE: &str = "urn:bootgate:verdict:v1";
