//! Declarations: the content's own definitions say more than builds supply.
//!
//! 21 declared fields ran well for months on 20 supplied inputs, so this is no error in content: it is the
//! business of the consumer's build. But it is where the next file can go wrong, hence one note.
//!
//! Gives `declared-not-supplied`.

use super::explain::Fold;
use super::plan::Terms;
use super::words::label;
use crate::codes;
use crate::contract::{Manifest, builds_text};
use crate::finding::{Blame, Finding, Severity};

/// Whether a count is more than a build supplies; a build that does not know the capacity has no say.
fn exceeds(build: &Manifest, name: &str, count: i128) -> bool {
    build.capacities.get(name).is_some_and(|capacity| count > i128::from(capacity.value))
}

/// Whether some build has something to say about a count.
pub(super) fn speaks(terms: &Terms, name: &str, count: i128) -> bool {
    terms.builds.iter().any(|build| exceeds(build, name, count))
}

/// The content's own definitions declare more than builds supply: one note for all of them.
pub(super) fn declared(terms: &Terms, row: usize, name: &str, fold: &Fold) -> Option<Finding> {
    let declared = terms.raw.declared.get(row)?;
    let (count, place) = fold.furthest.as_ref()?;
    let differs = |build: &&Manifest| exceeds(build, name, *count);
    let builds: Vec<&Manifest> = terms.builds.iter().filter(differs).collect();
    let mut supplies: Vec<u64> =
        builds.iter().filter_map(|b| b.capacities.get(name)).map(|c| c.value).collect();
    supplies.sort_unstable();
    supplies.dedup();
    let message = format!("more is declared than `{name}` supplies");
    let mut finding = Finding::new(codes::DECLARED_NOT_SUPPLIED, Severity::Note, Blame::Content, message);
    finding.found = Some(format!("{count} declared"));
    let supplies: Vec<String> = supplies.iter().map(u64::to_string).collect();
    let who = builds_text(&builds);
    finding.expected = Some(format!("{} supplied by {who}", supplies.join(" or ")));
    finding.builds = terms.names(&builds);
    finding.places.push(place.clone());
    let key = format!("{}/count", declared.place.key);
    finding.labels.push(label(declared.count.span, &key, &declared.because.value, true));
    Some(finding)
}
