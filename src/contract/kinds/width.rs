//! `[[width]]`: a number that the consumer keeps in an integer of so many bytes.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::layout::ty::Ty;
use crate::layout::{ExprId, Role, Want};

/// The most bytes of an integer that can be asked about: that of the widest which expressions are computed in.
const MOST_BYTES: i128 = 16;

/// A number that must fit.
#[derive(Clone, Debug)]
pub struct Width {
    /// Expression: the number.
    pub value: Text,
    /// Expression: the size of the consumer's integer, in bytes.
    pub bytes: Text,
    /// Whether that integer is signed.
    pub signed: bool,
}

impl Asks for Width {
    const KEYS: &'static [&'static str] = &["at", "value", "bytes", "signed", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let value = table.text(reader, "value");
        let bytes = table.text(reader, "bytes");
        let signed = table.truth(reader, "signed");
        Some(Width { value: value?, bytes: bytes?, signed: signed? })
    }

    /// The number, and the bytes that it must fit.
    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        let value = asker.expression("value", &self.value, Want::Int, Role::Rule);
        let bytes = asker.expression("bytes", &self.bytes, Want::Int, Role::Size)?;
        if let Ty::Int(range) = asker.ty(bytes)
            && (range.max < 1 || range.min > MOST_BYTES)
        {
            asker.invalid("bytes", format!("an integer of the consumer has 1 to {MOST_BYTES} bytes"), bytes);
            return None;
        }
        Some(vec![value?, bytes])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("value", &self.value)
    }
}
