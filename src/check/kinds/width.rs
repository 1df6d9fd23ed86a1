//! Widths: a number must fit the integer that the consumer keeps it in.
//!
//! A stamp of year, month, day and number grew beyond 2147483647 on the first day of 2022. Each file was as valid
//! as the one before it; the consumer had kept the stamp in 32 bits with a sign.
//!
//! Gives `value-too-wide`.

use super::truth::Holds;
use super::{Answer, Row};
use crate::check::place::Places;
use crate::check::shown::number;
use crate::codes;
use crate::contract::kinds::Width;
use crate::finding::{Blame, Finding, Place, Severity};
use crate::frozen::bounds;
use crate::walk::Value;

impl Holds for Width {
    fn holds(&self, values: &[Value]) -> bool {
        let [Value::Int(value), Value::Int(bytes)] = *values else { return false };
        bounds(bytes, self.signed).is_some_and(|(least, greatest)| least <= value && value <= greatest)
    }

    fn finding(&self, row: &Row<'_>, answer: &Answer<'_>, _: &Place, _: &Places<'_>) -> Finding {
        let message = format!("{} has a value that is too wide for the consumer", row.noun());
        let mut finding = Finding::new(codes::VALUE_TOO_WIDE, Severity::Error, Blame::Content, message);
        if let [Value::Int(value), Value::Int(bytes)] = *answer.values {
            finding.found = Some(number(value));
            let sign = if self.signed { "signed" } else { "unsigned" };
            finding.expected = Some(match bounds(bytes, self.signed) {
                Some((least, greatest)) => {
                    let unit = if bytes == 1 { "byte" } else { "bytes" };
                    format!("a number from {least} to {greatest}: {bytes} {unit}, {sign}")
                }
                None => format!("nothing fits an integer of {} bytes", number(bytes)),
            });
        }
        finding.labels.push(row.because(("value", &self.value)));
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_integers_of_so_many_bytes() {
        assert_eq!(bounds(4, true), Some((-2_147_483_648, 2_147_483_647)));
        assert_eq!(bounds(1, false), Some((0, 255)));
        assert_eq!(bounds(8, false), Some((0, i128::from(u64::MAX))));
        assert_eq!(bounds(8, true), Some((i128::from(i64::MIN), i128::from(i64::MAX))));
        assert_eq!(bounds(15, false), Some((0, (1 << 120) - 1)));
        for bytes in [16, 17, i128::MAX] {
            assert_eq!(bounds(bytes, true), Some((i128::MIN, i128::MAX)), "{bytes}");
            assert_eq!(bounds(bytes, false), Some((0, i128::MAX)), "{bytes}");
        }
        for bytes in [0, -1, i128::MIN] {
            assert_eq!((bounds(bytes, true), bounds(bytes, false)), (None, None), "{bytes}");
        }
    }
}
