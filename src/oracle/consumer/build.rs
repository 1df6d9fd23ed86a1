//! Builds of the consumer: what their call sites supply, and whether the interpreter checks.

use super::Site;

/// One build of the consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build {
    /// How many inputs the call site of each template type fills in; none for a type that is newer than the build.
    supplied: [Option<usize>; 3],
    /// Whether an index is compared with the number of inputs.
    pub(super) checked: bool,
}

impl Build {
    /// The release in the field in July 2024: 20 inputs for IPC, and no check.
    pub const LEGACY: Build = Build { supplied: [Some(14), Some(12), Some(20)], checked: false };
    /// The hotfix: still 20 inputs, but what is behind them does not match.
    pub const CHECKED: Build = Build { checked: true, ..Build::LEGACY };
    /// A release that fills in the 21st input.
    pub const LEGACY_21: Build = Build { supplied: [Some(14), Some(12), Some(21)], checked: false };
    /// A release before the IPC type.
    pub const LEGACY_WITHOUT_IPC: Build = Build { supplied: [Some(14), Some(12), None], checked: false };

    /// All of them, by the names that the driver in C has for them.
    pub const NAMED: [(&str, Build); 4] = [
        ("legacy", Build::LEGACY),
        ("checked", Build::CHECKED),
        ("legacy-21", Build::LEGACY_21),
        ("legacy-without-ipc", Build::LEGACY_WITHOUT_IPC),
    ];

    /// The one with this name.
    pub fn named(name: &str) -> Option<Build> {
        Build::NAMED.into_iter().find(|(known, _)| *known == name).map(|(_, build)| build)
    }

    /// Whether an index is compared with the number of inputs.
    pub fn checks(&self) -> bool {
        self.checked
    }

    /// How many inputs the call site fills in, if the build has it.
    pub fn supplied(&self, site: Site) -> Option<usize> {
        self.supplied.get(site as usize).copied().flatten()
    }
}
