//! What a PE binary says about its PDB.

use object::Object;

use super::error::ExtractError;
use super::image::Image;

/// The PDB that a PE binary was linked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CodeView {
    /// The path that the linker wrote, of the machine that built it.
    pub(super) path: String,
    guid: [u8; 16],
    /// How often the PDB was written since it was made.
    pub(super) age: u32,
}

impl CodeView {
    /// What identifies the PDB.
    pub(super) fn id(&self) -> String {
        id(self.guid, self.age)
    }

    /// The file's name without folders of either system.
    pub(super) fn file_name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }
}

/// A GUID of a PE file, whose first three parts are little-endian numbers.
fn guid(bytes: [u8; 16]) -> String {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bytes;
    let parts = [d, c, b, a, f, e, h, g];
    parts.iter().chain(&rest).map(|byte| format!("{byte:02X}")).collect()
}

/// GUID and age, as symbol servers name folders.
pub(super) fn id(bytes: [u8; 16], age: u32) -> String {
    format!("{}{age:X}", guid(bytes))
}

impl Image<'_> {
    /// The entry of the debug directory that names the PDB.
    pub(super) fn code_view(&self) -> Result<Option<CodeView>, ExtractError> {
        let info = self.file.pdb_info().map_err(|error| self.damaged("the debug directory", error))?;
        Ok(info.map(|pdb| CodeView {
            path: String::from_utf8_lossy(pdb.path()).into_owned(),
            guid: pdb.guid(),
            age: pdb.age(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_symbol_servers_have_them() {
        let bytes = [0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 8, 9, 10, 11, 12, 13, 14, 15];
        assert_eq!(id(bytes, 26), "001122334455667708090A0B0C0D0E0F1A");
        let view = CodeView { path: "C:\\build\\out/sensor.pdb".into(), guid: bytes, age: 1 };
        assert_eq!((view.file_name(), view.id()), ("sensor.pdb", id(bytes, 1)));
    }
}
