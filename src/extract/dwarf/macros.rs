//! Macros, where the compiler wrote them down (`-g3`): those that are plain numbers.

use std::collections::HashSet;

use gimli::{AttributeValue, MacroEntry, Unit, constants};

use super::unit::{Reader, Units};
use crate::contract::origin::Kind;
use crate::extract::error::ExtractError;
use crate::extract::inquiry::{Inquiry, Offer};
use crate::limits::SCOPES;

/// Lists of macros that were read: many units share those of a header.
pub(super) type Seen = HashSet<(bool, usize)>;

/// Offers the macros of a unit.
pub(super) fn unit(
    units: &Units<'_>,
    row: usize,
    seen: &mut Seen,
    inquiry: &mut Inquiry,
) -> Result<(), ExtractError> {
    let unit = units.unit(row)?;
    let mut cursor = unit.entries();
    let Some(root) = cursor.next_dfs().map_err(|error| units.broken(error))? else { return Ok(()) };
    let attributes = [constants::DW_AT_macros, constants::DW_AT_GNU_macros, constants::DW_AT_macro_info];
    for value in attributes.into_iter().filter_map(|name| root.attr_value(name)) {
        let (lines, offset) = match value {
            AttributeValue::DebugMacroRef(offset) => (false, offset.0),
            // The attribute that GNU compilers had before DWARF 5.
            AttributeValue::SecOffset(offset) => (false, offset),
            AttributeValue::DebugMacinfoRef(offset) => (true, offset.0),
            _ => continue,
        };
        let mut open = vec![offset];
        while let Some(offset) = open.pop() {
            if seen.insert((lines, offset)) {
                list(units, &unit, lines, offset, &mut open, inquiry)?;
            }
        }
    }
    Ok(())
}

fn list(
    units: &Units<'_>,
    unit: &Unit<Reader<'_>>,
    lines: bool,
    offset: usize,
    open: &mut Vec<usize>,
    inquiry: &mut Inquiry,
) -> Result<(), ExtractError> {
    let broken = |error| units.broken(error);
    let mut entries = if lines {
        units.dwarf.macinfo(gimli::DebugMacinfoOffset(offset))
    } else {
        units.dwarf.macros(gimli::DebugMacroOffset(offset))
    }
    .map_err(broken)?;
    let main = unit.name.map(|name| name.to_string_lossy().into_owned());
    let mut stack: Vec<String> = Vec::new();
    while let Some(entry) = entries.next().map_err(broken)? {
        match entry {
            MacroEntry::Define { line, text } => {
                let Ok(text) = text.string(unit.unit_ref(units.dwarf)) else { continue };
                let text = text.to_string_lossy();
                let (name, body) = text.split_once(' ').unwrap_or((&text, ""));
                if !inquiry.wants(name) {
                    continue;
                }
                let file = stack.last().or(main.as_ref()).map_or(units.name, String::as_str);
                let files = [file, main.as_deref().unwrap_or(file)];
                let value = number(body).ok_or_else(|| format!("is the macro `{body}`, not a plain number"));
                let place = format!("{file}:{line}");
                let kind = Kind::Variable;
                inquiry.constant(&value, Offer { name, kind, declared: false, files: &files, place: &place });
            }
            MacroEntry::StartFile { file, .. } if stack.len() < SCOPES => {
                let program = unit.line_program.as_ref();
                let name =
                    program.and_then(|program| program.header().file(file)).map(|file| file.path_name());
                let name = name.and_then(|name| units.dwarf.attr_string(unit, name).ok());
                stack.push(name.map_or_else(String::new, |name| name.to_string_lossy().into_owned()));
            }
            MacroEntry::EndFile => {
                stack.pop();
            }
            MacroEntry::Import { offset } if open.len() < crate::limits::MEMBERS => open.push(offset.0),
            _ => {}
        }
    }
    Ok(())
}

/// The value of an integer as C writes it, also in parentheses: `(0x14u)`.
pub(super) fn number(text: &str) -> Option<i128> {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        text = inner.trim();
    }
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest.trim_start()));
    let digits = text.trim_end_matches(['u', 'U', 'l', 'L']).replace('\'', "").to_ascii_lowercase();
    let value = if let Some(hex) = digits.strip_prefix("0x") {
        u64::from_str_radix(hex, 16)
    } else if let Some(binary) = digits.strip_prefix("0b") {
        u64::from_str_radix(binary, 2)
    } else if let Some(octal) = digits.strip_prefix('0').filter(|rest| !rest.is_empty()) {
        u64::from_str_radix(octal, 8)
    } else {
        digits.parse()
    };
    let signed = !digits.contains('+');
    value.ok().filter(|_| signed).map(|value| if negative { -i128::from(value) } else { value.into() })
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn plain_numbers_of_c_are_read_and_nothing_else() {
        for (text, value) in [
            ("20", 20),
            (" ( (0x14UL) ) ", 20),
            ("024", 20),
            ("0b1'0100", 20),
            ("0", 0),
            ("-1", -1),
            ("18446744073709551615ull", u64::MAX.into()),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["", "A", "1+1", "(1)(2)", "+1", "0x", "1.5", "08", "sizeof(x)", "18446744073709551616"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
