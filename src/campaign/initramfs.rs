//! A folder as an archive that a kernel unpacks into its memory: cpio, in the form that is called newc.

use std::fs;
use std::io;
use std::path::Path;

use super::root::told;

/// What kernels take a name for that ends an archive.
const TRAILER: &str = "TRAILER!!!";
/// A program or a file, and a folder, that anybody may read.
const FILE: u32 = 0o100_755;
const FOLDER: u32 = 0o040_755;

/// Makes an archive of all that is in a folder.
///
/// # Errors
///
/// A file could not be read; the message names it.
pub(super) fn archive(folder: &Path) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut number = 1;
    let mut waiting = vec![String::new()];
    while let Some(name) = waiting.pop() {
        let path = folder.join(&name);
        let mut entries: Vec<_> = fs::read_dir(&path)
            .and_then(Iterator::collect::<io::Result<_>>)
            .map_err(|error| told(&path, &error))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, file) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let name = if name.is_empty() { file } else { format!("{name}/{file}") };
            number += 1;
            if path.is_dir() {
                put(&mut out, number, FOLDER, &name, &[]);
                waiting.push(name);
            } else {
                put(&mut out, number, FILE, &name, &fs::read(&path).map_err(|error| told(&path, &error))?);
            }
        }
    }
    put(&mut out, 0, 0, TRAILER, &[]);
    Ok(out)
}

fn put(out: &mut Vec<u8>, number: u32, mode: u32, name: &str, data: &[u8]) {
    let length = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    // The magic number; then number, mode, owner, group, links, time, length, four numbers of devices, length of the name
    // with its zero, and a checksum that this form does without.
    out.extend_from_slice(b"070701");
    for field in [number, mode, 0, 0, 1, 0, length(data.len()), 0, 0, 0, 0, length(name.len() + 1), 0] {
        out.extend_from_slice(format!("{field:08x}").as_bytes());
    }
    out.extend_from_slice(name.as_bytes());
    out.push(0);
    pad(out);
    out.extend_from_slice(data);
    pad(out);
}

fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_before_what_is_in_them_and_all_is_aligned() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("b/c")).unwrap();
        fs::write(folder.path().join("b/c/d"), b"data!").unwrap();
        fs::write(folder.path().join("a"), b"").unwrap();
        let archive = archive(folder.path()).unwrap();
        assert_eq!(archive.len() % 4, 0);
        let (mut at, mut names) = (0, Vec::new());
        let number = |at: usize| {
            usize::from_str_radix(std::str::from_utf8(&archive[at..at + 8]).unwrap(), 16).unwrap()
        };
        while at < archive.len() {
            assert_eq!(&archive[at..at + 6], b"070701");
            let (size, name) = (number(at + 6 + 8 * 6), number(at + 6 + 8 * 11));
            let text = std::str::from_utf8(&archive[at + 110..at + 110 + name - 1]).unwrap();
            let data = (at + 110 + name).next_multiple_of(4);
            names.push((text.to_owned(), archive[data..data + size].to_vec()));
            at = (data + size).next_multiple_of(4);
        }
        let expected = [("a", &b""[..]), ("b", b""), ("b/c", b""), ("b/c/d", b"data!"), (TRAILER, b"")];
        assert_eq!(names, expected.map(|(name, data)| (name.to_owned(), data.to_vec())));
    }
}
