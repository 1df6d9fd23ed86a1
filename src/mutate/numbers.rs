//! Numbers of a contract: the capacities of its builds.

use std::collections::BTreeSet;

use crate::contract::Manifest;

/// What the capacities of builds come to, each number once: indices and counts around them are where builds differ.
pub fn numbers_of<'m>(manifests: impl IntoIterator<Item = &'m Manifest>) -> Vec<i128> {
    let capacities = manifests.into_iter().flat_map(|manifest| manifest.capacities.values());
    let numbers: BTreeSet<i128> = capacities.map(|capacity| i128::from(capacity.value)).collect();
    numbers.into_iter().collect()
}
