//! Fields and methods of values: what may stand behind a dot.

use super::bodies::encoding_named;
use super::nodes::{Found, WRONG, Walk};
use super::ty::{Range, Ty};
use super::{ExprId, ExprKind, Layout, Method};
use crate::schema::error::{Kind, nearest_of};
use crate::schema::expr::{self, NodeId};
use crate::span::Span;

impl Walk<'_, '_, '_> {
    pub(super) fn field(&mut self, base: ExprId, name: &str, span: Span) -> Found {
        let ty = self.ty(base);
        let method = |m, ty| (ExprKind::Method(m, base, Vec::new()), ty);
        let length = |m| method(m, Ty::Int(Range { min: 0, max: i128::from(u64::MAX) }));
        let byte = |m| method(m, Ty::Int(Range::of_bytes(1, false)));
        let ordered = |ty: &Ty| comparable(ty, ty, true);
        let found = match (&ty, name) {
            (Ty::Wrong, _) => WRONG,
            (_, "_sizeof") => return self.size_of_value(base, span),
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
                let attr = self.layout().find_attr(*of, name).map_err(|kind| (kind, span))?;
                return self.attr(base, attr, span);
            }
            (Ty::AnyObject | Ty::Any, _) => {
                return self.mismatch("an object of one type (write `.as<type>` before it)", base, span);
            }
            (Ty::Str, "length") => length(Method::Length),
            (Ty::Str, "to_i") => method(Method::ParseInt, Ty::int()),
            (Ty::Str, "reverse") => method(Method::Reverse, Ty::Str),
            (Ty::Bytes, "length" | "size") => length(Method::Length),
            (Ty::Bytes, "first") => byte(Method::First),
            (Ty::Bytes, "last") => byte(Method::Last),
            (Ty::Bytes, "min") => byte(Method::Min),
            (Ty::Bytes, "max") => byte(Method::Max),
            (Ty::Array(_), "size") => length(Method::Length),
            (Ty::Array(e), "first" | "last") => {
                let m = if name == "first" { Method::First } else { Method::Last };
                self.element(base, ExprKind::Method(m, base, Vec::new()), (**e).clone(), span)
            }
            (Ty::Array(e), "min" | "max") if ordered(e) => {
                let m = if name == "min" { Method::Min } else { Method::Max };
                self.element(base, ExprKind::Method(m, base, Vec::new()), (**e).clone(), span)
            }
            (Ty::Array(_), "min" | "max") => {
                return self.mismatch("a list of values that have an order", base, span);
            }
            (Ty::Io, "size") => length(Method::StreamSize),
            (Ty::Io, "pos") => length(Method::StreamPos),
            (Ty::Io, "eof") => method(Method::StreamEof, Ty::Bool),
            (Ty::Enum(_) | Ty::Float, "to_i") => method(Method::ToInt, Ty::int()),
            (Ty::Bool, "to_i") => method(Method::ToInt, Ty::Int(Range { min: 0, max: 1 })),
            (Ty::Int(_), "to_s") => method(Method::ToText, Ty::Str),
            _ => return Err((self.no_method(&ty, name), span)),
        };
        Ok(found)
    }

    /// Why nothing of this name takes arguments.
    fn no_call(&self, ty: &Ty, name: &str) -> Kind {
        match methods(ty).contains(&name) {
            true => Kind::Type {
                expected: format!("no parentheses on {}", self.typer.layout.describe(ty)),
                found: format!("`{name}(…)`"),
            },
            false => self.no_method(ty, name),
        }
    }

    /// Why a type has nothing of this name; how to write it if it has a method of it.
    fn no_method(&self, ty: &Ty, name: &str) -> Kind {
        let found = self.typer.layout.describe(ty);
        if let Some(expected) = signature(ty, name) {
            return Kind::Type { expected: format!("{expected} on {found}"), found: format!("`{name}`") };
        }
        let nearest = nearest_of(name, methods(ty).iter().copied());
        Kind::NameUnknown { what: "method", name: format!("{name}` of `{found}"), nearest }
    }

    pub(super) fn call(&mut self, base: ExprId, name: &str, args: Vec<ExprId>, span: Span) -> Found {
        let ty = self.ty(base);
        if ty == Ty::Wrong {
            return Ok(WRONG);
        }
        let Some(expected) = signature(&ty, name) else { return Err((self.no_call(&ty, name), span)) };
        if self.any_wrong(&args) {
            return Ok(WRONG);
        }
        let types: Vec<Ty> = args.iter().map(|arg| self.ty(*arg)).collect();
        let (method, ty, args) = match (name, types.as_slice()) {
            ("to_i", [] | [Ty::Int(_)]) => (Method::ParseInt, Ty::int(), args),
            ("substring", [Ty::Int(_), Ty::Int(_)]) => (Method::Substring, Ty::Str, args),
            ("to_s", [Ty::Str]) => {
                let literal = args.first().map(|arg| &self.typer.layout.exprs[*arg].kind);
                let Some(ExprKind::Str(encoding)) = literal else {
                    let why = "the encoding must be a literal, such as `to_s(\"UTF-8\")`";
                    return Err((Kind::Invalid(why.into()), span));
                };
                // Of a name that nobody knows the reader of the schema warns.
                let encoding = encoding_named(encoding);
                (Method::Decode(encoding), Ty::Str, Vec::new())
            }
            _ => {
                let found = types.iter().map(|ty| self.typer.layout.describe(ty)).collect::<Vec<_>>();
                let found = format!("({})", found.join(", "));
                return Err((Kind::Type { expected: expected.to_string(), found }, span));
            }
        };
        Ok((ExprKind::Method(method, base, args), ty))
    }

    /// `capacity("name")` in a contract.
    pub(super) fn function(&mut self, name: &str, args: &[NodeId], span: Span) -> Found {
        if !self.scope.contract || name != "capacity" {
            let nearest = self.scope.contract.then(|| "capacity".to_string());
            return Err((Kind::NameUnknown { what: "function", name: name.into(), nearest }, span));
        }
        let text = match args {
            [only] => self.spec.ast.get(*only).map(|n| &n.kind),
            _ => None,
        };
        let Some(expr::Kind::Str(text)) = text else {
            let why = "`capacity` takes the name of a capacity as a text, such as `capacity(\"features\")`";
            return Err((Kind::Invalid(why.into()), span));
        };
        let layout = &mut self.typer.layout;
        let known = layout.capacities.entries().find(|(_, c)| *c == text).map(|(id, _)| id);
        let id = known.unwrap_or_else(|| layout.capacities.push(text.clone()));
        Ok((ExprKind::Capacity(id), Ty::Int(Range::of_bytes(8, false))))
    }
}

/// The methods of a type.
fn methods(ty: &Ty) -> &'static [&'static str] {
    match ty {
        Ty::Str => &["length", "to_i", "reverse", "substring"],
        Ty::Bytes => &["length", "size", "first", "last", "min", "max", "to_s"],
        Ty::Array(_) => &["size", "first", "last", "min", "max"],
        Ty::Io => &["size", "pos", "eof"],
        Ty::Int(_) => &["to_s"],
        Ty::Float | Ty::Bool | Ty::Enum(_) => &["to_i"],
        Ty::Object(_) | Ty::AnyObject | Ty::Any | Ty::Wrong => &[],
    }
}

/// How a method with arguments is written.
fn signature(ty: &Ty, name: &str) -> Option<&'static str> {
    match (ty, name) {
        (Ty::Str, "to_i") => Some("`to_i`, `to_i()` or `to_i(radix)`"),
        (Ty::Str, "substring") => Some("`substring(from, to)`"),
        (Ty::Bytes, "to_s") => Some("`to_s(encoding)`"),
        _ => None,
    }
}

/// Whether two values can be compared; `ordered` for `<` and its kin.
pub(crate) fn comparable(a: &Ty, b: &Ty, ordered: bool) -> bool {
    match (a, b) {
        (Ty::Wrong, _) | (_, Ty::Wrong) => true,
        (Ty::Int(_) | Ty::Float, Ty::Int(_) | Ty::Float) => true,
        (Ty::Str, Ty::Str) | (Ty::Bytes, Ty::Bytes) => true,
        (Ty::Bool, Ty::Bool) => true,
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
