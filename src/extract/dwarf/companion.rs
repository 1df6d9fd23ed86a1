//! Where the DWARF of a binary is, if not in it: a debug file by name, by link or by build id.

use std::path::PathBuf;

use object::Object;

use crate::extract::error::{ExtractError, shown};
use crate::extract::files::{Bytes, Extras};
use crate::extract::hex;
use crate::extract::image::Image;

/// The file with the debug information of a stripped binary, and its path.
///
/// # Errors
///
/// There is none, with everywhere that it was looked for; or one that belongs to another binary.
pub(super) fn find(image: &Image<'_>, extras: &Extras<'_>) -> Result<(PathBuf, Bytes), ExtractError> {
    let id = image.build_id()?;
    let link = image.file.gnu_debuglink().map_err(|error| image.damaged(".gnu_debuglink", error))?;
    let link = link.map(|(name, crc)| (String::from_utf8_lossy(name).into_owned(), crc));
    if let Some(path) = &extras.debug_file {
        let bytes = extras.named(path)?;
        fits((*bytes).as_ref(), path, id, link.as_ref().map(|(_, crc)| *crc))?;
        return Ok((path.clone(), bytes));
    }
    let mut searched = Vec::new();
    let mut other = None;
    for path in candidates(extras, id, link.as_ref().map(|(name, _)| name.as_str())) {
        let Some(bytes) = extras.files.read(&path)? else {
            searched.push(format!("`{}` is not there", shown(&path)));
            continue;
        };
        match fits((*bytes).as_ref(), &path, id, link.as_ref().map(|(_, crc)| *crc)) {
            Ok(()) => return Ok((path, bytes)),
            // Perhaps the right one is in another folder.
            Err(error) => other = other.or(Some(error)),
        }
    }
    if let Some(error) = other {
        return Err(error);
    }
    let help = match (&link, id) {
        (Some((name, _)), _) => {
            format!("name the build's `{name}` after `--debug-file`, or its folder after `--debug-dir`")
        }
        (None, Some(id)) => format!(
            "name the debug file of build id {} after `--debug-file`, or a folder with `.build-id` after `--debug-dir`",
            hex(id)
        ),
        (None, None) => {
            "name the file as it was before it was stripped after `--debug-file`, or build it with `-g`"
                .to_owned()
        }
    };
    Err(ExtractError::NoDebugInfo { name: image.name.clone(), wanted: "DWARF".into(), searched, help })
}

/// Where debuggers look, without the folders of this system: those are named by whoever wants them.
fn candidates(extras: &Extras<'_>, id: Option<&[u8]>, link: Option<&str>) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    if let Some((first, rest)) = id.and_then(<[u8]>::split_first) {
        let name = format!(".build-id/{first:02x}/{}.debug", hex(rest));
        paths.extend(extras.debug_dirs.iter().map(|folder| folder.join(&name)));
    }
    // A link is a plain name: one with folders would lead anywhere.
    if let Some(link) = link.filter(|link| !link.contains('/') && !link.is_empty() && *link != "..") {
        let folder = extras.folder();
        paths.push(folder.join(link));
        paths.push(folder.join(".debug").join(link));
        paths.extend(extras.debug_dirs.iter().map(|folder| folder.join(link)));
    }
    // The link of a binary may name the binary itself.
    paths.retain(|path| *path != extras.path);
    paths
}

/// Whether a debug file is that of the binary: by build id where both have one, else by the checksum of the link.
fn fits(
    bytes: &[u8],
    path: &std::path::Path,
    id: Option<&[u8]>,
    crc: Option<u32>,
) -> Result<(), ExtractError> {
    let name = shown(path);
    let image = Image::read(&name, bytes)?;
    let mismatch = |found, expected| Err(ExtractError::Mismatch { name: name.clone(), found, expected });
    match (id, image.build_id()?, crc) {
        (Some(wanted), Some(own), _) if wanted != own => {
            mismatch(format!("build id {}", hex(own)), format!("build id {}", hex(wanted)))
        }
        (Some(_), Some(_), None) | (_, _, None) => Ok(()),
        (_, _, Some(crc)) => {
            let own = crc32fast::hash(bytes);
            if own == crc {
                return Ok(());
            }
            mismatch(format!("checksum {own:#010x}"), format!("checksum {crc:#010x}, of `.gnu_debuglink`"))
        }
    }
}

/// Whether a file has DWARF, or what leads to it.
pub(super) fn has_dwarf(image: &Image<'_>) -> bool {
    image.has(".debug_info") || image.has(".debug_types")
}
