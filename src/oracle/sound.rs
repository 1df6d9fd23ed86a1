//! The gate's word held against what the consumer does: what it accepts does no harm, and what it refuses for its supply
//! does.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::consumer::{self, Build, Lead};
use super::{Gate, flagship_for};
use crate::check::check;
use crate::codes::READ_BEYOND_SUPPLY;
use crate::finding::{Finding, Severity};
use crate::limits::Limits;

/// Events that are led to reads of one content set.
const LEADS: usize = 64;

/// The gate of the sensor's contract, for one build.
pub struct Judge {
    gate: Gate,
    build: Build,
}

impl Judge {
    /// For a build of the reference driver, by its name, whose manifest states so many inputs for `ipc`; nothing if there is no
    /// such build.
    pub fn of(build: &str, stated: u64) -> Option<Judge> {
        let build = Build::named(build)?;
        let beyond = if build.checks() { "no-match" } else { "fault" };
        Some(Judge { gate: flagship_for(stated, beyond), build })
    }

    fn findings(&self, files: [&[u8]; 2]) -> Vec<Finding> {
        check(&self.gate.plan, &self.gate.sources, &files, &Limits::default())
    }

    /// What the build must survive if its manifest is true: a case, as it is and with an event for each read that it asks
    /// for. Nothing if the gate refuses its content, or the consumer does.
    pub fn harmless(&self, case: &[u8]) -> Vec<Vec<u8>> {
        let Ok([definitions, channel, event]) = consumer::parts(case) else { return Vec::new() };
        let Ok(content) = consumer::load(definitions, channel) else { return Vec::new() };
        if self.findings([definitions, channel]).iter().any(|finding| finding.severity == Severity::Error) {
            return Vec::new();
        }
        // Of reads beyond first: that there are any is what must not be.
        let mut reads = content.reads(|kind| self.supply(kind));
        reads.sort_by_key(|read| !read.beyond());
        let leads = reads.iter().take(LEADS).filter_map(|read| match content.lead(&self.build, read) {
            Lead::Event(event) => Some(consumer::case(definitions, channel, &event)),
            Lead::Blocked | Lead::Unknown => None,
        });
        std::iter::once(consumer::case(definitions, channel, event)).chain(leads).collect()
    }

    fn supply(&self, kind: &str) -> Option<u64> {
        let site = consumer::Site::of(kind)?;
        self.build.supplied(site).map(|supplied| supplied as u64)
    }
}

/// Each read that the gate refuses for its supply is one that an event leads the legacy build to, unless one input had to be
/// several things at once; and it refuses each that there is. Gives the cases that get there.
pub fn complete(case: &[u8]) -> Vec<Vec<u8>> {
    static JUDGE: OnceLock<Judge> = OnceLock::new();
    let judge = JUDGE.get_or_init(|| Judge::of("legacy", 20).unwrap_or_else(|| panic!("no legacy build")));
    let Ok([definitions, channel, _]) = consumer::parts(case) else { return Vec::new() };
    let Ok(content) = consumer::load(definitions, channel) else { return Vec::new() };
    let beyond: Vec<_> =
        content.reads(|kind| judge.supply(kind)).into_iter().filter(|read| read.beyond()).collect();
    let findings = judge.findings([definitions, channel]);
    let refused: Vec<_> = findings.iter().filter(|finding| finding.code == READ_BEYOND_SUPPLY).collect();
    assert_eq!(refused.is_empty(), beyond.is_empty(), "reads beyond: {beyond:?}, refused: {refused:#?}");
    if refused.iter().all(|finding| finding.unlisted == 0) {
        let told: BTreeSet<String> = refused
            .iter()
            .flat_map(|finding| &finding.places)
            .filter_map(|place| place.path.as_deref()?.strip_prefix("channel.").map(str::to_owned))
            .collect();
        let path = |read: &consumer::Dereference| {
            format!("instances[{}].criteria[{}]", read.instance, read.criterion)
        };
        let expected: BTreeSet<String> = beyond.iter().map(path).collect();
        assert_eq!(told, expected, "refused, and read");
    }
    let leads = beyond.iter().map(|read| (read, content.lead(&judge.build, read)));
    leads
        .filter_map(|(read, lead)| match lead {
            Lead::Event(event) => Some(consumer::case(definitions, channel, &event)),
            Lead::Blocked => None,
            Lead::Unknown => panic!("refused, and no event gets there: {read:?}"),
        })
        .collect()
}
