//! The names that the suite has for the types of fields, and for the values of cases.

use bootgate::layout::{Attr, Body, ByteOrder};
use bootgate::schema::ast::Endian;
use bootgate::schema::expr::{self, Ast, Kind, NodeId, Unary};

/// The names of a field's type that the argument of an exception may have: `u4`, `u4le`.
pub(crate) fn of_attr(attr: &Attr) -> Vec<String> {
    let order = |order: ByteOrder| match order {
        ByteOrder::Fixed(Endian::Little) => "le",
        ByteOrder::Fixed(Endian::Big) => "be",
        ByteOrder::Object => "",
    };
    match &attr.body {
        Body::Int(format) => {
            let name = format!("{}{}", if format.signed { 's' } else { 'u' }, format.bytes);
            vec![format!("{name}{}", order(format.order)), name]
        }
        Body::Float(bytes, kept) => vec![format!("f{bytes}"), format!("f{bytes}{}", order(*kept))],
        Body::Bits(bits, _) => vec![format!("b{bits}")],
        Body::Contents(_) | Body::Bytes => vec!["bytes".to_string()],
        Body::Str(_) => vec!["str".to_string(), "strz".to_string()],
        _ => Vec::new(),
    }
}

/// Whether a case as it is written is the one that the suite means.
///
/// The suite states the path of a case as the compiler prints its parsed expression, `cases/IntNum(42)`,
/// where the key is `42` or `0x2a`: no tool but that compiler can have the same text, and the entry of the mapping
/// is the same. What the compiler cannot parse it states as written.
pub(crate) fn same_case(stated: &str, written: &str) -> bool {
    if stated == written {
        return true;
    }
    let Ok(ast) = expr::parse(written) else { return false };
    let Some(printed) = printed(&ast, ast.root) else { return false };
    // What follows an enum's member is where the enum was looked up.
    stated == printed || printed.starts_with("EnumByLabel") && stated.starts_with(&printed)
}

fn printed(ast: &Ast, id: NodeId) -> Option<String> {
    Some(match &ast.get(id)?.kind {
        Kind::Int(n) => format!("IntNum({n})"),
        Kind::Float(n) => format!("FloatNum({n:?})"),
        Kind::Str(s) => format!("Str({s})"),
        Kind::Bool(b) => format!("Bool({b})"),
        Kind::Name(name) => format!("Name(identifier({name}))"),
        Kind::Member(path) => {
            let (label, owners) = path.split_last()?;
            format!("EnumByLabel(identifier({}),identifier({label}),", owners.last()?)
        }
        Kind::Unary(op, a) => {
            let op = match op {
                Unary::Minus => "Minus",
                Unary::Invert => "Invert",
                Unary::Not => "Not",
            };
            format!("UnaryOp({op},{})", printed(ast, *a)?)
        }
        _ => return None,
    })
}
