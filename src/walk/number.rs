//! Integer arithmetic of the expression language: checked, on 128 bits.

use super::trouble::Trouble;
use crate::schema::expr::Binary;

/// The result of an operator on two integers.
///
/// Division and remainder round down, as in the schema language: `-7 / 2` is `-4` and `-7 % 2` is `1`.
/// A shift has no negative amount.
pub fn binary(op: Binary, a: i128, b: i128) -> Result<i128, Trouble> {
    let divisor = || if b == 0 { Err(Trouble::DivisionByZero) } else { Ok(b) };
    let shift = || u32::try_from(b).map_err(|_| if b < 0 { Trouble::Size(b) } else { Trouble::Overflow });
    let value = match op {
        Binary::Add => a.checked_add(b),
        Binary::Sub => a.checked_sub(b),
        Binary::Mul => a.checked_mul(b),
        Binary::Div => {
            let b = divisor()?;
            a.checked_div(b).map(|q| if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q })
        }
        Binary::Mod => {
            let b = divisor()?;
            a.checked_rem(b).map(|r| if r != 0 && (r < 0) != (b < 0) { r + b } else { r })
        }
        Binary::BitAnd => Some(a & b),
        Binary::BitOr => Some(a | b),
        Binary::BitXor => Some(a ^ b),
        Binary::Shl if a == 0 && b >= 0 => Some(0),
        Binary::Shl => match shift()? {
            by @ 0..127 => a.checked_mul(1i128 << by),
            _ => None,
        },
        // What is shifted out altogether leaves the sign.
        Binary::Shr if b > 127 => Some(a >> 127),
        Binary::Shr => Some(a >> shift()?),
        Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge => None,
        Binary::And | Binary::Or => None,
    };
    value.ok_or(Trouble::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_and_remainder_round_down() {
        for (a, b, quotient, remainder) in [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1)] {
            assert_eq!(binary(Binary::Div, a, b), Ok(quotient), "{a} / {b}");
            assert_eq!(binary(Binary::Mod, a, b), Ok(remainder), "{a} % {b}");
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        assert_eq!(binary(Binary::Add, i128::MAX, 1), Err(Trouble::Overflow));
        assert_eq!(binary(Binary::Shl, 1, 127), Err(Trouble::Overflow));
        assert_eq!(binary(Binary::Shl, 0, 1 << 40), Ok(0));
        assert_eq!(binary(Binary::Shr, -5, 1 << 40), Ok(-1));
        assert_eq!(binary(Binary::Shr, 1, -1), Err(Trouble::Size(-1)));
        assert_eq!(binary(Binary::Div, 1, 0), Err(Trouble::DivisionByZero));
        assert_eq!(binary(Binary::Mod, i128::MIN, -1), Err(Trouble::Overflow));
    }
}
