//! What was made, on disk: the files, and a manifest that lists them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bootgate::check::Plan;
use bootgate::codes;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Severity};
use serde::Serialize;

/// The name of the list of what was made.
const MANIFEST: &str = "manifest.json";

/// The folder that is written to.
pub(crate) struct Folder {
    path: PathBuf,
    force: bool,
}

impl Folder {
    /// A folder that is made when something is written; one in which something was made before is refused, unless
    /// forced.
    pub(crate) fn open(path: &Path, force: bool) -> Result<Folder, Box<Finding>> {
        if path.exists() && !path.is_dir() {
            let error = io::Error::from(io::ErrorKind::NotADirectory);
            return Err(unwritten(path, &error));
        }
        let manifest = path.join(MANIFEST);
        if !force && manifest.exists() {
            return Err(unwritten(&manifest, &io::Error::from(io::ErrorKind::AlreadyExists)));
        }
        Ok(Folder { path: path.to_path_buf(), force })
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Box<Finding>> {
        let path = self.path.join(name);
        let mut written = path.parent().map_or(Ok(()), fs::create_dir_all);
        if written.is_ok() {
            let opened = if self.force { File::create(&path) } else { File::create_new(&path) };
            written = opened.and_then(|mut file| file.write_all(bytes));
        }
        written.map_err(|error| unwritten(&path, &error))
    }
}

fn unwritten(path: &Path, error: &io::Error) -> Box<Finding> {
    let exists = error.kind() == io::ErrorKind::AlreadyExists;
    let message = match exists {
        true => format!("`{}` exists already", path.display()),
        false => format!("cannot write `{}`: {error}", path.display()),
    };
    let mut finding = Finding::new(codes::FILE_EXISTS, Severity::Error, Blame::Environment, message);
    finding.help = Some(match exists {
        true => "name another folder (`--out DIR`), or write over what is there: `--force`".into(),
        false => "name a folder that can be written to: `--out DIR`".into(),
    });
    Box::new(finding)
}

/// What a run makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Content that the check passes.
    Valid,
    /// Content that shows one property each.
    Witness,
    /// Content that is wrong in one thing each.
    Invalid,
}

/// The manifest, version 1. The same arguments give the same bytes.
#[derive(Debug, Serialize)]
struct Manifest {
    format: &'static str,
    version: u32,
    /// The version of the program.
    tool: &'static str,
    kind: Kind,
    /// The seed of the first set.
    seed: u64,
    /// The files of a set, by their roles.
    roles: Vec<String>,
    sets: Vec<Set>,
    /// What was to be made and was not.
    left_out: Vec<LeftOut>,
}

/// One file, or one content set.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) seed: u64,
    /// Attempts that it took, where each set has a seed of its own.
    pub(crate) attempts: u32,
    /// The property that it shows, or what is wrong with it.
    pub(crate) shows: Option<String>,
    /// What each build does with it: `takes`, `no-effect`, `refused`.
    pub(crate) builds: BTreeMap<String, &'static str>,
    /// The codes of what the check says of it, notes left out.
    pub(crate) codes: Vec<&'static str>,
    /// Whether the check refuses it only where bytes that are not described once are errors.
    pub(crate) strict: bool,
    pub(crate) files: Vec<Written>,
}

impl Set {
    pub(crate) fn named(name: String) -> Set {
        Set { name, ..Set::default() }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Written {
    role: String,
    /// Its path within the folder.
    path: String,
    bytes: usize,
    sha256: Digest,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    name: String,
    shows: String,
    /// What stood in the way, where that is known.
    why: Option<String>,
}

/// What was made.
pub(crate) struct Made {
    manifest: Manifest,
    bytes: usize,
}

impl Made {
    pub(crate) fn new(plan: &Plan, seed: u64, kind: Kind) -> Made {
        let manifest = Manifest {
            format: "bootgate-gen",
            version: 1,
            tool: env!("CARGO_PKG_VERSION"),
            kind,
            seed,
            roles: plan.roles.clone(),
            sets: Vec::new(),
            left_out: Vec::new(),
        };
        Made { manifest, bytes: 0 }
    }

    /// Writes a set: a file if there is one role, else a folder with one for each.
    pub(crate) fn add(&mut self, folder: &Folder, set: Set, files: &[Vec<u8>]) -> Result<(), Box<Finding>> {
        let roles = self.manifest.roles.clone();
        let mut written = Vec::new();
        for (role, bytes) in roles.iter().zip(files) {
            let path = match roles.len() {
                1 => format!("{}.bin", set.name),
                _ => format!("{}/{role}.bin", set.name),
            };
            folder.write(&path, bytes)?;
            self.bytes += bytes.len();
            written.push(Written { role: role.clone(), path, bytes: bytes.len(), sha256: Digest::of(bytes) });
        }
        self.manifest.sets.push(Set { files: written, ..set });
        Ok(())
    }

    /// Notes what was not made.
    pub(crate) fn leave_out(&mut self, name: String, shows: String, why: Option<String>) {
        self.manifest.left_out.push(LeftOut { name, shows, why });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.manifest.sets.is_empty()
    }

    /// Writes the list of what was made.
    pub(crate) fn finish(&self, folder: &Folder) -> Result<(), Box<Finding>> {
        let text = serde_json::to_string_pretty(&self.manifest)
            .map_err(|error| unwritten(&folder.path.join(MANIFEST), &error.into()))?;
        folder.write(MANIFEST, format!("{text}\n").as_bytes())
    }

    /// What was made, in a line.
    pub(crate) fn summary(&self, folder: &Path) -> String {
        let word = if self.manifest.roles.len() == 1 { "file" } else { "set" };
        let count = self.manifest.sets.len();
        let plural = if count == 1 { "" } else { "s" };
        let left = match self.manifest.left_out.len() {
            0 => String::new(),
            left => format!("; {left} could not be made, see `left_out` in {MANIFEST}"),
        };
        let bytes = if self.bytes == 1 { "1 byte".into() } else { format!("{} bytes", self.bytes) };
        format!("made {count} {word}{plural}, {bytes}, in `{}`{left}", folder.display())
    }
}
