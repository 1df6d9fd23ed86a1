//! What the matrix and the reverse gate promise: they say of each build what a check for it alone says.

#[cfg(test)]
mod support;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use bootgate::check::Standing;
use bootgate::contract::{Say, Selected, State};
use bootgate::finding::{Blame, Finding, Outcome, Severity, Subject, Unit};
use bootgate::report::matrix::{self, Build, Row};
use proptest::prelude::*;
use support::cases::all;
use support::gate::Gate;
use support::samples;

const BUILDS: [&str; 5] = ["7.10", "7.11", "7.15", "7.15.1", "8.0"];

/// All builds at once, and each alone.
fn gates() -> &'static (Gate, Vec<Gate>) {
    static GATES: OnceLock<(Gate, Vec<Gate>)> = OnceLock::new();
    GATES.get_or_init(|| {
        let overview = Gate::of(|manifests| Selected::all(manifests, Say::Told));
        (overview, BUILDS.iter().map(|build| Gate::new(&format!("={build}"))).collect())
    })
}

fn unit(findings: Vec<Finding>) -> Unit {
    Unit { name: "set".into(), findings, ..Unit::default() }
}

fn codes<'f>(findings: impl Iterator<Item = &'f Finding>) -> BTreeSet<&'static str> {
    findings.filter(|f| f.severity > Severity::Note).map(|f| f.code).collect()
}

/// Each cell of the row of a set is what a check for its build comes to, for the same codes.
fn agrees(definitions: &[u8], channel: &[u8]) {
    let (overview, alone) = gates();
    let builds = BUILDS.map(|name| Build { name: name.into(), state: "fielded" });
    let row = Row::new(&unit(overview.findings(definitions, channel)), &builds, &[]);
    for ((cell, gate), build) in row.cells.iter().zip(alone).zip(BUILDS) {
        let checked = unit(gate.findings(definitions, channel));
        let state = match checked.outcome(Subject::Content) {
            Outcome::NotRun => matrix::State::NotJudged,
            Outcome::Refused => matrix::State::Refused,
            Outcome::Passed if codes(checked.findings.iter()).is_empty() => matrix::State::Passes,
            Outcome::Passed => matrix::State::Dead,
        };
        assert_eq!(cell.state, state, "{build}: {:?}", checked.findings);
        let reasons: BTreeSet<&str> =
            cell.reasons.iter().filter_map(|index| row.reasons.get(*index)).map(|r| r.code).collect();
        assert_eq!(reasons, codes(checked.findings.iter()), "{build}");
    }
}

#[test]
fn the_matrix_agrees_cell_by_cell_with_a_check_for_that_build() {
    for case in all() {
        agrees(&case.definitions, &case.channel);
    }
}

#[test]
fn the_july_file_has_a_cell_of_each_kind() {
    let (overview, _) = gates();
    let july = overview.findings(&samples::definitions().build().bytes, &samples::july().build().bytes);
    let builds = BUILDS.map(|name| Build { name: name.into(), state: "fielded" });
    let row = Row::new(&unit(july), &builds, &[]);
    let states: Vec<&str> = row.cells.iter().map(|cell| cell.state.name()).collect();
    assert_eq!(states, ["passes", "refused", "refused", "dead", "passes"]);
}

/// The builds in the field but this one.
fn field(but: &str) -> Gate {
    Gate::of(|manifests| {
        Selected::new(manifests, |build| {
            (build.state == State::Fielded && build.version.value != but).then_some(Say::Told)
        })
    })
}

#[test]
fn the_reverse_gate_tells_regressions_from_what_no_build_takes() {
    let definitions = samples::definitions().build().bytes;
    let july = samples::july().build().bytes;
    let taken = Gate::new("=7.15").candidate(&field("7.15"), &definitions, &july);
    let by = ["7.10", "7.15.1", "8.0"].map(String::from).to_vec();
    assert_eq!(taken.standing, Standing::NotTaken(by));
    let none = Gate::of(|manifests| Selected::new(manifests, |_| None));
    assert_eq!(
        Gate::new("=7.15").candidate(&none, &definitions, &july).standing,
        Standing::NotTaken(Vec::new())
    );
    assert_eq!(Gate::new("=8.0").candidate(&field("8.0"), &definitions, &july).standing, Standing::Taken);
}

/// What a check refuses for the candidate alone is refused; what it refuses for any build is told, and not held against it.
#[test]
fn damaged_content_is_not_held_against_a_candidate() {
    for build in ["7.10", "7.15", "8.0"] {
        let (gate, field) = (Gate::new(&format!("={build}")), field(build));
        for case in all() {
            let plain = gate.errors(&case.definitions, &case.channel);
            let taken = gate.candidate(&field, &case.definitions, &case.channel);
            let errors = taken.findings.iter().filter(|f| f.severity == Severity::Error);
            let own = plain.iter().filter(|f| f.blame != Blame::Content || !f.builds.is_empty());
            assert_eq!(errors.count(), own.count(), "{build}: {}", case.name);
            let sound = plain.iter().all(|f| !f.builds.is_empty());
            let standing = match (plain.iter().any(|f| !f.builds.is_empty()), sound) {
                (true, _) => matches!(taken.standing, Standing::NotTaken(_)),
                (false, true) => taken.standing == Standing::Taken,
                (false, false) => taken.standing == Standing::Unsound,
            };
            assert!(standing, "{build}: {}: {:?}", case.name, taken.standing);
        }
    }
}

proptest! {
    /// Also of content that nobody thought of, with a checksum that is right.
    #[test]
    fn the_matrix_agrees_on_damaged_content(changes in prop::collection::vec((0usize..1000, any::<u8>()), 1..4)) {
        let mut channel = samples::july().build();
        for (at, byte) in changes {
            if let Some(place) = channel.bytes.get_mut(at) {
                *place = byte;
            }
        }
        if channel.bytes.len() > 28 {
            channel.seal();
        }
        agrees(&samples::definitions().build().bytes, &channel.bytes);
    }
}
