//! What a kernel module says of itself.

use std::fs;
use std::path::Path;

use object::{Object, ObjectSection};

/// The name that the kernel has for a module; nothing if the file is none.
pub fn module_name(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    let file = object::File::parse(&*bytes).ok()?;
    let said = file.section_by_name(".modinfo")?.data().ok()?;
    let name = said.split(|byte| *byte == 0).find_map(|entry| entry.strip_prefix(b"name="))?;
    String::from_utf8(name.to_vec()).ok()
}
