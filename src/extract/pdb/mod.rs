//! PDBs: where that of a PE binary is, whether it is that of the build, and what it knows.

mod bytes;
mod msf;
mod types;

use std::path::PathBuf;

use super::codeview::{CodeView, id};
use super::error::{ExtractError, shown};
use super::files::{Bytes, Extras};
use super::graph::Graph;
use super::image::Image;
use super::inquiry::{Answers, Inquiry, Offer};
use crate::contract::origin::{Kind, Question};
use bytes::Cursor;
use msf::Msf;
use types::Types;

/// The stream that identifies the PDB.
const INFO: usize = 1;
/// The stream of types.
const TYPES: usize = 2;
/// The stream that says where symbols are.
const DEBUG: usize = 3;
/// The number of a stream that is not there.
const ABSENT: u16 = 0xffff;

const CONSTANT: u16 = 0x1107;
const TYPE_NAME: u16 = 0x1108;
const LOCAL_DATA: u16 = 0x110c;
const GLOBAL_DATA: u16 = 0x110d;
const LOCAL_THREAD_DATA: u16 = 0x1112;
const GLOBAL_THREAD_DATA: u16 = 0x1113;

/// How a constant begins whose value has one byte with a sign.
const NARROW: [u8; 2] = [0, 0x80];
/// Of such a constant nothing is known: what is not negative has a shorter form, but LLVM 14 writes all `int`
/// constants so, and leaves out what does not fit.
const CUT_OFF: &str = "is written in the PDB as one byte, which LLVM 14 does with greater values too";

/// Asks the PDB of a binary.
///
/// # Errors
///
/// There is none, it belongs to another build, or it cannot be read.
pub(super) fn ask(
    image: &Image<'_>,
    extras: &Extras<'_>,
    questions: &[&Question],
) -> Result<Answers, ExtractError> {
    let view = image.code_view()?;
    let (path, bytes) = find(image, view.as_ref(), extras)?;
    within(&shown(&path), (*bytes).as_ref(), view.as_ref(), questions)
}

/// The file: the one that was named, or one of the name that the binary has, beside it or where it was built.
fn find(
    image: &Image<'_>,
    view: Option<&CodeView>,
    extras: &Extras<'_>,
) -> Result<(PathBuf, Bytes), ExtractError> {
    if let Some(path) = &extras.pdb {
        return Ok((path.clone(), extras.named(path)?));
    }
    let mut paths = Vec::new();
    if let Some(view) = view {
        paths.push(extras.folder().join(view.file_name()));
        paths.extend(extras.debug_dirs.iter().map(|folder| folder.join(view.file_name())));
        // As symbol servers have it.
        let in_store =
            |folder: &PathBuf| folder.join(view.file_name()).join(view.id()).join(view.file_name());
        paths.extend(extras.debug_dirs.iter().map(in_store));
        paths.push(PathBuf::from(&view.path));
    }
    paths.push(extras.path.with_extension("pdb"));
    let mut known = std::collections::HashSet::new();
    paths.retain(|path| !path.as_os_str().is_empty() && known.insert(path.clone()));
    let mut searched = Vec::new();
    for path in paths {
        match extras.files.read(&path)? {
            Some(bytes) => return Ok((path, bytes)),
            None => searched.push(format!("`{}` is not there", shown(&path))),
        }
    }
    let help = match view {
        Some(view) => format!(
            "name the build's `{}` after `--pdb`, or its folder after `--debug-dir`",
            view.file_name()
        ),
        None => "link the build with `/debug`, and name its PDB after `--pdb`".into(),
    };
    Err(ExtractError::NoDebugInfo { name: image.name.clone(), wanted: "PDB".into(), searched, help })
}

/// Asks a PDB, which must be the one that the binary was linked with.
pub(super) fn within(
    name: &str,
    file: &[u8],
    view: Option<&CodeView>,
    questions: &[&Question],
) -> Result<Answers, ExtractError> {
    let broken = |part: &str, reason: &str| ExtractError::damaged(name, part, reason);
    let mut msf = Msf::read(file).map_err(|reason| broken("the PDB", reason))?;
    let info =
        msf.stream(INFO).ok_or_else(|| broken("the PDB", "the stream that identifies it is not there"))?;
    let debug = msf.stream(DEBUG).ok_or_else(|| broken("the PDB", "the stream of symbols is not there"))?;
    let mut cursor = Cursor::new(&info);
    let identity = cursor.take(8).and_then(|_| Some((cursor.u32()?, cursor.guid()?)));
    let (age, guid) = identity.ok_or_else(|| broken("the PDB", "what identifies it breaks off"))?;
    let layout = Layout::read(&debug).ok_or_else(|| broken("its symbols", "their header breaks off"))?;
    if let Some(view) = view {
        // The age that the linker writes into the binary is that of the symbols.
        let own = [id(guid, layout.age), id(guid, age)];
        if !own.contains(&view.id()) {
            let [found, _] = own;
            let (found, expected) = (format!("GUID and age {found}"), format!("GUID and age {}", view.id()));
            return Err(ExtractError::Mismatch { name: name.into(), found, expected });
        }
    }
    let stream =
        msf.stream(TYPES).ok_or_else(|| broken("its types", "their stream is not there or breaks off"))?;
    let types = Types::read(name, &stream).ok_or_else(|| broken("its types", "their header breaks off"))?;
    let mut symbols = Vec::new();
    if layout.globals != ABSENT {
        let stream = msf.stream(usize::from(layout.globals));
        symbols.push((None, stream.ok_or_else(|| broken("its symbols", "their stream breaks off"))?));
    }
    for module in &layout.modules {
        let stream = msf.stream(usize::from(module.stream));
        let mut stream =
            stream.ok_or_else(|| broken(&module.name, "its symbols are not there or break off"))?;
        stream.truncate(module.bytes);
        // The signature of the format comes first.
        symbols.push((Some(module.name.as_str()), stream.split_off(stream.len().min(4))));
    }
    let mut inquiry = Inquiry::new(questions);
    loop {
        types_of(&types, name, &mut inquiry)?;
        for (module, stream) in &symbols {
            symbols_of(&types, name, *module, stream, &mut inquiry)?;
        }
        if inquiry.again() {
            continue;
        }
        if inquiry.suggesting || !inquiry.lacks() {
            return Ok(inquiry.conclude());
        }
        inquiry.suggesting = true;
    }
}

/// Where symbols are.
struct Layout {
    age: u32,
    /// The stream of global symbols.
    globals: u16,
    modules: Vec<Module>,
}

/// What came out of one object file.
struct Module {
    name: String,
    stream: u16,
    /// Bytes of its symbols.
    bytes: usize,
}

impl Layout {
    fn read(stream: &[u8]) -> Option<Layout> {
        let mut header = Cursor::new(stream);
        header.take(8)?;
        let age = header.u32()?;
        header.take(8)?;
        let globals = header.u16()?;
        header.take(2)?;
        let len = header.count()?;
        header.take(36)?;
        let mut list = Cursor::new(header.take(len)?);
        let mut modules = Vec::new();
        while list.rest().len() >= 64 {
            let before = list.rest().len();
            list.take(34)?;
            let (stream, bytes) = (list.u16()?, list.count()?);
            list.take(24)?;
            let (_, object) = (list.text()?, list.text()?);
            let taken = before - list.rest().len();
            list.take(taken.next_multiple_of(4) - taken)?;
            if stream != ABSENT {
                modules.push(Module { name: object, stream, bytes });
            }
        }
        Some(Layout { age, globals, modules })
    }
}

fn types_of(types: &Types<'_>, pdb: &str, inquiry: &mut Inquiry) -> Result<(), ExtractError> {
    for (id, kind, name, defined) in types.named() {
        let place = types.place(id);
        if !defined {
            inquiry.declaration(&name, &place);
            continue;
        }
        let offer = Offer { name: &name, kind, declared: false, files: &[], place: &place };
        if inquiry.wants(&name) {
            inquiry.offer(types, id, offer)?;
        }
        if kind == Kind::Enum && inquiry.wants_constants() && inquiry.spend(1) {
            let crate::extract::graph::Node::Enum { members, .. } = types.node(id)? else { continue };
            let scope = name.rsplit_once("::").map_or("", |(scope, _)| scope);
            if !inquiry.spend(members.len()) {
                return Err(ExtractError::damaged(pdb, "its types", "they have too many enumerators"));
            }
            for (member, value) in members {
                // Whether it is an `enum class` is not written down.
                let plain = if scope.is_empty() { member.clone() } else { format!("{scope}::{member}") };
                for name in [plain, format!("{name}::{member}")] {
                    if inquiry.wants(&name) {
                        inquiry.constant(&Ok(value), Offer { name: &name, ..offer });
                    }
                }
            }
        }
    }
    Ok(())
}

/// Offers the constants, variables and type names of a list of symbols; records that break off end it.
fn symbols_of(
    types: &Types<'_>,
    pdb: &str,
    module: Option<&str>,
    stream: &[u8],
    inquiry: &mut Inquiry,
) -> Result<(), ExtractError> {
    let mut records = Cursor::new(stream);
    let place = module.map_or_else(|| pdb.to_owned(), |module| format!("{pdb}, {module}"));
    let files: Vec<&str> = module.into_iter().collect();
    while let Some((kind, mut data)) = records.record() {
        let Some(ty) = data.u32() else { continue };
        let mut value = None;
        let (kind, name) = match kind {
            CONSTANT => {
                let narrow = data.rest().starts_with(&NARROW);
                let Some(number) = data.numeric() else { continue };
                value = Some(if narrow { Err(CUT_OFF.to_owned()) } else { Ok(number) });
                (Kind::Variable, data.text())
            }
            TYPE_NAME => (Kind::Typedef, data.text()),
            LOCAL_DATA | GLOBAL_DATA | LOCAL_THREAD_DATA | GLOBAL_THREAD_DATA => {
                (Kind::Variable, data.take(6).and_then(|_| data.text()))
            }
            _ => continue,
        };
        let Some(name) = name.filter(|name| inquiry.wants(name)) else { continue };
        let offer = Offer { name: &name, kind, declared: false, files: &files, place: &place };
        match value {
            Some(value) => inquiry.constant(&value, offer),
            None => {
                if kind == Kind::Variable {
                    inquiry.constant(&Err("is a variable without a value in the PDB".into()), offer);
                }
                inquiry.offer(types, ty, offer)?;
            }
        }
    }
    Ok(())
}
