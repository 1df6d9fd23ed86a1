//! What fields consist of, as far as no expression is asked.

use super::build::Builder;
use super::ty::{Range, Ty};
use super::*;
use crate::encoding::Encoding;
use crate::schema::ast::{AttrSpec, EnumRef, RepeatSpec, TypeRef, TypeUse};
use crate::schema::error::Kind;
use crate::table::Id;

impl Builder<'_> {
    pub(super) fn bodies(&mut self) {
        for id in self.order.clone() {
            if self.errors.is_full() {
                return;
            }
            if let Some(spec) = self.params.get(&id).copied() {
                let owner = self.layout.attrs[id].owner;
                let mut element = match &spec.ty {
                    None => Ty::Bytes,
                    Some(ty) => self.param_type(owner, ty),
                };
                if let Some(name) = &spec.enumeration {
                    element = self.with_enum(owner, element, name);
                }
                self.layout.attrs[id].element = if spec.wrong { Ty::Wrong } else { element };
            } else if let Some(spec) = self.specs.get(&id).copied().filter(|s| s.value.is_none()) {
                self.body(id, spec);
            }
        }
        self.alignments();
    }

    fn body(&mut self, id: AttrId, spec: &AttrSpec) {
        let owner = self.layout.attrs[id].owner;
        let body = match &spec.ty {
            None => match &spec.contents {
                Some(contents) => Body::Contents(contents.bytes.clone()),
                None => Body::Bytes,
            },
            Some(TypeRef::One(ty)) => self.named(owner, spec, ty),
            // The cases' expressions come later; their types are needed before that.
            Some(TypeRef::Switch { cases, .. }) => {
                let bodies: Vec<Body> = cases.iter().map(|case| self.named(owner, spec, &case.ty)).collect();
                self.cases.insert(id, bodies);
                Body::Nothing
            }
        };
        let mut element = match self.cases.get(&id) {
            None => element(&body),
            Some(bodies) => {
                bodies.iter().map(element).reduce(|a, b| a.union(&b).unwrap_or(Ty::Any)).unwrap_or(Ty::Any)
            }
        };
        if let Some(name) = &spec.enumeration {
            element = self.with_enum(owner, element, name);
        }
        self.extents(id, spec, &body);
        let attr = &mut self.layout.attrs[id];
        attr.body = body;
        attr.element = if spec.wrong { Ty::Wrong } else { element };
        attr.pad_right = spec.pad_right;
        if !matches!(spec.repeat, RepeatSpec::Once) {
            // Known to be an array; the expression comes later.
            attr.repeat = Repeat::Eos;
        }
    }

    /// The type of a field with an `enum`.
    fn with_enum(&mut self, owner: TypeId, element: Ty, name: &EnumRef) -> Ty {
        let found = match self.layout.find_enum(owner, &name.name.path) {
            Ok(found) => found,
            Err(kind) => {
                self.errors.add(kind, name.text.span, &name.key);
                return Ty::Wrong;
            }
        };
        match element {
            // One bit is a truth value only without an enum.
            Ty::Int(_) | Ty::Bool => Ty::Enum(found),
            Ty::Wrong => Ty::Wrong,
            other => {
                let found = self.layout.describe(&other);
                let kind = Kind::Type { expected: "an integer, for `enum`".into(), found };
                self.errors.add(kind, name.text.span, &name.key);
                Ty::Wrong
            }
        }
    }

    /// Extent and terminator, with the defaults of `strz`.
    fn extents(&mut self, id: AttrId, spec: &AttrSpec, body: &Body) {
        let zeroes = match (&spec.ty, body) {
            (Some(TypeRef::One(ty)), Body::Str(encoding)) if ty.text.value == "strz" => {
                Some(vec![0; usize::from(encoding.unit())])
            }
            _ => None,
        };
        let attr = &mut self.layout.attrs[id];
        attr.terminator = spec.terminator.bytes.clone().or(zeroes).map(|bytes| Terminator {
            bytes,
            consume: spec.terminator.consume,
            include: spec.terminator.include,
            eos_error: spec.terminator.eos_error,
        });
        if spec.size_eos {
            attr.extent = Extent::Eos;
        }
    }

    /// The body that a type's name stands for.
    fn named(&mut self, owner: TypeId, spec: &AttrSpec, ty: &TypeUse) -> Body {
        match (ty.text.value.as_str(), self.scalar(owner, ty)) {
            ("str" | "strz", _) => return self.text(owner, spec, ty),
            (_, Some(body)) => return body,
            _ => {}
        }
        match self.layout.find_type(owner, &ty.name) {
            // What it takes may be among what could not be read.
            Ok(found) if ty.args.is_some() && self.types.get(found.row()).is_some_and(|t| t.lost.fields) => {
                Body::Nothing
            }
            Ok(found) => Body::Object(found, Vec::new()),
            Err(kind) => {
                self.errors.add(kind, ty.text.span, &ty.key);
                Body::Nothing
            }
        }
    }

    /// A number by the name of its type.
    fn scalar(&mut self, owner: TypeId, ty: &TypeUse) -> Option<Body> {
        let name = ty.text.value.as_str();
        if let "f4" | "f4le" | "f4be" | "f8" | "f8le" | "f8be" = name {
            let (size, order) = name.split_at(2);
            let order = self.order(owner, order, ty);
            return Some(Body::Float(if size == "f4" { 4 } else { 8 }, order));
        }
        if let Some((bits, order)) = bits_name(name) {
            let inherited = self.inherited.get(owner.row()).and_then(|i| i.bit_order);
            let order = order.or(inherited).unwrap_or(Endian::Big);
            if !(1..=64).contains(&bits) {
                let why = format!("`{name}` is no bit-sized integer: it has 1 to 64 bits");
                self.errors.add(Kind::Invalid(why), ty.text.span, &ty.key);
            }
            return Some(Body::Bits(bits.clamp(1, 64), order));
        }
        let (bytes, signed, order) = integer_name(name)?;
        let little = ByteOrder::Fixed(Endian::Little);
        let order = if bytes == 1 { little } else { self.order(owner, order, ty) };
        Some(Body::Int(IntFormat { bytes, signed, order }))
    }

    fn order(&mut self, owner: TypeId, order: &str, ty: &TypeUse) -> ByteOrder {
        let inherited = self.inherited.get(owner.row()).and_then(|i| i.order);
        match (order, inherited) {
            ("le", _) => ByteOrder::Fixed(Endian::Little),
            ("be", _) => ByteOrder::Fixed(Endian::Big),
            (_, Some(order)) => order,
            _ => {
                let name = &ty.text.value;
                let why = format!("`{name}` has no byte order: set `meta/endian`, or write `{name}le`");
                self.errors.add(Kind::Invalid(why), ty.text.span, &ty.key);
                ByteOrder::Fixed(Endian::Little)
            }
        }
    }

    fn text(&mut self, owner: TypeId, spec: &AttrSpec, ty: &TypeUse) -> Body {
        let inherited = self.inherited.get(owner.row()).and_then(|i| i.encoding);
        let own = spec.encoding.as_ref();
        let Some(name) = own.or(inherited) else {
            let why = "a text needs an `encoding`, here or in `meta`".to_string();
            match &spec.ty {
                Some(TypeRef::Switch { .. }) => self.errors.add(Kind::Invalid(why), ty.text.span, &ty.key),
                _ => self.errors.add(Kind::Invalid(why), spec.span, &spec.key),
            }
            return Body::Str(Encoding::Utf8);
        };
        // Of a name that nobody knows the reader of the schema warns.
        Body::Str(encoding_named(&name.value))
    }

    /// The type of a parameter.
    fn param_type(&mut self, owner: TypeId, ty: &TypeUse) -> Ty {
        let element = match ty.name.path.as_slice() {
            [only] => own_type(only).or_else(|| {
                // Any integer is passed to them as it is.
                (integer_name(only).is_some() || bits_name(only).is_some()).then(Ty::int)
            }),
            _ => None,
        };
        let element = match element {
            Some(element) => element,
            None => match self.layout.find_type(owner, &ty.name) {
                Ok(found) => Ty::Object(found),
                Err(kind) => {
                    self.errors.add(kind, ty.text.span, &ty.key);
                    Ty::Wrong
                }
            },
        };
        if ty.name.array { Ty::Array(Box::new(element)) } else { element }
    }

    /// A field of whole bytes after bit-sized integers begins at the next whole byte.
    fn alignments(&mut self) {
        let bits = |attr: &Attr| matches!(attr.body, Body::Bits(..));
        for ty in self.layout.types.iter() {
            for pair in ty.seq.windows(2) {
                if let [before, attr] = pair {
                    self.layout.attrs[*attr].aligned =
                        bits(&self.layout.attrs[*before]) && !bits(&self.layout.attrs[*attr]);
                }
            }
        }
    }
}

/// The type of a value with this body.
fn element(body: &Body) -> Ty {
    match body {
        Body::Int(format) => Ty::Int(Range::of_bytes(format.bytes, format.signed)),
        Body::Bits(1, _) => Ty::Bool,
        Body::Bits(bits, _) => Ty::Int(Range { min: 0, max: (1i128 << bits) - 1 }),
        Body::Float(..) => Ty::Float,
        Body::Contents(_) | Body::Bytes => Ty::Bytes,
        Body::Str(_) => Ty::Str,
        Body::Object(ty, _) => Ty::Object(*ty),
        Body::Nothing => Ty::Wrong,
        Body::Switch { .. } | Body::Value(_) | Body::Param => Ty::Any,
    }
}

/// The type of the language that a name stands for, integers apart: those of parameters and casts.
pub(super) fn own_type(name: &str) -> Option<Ty> {
    Some(match name {
        "bytes" => Ty::Bytes,
        "str" => Ty::Str,
        "bool" | "b1" => Ty::Bool,
        "struct" => Ty::AnyObject,
        "io" => Ty::Io,
        "any" => Ty::Any,
        // Their values come from elsewhere: the byte order does not matter.
        "f4" | "f8" => Ty::Float,
        _ => return None,
    })
}

/// `u4le` → 4 bytes, unsigned, `le`.
pub(super) fn integer_name(name: &str) -> Option<(u8, bool, &str)> {
    let signed = match name.get(..1)? {
        "u" => false,
        "s" => true,
        _ => return None,
    };
    let bytes = match name.get(1..2)? {
        "1" => 1,
        "2" => 2,
        "4" => 4,
        "8" => 8,
        _ => return None,
    };
    let order = name.get(2..)?;
    let known = matches!(order, "" | "le" | "be") && (bytes > 1 || order.is_empty());
    known.then_some((bytes, signed, order))
}

/// `b12le` → 12 bits, least significant first.
pub(super) fn bits_name(name: &str) -> Option<(u8, Option<Endian>)> {
    let digits = name.strip_prefix('b')?;
    let (digits, order) = match (digits.strip_suffix("le"), digits.strip_suffix("be")) {
        (Some(digits), _) => (digits, Some(Endian::Little)),
        (_, Some(digits)) => (digits, Some(Endian::Big)),
        _ => (digits, None),
    };
    let all = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    all.then(|| (digits.parse().unwrap_or(u8::MAX), order))
}

/// The encoding of this name; ASCII, which all have in common, for a name that nobody knows.
pub(super) fn encoding_named(name: &str) -> Encoding {
    Encoding::named(name).map_or(Encoding::Ascii, |named| named.encoding)
}
