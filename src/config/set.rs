//! `[[set]]`: the files of a set, how they combine, and what machines run.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::DeValue;

use super::error::ConfigError;
use super::parse::{Defaults, Reader, Table};
use super::pattern::{Pattern, Slot};
use super::{Coexist, InventoryConfig, Located, SetConfig};
use crate::contract::Columns;
use crate::span::Span;

const SET: &[&str] = &[
    "name",
    "contract",
    "builds",
    "inventory",
    "files",
    "coexist",
    "instances",
    "trailing",
    "unreferenced",
    "overlapping",
];
const INVENTORY: &[&str] = &["file", "version", "platform", "count"];

impl Reader {
    pub(super) fn set(
        &mut self,
        table: Table<'_>,
        defaults: Defaults,
        names: &mut BTreeMap<String, Span>,
    ) -> Option<SetConfig> {
        self.only(table, SET);
        let Defaults { severities, instances } = self.defaults(table, defaults);
        let name = self.name(table, names);
        let contract = self.required(table, "contract");
        let builds = self.string(table, "builds");
        let inventory = self.inventory(table);
        let coexist = self.coexist(table);
        // Combinations alone are enough to check; without them, a set that names no files is a mistake.
        let combined = table.entries.contains_key("coexist") && !table.entries.contains_key("files");
        let files = if combined { Some(Vec::new()) } else { self.roles(table, name.as_ref()) };
        Some(SetConfig {
            name: name?,
            contract: contract?,
            builds,
            severities,
            instances,
            inventory,
            files: files?,
            coexist,
        })
    }

    /// `inventory`, as a path or as a table with the names of columns.
    fn inventory(&mut self, table: Table<'_>) -> Option<InventoryConfig> {
        let value = table.entries.get("inventory")?;
        if !value.get_ref().is_table() {
            let file = self.string(table, "inventory")?;
            return Some(InventoryConfig { file, columns: Columns::default() });
        }
        let key = format!("{}/inventory", table.key);
        let table = self.table(value, "[set.inventory]", &key)?;
        self.only(table, INVENTORY);
        let file = self.required(table, "file");
        let mut column = |key| self.string(table, key).map(|name| name.value);
        let columns =
            Columns { version: column("version"), platform: column("platform"), count: column("count") };
        Some(InventoryConfig { file: file?, columns })
    }

    /// The patterns of `coexist`, in the order of the text.
    fn coexist(&mut self, table: Table<'_>) -> Option<Coexist> {
        let value = table.entries.get("coexist")?;
        let key = format!("{}/coexist", table.key);
        let table = self.table(value, "[set.coexist]", &key)?;
        let files = self.patterns(table)?;
        let names = |pattern: &Pattern| {
            pattern.slots().filter(|slot| matches!(slot, Slot::Named(_))).cloned().collect::<BTreeSet<Slot>>()
        };
        let named: BTreeSet<_> =
            files.iter().map(|(_, p)| names(&p.value)).filter(|names| !names.is_empty()).collect();
        if named.len() > 1 {
            self.errors.push(ConfigError::CoexistSlots {
                slots: named.into_iter().flatten().map(|slot| slot.to_string()).collect(),
                span: table.span,
            });
        }
        Some(Coexist { files, span: table.span })
    }

    /// The patterns of a set, in the order of the text.
    fn roles(
        &mut self,
        table: Table<'_>,
        name: Option<&Located<String>>,
    ) -> Option<Vec<(String, Located<Pattern>)>> {
        let Some(value) = table.entries.get("files") else {
            self.errors.push(ConfigError::Missing { key: "files", table: table.title, span: table.span });
            return None;
        };
        let key = format!("{}/files", table.key);
        let files = self.table(value, "[set.files]", &key)?;
        let patterns = self.patterns(files)?;
        let slots: BTreeSet<&Slot> = patterns.iter().flat_map(|(_, p)| p.value.slots()).collect();
        let has_all = |p: &Pattern| p.slots().collect::<BTreeSet<_>>() == slots;
        if patterns.len() == files.entries.len() && !patterns.iter().any(|(_, p)| has_all(&p.value)) {
            self.errors.push(ConfigError::NoKeyFile {
                set: name.map(|n| n.value.clone()).unwrap_or_default(),
                slots: slots.into_iter().map(Slot::to_string).collect(),
                span: files.span,
            });
        }
        Some(patterns)
    }

    /// The patterns of a table by role, in the order of the text.
    fn patterns(&mut self, table: Table<'_>) -> Option<Vec<(String, Located<Pattern>)>> {
        if table.entries.is_empty() {
            let key = table.key.rsplit('/').next().unwrap_or_default().to_owned();
            self.errors.push(ConfigError::Empty { key, span: table.span });
            return None;
        }
        let mut roles: Vec<_> = table.entries.iter().collect();
        roles.sort_by_key(|(role, _)| role.span().start);
        let pattern = |(role, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let role: &Cow<'_, str> = role.get_ref();
            let text = self.text(value, role, format!("{}/{role}", table.key))?;
            Some((role.to_string(), self.pattern(text)?))
        };
        Some(roles.into_iter().filter_map(pattern).collect())
    }
}
