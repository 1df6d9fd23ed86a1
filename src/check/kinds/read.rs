//! Reads: what a consumer dereferences must be supplied. The rule that the whole tool is named for.
//!
//! A criterion with index 20 is harmless while it is a wildcard that nothing evaluates, and reads what was never
//! filled as soon as it is a pattern, in every build that supplies 20. So the index counts, the condition counts,
//! and what each build supplies counts; how many fields were declared does not.
//!
//! Gives `read-beyond-supply`, `dead-read`, `evidence-too-weak` and `capacity-unknown`.

use super::bound::{Bounded, Excess, Measure};
use crate::codes;
use crate::contract::kinds::Read;
use crate::contract::{Beyond, Text, Unknown};
use crate::finding::{Blame, Finding, Severity};

impl Measure for Read {
    fn exceeds(&self, index: i128, supply: u64) -> bool {
        index < 0 || index >= i128::from(supply)
    }

    fn unknown(&self) -> Option<Unknown> {
        Some(self.unknown)
    }
}

impl Bounded for Read {
    fn unknown_to(&self, what: &str, name: &str) -> String {
        format!("{what} reads `{name}`, which these builds do not know")
    }

    fn found(&self, index: i128, name: &str) -> String {
        format!("index {index} of `{name}`")
    }

    fn finding(&self, excess: &Excess<'_>) -> Finding {
        let Excess { what, name, value, who, .. } = excess;
        let content = |code, severity, message| Finding::new(code, severity, Blame::Content, message);
        let mut finding = match excess.beyond {
            Beyond::Fault => {
                let message = format!("{what} reads beyond what `{name}` supplies");
                let mut f = content(codes::READ_BEYOND_SUPPLY, Severity::Error, message);
                let enough = excess.furthest.saturating_add(1);
                f.help = Some(format!(
                    "hold this content back from these builds, or change it so that it does not read there; \
                     a build that supplies {enough} can take it"
                ));
                f
            }
            Beyond::NoMatch => {
                let message =
                    format!("dead {what}: it asks for more than `{name}` supplies, and never matches");
                let mut f = content(codes::DEAD_READ, Severity::Warning, message);
                f.notes.push("a build that checks the index first comes to no harm".into());
                f
            }
        };
        let verb = if excess.several { "supply" } else { "supplies" };
        finding.expected = Some(format!("an index below {value}: {who} {verb} {value}"));
        finding
    }

    fn number(&self, _: i128) -> (String, &Text) {
        ("index".into(), &self.index)
    }

    fn capacity(&self) -> (&'static str, &Text) {
        ("capacity", &self.capacity)
    }
}
