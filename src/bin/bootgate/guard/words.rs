//! The guard's words for people.

use bootgate::guard::core::{Entry, Event, Reason, SetDigest, Standing, What, Why};

/// As many digits of a digest as tell sets apart.
pub(super) fn short(set: SetDigest) -> String {
    set.to_string().chars().take(12).collect()
}

/// `1 attempt`, `2 attempts`.
pub(super) fn count(number: u64, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// Why a set is not loaded.
pub(super) fn why(why: Why) -> &'static str {
    match why {
        Why::UncleanEnds => "the machine ended uncleanly with it too often",
        Why::Quarantined => "it is in quarantine",
        Why::BelowFloor => "its serial is below the floor",
        Why::Refused => "the gate refuses it",
        Why::Unjudged => "the gate could not be asked, and it has not proved itself",
        Why::Damaged => "its bytes are not those that were staged",
        Why::Missing => "its copy is not there, or cannot be read",
        Why::Uncounted => "the attempt could not be written down, and it has not proved itself",
    }
}

/// What is thought of a set, in a word or two.
pub(super) fn standing(entry: &Entry) -> &'static str {
    match entry.standing {
        Standing::Staged => "staged",
        Standing::Good => "good",
        Standing::Quarantined(Reason::UncleanEnds) => "quarantined",
        Standing::Quarantined(Reason::RecordLost) => "quarantined, for its record was lost",
    }
}

/// What happened, as a sentence.
pub(super) fn event(event: &Event) -> String {
    let set = event.set.map_or_else(|| "none".to_owned(), short);
    let from = event.other.map(|other| format!(" from {}", short(other))).unwrap_or_default();
    match event.what {
        What::Staged => format!("{set} passed the gate and was stored"),
        What::Dropped => format!("{set} was dropped, for it waited longest"),
        What::Activated => format!("{set} was activated"),
        What::Planned => format!("{set} is to be activated at the next boot"),
        What::RolledBack => format!("the operator went back to {set}{from}"),
        What::Booted => format!("{set} was loaded at boot"),
        What::Nothing => "there was no set that could be loaded".to_owned(),
        What::Skipped(reason) => format!("{set} was passed over: {}", why(reason)),
        What::FellBack => format!("the guard went back to {set}{from}"),
        What::LeastUnclean => {
            format!("every good set ended uncleanly too often; {set} did so the fewest times")
        }
        What::Unclean => format!("the machine ended uncleanly with {set}"),
        What::Clean => format!("the machine was shut down cleanly with {set}"),
        What::Quarantined => format!("{set} was put in quarantine"),
        What::Released => format!("the operator released {set} from quarantine"),
        What::Committed => format!("{set} proved itself and is good"),
        What::Floor => "the operator set the floor".to_owned(),
        What::Policy => "the operator set the policy".to_owned(),
        What::Recovered => "the record was lost, and made anew from its backup".to_owned(),
    }
}

/// The name of an event for programs.
pub(super) fn event_name(what: What) -> &'static str {
    match what {
        What::Staged => "staged",
        What::Dropped => "dropped",
        What::Activated => "activated",
        What::Planned => "planned",
        What::RolledBack => "rolled-back",
        What::Booted => "booted",
        What::Nothing => "nothing",
        What::Skipped(_) => "skipped",
        What::FellBack => "fell-back",
        What::LeastUnclean => "least-unclean",
        What::Unclean => "unclean-end",
        What::Clean => "clean-end",
        What::Quarantined => "quarantined",
        What::Released => "released",
        What::Committed => "committed",
        What::Floor => "floor-set",
        What::Policy => "policy-set",
        What::Recovered => "recovered",
    }
}
