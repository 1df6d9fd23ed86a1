//! Casts, sizes and texts with values in them.

use super::bodies::{bits_name, integer_name, own_type};
use super::nodes::{Found, Typed, WRONG, Walk};
use super::ty::{Range, Ty};
use super::{ExprId, ExprKind, Method, TypeId};
use crate::schema::error::Kind;
use crate::schema::expr::{Binary, TypeName};
use crate::span::Span;

/// What a cast is to.
enum Target {
    /// A type of the language.
    Own(Ty),
    /// A type of the schema.
    User(TypeId),
}

impl Walk<'_, '_, '_> {
    /// `base.as<name>`; without a base an empty list.
    ///
    /// A cast says what is known better than the schema's types can say it: it is refused only where no value could
    /// be of both types.
    pub(super) fn cast(&mut self, base: Option<ExprId>, name: &TypeName, span: Span) -> Found {
        let target = match self.own_type(name) {
            Some(ty) => Target::Own(ty),
            None => {
                Target::User(self.typer.layout.find_type(self.scope.this, name).map_err(|kind| (kind, span))?)
            }
        };
        let Some(base) = base else { return self.empty(target, name.array, span) };
        let from = self.ty(base);
        if from == Ty::Wrong {
            return Ok(WRONG);
        }
        match target {
            Target::User(ty) if !name.array => match from {
                Ty::Object(_) | Ty::AnyObject | Ty::Any => Ok((ExprKind::Cast(base, ty), Ty::Object(ty))),
                _ => self.mismatch("an object", base, span),
            },
            Target::User(ty) => self.array_cast(base, Ty::Object(ty), span),
            Target::Own(ty) if name.array => self.array_cast(base, ty, span),
            Target::Own(ty) => {
                let found = self.value_cast(base, ty, span)?;
                if !matches!(name.path.as_slice(), [only] if matches!(only.as_str(), "u1" | "s1")) {
                    return Ok(found);
                }
                let ty = found.1.clone();
                let byte = self.push(found, span);
                self.typer.mark_byte(byte);
                Ok((ExprKind::Retype(byte), ty))
            }
        }
    }

    /// The type of the language that a name stands for, as far as one value goes.
    fn own_type(&self, name: &TypeName) -> Option<Ty> {
        let [only] = name.path.as_slice() else { return None };
        if name.absolute {
            return None;
        }
        own_type(only).or_else(|| match (integer_name(only), bits_name(only)) {
            // The value stays what it is, so that nothing is known of its range.
            (Some((_, _, "")), _) | (_, Some(_)) => Some(Ty::int()),
            _ => None,
        })
    }

    fn empty(&mut self, target: Target, array: bool, span: Span) -> Found {
        match (target, array) {
            (Target::Own(Ty::Bytes), false) => Ok((ExprKind::Bytes(Vec::new()), Ty::Bytes)),
            (Target::Own(ty), true) => Ok((ExprKind::List(Vec::new()), Ty::Array(Box::new(ty)))),
            (Target::User(ty), true) => Ok((ExprKind::List(Vec::new()), Ty::Array(Box::new(Ty::Object(ty))))),
            _ => {
                let why = "a list without elements can be cast to `bytes` or to a list only";
                Err((Kind::Invalid(why.into()), span))
            }
        }
    }

    fn array_cast(&mut self, base: ExprId, element: Ty, span: Span) -> Found {
        let fits = match self.ty(base) {
            Ty::Any => true,
            Ty::Bytes => matches!(element, Ty::Int(_) | Ty::Any),
            Ty::Array(from) => listable(&from, &element),
            _ => false,
        };
        if !fits {
            let list = self.typer.layout.describe(&Ty::Array(Box::new(element)));
            return self.mismatch(&list, base, span);
        }
        // What is known of the elements stays known.
        let element = match (self.ty(base), element) {
            (Ty::Array(from), Ty::Int(_)) if matches!(*from, Ty::Int(_)) => *from,
            (Ty::Bytes, Ty::Int(_)) => Ty::Int(Range::of_bytes(1, false)),
            (_, element) => element,
        };
        Ok((ExprKind::Retype(base), Ty::Array(Box::new(element))))
    }

    fn value_cast(&mut self, base: ExprId, ty: Ty, span: Span) -> Found {
        let from = self.ty(base);
        if let (Ty::Array(element), Ty::Bytes) = (&from, &ty)
            && matches!(**element, Ty::Int(_))
        {
            return Ok((ExprKind::Method(Method::Pack, base, Vec::new()), Ty::Bytes));
        }
        if !castable(&from, &ty) {
            let expected = self.typer.layout.describe(&ty);
            return self.mismatch(&expected, base, span);
        }
        Ok(match (from, ty) {
            (Ty::Int(range), Ty::Int(_)) => (ExprKind::Retype(base), Ty::Int(range)),
            (Ty::Bool, Ty::Int(_)) => {
                (ExprKind::Method(Method::ToInt, base, Vec::new()), Ty::Int(Range { min: 0, max: 1 }))
            }
            (Ty::Float | Ty::Enum(_), ty @ Ty::Int(_)) => {
                (ExprKind::Method(Method::ToInt, base, Vec::new()), ty)
            }
            (Ty::Int(_), Ty::Bool) => {
                let zero = self.push((ExprKind::Int(0), Ty::Int(Range::only(0))), span);
                (ExprKind::Binary(Binary::Ne, base, zero), Ty::Bool)
            }
            (_, ty) => (ExprKind::Retype(base), ty),
        })
    }

    /// `sizeof<name>`, `bitsizeof<name>`.
    pub(super) fn size_of_type(&mut self, name: &TypeName, bits: bool, span: Span) -> Found {
        let size = self.typer.layout.size_of_named(self.scope.this, name).map_err(|kind| (kind, span))?;
        Ok(constant(if bits { size } else { size.div_ceil(8) }))
    }

    /// `base._sizeof`, in bytes.
    pub(super) fn size_of_value(&mut self, base: ExprId, span: Span) -> Found {
        let size = self.typer.layout.size_of_value(base).map_err(|kind| (kind, span))?;
        Ok(constant(size.div_ceil(8)))
    }

    /// `f"…"`: its parts joined pair by pair, so that the tree does not get deep.
    pub(super) fn format(&mut self, parts: Vec<ExprId>, span: Span) -> Typed {
        if self.any_wrong(&parts) {
            return Ok(self.push(WRONG, span));
        }
        let mut texts = Vec::new();
        for part in parts {
            let at = self.typer.layout.exprs[part].span;
            texts.push(match self.ty(part) {
                Ty::Str => part,
                Ty::Int(_) => self.push((ExprKind::Method(Method::ToText, part, Vec::new()), Ty::Str), at),
                _ => return self.mismatch("an integer or a text", part, at),
            });
        }
        while texts.len() > 1 {
            let pairs: Vec<(ExprId, Option<ExprId>)> =
                texts.chunks(2).filter_map(|pair| Some((*pair.first()?, pair.get(1).copied()))).collect();
            texts = pairs
                .into_iter()
                .map(|pair| match pair {
                    (a, Some(b)) => self.push((ExprKind::Binary(Binary::Add, a, b), Ty::Str), span),
                    (a, None) => a,
                })
                .collect();
        }
        Ok(match texts.pop() {
            Some(text) => text,
            None => self.push((ExprKind::Str(String::new()), Ty::Str), span),
        })
    }
}

fn constant(value: u64) -> (ExprKind, Ty) {
    let value = i128::from(value);
    (ExprKind::Int(value), Ty::Int(Range::only(value)))
}

/// Whether a value of one type may be one of another type, or can be made one.
fn castable(from: &Ty, to: &Ty) -> bool {
    let number = |ty: &Ty| matches!(ty, Ty::Int(_) | Ty::Float);
    match (from, to) {
        (Ty::Any, _) | (_, Ty::Any) => true,
        // A switch with a size is bytes where no case applies, whatever its cases are.
        (Ty::Object(_) | Ty::AnyObject, Ty::Object(_) | Ty::AnyObject | Ty::Bytes) => true,
        (Ty::Enum(_) | Ty::Bool, Ty::Int(_)) | (Ty::Int(_), Ty::Bool) => true,
        (from, to) if number(from) && number(to) => true,
        (Ty::Array(from), Ty::Array(to)) => listable(from, to),
        _ => from == to,
    }
}

/// Whether the elements of a list may be of another type as they are: a list is not converted.
fn listable(from: &Ty, to: &Ty) -> bool {
    match (from, to) {
        (Ty::Any, _) | (_, Ty::Any) => true,
        (Ty::Object(_) | Ty::AnyObject, Ty::Object(_) | Ty::AnyObject | Ty::Bytes) => true,
        (Ty::Int(_) | Ty::Enum(_), Ty::Int(_)) | (Ty::Int(_), Ty::Float) => true,
        (Ty::Array(from), Ty::Array(to)) => listable(from, to),
        _ => from == to,
    }
}
