//! What is promised of inventories: every row counts, and one that cannot be read is told by its line.

use proptest::prelude::*;

use super::*;
use crate::contract::{Manifest, RawContract, parse, parse_all};
use crate::finding::{Finding, Severity};
use crate::limits::{INVENTORY_BUILDS, INVENTORY_ROW};
use crate::span::Sources;

fn columns(named: &[&str]) -> Columns {
    let mut columns = Columns::default();
    named.iter().for_each(|text| columns.set(text).unwrap());
    columns
}

fn inventory(text: &str) -> Inventory {
    read("export.csv", text.as_bytes(), &Columns::default()).unwrap()
}

/// Version, platform and machines of each build.
fn shown(inventory: &Inventory) -> Vec<String> {
    let shown = |m: &Machines| format!("{} {} {}", m.version, m.platform.as_deref().unwrap_or("-"), m.count);
    inventory.builds.iter().map(shown).collect()
}

fn wrong(text: &[u8]) -> Finding {
    read("export.csv", text, &Columns::default()).unwrap_err().into()
}

#[test]
fn rows_of_the_same_build_are_added_up() {
    let text =
        "version,platform,count\n7.15,x64,3\n7.9,x64,1\n7.15.0,x64,4\n7.15,arm64,2\n7.15,,5\n8.0,x64,0\n";
    assert_eq!(shown(&inventory(text)), ["7.9 x64 1", "7.15 - 5", "7.15 arm64 2", "7.15 x64 7"]);
    assert_eq!(inventory(text).total(), 15);
    assert_eq!(inventory(text).builds[0].line, 3);
}

#[test]
fn without_a_count_each_row_is_a_machine() {
    let text = "host,version\na,7.15\nb,7.15\nc,8.0\n";
    assert_eq!(shown(&inventory(text)), ["7.15 - 2", "8.0 - 1"]);
}

#[test]
fn exports_come_as_spreadsheets_write_them() {
    let plain = inventory("version,platform,count\n7.15,x64,3\n8.0,x64,1\n");
    for text in [
        "\u{feff}version,platform,count\n7.15,x64,3\n8.0,x64,1\n",
        "Version, Platform ,COUNT\r\n7.15,x64,3\r\n\r\n8.0,x64,1",
        "\"version\",\"platform\",\"count\"\n\" 7.15\",\"x64\",\"3\"\n8.0,x64,001\n",
        "host,count,version,note,platform\na,3,7.15,\"two\nlines, \"\"quoted\"\"\",x64\nb,1,8.0,,x64\n",
    ] {
        assert_eq!(shown(&inventory(text)), shown(&plain), "{text:?}");
    }
}

#[test]
fn columns_can_have_any_name() {
    let text = "Agent,OS,Machines,version\n7.15,x64,3,not this one\n";
    let named = columns(&["version=Agent", "platform=OS", "count=Machines"]);
    assert_eq!(shown(&read("export.csv", text.as_bytes(), &named).unwrap()), ["7.15 x64 3"]);
    for wrong in ["version", "version=", "=a", "host=a", ""] {
        assert!(Columns::default().set(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_column_that_is_not_there_or_there_twice_is_told_with_those_that_are() {
    let missing = wrong(b"agent,os\n7.15,x64\n");
    assert_eq!(missing.message, "`export.csv` has no column `version`");
    assert_eq!(missing.notes, ["its columns are agent, os"]);
    assert_eq!(missing.help.as_deref(), Some("name the column: `--column version=NAME`"));
    // One that was asked for is needed, whatever it is for.
    let asked = read("export.csv", b"version\n7.15\n", &columns(&["count=n"])).unwrap_err();
    assert!(matches!(asked, InventoryError::ColumnMissing { purpose: "count", .. }), "{asked}");
    assert_eq!(wrong(b"version,Version\n7,8\n").message, "`export.csv` has 2 columns `version`");
}

#[test]
fn rows_that_cannot_be_read_are_told_by_their_lines() {
    let text = b"version,count\n7.15,1\n7.x,1\n\n\"7.\n15\",2\n7.15\n7.15,1,x\n,1\n7.15,\n7.15,-1\n7.15,1.5\n\xff,1\n7.15,99999999999999999999\n";
    let finding = wrong(text);
    assert_eq!(finding.message, "`export.csv` has 10 rows that cannot be read");
    assert_eq!(
        finding.notes,
        [
            "line 3: `7.x` is not a version",
            "line 5: `7.\n15` is not a version",
            "line 7: 1 of 2 values",
            "line 8: 3 of 2 values",
            "line 9: `version` is empty",
            "line 10: `` is not a number of machines",
            "line 11: `-1` is not a number of machines",
            "line 12: `1.5` is not a number of machines",
            "line 13: `version` is not UTF-8 text",
            "line 14: `99999999999999999999` is not a number of machines",
        ]
    );
    let many = format!("version\n{}", "x\n".repeat(1000));
    assert_eq!(wrong(many.as_bytes()).notes.last().map(String::as_str), Some("and 990 more"));
}

/// The rest of the file would be a part of one value, and its builds nobody's.
#[test]
fn a_quote_that_is_never_closed_swallows_no_rows() {
    let text = "version,host\n7.15,a\n7.15,\"b\n9.9,c\n9.8,d\n";
    assert_eq!(
        wrong(text.as_bytes()).message,
        "`export.csv`, line 3: a `\"` is not closed before the end of the file"
    );
    assert!(wrong(b"version,\"host\n7.15,a\n").message.contains("line 1"));
    let long = format!("version,host\n7.15,\"{}", "x".repeat(INVENTORY_ROW * 3));
    assert_eq!(wrong(long.as_bytes()).message, "`export.csv`, line 2: the row has more than 1048576 bytes");
}

#[test]
fn what_has_no_machine_in_it_is_no_inventory() {
    assert_eq!(wrong(b"").message, "`export.csv` is empty: an inventory has a row of headings");
    for text in ["version\n", "version,count\n7.15,0\n"] {
        assert_eq!(wrong(text.as_bytes()).message, "`export.csv` has no machine in it");
    }
    let many: String = (0..=INVENTORY_BUILDS).map(|n| format!("1.{n}\n")).collect();
    assert_eq!(
        wrong(format!("version\n{many}").as_bytes()).message,
        "`export.csv` has more than 10000 different builds"
    );
}

/// A contract and manifests of these versions, platforms and states.
fn contract(unlisted: &str, builds: &[(&str, &str, &str)]) -> (RawContract, Vec<Manifest>) {
    let mut sources = Sources::default();
    let text = format!(
        "[contract]\nconsumer = 'a'\nbuilds = '*.toml'\nunlisted = '{unlisted}'\n[files]\nlist = 'a.ksy'\n"
    );
    let raw = parse(&mut sources, "a.contract.toml", &text).unwrap();
    let manifest = |(version, platform, state): &(&str, &str, &str)| {
        let platform = if platform.is_empty() { String::new() } else { format!(", platform = '{platform}'") };
        let text = format!("build = {{ version = '{version}'{platform} }}\nstate = '{state}'\n");
        (format!("{version}{platform}.toml"), text)
    };
    let texts: Vec<(String, String)> = builds.iter().map(manifest).collect();
    let manifests = parse_all(&mut sources, &raw, &texts).unwrap();
    (raw, manifests)
}

fn compared(unlisted: &str, builds: &[(&str, &str, &str)], text: &str) -> Vec<String> {
    let (raw, manifests) = contract(unlisted, builds);
    let finding = |f: Finding| {
        format!("{} {}: {} {}", f.code, f.severity.name(), f.builds.join(", "), f.found.unwrap_or_default())
    };
    compare(&raw, &manifests, &inventory(text)).into_iter().map(finding).collect()
}

#[test]
fn a_build_without_a_manifest_refuses_where_the_contract_says_so() {
    let builds = [("7.15", "x64", "fielded")];
    let text = "version,platform,count\n7.15,x64,5\n7.15,arm64,2\n9.1,x64,1\n";
    assert_eq!(
        compared("refuse", &builds, text),
        ["build-unlisted error: 7.15 (arm64), 9.1 3 machines of 8 in `export.csv`"]
    );
    assert_eq!(
        compared("ignore", &builds, text),
        ["build-unlisted note: 7.15 (arm64), 9.1 3 machines of 8 in `export.csv`"]
    );
    let (raw, manifests) = contract("refuse", &builds);
    let finding = unlisted(&raw, &manifests, &inventory(text)).unwrap();
    assert_eq!(
        finding.notes,
        [
            "7.15 (arm64): 2 machines, first in line 3; there are manifests of this version for x64",
            "9.1: 1 machine, first in line 4"
        ]
    );
    assert_eq!(finding.severity, Severity::Error);
}

#[test]
fn a_platform_that_one_side_does_not_name_is_any() {
    let text = "version\n7.15\n";
    assert_eq!(
        compared("refuse", &[("7.15", "x64", "fielded"), ("7.15", "arm64", "fielded")], text),
        [""; 0]
    );
    let text = "version,platform\n7.15,x64\n";
    assert_eq!(compared("refuse", &[("7.15", "", "fielded")], text), [""; 0]);
}

#[test]
fn states_that_the_field_contradicts_are_told() {
    let builds = [
        ("6.0", "", "unreachable"),
        ("6.1", "", "unreachable"),
        ("7.0", "", "fielded"),
        ("7.1", "", "fielded"),
        ("8.0", "", "candidate"),
        ("8.1", "", "candidate"),
    ];
    assert_eq!(
        compared("refuse", &builds, "version,count\n6.1,7\n7.1,100\n8.1,3\n7.0,0\n"),
        [
            "state-contradicted error: 8.1 3 machines in `export.csv`",
            "state-contradicted error: 6.1 7 machines in `export.csv`",
            "build-retired warning: 7.0 ",
            "build-retired note: 6.0 "
        ]
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read("export.csv", &bytes, &Columns::default());
    }

    /// Whatever the order and the quoting, every machine is counted once.
    #[test]
    fn every_machine_is_counted(rows in prop::collection::vec((0u8..5, 1u64..9, any::<bool>()), 1..40)) {
        let row = |(minor, count, quoted): &(u8, u64, bool)| {
            if *quoted { format!("\"7.{minor}\",\"{count}\"\r\n") } else { format!("7.{minor},{count}\n") }
        };
        let text: String = rows.iter().map(row).collect();
        let read = inventory(&format!("version,count\n{text}"));
        prop_assert_eq!(read.total(), rows.iter().map(|(_, count, _)| count).sum::<u64>());
        for machines in &read.builds {
            let minor = machines.version.as_str().trim_start_matches("7.").parse::<u8>().unwrap();
            let sum: u64 = rows.iter().filter(|row| row.0 == minor).map(|row| row.1).sum();
            prop_assert_eq!(machines.count, sum);
        }
    }
}
