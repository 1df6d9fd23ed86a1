//! BTF, the types that Linux and its modules carry: in a kernel or module, or split over that of the kernel.

mod types;

use std::borrow::Cow;
use std::ops::Range;

use object::Object;

use super::error::{ExtractError, shown};
use super::files::Extras;
use super::graph::{Field, Graph, Node, Record as Members};
use super::image::Image;
use super::inquiry::{Answers, Inquiry, Offer};
use crate::contract::origin::{Kind, Question};
use types::{Btf, Record, kind};

/// The section of the types.
const SECTION: &str = ".BTF";
/// The section with the part of the kernel's types that a module of Linux 6.11 or later needs.
const BASE: &str = ".BTF.base";

/// Whether a binary has BTF.
pub(super) fn is_there(image: &Image<'_>) -> bool {
    image.file.section_by_name(SECTION).is_some()
}

/// Asks the BTF of a binary.
///
/// # Errors
///
/// There is none, it cannot be read, or it rests on that of a kernel that was not named.
pub(super) fn ask(
    image: &Image<'_>,
    extras: &Extras<'_>,
    questions: &[&Question],
) -> Result<Answers, ExtractError> {
    let Some(bytes) = image.section(SECTION)? else {
        return Err(ExtractError::NoDebugInfo {
            name: image.name.clone(),
            wanted: "BTF".into(),
            searched: Vec::new(),
            help: "build the kernel with `CONFIG_DEBUG_INFO_BTF` and its modules with `CONFIG_DEBUG_INFO_BTF_MODULES`"
                .into(),
        });
    };
    match &extras.btf_base {
        Some(path) => {
            let base = extras.named(path)?;
            let name = shown(path);
            raw(&name, (*base).as_ref(), |base| within(image, &bytes, Some((&name, base)), questions))?
        }
        None => {
            let base = image.section(BASE)?;
            let base = base.as_deref().map(|base| (image.name.as_str(), base));
            within(image, &bytes, base, questions)
        }
    }
}

/// The BTF of a file: of a binary that has some, or the file itself.
fn raw<T>(name: &str, bytes: &[u8], then: impl FnOnce(&[u8]) -> T) -> Result<T, ExtractError> {
    if matches!(bytes.get(..2), Some([0x9f, 0xeb] | [0xeb, 0x9f])) {
        return Ok(then(bytes));
    }
    let image = Image::read(name, bytes)?;
    let Some(section) = image.section(SECTION)? else {
        let help = "name a `vmlinux` of the same kernel, or a copy of its `/sys/kernel/btf/vmlinux`".into();
        let (wanted, searched) = ("BTF".into(), Vec::new());
        return Err(ExtractError::NoDebugInfo { name: name.into(), wanted, searched, help });
    };
    let section: Cow<'_, [u8]> = section;
    Ok(then(&section))
}

fn within(
    image: &Image<'_>,
    bytes: &[u8],
    base: Option<(&str, &[u8])>,
    questions: &[&Question],
) -> Result<Answers, ExtractError> {
    let name = image.name.as_str();
    let base = base.map(|(name, bytes)| Btf::read(name, bytes, None)).transpose()?;
    if let Some(base) = base.as_ref().filter(|base| !base.check()) {
        return Err(ExtractError::damaged(&base.name, "its BTF", "it refers to types that it does not have"));
    }
    // BTF that stands by itself needs no base, whatever was named.
    let alone = Btf::read(name, bytes, None)?;
    let mut btf = match (&base, alone.check()) {
        (_, true) => alone,
        (Some(base), false) => Btf::read(name, bytes, Some(base))?,
        (None, false) => {
            return Err(ExtractError::NoDebugInfo {
                name: name.into(),
                wanted: "whole BTF: its types rest on those of the kernel that it was built for".into(),
                searched: Vec::new(),
                help: "name that kernel's `vmlinux`, or a copy of its `/sys/kernel/btf/vmlinux`, after `--btf-base`"
                    .into(),
            });
        }
    };
    if let Some(base) = base.as_ref().filter(|_| !btf.check()) {
        return Err(ExtractError::Mismatch {
            name: base.name.clone(),
            found: format!("a kernel with {} types", base.types()),
            expected: format!("the kernel that the types of `{name}` refer to"),
        });
    }
    btf.address = Some(if image.file.is_64() { 8 } else { 4 });
    let mut inquiry = Inquiry::new(questions);
    loop {
        offer_all(&btf, btf.first()..btf.types(), &mut inquiry)?;
        // A module may have a structure of the same name as one of the kernel's.
        inquiry.seal();
        offer_all(&btf, 1..btf.first(), &mut inquiry)?;
        if inquiry.again() {
            continue;
        }
        if inquiry.suggesting || !inquiry.lacks() {
            return Ok(inquiry.conclude());
        }
        inquiry.suggesting = true;
    }
}

/// Offers some of the types.
fn offer_all(btf: &Btf<'_>, ids: Range<u32>, inquiry: &mut Inquiry) -> Result<(), ExtractError> {
    for id in ids {
        let Some((file, record)) = btf.get(id) else { continue };
        let place = btf.place(id);
        let mut offer = Offer { name: "", kind: Kind::Typedef, declared: false, files: &[], place: &place };
        if matches!(record.kind, kind::ENUM | kind::ENUM64) && inquiry.wants_constants() {
            for (name, value) in file.enumerators(&record) {
                if inquiry.wants(&name) {
                    inquiry.constant(&Ok(value), Offer { name: &name, kind: Kind::Enum, ..offer });
                }
            }
        }
        let (kind, target) = match record.kind {
            kind::STRUCT | kind::FWD => (Kind::Struct, id),
            kind::UNION => (Kind::Union, id),
            kind::ENUM | kind::ENUM64 => (Kind::Enum, id),
            kind::TYPEDEF | kind::INT | kind::FLOAT => (Kind::Typedef, id),
            kind::VAR => (Kind::Variable, record.word),
            _ => continue,
        };
        let Some(name) = file.name_of(&record).filter(|name| inquiry.wants(name)) else { continue };
        offer.kind = kind;
        // Linkage 2 is `extern`.
        offer.declared = record.kind == kind::VAR && file.words(&record).first() == Some(&2);
        if record.kind == kind::FWD {
            inquiry.declaration(&name, &place);
            continue;
        }
        inquiry.offer(btf, target, Offer { name: &name, ..offer })?;
    }
    Ok(())
}

impl Btf<'_> {
    fn enumerators(&self, record: &Record<'_>) -> Vec<(String, i128)> {
        let words = self.words(record);
        let width = if record.kind == kind::ENUM64 { 3 } else { 2 };
        let member = |words: &[u32]| {
            let (name, low, high) = match words {
                [name, low, high] => (name, *low, Some(*high)),
                [name, low] => (name, *low, None),
                _ => return None,
            };
            let value = match (high, record.flag) {
                (None, false) => i128::from(low),
                (None, true) => i128::from(low.cast_signed()),
                (Some(high), signed) => {
                    let wide = u64::from(high) << 32 | u64::from(low);
                    if signed { i128::from(wide.cast_signed()) } else { i128::from(wide) }
                }
            };
            Some((self.text(*name)?, value))
        };
        words.chunks(width).filter_map(member).collect()
    }

    fn members(&self, record: &Record<'_>) -> Vec<Field<u32>> {
        let words = self.words(record);
        let field = |words: &[u32]| {
            let [name, ty, offset] = words else { return None };
            let bits = if record.flag { Some(offset >> 24).filter(|bits| *bits > 0) } else { self.bits(*ty) };
            Some(Field { name: self.text(*name), ty: *ty, bits: bits.map(u64::from) })
        };
        words.chunks(3).filter_map(field).collect()
    }

    /// The bits of an integer type that has fewer than its bytes: so bit-fields were once written.
    fn bits(&self, id: u32) -> Option<u32> {
        let (file, record) = self.get(id).filter(|(_, record)| record.kind == kind::INT)?;
        let bits = file.words(&record).first()? & 0xff;
        (Some(bits) != record.word.checked_mul(8)).then_some(bits)
    }
}

impl Graph for Btf<'_> {
    type Id = u32;

    fn node(&self, id: u32) -> Result<Node<u32>, ExtractError> {
        let Some((file, record)) = self.get(id) else { return Ok(Node::Alias(None)) };
        let size = Some(u64::from(record.word));
        let members = |word| Members {
            word,
            name: file.name_of(&record),
            size,
            complete: true,
            fields: file.members(&record),
        };
        Ok(match record.kind {
            kind::STRUCT => Node::Record(members("struct")),
            kind::UNION => Node::Record(members("union")),
            kind::FWD => {
                let word = if record.flag { "union" } else { "struct" };
                Node::Record(Members { complete: false, size: None, ..members(word) })
            }
            kind::ARRAY => match file.words(&record).as_slice() {
                [element, _, count] => Node::Array { element: *element, count: Some(u64::from(*count)) },
                _ => Node::Plain { what: "an array that breaks off", size: None },
            },
            kind::ENUM | kind::ENUM64 => Node::Enum { size, members: file.enumerators(&record) },
            kind::PTR => Node::Pointer { to: Some(record.word).filter(|to| *to != 0), size: self.address },
            kind::INT | kind::FLOAT => Node::Plain { what: "a number", size },
            kind::FUNC | kind::FUNC_PROTO => Node::Plain { what: "a function", size: None },
            _ => Node::Alias(Some(record.word).filter(|to| *to != 0)),
        })
    }

    fn place(&self, id: u32) -> String {
        let name = self.get(id).map_or(self.name.as_str(), |(file, _)| file.name.as_str());
        format!("{name}, BTF type {id}")
    }
}
