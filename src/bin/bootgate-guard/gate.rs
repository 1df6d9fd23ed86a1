//! The gate of `bootgate-guard`: a frozen plan, and nothing else.

use crate::guard::frozen::{FrozenGate, PlanArguments};

/// What sets are gated with.
#[derive(Debug, clap::Args)]
pub(crate) struct GateArguments {
    #[command(flatten)]
    plan: PlanArguments,
}

impl GateArguments {
    /// What to name when there is nothing to gate with.
    pub(crate) const NAMES: &str = "name a frozen plan: `--plan FILE`";

    /// Whether there is anything to gate with.
    pub(crate) fn is_given(&self) -> bool {
        self.plan.is_given()
    }

    /// Reads and verifies the plan.
    pub(crate) fn load(&self, set: &str) -> FrozenGate {
        self.plan.load(set)
    }

    /// The gate for commands that can do without one, where good sets alone pass; if it was asked for, it must work.
    pub(crate) fn usable(&self, set: &str) -> Result<FrozenGate, Box<FrozenGate>> {
        let gate = self.load(set);
        if gate.problems().next().is_none() { Ok(gate) } else { Err(Box::new(gate)) }
    }
}
