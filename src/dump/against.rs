//! A dump in which the fields are marked that differ from another file.

use std::collections::BTreeMap;
use std::io;

use super::differ::{Change, Collect, differences};
use super::text::Text;
use super::{Options, walked};
use crate::check::Plan;
use crate::limits::Limits;
use crate::span::Sources;

/// What stands before a line that differs.
const MARK: &str = "* ";

/// A dump against another file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Its lines in order.
    pub lines: Vec<MarkedLine>,
    /// How much differs: the nodes that are not those of the other file, and the elements that are gone.
    pub cost: usize,
}

/// A line of such a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedLine {
    /// As `bootgate dump` has it, with what the other file has behind it.
    pub text: String,
    /// Whether it differs.
    pub differs: bool,
    /// Whether it does, or one that is within it.
    pub leads: bool,
}

impl Marked {
    /// All lines, those that differ marked; or those alone, and what they are within.
    pub fn text(&self, whole: bool) -> String {
        let lines = self.lines.iter().filter(|line| whole || line.leads);
        let marked = |line: &MarkedLine| format!("{}{}\n", if line.differs { MARK } else { "  " }, line.text);
        lines.map(marked).collect()
    }
}

/// The dump of a file, with what differs from another one of its schema.
///
/// # Errors
///
/// None: nothing is written.
///
/// ```
/// use bootgate::dump::{against, plan};
/// use bootgate::{limits::Limits, span::Sources};
///
/// let mut sources = Sources::default();
/// let text = "{meta: {id: a}, seq: [{id: kind, type: u1}, {id: count, type: u1}]}";
/// let source = sources.add("a.ksy", text);
/// let plan = plan(bootgate::schema::read(source, text), Default::default()).unwrap();
/// let marked = against(&plan, &sources, b"\x01\x07", b"\x01\x02", &Limits::default()).unwrap();
/// assert_eq!(marked.text(false), "  0000..0002  a\n* 0001..0002    count = 7  u1   (was 2)\n");
/// ```
pub fn against(
    plan: &Plan,
    sources: &Sources,
    new: &[u8],
    old: &[u8],
    limits: &Limits,
) -> io::Result<Marked> {
    let (collected_new, lines) = collected(plan, sources, new, limits)?;
    let (collected_old, other_lines) = collected(plan, sources, old, limits)?;
    let (changes, cost) = match (&collected_new.root, &collected_old.root) {
        (Some(new), Some(old)) => differences(new, old),
        _ => (Vec::new(), lines.len()),
    };
    let changes: BTreeMap<usize, Change> = changes.into_iter().collect();
    let was = |change: &Change| match change {
        Change::From(index) => other_lines.get(*index).map(|line| format!("   (was {})", value(line))),
        Change::New => None,
        Change::Elements(count) => Some(format!("   (was {count} elements)")),
    };
    let mut made: Vec<MarkedLine> = lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| {
            let change = changes.get(&index);
            let text = format!("{line}{}", change.and_then(was).unwrap_or_default());
            MarkedLine { text, differs: change.is_some(), leads: change.is_some() }
        })
        .collect();
    // From the last line to the first: what one that leads somewhere is within leads there too.
    let mut needed = 0;
    for (line, level) in made.iter_mut().zip(&collected_new.levels).rev() {
        let level = *level;
        if line.leads || level < needed {
            line.leads = true;
            needed = level;
        }
    }
    Ok(Marked { lines: made, cost })
}

fn collected(
    plan: &Plan,
    sources: &Sources,
    bytes: &[u8],
    limits: &Limits,
) -> io::Result<(Collect, Vec<String>)> {
    let options = Options::default();
    let mut collect = Collect::default();
    walked(plan, sources, bytes, &options, limits, &mut collect)?;
    let mut out = Vec::new();
    walked(plan, sources, bytes, &options, limits, &mut Text::new(&mut out, bytes.len() as u64, false))?;
    Ok((collect, String::from_utf8_lossy(&out).lines().map(str::to_owned).collect()))
}

/// What stands behind the name, without the type.
fn value(line: &str) -> &str {
    let value = line.split_once(" = ").map_or("", |(_, value)| value);
    value.rsplit_once("  ").map_or(value, |(value, _)| value)
}
