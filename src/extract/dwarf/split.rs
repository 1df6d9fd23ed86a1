//! Split DWARF: what the binary left in `.dwo` files beside the object files, or in one `.dwp`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use gimli::{DwarfPackageSections, DwoId, RunTimeEndian};
use object::Object;

use super::unit::Units;
use super::{load, macros, reader, scan, section};
use crate::extract::error::{ExtractError, shown};
use crate::extract::files::{Bytes, Extras};
use crate::extract::image::Image;
use crate::extract::inquiry::Inquiry;

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

    /// Reads what a unit of the binary left elsewhere, if it did.
    pub(super) fn unit(&self, row: usize, inquiry: &mut Inquiry) -> Result<(), ExtractError> {
        let unit = self.units.unit(row)?;
        let Some(id) = unit.dwo_id else { return Ok(()) };
        let name = unit.dwo_name().map_err(|error| self.units.broken(error))?;
        let name = name.and_then(|name| self.units.dwarf.attr_string(&unit, name).ok());
        // A unit of a `.dwo` has an id as well, but no name of another.
        let Some(name) = name.map(|name| name.to_string_lossy().into_owned()) else { return Ok(()) };
        let folder = unit.comp_dir.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
        let mut searched = Vec::new();
        for path in self.packages() {
            match self.extras.files.read(&path)? {
                None => searched.push(format!("`{}` is not there", shown(&path))),
                Some(bytes) => {
                    if self.package(&path, &bytes, Some(id), inquiry)? {
                        return Ok(());
                    }
                    searched.push(format!("`{}` has no unit {:016x}", shown(&path), id.0));
                }
            }
        }
        for path in self.places(&name, &folder) {
            match self.extras.files.read(&path)? {
                None => searched.push(format!("`{}` is not there", shown(&path))),
                Some(bytes) => return self.object(&path, &bytes, id, inquiry),
            }
        }
        Err(ExtractError::NoDebugInfo {
            name: self.units.name.into(),
            wanted: format!("whole DWARF: a part of it is in `{name}`"),
            searched,
            help: "name the folder of the `.dwo` files after `--debug-dir`, or the `.dwp` after `--debug-file`".into(),
        })
    }

    /// Reads the types that a `.dwp` has in units of their own.
    pub(super) fn type_units(&self, inquiry: &mut Inquiry) -> Result<(), ExtractError> {
        let mut split = false;
        for row in 0..self.units.headers.len() {
            split = split || self.units.unit(row)?.dwo_id.is_some();
        }
        for path in self.packages().into_iter().filter(|_| split) {
            if let Some(bytes) = self.extras.files.read(&path)? {
                self.package(&path, &bytes, None, inquiry)?;
            }
        }
        Ok(())
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
        let mut known = std::collections::HashSet::new();
        paths.retain(|path| known.insert(path.clone()));
        paths
    }

    /// Where a `.dwo` may be: where the compiler put it, and beside the binary.
    fn places(&self, name: &str, folder: &str) -> Vec<PathBuf> {
        let short = name.rsplit('/').next().unwrap_or(name);
        let mut paths = vec![Path::new(folder).join(name)];
        for folder in std::iter::once(self.extras.folder()).chain(self.extras.debug_dirs.iter().map(PathBuf::as_path)) {
            if !name.starts_with('/') {
                paths.push(folder.join(name));
            }
            paths.push(folder.join(short));
        }
        let mut known = std::collections::HashSet::new();
        paths.retain(|path| known.insert(path.clone()));
        paths
    }

    fn object(&self, path: &Path, bytes: &Bytes, id: DwoId, inquiry: &mut Inquiry) -> Result<(), ExtractError> {
        let name = shown(path);
        let image = Image::read(&name, (**bytes).as_ref())?;
        let sections = load(&image, ".dwo")?;
        let endian = endian(&image);
        let mut dwarf = sections.borrow(|section| reader(section, endian));
        dwarf.make_dwo(self.units.dwarf);
        let units = Units::new(&dwarf, &name)?;
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

    /// Reads one unit of a `.dwp`, or all its units of types; whether it is there.
    fn package(
        &self,
        path: &Path,
        bytes: &Bytes,
        id: Option<DwoId>,
        inquiry: &mut Inquiry,
    ) -> Result<bool, ExtractError> {
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
        let package = sections.borrow(|section| reader(section, endian), reader(&[], endian)).map_err(broken)?;
        let parts = match id {
            Some(id) => package.find_cu(id, self.units.dwarf).map_err(broken)?.into_iter().collect(),
            None => {
                let rows = 1..=package.tu_index.unit_count();
                let part = |row| package.tu_sections(row, self.units.dwarf).map_err(broken);
                rows.map(part).collect::<Result<Vec<_>, _>>()?
            }
        };
        for dwarf in &parts {
            all(&Units::new(dwarf, &name)?, inquiry)?;
        }
        Ok(!parts.is_empty())
    }
}

/// Reads every unit of a file with split DWARF.
fn all(units: &Units<'_>, inquiry: &mut Inquiry) -> Result<(), ExtractError> {
    let mut seen = macros::Seen::new();
    for row in 0..units.headers.len() {
        scan::unit(units, row, false, inquiry)?;
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
