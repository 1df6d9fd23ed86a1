//! The matrix for people: builds that make the same of every set are one column.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Matrix, Row, State, Table, count, counts};
use crate::report::{builds, escape};

/// Columns of a terminal that a line may take.
const WIDTH: usize = 110;
/// Columns for the names of sets.
const NAMES: usize = 60;
/// Sets up to which those are listed that every build takes.
const SETS: usize = 40;
/// Sets that are listed below one reason.
const LISTED: usize = 5;

/// Builds that make the same of every set.
struct Column {
    label: String,
    /// Rows in the table's builds.
    builds: Vec<usize>,
}

pub(super) fn write(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    for table in &matrix.tables {
        one(table, out)?;
    }
    Ok(())
}

fn one(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let sets = count(table.sets.len(), "set", "sets");
    let all = count(table.builds.len(), "build", "builds");
    writeln!(out, "{}: {sets} against {all}", escape::line(&table.consumer))?;
    writeln!(out)?;
    let columns = columns(table);
    let names: Vec<String> = table.builds.iter().map(|build| build.name.clone()).collect();
    for column in &columns {
        writeln!(out, "  {}  {}", column.label, described(table, &names, column))?;
    }
    let (shown, passing): (Vec<&Row>, Vec<&Row>) =
        table.sets.iter().partition(|row| table.sets.len() <= SETS || !row.passes());
    let width = shown.iter().map(|row| shortened(&row.name).chars().count()).max().unwrap_or(0);
    let cell = columns.last().map_or(1, |column| column.label.len());
    let most = (WIDTH.saturating_sub(width + 2) / (cell + 2)).max(1);
    for columns in columns.chunks(most) {
        writeln!(out)?;
        let heads = columns.iter().map(|column| column.label.as_str());
        line("", width, cell, heads, out)?;
        for row in &shown {
            let state = |column: &Column| {
                let first = column.builds.first().and_then(|build| row.cells.get(*build));
                first.map_or("?", |cell| symbol(cell.state))
            };
            line(&shortened(&row.name), width, cell, columns.iter().map(state), out)?;
        }
    }
    if !passing.is_empty() {
        writeln!(out, "  and {} that every build takes", count(passing.len(), "more set", "more sets"))?;
    }
    writeln!(out)?;
    reasons(table, &names, out)?;
    let told: Vec<String> = counts(table)
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(state, number)| format!("{number} {} ({})", word(state), symbol(state)))
        .collect();
    writeln!(out, "cells: {}", told.join(", "))?;
    writeln!(out)
}

fn line<'t>(
    name: &str,
    width: usize,
    cell: usize,
    cells: impl Iterator<Item = &'t str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = format!("  {name:width$}");
    for text in cells {
        line.push_str(&format!("  {text:cell$}"));
    }
    writeln!(out, "{}", line.trim_end())
}

fn symbol(state: State) -> &'static str {
    match state {
        State::Passes => ".",
        State::Dead => "d",
        State::Refused => "R",
        State::NotJudged => "?",
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Passes => "pass",
        State::Dead => "dead, or with another warning",
        State::Refused => "refused",
        State::NotJudged => "not judged",
    }
}

/// The columns in the order of their first builds.
fn columns(table: &Table) -> Vec<Column> {
    let mut known: BTreeMap<Vec<Option<State>>, usize> = BTreeMap::new();
    let mut columns: Vec<Column> = Vec::new();
    for build in 0..table.builds.len() {
        let states = table.sets.iter().map(|row| row.cells.get(build).map(|cell| cell.state)).collect();
        let next = columns.len();
        let row = *known.entry(states).or_insert(next);
        match columns.get_mut(row) {
            Some(column) => column.builds.push(build),
            None => columns.push(Column { label: String::new(), builds: vec![build] }),
        }
    }
    let width = if columns.len() > 26 { 2 } else { 1 };
    for (row, column) in (0u32..).zip(&mut columns) {
        let letter = |n: u32| char::from_u32(u32::from('a') + n % 26).unwrap_or('?');
        column.label =
            if width == 1 { letter(row).into() } else { [letter(row / 26), letter(row)].iter().collect() };
    }
    columns
}

/// The builds of a column, and those of them that are not in the field.
fn described(table: &Table, names: &[String], column: &Column) -> String {
    let of =
        |rows: &[usize]| -> Vec<String> { rows.iter().filter_map(|row| names.get(*row)).cloned().collect() };
    let mut text = builds::text(&of(&column.builds), names);
    for state in ["candidate", "unreachable"] {
        let in_state = |row: &&usize| table.builds.get(**row).is_some_and(|build| build.state == state);
        let rows: Vec<usize> = column.builds.iter().filter(in_state).copied().collect();
        match (rows.len(), column.builds.len()) {
            (0, _) => {}
            (some, all) if some == all => text.push_str(&format!(" ({state})")),
            _ => text.push_str(&format!(" ({state}: {})", builds::text(&of(&rows), names))),
        }
    }
    text
}

/// The end of a long name tells most.
fn shortened(name: &str) -> String {
    let name = escape::line(name);
    let length = name.chars().count();
    if length <= NAMES {
        return name.into_owned();
    }
    format!("…{}", name.chars().skip(length + 1 - NAMES).collect::<String>())
}

/// What reasons have in common: what it comes to, the worst first, its code and its message.
type Said<'t> = (std::cmp::Reverse<State>, &'t str, &'t str);

/// Why sets do not pass: what they have in common once, with sets and builds.
fn reasons(table: &Table, names: &[String], out: &mut dyn Write) -> io::Result<()> {
    let mut known: BTreeMap<Said<'_>, Vec<(&Row, usize)>> = BTreeMap::new();
    for row in &table.sets {
        for (index, reason) in row.reasons.iter().enumerate() {
            let worst =
                row.cells.iter().filter(|cell| cell.reasons.contains(&index)).map(|cell| cell.state).max();
            let Some(worst) = worst else { continue };
            let key = (std::cmp::Reverse(worst), reason.code, reason.message.as_str());
            known.entry(key).or_default().push((row, index));
        }
    }
    for ((_, code, message), rows) in known {
        writeln!(out, "{code}: {}", escape::clipped(message))?;
        for (row, index) in rows.iter().take(LISTED) {
            let concerned =
                |build: &usize| row.cells.get(*build).is_some_and(|cell| cell.reasons.contains(index));
            let rows: Vec<usize> = (0..table.builds.len()).filter(concerned).collect();
            let who: Vec<String> = rows.iter().filter_map(|row| names.get(*row)).cloned().collect();
            let place =
                row.reasons.get(*index).and_then(|reason| reason.place.as_deref()).unwrap_or(&row.name);
            writeln!(out, "  {}", escape::clipped(place))?;
            let who =
                if who.len() == names.len() { "every build".to_owned() } else { builds::text(&who, names) };
            writeln!(out, "    {who}")?;
        }
        if let Some(more) = rows.len().checked_sub(LISTED).filter(|more| *more > 0) {
            writeln!(out, "  and in {}", count(more, "more set", "more sets"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
