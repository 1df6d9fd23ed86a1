//! How many elements one dimension of an array has.

use gimli::{AttributeValue, DW_AT_count, DW_AT_lower_bound, DW_AT_upper_bound, Unit, constants};

use super::unit::{Entry, Reader, constant};

/// How many elements a dimension has; `None` where that is not a constant, or not said.
pub(super) fn count(entry: &Entry<'_>, unit: &Unit<Reader<'_>>) -> Option<u64> {
    if let Some(value) = entry.attr_value(DW_AT_count) {
        return constant(value).and_then(|count| u64::try_from(count).ok());
    }
    let upper = constant(entry.attr_value(DW_AT_upper_bound)?)?;
    // Compilers write the last index before the first element as all ones of some width.
    let upper = if upper == i128::from(u32::MAX) || upper == i128::from(u64::MAX) { -1 } else { upper };
    let lower = match entry.attr_value(DW_AT_lower_bound) {
        Some(value) => constant(value)?,
        None => i128::from(default_lower(unit)),
    };
    u64::try_from(upper.checked_sub(lower)?.checked_add(1)?).ok()
}

/// The first index of arrays in the language of a unit.
fn default_lower(unit: &Unit<Reader<'_>>) -> u8 {
    let language =
        unit.entries().next_dfs().ok().flatten().and_then(|root| root.attr_value(constants::DW_AT_language));
    match language {
        Some(AttributeValue::Language(language)) => {
            language.default_lower_bound().and_then(|bound| u8::try_from(bound).ok()).unwrap_or(0)
        }
        _ => 0,
    }
}
