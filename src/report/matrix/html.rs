//! The matrix as one HTML page: no script, nothing from elsewhere, readable by a screen reader.

use std::io::{self, Write};

use super::{Cell, Matrix, Row, State, Table, count, counts};
use crate::report::escape;

const HEAD: &str = include_str!("head.html");

pub(super) fn write(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    for problem in &matrix.problems {
        writeln!(
            out,
            "<p class=\"problem\"><strong>{}</strong> {}</p>",
            problem.code,
            text(&problem.message)
        )?;
    }
    for (number, table) in matrix.tables.iter().enumerate() {
        one(number, table, out)?;
    }
    writeln!(out, "</body>\n</html>")
}

fn one(number: usize, table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let sets = count(table.sets.len(), "set", "sets");
    let builds = count(table.builds.len(), "build", "builds");
    let told: Vec<String> = counts(table)
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(state, number)| format!("{number} {}", word(state)))
        .collect();
    writeln!(out, "<h2>{}</h2>", text(&table.consumer))?;
    writeln!(out, "<p>{sets} against {builds}. Cells: {}.</p>", told.join(", "))?;
    writeln!(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"t{number}\">")?;
    writeln!(
        out,
        "<table>\n<caption id=\"t{number}\">What each build of {} makes of each set</caption>",
        text(&table.consumer)
    )?;
    write!(out, "<thead><tr><th scope=\"col\">set</th>")?;
    for build in &table.builds {
        let note = if build.state == "fielded" { "" } else { build.state };
        write!(out, "<th scope=\"col\"><span>{} <i>{note}</i></span></th>", text(&build.name))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for (index, row) in table.sets.iter().enumerate() {
        let link = (!row.reasons.is_empty()).then(|| format!("t{number}r{index}"));
        match &link {
            Some(id) => write!(out, "<tr><th scope=\"row\"><a href=\"#{id}\">{}</a></th>", text(&row.name))?,
            None => write!(out, "<tr><th scope=\"row\">{}</th>", text(&row.name))?,
        }
        for cell in &row.cells {
            self::cell(row, cell, out)?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</div>")?;
    if table.sets.iter().any(|row| !row.reasons.is_empty()) {
        writeln!(out, "<h3>Reasons</h3>\n<dl>")?;
        for (index, row) in table.sets.iter().enumerate().filter(|(_, row)| !row.reasons.is_empty()) {
            writeln!(out, "<dt id=\"t{number}r{index}\">{}</dt>", text(&row.name))?;
            for reason in &row.reasons {
                let place = reason.place.as_ref().map(|place| format!("<br>{}", text(place)));
                let (code, message) = (reason.code, text(&reason.message));
                let place = place.unwrap_or_default();
                writeln!(
                    out,
                    "<dd><strong class=\"{}\">{code}</strong> {message}{place}</dd>",
                    reason.severity.name()
                )?;
            }
        }
        writeln!(out, "</dl>")?;
    }
    Ok(())
}

/// The first letter is seen, the whole word is read; the codes are shown where the pointer rests.
fn cell(row: &Row, cell: &Cell, out: &mut dyn Write) -> io::Result<()> {
    let (class, seen, rest) = match cell.state {
        State::Passes => return write!(out, "<td><span class=\"vh\">passes</span></td>"),
        State::Dead => ("d", "d", "ead"),
        State::Refused => ("r", "R", "efused"),
        State::NotJudged => ("n", "?", " not judged"),
    };
    let mut codes: Vec<&str> =
        cell.reasons.iter().filter_map(|index| row.reasons.get(*index)).map(|r| r.code).collect();
    codes.dedup();
    let title = text(&codes.join(", "));
    write!(out, "<td class=\"{class}\" title=\"{title}\">{seen}<span class=\"vh\">{rest}</span></td>")
}

fn word(state: State) -> &'static str {
    match state {
        State::Passes => "pass",
        State::Dead => "dead (a warning)",
        State::Refused => "refused",
        State::NotJudged => "not judged",
    }
}

/// Text as HTML that shows it, in attributes too.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in escape::line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
