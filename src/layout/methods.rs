//! Fields and methods of values: what may stand behind a dot.

use super::bodies::encoding_named;
use super::ty::{Range, Ty};
use super::typing::{Found, Walk};
use super::{ExprId, ExprKind, Layout, Method};
use crate::schema::error::Kind;
use crate::schema::expr::{self, NodeId};
use crate::span::Span;

impl Walk<'_, '_, '_> {
    pub(super) fn field(&mut self, base: ExprId, name: &str, span: Span) -> Found {
        use ExprKind::Method as M;
        let ty = self.ty(base);
        let length =
            || (M(Method::Length, base, Vec::new()), Ty::Int(Range { min: 0, max: i128::from(u64::MAX) }));
        let method = |m, ty| (M(m, base, Vec::new()), ty);
        let ordered = |ty: &Ty| matches!(ty, Ty::Int(_) | Ty::Float | Ty::Str | Ty::Bytes);
        let found = match (&ty, name) {
            (_, "_sizeof" | "_bitsizeof") => {
                return Err((Kind::Unsupported(format!("`{name}`")), span, None));
            }
            (Ty::Object(_) | Ty::AnyObject, "_io") => (ExprKind::Io(base), Ty::Io),
            (Ty::Object(of), "_parent") => {
                let ty = self.layout().types[*of].parent.map_or(Ty::AnyObject, Ty::Object);
                (ExprKind::Parent(base), ty)
            }
            (Ty::AnyObject, "_root") => (ExprKind::Top(base), Ty::AnyObject),
            (Ty::AnyObject, "_parent") => (ExprKind::Parent(base), Ty::AnyObject),
            (Ty::Object(of), "_root") => {
                let top = self.layout().types[*of].top;
                (ExprKind::Top(base), Ty::Object(top))
            }
            (Ty::Object(of), _) => {
                let attr = self.layout().find_attr(*of, name).map_err(|k| (k, span, None))?;
                return self.attr(base, attr, span);
            }
            (Ty::AnyObject | Ty::Any, _) => {
                let expected = "an object of one type (write `.as<type>` before it)".to_string();
                return Err((Kind::Type { expected, found: self.describe(base) }, span, None));
            }
            (Ty::Str, "length") | (Ty::Bytes, "length" | "size") | (Ty::Array(_), "size" | "length") => {
                length()
            }
            (Ty::Str, "to_i") => method(Method::ParseInt, Ty::int()),
            (Ty::Str, "reverse") => method(Method::Reverse, Ty::Str),
            (Ty::Bytes, "first") => method(Method::First, Ty::Int(Range::of_bytes(1, false))),
            (Ty::Bytes, "last") => method(Method::Last, Ty::Int(Range::of_bytes(1, false))),
            (Ty::Array(e), "first") => method(Method::First, (**e).clone()),
            (Ty::Array(e), "last") => method(Method::Last, (**e).clone()),
            (Ty::Array(e), "min") if ordered(e) => method(Method::Min, (**e).clone()),
            (Ty::Array(e), "max") if ordered(e) => method(Method::Max, (**e).clone()),
            (Ty::Bytes, "min") => method(Method::Min, Ty::Int(Range::of_bytes(1, false))),
            (Ty::Bytes, "max") => method(Method::Max, Ty::Int(Range::of_bytes(1, false))),
            (Ty::Io, "size") => {
                method(Method::StreamSize, Ty::Int(Range { min: 0, max: i128::from(u64::MAX) }))
            }
            (Ty::Io, "pos") => {
                method(Method::StreamPos, Ty::Int(Range { min: 0, max: i128::from(u64::MAX) }))
            }
            (Ty::Io, "eof") => method(Method::StreamEof, Ty::Bool),
            (Ty::Enum(_), "to_i") => method(Method::ToInt, Ty::int()),
            (Ty::Bool, "to_i") => method(Method::ToInt, Ty::Int(Range { min: 0, max: 1 })),
            (Ty::Float, "to_i") => method(Method::ToInt, Ty::int()),
            (Ty::Int(_), "to_s") => method(Method::ToText, Ty::Str),
            _ => {
                let what = "method";
                let name = format!("{name}` of `{}", self.typer.layout.describe(&ty));
                return Err((Kind::NameUnknown { what, name, nearest: None }, span, None));
            }
        };
        Ok(found)
    }

    pub(super) fn call(&mut self, base: ExprId, name: &str, args: Vec<ExprId>, span: Span) -> Found {
        let ints = args.iter().all(|a| matches!(self.ty(*a), Ty::Int(_)));
        match (self.ty(base), name, args.as_slice()) {
            (Ty::Str, "to_i", [_]) if ints => Ok((ExprKind::Method(Method::ParseInt, base, args), Ty::int())),
            (Ty::Str, "substring", [_, _]) if ints => {
                Ok((ExprKind::Method(Method::Substring, base, args), Ty::Str))
            }
            (Ty::Bytes, "to_s", [encoding]) => {
                let ExprKind::Str(encoding) = &self.typer.layout.exprs[*encoding].kind else {
                    let what = "an encoding that is not a literal".to_string();
                    return Err((Kind::Unsupported(what), span, None));
                };
                let encoding = encoding_named(encoding).map_err(|kind| (kind, span, None))?;
                Ok((ExprKind::Method(Method::Decode(encoding), base, Vec::new()), Ty::Str))
            }
            (ty, _, _) => {
                let name = format!("{name}(…)` of `{}", self.typer.layout.describe(&ty));
                Err((Kind::NameUnknown { what: "method", name, nearest: None }, span, None))
            }
        }
    }

    /// `capacity("name")` in a contract.
    pub(super) fn function(&mut self, name: &str, args: &[NodeId], span: Span) -> Found {
        if !self.scope.contract || name != "capacity" {
            let nearest = self.scope.contract.then(|| "capacity".to_string());
            return Err((Kind::NameUnknown { what: "function", name: name.into(), nearest }, span, None));
        }
        let text = match args {
            [only] => self.spec.ast.get(*only).map(|n| &n.kind),
            _ => None,
        };
        let Some(expr::Kind::Str(text)) = text else {
            let why = "`capacity` takes the name of a capacity as a text, such as `capacity(\"features\")`";
            return Err((Kind::Invalid(why.into()), span, None));
        };
        let layout = &mut self.typer.layout;
        let known = layout.capacities.entries().find(|(_, c)| *c == text).map(|(id, _)| id);
        let id = known.unwrap_or_else(|| layout.capacities.push(text.clone()));
        Ok((ExprKind::Capacity(id), Ty::Int(Range::of_bytes(8, false))))
    }
}

/// Whether two values can be compared; `ordered` for `<` and its kin.
pub(super) fn comparable(a: &Ty, b: &Ty, ordered: bool) -> bool {
    match (a, b) {
        (Ty::Wrong, _) | (_, Ty::Wrong) => true,
        (Ty::Int(_) | Ty::Float, Ty::Int(_) | Ty::Float) => true,
        (Ty::Str, Ty::Str) | (Ty::Bytes, Ty::Bytes) => true,
        (Ty::Bool, Ty::Bool) => !ordered,
        (Ty::Enum(a), Ty::Enum(b)) => a == b && !ordered,
        _ => false,
    }
}

impl Layout {
    /// A type in words.
    pub fn describe(&self, ty: &Ty) -> String {
        match ty {
            Ty::Int(_) => "an integer".into(),
            Ty::Float => "a float".into(),
            Ty::Bool => "a truth value".into(),
            Ty::Str => "a text".into(),
            Ty::Bytes => "bytes".into(),
            Ty::Enum(id) => format!("the enum `{}`", self.enums[*id].name),
            Ty::Object(id) => format!("an object of type `{}`", self.types[*id].name),
            Ty::AnyObject => "an object of one of several types".into(),
            Ty::Io => "a stream".into(),
            Ty::Array(element) => format!("a list (each {})", self.describe(element)),
            Ty::Any => "a value of one of several types".into(),
            Ty::Wrong => "something that is wrong itself".into(),
        }
    }
}
