//! The parsed tree of a file, as text with offsets or as JSON, written while the file is walked.
//!
//! Nothing is collected: what is kept is what the walk itself needs. Each instance comes after the fields of
//! its object, with the value that expressions see; to that end one that was needed earlier is read again
//! in its place.
//!
//! The JSON document is `{"schema": "bootgate-dump", "version": 1, "file": …, "size": …, "root": NODE}`, one
//! node a line; `root` is `null` when there is nothing to show. Every node has
//!
//! - `id`: its name in the schema; `null` for elements and for fields without a name.
//! - `kind`: `int`, `float`, `bool`, `str`, `bytes`, `enum`, `object`, `list`, `stream`, `absent` (a field whose
//!   condition does not hold) or `unknown` (what could not be read).
//! - `range`: the first byte and one past the last, in the file; `null` for what is calculated, and for what was
//!   not reached. Inside decoded bytes it is that of the encoded ones, and `decoded` is the range within.
//!
//! and, by its kind,
//!
//! - `value`: a number (integers of any size), a string, a truth value, or lower-case hexadecimal digits for
//!   bytes. A float that is no number is `"NaN"`, `"Infinity"` or `"-Infinity"`. An enum has an integer and
//!   `member`, the member's name or `null`.
//! - `type`, `fields`: of an object the name of its type, and nodes.
//! - `items`: of a list its nodes.
//! - `cause`: why something is unknown, or why an object or a list ends early.
//! - `elided`: why there are no `fields` or `items`: `depth`; `before`, for what several pointers lead to and
//!   was shown for the first of them; `reference`, for a calculated value that is an object shown at the path
//!   `refers`. An elided list has the number of its elements as `count`.

mod against;
#[cfg(test)]
mod against_tests;
mod ahead;
mod differ;
mod json;
mod node;
mod observer;
pub mod path;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod words;

use std::io::{self, Write};

pub use against::{Marked, MarkedLine, against};

use crate::check::{Explain, Plan, Setup};
use crate::code::Forced;
use crate::finding::Finding;
use crate::limits::Limits;
use crate::schema::ast::Bundle;
use crate::span::Sources;
use crate::walk::{self, Processors};

/// The form of a dump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: a line for each node.
    #[default]
    Text,
    /// For programs: one document, see the [module](self).
    Json,
}

/// What to write of a file, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The form.
    pub format: Format,
    /// Text is styled with terminal escapes.
    pub color: bool,
    /// The node to show; the whole file when missing. The walk ends with it.
    pub path: Option<path::Path>,
    /// How many levels below that node are shown; all when missing.
    pub depth: Option<u32>,
    /// Whether instances are shown. One that `path` names always is.
    pub instances: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { format: Format::Text, color: false, path: None, depth: None, instances: true }
    }
}

/// What a dump came to, besides what was written.
#[derive(Clone, Debug, Default)]
pub struct Dumped {
    /// What is wrong with the file, as far as it was walked.
    pub findings: Vec<Finding>,
    /// Why the file does not have the node that `path` names.
    pub missing: Option<String>,
}

/// The plan that a file is dumped with: every instance has its turn. `processors` undo custom processes.
///
/// # Errors
///
/// Everything that is wrong with the schema.
pub fn plan(schema: Bundle, processors: Processors) -> Result<Plan, Vec<Finding>> {
    Plan::of_schema(schema, Setup { instances: Forced::All, processors, ..Setup::default() })
}

/// Writes the tree of a file, as far as it can be read.
///
/// # Errors
///
/// Those of the writer.
///
/// ```
/// use bootgate::dump::{Options, dump, plan};
/// use bootgate::{limits::Limits, span::Sources};
///
/// let mut sources = Sources::default();
/// let text = "{meta: {id: a}, seq: [{id: magic, contents: BG}, {id: count, type: u1}]}";
/// let source = sources.add("a.ksy", text);
/// let plan = plan(bootgate::schema::read(source, text), Default::default()).unwrap();
/// let mut out = Vec::new();
/// dump(&plan, &sources, ("a.bin", b"BG\x07"), &Options::default(), &Limits::default(), &mut out).unwrap();
/// let lines = ["0000..0003  a", "0000..0002    magic = 42 47 \"BG\"  bytes", "0002..0003    count = 7  u1"];
/// assert_eq!(String::from_utf8(out).unwrap().lines().collect::<Vec<_>>(), lines);
/// ```
pub fn dump(
    plan: &Plan,
    sources: &Sources,
    (name, bytes): (&str, &[u8]),
    options: &Options,
    limits: &Limits,
    out: &mut dyn Write,
) -> io::Result<Dumped> {
    let size = bytes.len() as u64;
    match options.format {
        Format::Text => {
            let mut text = text::Text::new(out, size, options.color);
            walked(plan, sources, bytes, options, limits, &mut text)
        }
        Format::Json => {
            let mut json = json::Json::new(out, name, size)?;
            walked(plan, sources, bytes, options, limits, &mut json)
        }
    }
}

fn walked(
    plan: &Plan,
    sources: &Sources,
    bytes: &[u8],
    options: &Options,
    limits: &Limits,
    sink: &mut dyn node::Sink,
) -> io::Result<Dumped> {
    let files = [bytes];
    let words = words::Words::of(&plan.layout);
    let wanted = tree::Wanted {
        path: options.path.as_ref().map_or(&[], |path| &path.steps),
        depth: options.depth,
        instances: options.instances,
    };
    let tree = tree::Tree::new(wanted, &words, ahead::Ahead::of(&plan.layout), sink);
    let mut dump = observer::Dump { findings: Explain::once(plan, sources, &files), tree };
    walk::walk(&plan.code, &files, plan.setting(limits), &mut dump);
    let findings = dump.findings.finish();
    Ok(Dumped { findings, missing: dump.tree.finish()? })
}
