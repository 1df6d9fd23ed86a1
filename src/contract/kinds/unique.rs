//! `[[unique]]`: a key that no two elements may have in common.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::layout::ty::Ty;
use crate::layout::{ExprId, ExprKind, Role, Want};

/// A key that may occur once.
#[derive(Clone, Debug)]
pub struct Unique {
    /// Expression: the key, an integer, an enum, a text or bytes.
    pub key: Text,
    /// Path of the objects within each of which it may occur once; the whole file if absent.
    pub within: Option<Text>,
}

impl Asks for Unique {
    const KEYS: &'static [&'static str] = &["at", "key", "within", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let key = table.text(reader, "key");
        let within = table.text_optional(reader, "within");
        Some(Unique { key: key?, within })
    }

    /// The key, or its number among all texts and bytes.
    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        if let Some(within) = &self.within {
            asker.within(within);
        }
        let key = asker.expression("key", &self.key, Want::Any, Role::Rule)?;
        match asker.ty(key) {
            Ty::Int(_) | Ty::Enum(_) => Some(vec![key]),
            Ty::Str | Ty::Bytes => Some(vec![asker.push(ExprKind::Intern(key), Ty::int(), key)]),
            _ => {
                asker.mismatch("key", "an integer, an enum, a text or bytes", key);
                None
            }
        }
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("key", &self.key)
    }
}
