//! The files below a root: what is there, what is put there and what is taken away.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::guard::store::{Disk, Vfs};
use bootgate::limits::INSTALLED_BYTES;

use super::manifest::{self, Body, Manifest, Thing};

/// A root, in which no link is followed.
pub(super) struct Tree {
    disk: Disk,
    root: PathBuf,
}

impl Tree {
    pub(super) fn open(root: &Path) -> Result<Tree, Box<Finding>> {
        let disk = Disk::open(root).map_err(|error| {
            let message = format!("the root `{}` cannot be opened: {error}", root.display());
            conflict(message, "name a folder that is there: `--root DIR`")
        })?;
        Ok(Tree { disk, root: root.to_path_buf() })
    }

    /// A path below the root, as the system knows it.
    pub(super) fn shown(&self, path: &str) -> String {
        self.root.join(path).display().to_string()
    }

    /// Whether this is the root of the system that runs.
    pub(super) fn is_running(&self) -> bool {
        self.root == Path::new("/")
    }

    fn failed(&self, what: &str, path: &str, error: &io::Error) -> Box<Finding> {
        let message = format!("cannot {what} `{}`: {error}", self.shown(path));
        conflict(message, "what is on the way must be folders, no links, that may be written to")
    }

    /// What is at a path; what is neither file nor link is in the way.
    pub(super) fn look(&self, path: &str) -> Result<Option<Thing>, Box<Finding>> {
        let failed = |error| self.failed("look at", path, &error);
        match self.disk.read_link(path) {
            Ok(target) => return Ok(target.map(Thing::Link)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() != ErrorKind::InvalidInput => return Err(failed(error)),
            Err(_) => {}
        }
        match self.disk.read(path, INSTALLED_BYTES) {
            Ok(bytes) => Ok(Some(Thing::File(Digest::of(&bytes).to_string()))),
            // Larger than anything of ours.
            Err(error) if error.kind() == ErrorKind::FileTooLarge => Ok(Some(Thing::File(String::new()))),
            Err(error) => Err(failed(error)),
        }
    }

    /// The list of what is installed for a set: an empty one where nothing is.
    pub(super) fn manifest(&self, set: &str) -> Result<Manifest, Box<Finding>> {
        let path = manifest::path(set);
        let bytes = match self.disk.read(&path, INSTALLED_BYTES) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Manifest::default()),
            read => read.map_err(|error| self.failed("read", &path, &error))?,
        };
        let text = String::from_utf8(bytes).ok();
        text.and_then(|text| Manifest::read(&text, set)).ok_or_else(|| {
            let message = format!("`{}` is no list of what was installed", self.shown(&path));
            conflict(message, "nothing is done by it; compare it with a backup, or remove it and what was installed by hand")
        })
    }

    /// Makes the folders on the way to a path; gives those that were not there.
    pub(super) fn folders(&self, path: &str) -> Result<Vec<String>, Box<Finding>> {
        let mut made = Vec::new();
        for (at, _) in path.match_indices('/') {
            let Some(folder) = path.get(..at) else { continue };
            match self.disk.create_folder(folder) {
                Ok(()) => made.push(folder.to_owned()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(self.failed("make", folder, &error)),
            }
        }
        Ok(made)
    }

    /// Folders on the way to a path that are not there yet.
    pub(super) fn missing_folders(&self, path: &str) -> Vec<String> {
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        let missing =
            |folder: &&str| self.disk.names(folder, 0).is_err_and(|e| e.kind() == ErrorKind::NotFound);
        folders.filter(missing).map(str::to_owned).collect()
    }

    /// Puts a file or a link at a path, whole, in the place of what is there.
    pub(super) fn put(&self, path: &str, body: &Body) -> Result<(), Box<Finding>> {
        let put = match body {
            Body::File { text, executable } => self.disk.put(path, text.as_bytes(), *executable),
            Body::Link(target) => self.disk.remove(path).and_then(|()| self.disk.link(target, path)),
        };
        put.map_err(|error| self.failed("write", path, &error))
    }

    /// Removes a file or a link.
    pub(super) fn remove(&self, path: &str) -> Result<(), Box<Finding>> {
        match self.disk.remove(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.failed("remove", path, &error)),
            _ => Ok(()),
        }
    }

    /// Removes a folder if nothing is in it.
    pub(super) fn remove_folder(&self, path: &str) {
        // One that somebody put something into is theirs.
        let _ = self.disk.remove_folder(path);
    }
}

/// The finding for what is in the way.
pub(super) fn conflict(message: String, help: &str) -> Box<Finding> {
    let mut finding = Finding::new(codes::INSTALL_CONFLICT, Severity::Error, Blame::Environment, message);
    finding.help = Some(help.to_owned());
    Box::new(finding)
}
