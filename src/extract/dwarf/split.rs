//! Split DWARF: what the binary left in `.dwo` files beside the object files, or in one `.dwp`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use gimli::{DwarfPackageSections, DwoId, RunTimeEndian};
use object::Object;

use super::unit::{Others, Units};
use super::{load, macros, reader, scan, section};
use crate::extract::error::{ExtractError, shown};
use crate::extract::files::{Bytes, Extras};
use crate::extract::image::Image;
use crate::extract::inquiry::Inquiry;

/// A part of a unit that is elsewhere.
struct Part {
    id: DwoId,
    /// The `.dwo` file that it was in at first.
    name: String,
    /// The folder that the compiler ran in.
    folder: String,
}

/// Where the rest of split units is.
pub(super) struct Split<'u, 'd> {
    units: &'u Units<'d>,
    /// The file with the skeletons.
    path: &'u Path,
    extras: &'u Extras<'u>,
}

impl<'u, 'd> Split<'u, 'd> {
    pub(super) fn new(units: &'u Units<'d>, path: &'u Path, extras: &'u Extras<'u>) -> Split<'u, 'd> {
        Split { units, path, extras }
    }

    /// Reads everything that the units of the binary left elsewhere.
    pub(super) fn all(&self, inquiry: &mut Inquiry) -> Result<(), ExtractError> {
        let mut left = self.left()?;
        let mut searched = Vec::new();
        for path in self.packages() {
            if left.is_empty() {
                break;
            }
            match self.extras.files.read(&path)? {
                Some(bytes) => {
                    let found = self.package(&path, &bytes, &left, inquiry)?;
                    left.retain(|part| !found.contains(&part.id.0));
                    searched.push(format!("`{}` does not have it", shown(&path)));
                }
                None => searched.push(format!("`{}` is not there", shown(&path))),
            }
        }
        for part in left {
            let mut searched = searched.clone();
            let mut found = None;
            for path in self.places(&part) {
                found = self.extras.files.read(&path)?.map(|bytes| (path.clone(), bytes));
                if found.is_some() {
                    break;
                }
                searched.push(format!("`{}` is not there", shown(&path)));
            }
            let Some((path, bytes)) = found else {
                let help = "name the folder of the `.dwo` files after `--debug-dir`, or the `.dwp` after `--debug-file`";
                return Err(ExtractError::NoDebugInfo {
                    name: self.units.name.into(),
                    wanted: format!("whole DWARF: a part of it is in `{}`", part.name),
                    searched,
                    help: help.into(),
                });
            };
            self.object(&path, &bytes, part.id, inquiry)?;
        }
        Ok(())
    }

    /// The units that have a part elsewhere. A unit of a `.dwo` has an id as well, but no name of another.
    fn left(&self) -> Result<Vec<Part>, ExtractError> {
        let mut parts = Vec::new();
        for row in 0..self.units.headers.len() {
            let unit = self.units.unit(row)?;
            let Some(id) = unit.dwo_id else { continue };
            let name = unit.dwo_name().map_err(|error| self.units.broken(error))?;
            let name = name.and_then(|name| self.units.dwarf.attr_string(&unit, name).ok());
            let Some(name) = name.map(|name| name.to_string_lossy().into_owned()) else { continue };
            let folder =
                unit.comp_dir.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
            parts.push(Part { id, name, folder });
        }
        Ok(parts)
    }

    /// Where a `.dwp` may be.
    fn packages(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in [self.path, &self.extras.path] {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(".dwp");
            paths.push(path.with_file_name(&name));
            paths.extend(self.extras.debug_dirs.iter().map(|folder| folder.join(&name)));
        }
        paths.extend(self.extras.debug_file.iter().filter(|path| *path != self.path).cloned());
        let mut known = HashSet::new();
        paths.retain(|path| known.insert(path.clone()));
        paths
    }

    /// Where a `.dwo` may be: where the compiler put it, and beside the binary.
    fn places(&self, part: &Part) -> Vec<PathBuf> {
        let Part { name, folder, .. } = part;
        let short = name.rsplit('/').next().unwrap_or(name);
        let mut paths = vec![Path::new(folder).join(name)];
        for folder in
            std::iter::once(self.extras.folder()).chain(self.extras.debug_dirs.iter().map(PathBuf::as_path))
        {
            if !name.starts_with('/') {
                paths.push(folder.join(name));
            }
            paths.push(folder.join(short));
        }
        let mut known = HashSet::new();
        paths.retain(|path| known.insert(path.clone()));
        paths
    }

    fn object(
        &self,
        path: &Path,
        bytes: &Bytes,
        id: DwoId,
        inquiry: &mut Inquiry,
    ) -> Result<(), ExtractError> {
        let name = shown(path);
        let image = Image::read(&name, (**bytes).as_ref())?;
        let sections = load(&image, ".dwo")?;
        let endian = endian(&image);
        let mut dwarf = sections.borrow(|section| reader(section, endian));
        dwarf.make_dwo(self.units.dwarf);
        let units = Units::new(&dwarf, &name, Rc::default())?;
        for row in 0..units.headers.len() {
            let unit = units.unit(row)?;
            if unit.dwo_id == Some(id) {
                return all(&units, inquiry);
            }
        }
        let own = units.unit(0).ok().and_then(|unit| unit.dwo_id);
        let shown = |id: DwoId| format!("unit {:016x}", id.0);
        let found = own.map_or_else(|| "no split unit".to_owned(), shown);
        Err(ExtractError::Mismatch { name, found, expected: shown(id) })
    }

    /// Reads the units of a `.dwp` that are left, and its units of types; the ids of those that it has.
    fn package(
        &self,
        path: &Path,
        bytes: &Bytes,
        left: &[Part],
        inquiry: &mut Inquiry,
    ) -> Result<HashSet<u64>, ExtractError> {
        let name = shown(path);
        let image = Image::read(&name, (**bytes).as_ref())?;
        let broken = |error: gimli::Error| ExtractError::damaged(&name, "its DWARF", error);
        let sections = DwarfPackageSections::<Cow<'_, [u8]>>::load(|id| {
            section(&image, id, ".dwo").map_err(Loading::Other)
        });
        let sections = sections.map_err(|error| match error {
            Loading::Gimli(error) => broken(error),
            Loading::Other(error) => error,
        })?;
        let endian = endian(&image);
        let package =
            sections.borrow(|section| reader(section, endian), reader(&[], endian)).map_err(broken)?;
        let mut types = Vec::new();
        for row in 1..=package.tu_index.unit_count() {
            types.push(package.tu_sections(row, self.units.dwarf).map_err(broken)?);
        }
        let mut parts = Vec::new();
        let mut found = HashSet::new();
        for part in left {
            if let Some(dwarf) = package.find_cu(part.id, self.units.dwarf).map_err(broken)? {
                found.insert(part.id.0);
                parts.push(dwarf);
            }
        }
        let none = Rc::new(Others::default());
        let files: Result<Vec<Units<'_>>, _> =
            types.iter().map(|dwarf| Units::new(dwarf, &name, Rc::clone(&none))).collect();
        let others = Rc::new(Others::new(files?));
        for dwarf in types.iter().chain(&parts) {
            all(&Units::new(dwarf, &name, Rc::clone(&others))?, inquiry)?;
        }
        Ok(found)
    }
}

/// Reads every unit of a file with split DWARF.
fn all(units: &Units<'_>, inquiry: &mut Inquiry) -> Result<(), ExtractError> {
    let mut seen = macros::Seen::new();
    for row in 0..units.headers.len() {
        scan::unit(units, 0, row, inquiry)?;
        if inquiry.wants_constants() {
            macros::unit(units, row, &mut seen, inquiry)?;
        }
    }
    Ok(())
}

fn endian(image: &Image<'_>) -> RunTimeEndian {
    if image.file.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big }
}

/// What stops the loading of a package.
enum Loading {
    Gimli(gimli::Error),
    Other(ExtractError),
}

impl From<gimli::Error> for Loading {
    fn from(error: gimli::Error) -> Loading {
        Loading::Gimli(error)
    }
}
