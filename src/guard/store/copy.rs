//! Copies of sets: written once, under a name that says what is in them, and read whole or not at all.

use std::collections::BTreeSet;
use std::io;

use super::gate::{Gate, Judgement, SetFile};
use super::list::{self, Line};
use super::vfs::{Site, Vfs};
use crate::digest::Digest;
use crate::guard::core::{Check, Entry, SetDigest};
use crate::limits::{SET_FILES, VERDICT_BYTES};

/// The folder in a copy that the consumer sees.
pub(super) const FILES: &str = "files";
const LIST: &str = "list";
const VERDICT: &str = "verdict.json";
/// A link that leads nowhere: its target is the identity of the gate that passed the copy last.
const PASSED: &str = "passed";
/// A line has a digest, a size and a name: never this much.
const LINE_BYTES: usize = 256;

/// The name of a copy: the first half of its digest. Short enough for a link to it to need no block of its own.
pub(super) fn name(set: SetDigest) -> String {
    set.to_string().chars().take(32).collect()
}

/// Whether a name in the folder of copies is one of ours: a copy, or one that is being written or taken away.
pub(super) fn is_ours(name: &str) -> bool {
    let name = name.strip_prefix("new-").or_else(|| name.strip_prefix("old-")).unwrap_or(name);
    name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Writes a copy below the folder of copies, durably; one that is there and did not do is put aside.
pub(super) fn write(
    vfs: &impl Vfs,
    copies: &str,
    set: SetDigest,
    list: &str,
    files: &[SetFile<'_>],
    verdict: &[u8],
) -> io::Result<()> {
    let (name, new) = (format!("{copies}/{}", name(set)), format!("{copies}/new-{}", name(set)));
    let old = format!("{copies}/old-{}", self::name(set));
    remove(vfs, &new)?;
    remove(vfs, &old)?;
    let content = format!("{new}/{FILES}");
    vfs.create_folder(&new)?;
    vfs.create_folder(&content)?;
    for file in files {
        vfs.create(&format!("{content}/{}", file.name), file.bytes, Site::Content)?;
    }
    vfs.create(&format!("{new}/{VERDICT}"), verdict, Site::Verdict)?;
    vfs.create(&format!("{new}/{LIST}"), list.as_bytes(), Site::List)?;
    vfs.sync_folder(&content, Site::ContentFolder)?;
    vfs.sync_folder(&new, Site::CopyFolder)?;
    match vfs.rename(&name, &old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    vfs.rename(&new, &name)?;
    vfs.sync_folder(copies, Site::CopiesFolder)
}

/// The digest of what a copy's list says, if that is what its name says.
pub(super) fn digest(vfs: &impl Vfs, copies: &str, copy: &str) -> Option<SetDigest> {
    let bytes = vfs.read(&format!("{copies}/{copy}/{LIST}"), list_limit()).ok()?;
    Some(list::digest(&bytes)).filter(|set| name(*set) == copy)
}

fn list_limit() -> u64 {
    u64::try_from(SET_FILES.saturating_mul(LINE_BYTES)).unwrap_or(u64::MAX)
}

/// Reads a copy once and judges what was read. With `remember` a gate that passed these very bytes is not asked again: a link
/// needs no room and is there or not, and one that was lost costs no more than the question.
pub(super) fn check(vfs: &impl Vfs, copies: &str, entry: &Entry, gate: &impl Gate, remember: bool) -> Check {
    let (lines, bytes) = match read(vfs, copies, entry) {
        Ok(read) => read,
        Err(check) => return check,
    };
    let files: Vec<SetFile<'_>> =
        lines.iter().zip(&bytes).map(|(line, bytes)| SetFile { name: &line.name, bytes }).collect();
    let identity = gate.identity().filter(|_| remember);
    let passed = format!("{copies}/{}/{PASSED}", name(entry.set));
    if identity.is_some() && vfs.read_link(&passed).ok().flatten() == identity {
        return Check::Passed;
    }
    match gate.judge(&files) {
        Judgement::Passed => {
            if let Some(identity) = identity {
                let _ = vfs.remove(&passed).and_then(|()| vfs.link(&identity, &passed));
            }
            Check::Passed
        }
        Judgement::Refused => Check::Refused,
        Judgement::Unjudged => Check::Unjudged,
    }
}

/// Whether a copy is what was staged, verdict included.
pub(super) fn is_whole(vfs: &impl Vfs, copies: &str, entry: &Entry) -> bool {
    read(vfs, copies, entry).is_ok()
}

fn read(vfs: &impl Vfs, copies: &str, entry: &Entry) -> Result<(Vec<Line>, Vec<Vec<u8>>), Check> {
    let copy = format!("{copies}/{}", name(entry.set));
    let have = |path: &str, limit: u64| {
        vfs.read(path, limit).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge | io::ErrorKind::InvalidInput => Check::Damaged,
            _ => Check::Missing,
        })
    };
    let text = have(&format!("{copy}/{LIST}"), list_limit())?;
    if list::digest(&text) != entry.set {
        return Err(Check::Damaged);
    }
    let lines = String::from_utf8(text).ok().and_then(|text| list::parse(&text)).ok_or(Check::Damaged)?;
    let verdict = have(&format!("{copy}/{VERDICT}"), VERDICT_BYTES)?;
    if Digest::of(&verdict).bytes() != entry.verdict {
        return Err(Check::Damaged);
    }
    let content = format!("{copy}/{FILES}");
    // A consumer may load whatever it finds: a file that nobody listed is not let pass.
    let found = vfs.names(&content, SET_FILES.saturating_add(1)).map_err(|_| Check::Missing)?;
    let known: BTreeSet<&str> = lines.iter().map(|line| line.name.as_str()).collect();
    if found.iter().any(|name| !known.contains(name.as_str())) {
        return Err(Check::Damaged);
    }
    let mut bytes = Vec::new();
    for line in &lines {
        let file = have(&format!("{content}/{}", line.name), line.size)?;
        if u64::try_from(file.len()) != Ok(line.size) || Digest::of(&file).to_string() != line.sha256 {
            return Err(Check::Damaged);
        }
        bytes.push(file);
    }
    Ok((lines, bytes))
}

/// Removes a copy, its list first: a copy without one is none.
pub(super) fn remove(vfs: &impl Vfs, copy: &str) -> io::Result<()> {
    let content = format!("{copy}/{FILES}");
    vfs.remove(&format!("{copy}/{LIST}")).or_else(absent)?;
    vfs.remove(&format!("{copy}/{VERDICT}")).or_else(absent)?;
    vfs.remove(&format!("{copy}/{PASSED}")).or_else(absent)?;
    // What else is in there was put there by somebody else, and keeps the folder from being removed.
    for name in vfs.names(&content, SET_FILES.saturating_mul(2)).unwrap_or_default() {
        vfs.remove(&format!("{content}/{name}")).or_else(absent)?;
    }
    vfs.remove_folder(&content).or_else(absent)?;
    vfs.remove_folder(copy).or_else(absent)
}

/// A copy that is not there has no files.
fn absent(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}
