//! DWARF 4 and 5: in the binary, in a file of its own, split into `.dwo` files or a `.dwp`.

mod companion;
mod dimension;
mod macros;
mod scan;
mod split;
mod unit;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use gimli::{DwarfSections, EndianSlice, RunTimeEndian, Section, SectionId};
use object::Object;

use super::error::{ExtractError, shown};
use super::files::{Bytes, Extras};
use super::image::Image;
use super::inquiry::{Answers, Inquiry};
use crate::contract::origin::Question;
use split::Split;
use unit::{Others, Reader, Units, position};

/// The sections of a file, loaded.
type Sections<'d> = DwarfSections<Cow<'d, [u8]>>;

/// Where the DWARF of a binary is.
pub(super) enum Located {
    /// In the binary.
    Own,
    /// In another file.
    Other(PathBuf, Bytes),
}

/// Looks for the DWARF of a binary.
///
/// # Errors
///
/// There is none, or what was named does not belong to the binary.
pub(super) fn locate(image: &Image<'_>, extras: &Extras<'_>) -> Result<Located, ExtractError> {
    if companion::has_dwarf(image) {
        return Ok(Located::Own);
    }
    let (path, bytes) = companion::find(image, extras)?;
    let debug = Image::read(&shown(&path), (*bytes).as_ref())?;
    if !companion::has_dwarf(&debug) {
        let help =
            "name the file that the linker wrote, or what `objcopy --only-keep-debug` made of it".into();
        let wanted = "DWARF".into();
        return Err(ExtractError::NoDebugInfo { name: debug.name, wanted, searched: Vec::new(), help });
    }
    Ok(Located::Other(path, bytes))
}

/// Asks the DWARF of a binary.
///
/// # Errors
///
/// It cannot be read, or a part of it is in a file that is not there.
pub(super) fn ask(
    image: &Image<'_>,
    located: &Located,
    extras: &Extras<'_>,
    questions: &[&Question],
) -> Result<Answers, ExtractError> {
    match located {
        Located::Own => within(image, &extras.path, extras, questions),
        Located::Other(path, bytes) => {
            let image = Image::read(&shown(path), (**bytes).as_ref())?;
            within(&image, path, extras, questions)
        }
    }
}

/// Asks the DWARF that is in a file.
fn within(
    image: &Image<'_>,
    path: &Path,
    extras: &Extras<'_>,
    questions: &[&Question],
) -> Result<Answers, ExtractError> {
    let sections = load(image, "")?;
    let other = supplement(image, extras)?;
    let supplied = other.as_ref().map(|(name, bytes)| Image::read(name, (**bytes).as_ref())).transpose()?;
    let supplied = supplied.as_ref().map(|image| load(image, "")).transpose()?;
    let endian = if image.file.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
    let dwarf = sections.borrow_with_sup(supplied.as_ref(), |section| EndianSlice::new(section, endian));
    let none = Rc::new(Others::default());
    let others = dwarf.sup().map(|sup| Units::new(sup, &image.name, Rc::clone(&none))).transpose()?;
    let others = Rc::new(Others::new(others.into_iter().collect()));
    let units = Units::new(&dwarf, &image.name, Rc::clone(&others))?;
    let split = Split::new(&units, path, extras);
    let mut inquiry = Inquiry::new(questions);
    // A second time when something was not found, for names that are like it.
    loop {
        round(&units, &others, &split, extras, &mut inquiry)?;
        if inquiry.again() {
            continue;
        }
        if inquiry.suggesting || !inquiry.lacks() {
            return Ok(inquiry.conclude());
        }
        inquiry.suggesting = true;
    }
}

/// Reads every unit once.
fn round(
    units: &Units<'_>,
    others: &Others<'_>,
    split: &Split<'_, '_>,
    extras: &Extras<'_>,
    inquiry: &mut Inquiry,
) -> Result<(), ExtractError> {
    let mut seen = macros::Seen::new();
    let all = u64::try_from(units.dwarf.debug_info.reader().len()).unwrap_or(u64::MAX);
    for (row, header) in units.headers.iter().enumerate() {
        extras.files.progress(position(header), all);
        scan::unit(units, 0, row, inquiry)?;
        if inquiry.wants_constants() {
            macros::unit(units, row, &mut seen, inquiry)?;
        }
    }
    for (row, other) in others.files.iter().enumerate() {
        for unit in 0..other.headers.len() {
            scan::unit(units, row + 1, unit, inquiry)?;
        }
    }
    split.all(inquiry)
}

/// The sections of a file; `suffix` is `.dwo` for those of split DWARF.
fn load<'d>(image: &Image<'d>, suffix: &str) -> Result<Sections<'d>, ExtractError> {
    DwarfSections::load(|id: SectionId| section(image, id, suffix))
}

fn section<'d>(image: &Image<'d>, id: SectionId, suffix: &str) -> Result<Cow<'d, [u8]>, ExtractError> {
    // What is only needed to find code by its address stays where it is.
    let wanted = !matches!(
        id,
        SectionId::DebugAranges
            | SectionId::DebugLoc
            | SectionId::DebugLocLists
            | SectionId::DebugNames
            | SectionId::DebugRanges
            | SectionId::DebugRngLists
    );
    let name = if suffix.is_empty() { Some(id.name()) } else { id.dwo_name() };
    let found = name.filter(|_| wanted).map(|name| image.section(name)).transpose()?;
    Ok(found.flatten().unwrap_or_default())
}

/// The file that `dwz` moved common entries to, if the binary names one.
fn supplement(image: &Image<'_>, extras: &Extras<'_>) -> Result<Option<(String, Bytes)>, ExtractError> {
    let link = image.file.gnu_debugaltlink().map_err(|error| image.damaged(".gnu_debugaltlink", error))?;
    let Some((name, id)) = link else { return Ok(None) };
    let name = String::from_utf8_lossy(name).into_owned();
    let short = name.rsplit('/').next().unwrap_or(&name);
    let mut paths = vec![extras.folder().join(&name)];
    for folder in &extras.debug_dirs {
        if let Some((first, rest)) = id.split_first() {
            paths.push(folder.join(format!(".build-id/{first:02x}/{}.debug", super::hex(rest))));
        }
        paths.push(folder.join(".dwz").join(short));
        paths.push(folder.join(short));
    }
    let mut searched = Vec::new();
    for path in paths {
        let Some(bytes) = extras.files.read(&path)? else {
            searched.push(format!("`{}` is not there", shown(&path)));
            continue;
        };
        let other = Image::read(&shown(&path), (*bytes).as_ref())?;
        let own = other.build_id()?.unwrap_or_default();
        if own != id {
            let (found, expected) =
                (format!("build id {}", super::hex(own)), format!("build id {}", super::hex(id)));
            return Err(ExtractError::Mismatch { name: shown(&path), found, expected });
        }
        return Ok(Some((shown(&path), bytes)));
    }
    Err(ExtractError::NoDebugInfo {
        name: image.name.clone(),
        wanted: format!("whole DWARF: a part of it is in `{name}`"),
        searched,
        help: "name its folder after `--debug-dir`".into(),
    })
}

/// A reader of some bytes.
fn reader(bytes: &[u8], endian: RunTimeEndian) -> Reader<'_> {
    EndianSlice::new(bytes, endian)
}
