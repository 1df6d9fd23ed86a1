//! The build that witnesses are made for: one that supplies what is to be observed.

use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use super::Effort;
use crate::contract::{Evidence, Manifest, RawContract, Word};

/// The text of a manifest that supplies as much of one capacity as is ever tried. Of the others it supplies the least
/// that any manifest says, so that nothing else stands in the way, and one element of what none of them knows.
pub fn generous(contract: &RawContract, manifests: &[Manifest], name: &str, effort: &Effort) -> String {
    let mut document = DocumentMut::new();
    let mut build = InlineTable::new();
    build.insert("version", "0".into());
    document.insert("build", Item::Value(Value::InlineTable(build)));
    document.insert("state", Item::Value("fielded".into()));
    let mut capacities = Table::new();
    for other in contract.capacities.keys() {
        let known = manifests.iter().filter_map(|manifest| manifest.capacities.get(other)).map(|c| c.value);
        let value = match other == name {
            true => effort.most.saturating_add(2),
            false => known.min().unwrap_or(1),
        };
        let mut entry = InlineTable::new();
        // Beyond `i64` TOML has no numbers.
        entry.insert("value", i64::try_from(value).unwrap_or(i64::MAX).into());
        entry.insert("evidence", Evidence::Observed.word().into());
        capacities.insert(other, Item::Value(Value::InlineTable(entry)));
    }
    document.insert("capacity", Item::Table(capacities));
    document.to_string()
}
