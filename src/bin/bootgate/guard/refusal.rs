//! What the guard would not do, as findings.

use bootgate::codes;
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::guard::core::{Failure, Refusal, Why};
use bootgate::guard::store::{NotASet, StoreError};

use super::place::unusable;
use super::words;

/// The finding for an operation that was not done.
pub(super) fn finding(failure: &Failure<StoreError>) -> Box<Finding> {
    match failure {
        Failure::Storage(StoreError::NotASet(error)) => {
            let blame = Blame::Environment;
            let mut finding = Finding::new(codes::USAGE, Severity::Error, blame, error.to_string());
            if let NotASet::Files(_) | NotASet::Bytes = error {
                finding.help = Some("split it into several sets".into());
            }
            Box::new(finding)
        }
        Failure::Storage(error) => unusable(
            error.to_string(),
            "nothing was changed, or not all; `bootgate guard status` shows what is",
        ),
        Failure::Refused(Refusal::Record) => unusable(
            "the record of the set is lost, or cannot be read".to_owned(),
            "`bootgate guard boot` goes on from what is left; `bootgate guard status` shows it",
        ),
        Failure::Refused(refusal) => withheld(refusal),
    }
}

fn withheld(refusal: &Refusal) -> Box<Finding> {
    let (message, help) = match refusal {
        Refusal::Set(why) => (words::why(*why).to_owned(), to_do(*why).to_owned()),
        Refusal::Record | Refusal::Unknown => {
            ("no such set was staged".to_owned(), "`bootgate guard stage` stores one".to_owned())
        }
        Refusal::Serial { known } => (
            format!("this content was staged before, with the serial {known}"),
            format!("leave `--serial` out, or say {known}: unclean ends are counted by content"),
        ),
        Refusal::Full => (
            "the record has no room for another set".to_owned(),
            "release sets from quarantine that can be forgotten".to_owned(),
        ),
        Refusal::NothingToGoBackTo => (
            "there is no other good set that may be activated".to_owned(),
            "`bootgate guard activate` takes one that was staged".to_owned(),
        ),
        Refusal::NotInUse => (
            "no set is known to be in use in this boot".to_owned(),
            "`bootgate guard boot` or `activate` begins a run".to_owned(),
        ),
        Refusal::Spoiled => (
            "the machine ended uncleanly with this set since it was activated".to_owned(),
            "if the set was not the cause, `bootgate guard activate` begins a new soak".to_owned(),
        ),
        Refusal::Soak { seconds, needed } => (
            format!(
                "the set has been in use for {seconds} of the {} of a soak",
                words::count(*needed, "second")
            ),
            "try again later".to_owned(),
        ),
        Refusal::Events { events, needed } => (
            format!("the consumer has handled {events} of the {} of a soak", words::count(*needed, "event")),
            "try again when it has: loading is not proof".to_owned(),
        ),
        Refusal::Floor { set, serial } => (
            format!(
                "set {}, which is in use or the latest good one, has the serial {serial}",
                words::short(*set)
            ),
            "activate and commit a set above the floor first, so that the machine keeps one to come up with"
                .to_owned(),
        ),
        Refusal::NotQuarantined => {
            ("the set is not in quarantine".to_owned(), "`bootgate guard status` lists them".to_owned())
        }
    };
    let mut finding = Finding::new(codes::SET_WITHHELD, Severity::Error, Blame::Content, message);
    finding.help = Some(help);
    Box::new(finding)
}

fn to_do(why: Why) -> &'static str {
    match why {
        Why::UncleanEnds | Why::Quarantined => {
            "if something else made the machine end, `bootgate guard release` takes it out of quarantine"
        }
        Why::BelowFloor => "stage a later one; `bootgate guard floor` says how low the guard may go",
        Why::Refused => "`bootgate check` with the same contract explains",
        Why::Unjudged => "name a contract or a schema that can be used",
        Why::Damaged | Why::Missing => "stage it again",
        Why::Uncounted => "make room on the disk, or mount it for writing",
    }
}
