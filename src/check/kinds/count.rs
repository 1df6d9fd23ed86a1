//! Counts: what the consumer makes room for in advance must be enough.
//!
//! A table for 200 features is allocated once, at start, since nobody has ever had more than 60. The 201st is
//! written behind it, or ends the program: in every build with that table, whatever the format allows.
//!
//! Gives `count-beyond-capacity`, `evidence-too-weak` and `capacity-unknown`.

use super::bound::{Bounded, Excess, Measure};
use crate::codes;
use crate::contract::kinds::Count;
use crate::contract::{Beyond, Text, Unknown};
use crate::finding::{Blame, Finding, Severity};

impl Measure for Count {
    fn exceeds(&self, count: i128, capacity: u64) -> bool {
        count < 0 || count > i128::from(capacity)
    }

    fn unknown(&self) -> Option<Unknown> {
        Some(self.unknown)
    }
}

impl Bounded for Count {
    fn unknown_to(&self, what: &str, name: &str) -> String {
        format!("{what} needs room in `{name}`, which these builds do not know")
    }

    fn found(&self, count: i128, name: &str) -> String {
        format!("{count} for `{name}`")
    }

    fn finding(&self, excess: &Excess<'_>) -> Finding {
        let Excess { what, name, value, who, .. } = excess;
        let (severity, message) = match excess.beyond {
            Beyond::Fault => (Severity::Error, format!("{what} has more than `{name}` has room for")),
            Beyond::NoMatch => {
                let message =
                    format!("{what} has more than `{name}` has room for: what is too many has no effect");
                (Severity::Warning, message)
            }
        };
        let mut finding = Finding::new(codes::COUNT_BEYOND_CAPACITY, severity, Blame::Content, message);
        let verb = if excess.several { "have" } else { "has" };
        finding.expected = Some(format!("at most {value}: {who} {verb} room for {value}"));
        match excess.beyond {
            Beyond::Fault => {
                finding.help = Some(
                    "hold this content back from these builds, or make it smaller; \
                     growth that is meant needs a build with more room first"
                        .into(),
                );
            }
            Beyond::NoMatch => {
                finding.notes.push("a build that checks the count first comes to no harm".into())
            }
        }
        finding
    }

    fn number(&self, _: i128) -> (String, &Text) {
        ("count".into(), &self.count)
    }

    fn capacity(&self) -> (&'static str, &Text) {
        ("capacity", &self.capacity)
    }
}
