//! What can be wrong with a content file before its first byte is interpreted.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::codes;
use crate::finding::{Blame, Finding, Severity};

/// What stands at a path instead of a regular file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A character or block device.
    Device,
    /// Something that this system has and we have no word for.
    Other,
}

impl Kind {
    /// The kind of what this describes; `None` for a regular file.
    pub(super) fn of(metadata: &std::fs::Metadata) -> Option<Kind> {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        match () {
            () if kind.is_file() => None,
            () if kind.is_dir() => Some(Kind::Folder),
            () if kind.is_fifo() => Some(Kind::Fifo),
            () if kind.is_socket() => Some(Kind::Socket),
            () if kind.is_char_device() || kind.is_block_device() => Some(Kind::Device),
            () => Some(Kind::Other),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Folder => "a folder",
            Kind::Fifo => "a named pipe",
            Kind::Socket => "a socket",
            Kind::Device => "a device",
            Kind::Other => "neither a file nor a folder",
        })
    }
}

/// Why a file could not be had.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// `bootgate check nowhere.bin`
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// As it was given.
        path: PathBuf,
    },
    /// `chmod 0 a.bin; bootgate check a.bin`
    #[error("`{}` cannot be read: {source}", path.display())]
    Unreadable {
        /// As it was given.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// `bootgate check /dev/zero`
    #[error("`{}` is {kind}, not a file", path.display())]
    NotAFile {
        /// As it was given.
        path: PathBuf,
        /// What it is.
        kind: Kind,
    },
    /// `truncate --size 5G a.bin; bootgate check a.bin`
    #[error("`{}` is {size} bytes long, more than the {limit} that are read", path.display())]
    TooLarge {
        /// As it was given.
        path: PathBuf,
        /// Its size in bytes; more than the limit when it grew while it was read.
        size: u64,
        /// The greatest size in bytes that would do.
        limit: u64,
    },
    /// A file that something else writes to, or replaces, during the check.
    #[error("`{}` changed while it was checked", path.display())]
    Changed {
        /// As it was given.
        path: PathBuf,
        /// What differs, old value first.
        how: String,
    },
}

impl InputError {
    /// The error for what the system said about a path.
    pub(crate) fn from_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            // `a.bin/b` where `a.bin` is a file is as absent as a wrong name.
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => InputError::Missing { path },
            _ => InputError::Unreadable { path, source },
        }
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        match self {
            InputError::Missing { path }
            | InputError::Unreadable { path, .. }
            | InputError::NotAFile { path, .. }
            | InputError::TooLarge { path, .. }
            | InputError::Changed { path, .. } => path,
        }
    }

    /// The same error for the same file under another name.
    pub(crate) fn at(&self, path: &Path) -> Self {
        let path = path.to_path_buf();
        match self {
            InputError::Missing { .. } => InputError::Missing { path },
            InputError::Unreadable { source, .. } => {
                // `io::Error` cannot be cloned; what the system said survives in either form.
                let copy = source.raw_os_error().map(io::Error::from_raw_os_error);
                let source = copy.unwrap_or_else(|| io::Error::new(source.kind(), source.to_string()));
                InputError::Unreadable { path, source }
            }
            InputError::NotAFile { kind, .. } => InputError::NotAFile { path, kind: *kind },
            InputError::TooLarge { size, limit, .. } => {
                InputError::TooLarge { path, size: *size, limit: *limit }
            }
            InputError::Changed { how, .. } => InputError::Changed { path, how: how.clone() },
        }
    }

    /// The stable code of the finding.
    pub fn code(&self) -> &'static str {
        match self {
            InputError::Missing { .. } => codes::FILE_MISSING,
            InputError::Unreadable { .. } | InputError::TooLarge { .. } => codes::FILE_UNREADABLE,
            InputError::NotAFile { .. } => codes::NOT_A_FILE,
            InputError::Changed { .. } => codes::FILE_CHANGED,
        }
    }

    /// The same error under the name by which people know the file.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        match &mut self {
            InputError::Missing { path }
            | InputError::Unreadable { path, .. }
            | InputError::NotAFile { path, .. }
            | InputError::TooLarge { path, .. }
            | InputError::Changed { path, .. } => *path = PathBuf::from(name),
        }
        self
    }

    /// The finding, blamed on the environment.
    pub fn to_finding(&self) -> Finding {
        let message = self.to_string();
        let mut finding = Finding::new(self.code(), Severity::Error, Blame::Environment, message);
        match self {
            InputError::Changed { how, .. } => {
                finding.notes.push(how.clone());
                finding.help = Some("check a copy that nobody writes to".to_owned());
            }
            InputError::NotAFile { .. } => {
                finding.help = Some("only regular files are read".to_owned());
            }
            InputError::TooLarge { size, limit, .. } => {
                finding.found = Some(format!("{size} bytes"));
                finding.expected = Some(format!("at most {limit} bytes"));
            }
            InputError::Missing { .. } | InputError::Unreadable { .. } => {}
        }
        finding
    }
}

impl From<InputError> for Finding {
    fn from(error: InputError) -> Self {
        error.to_finding()
    }
}
