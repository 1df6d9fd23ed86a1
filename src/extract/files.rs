//! Files that help to read a binary, and where they are looked for.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::input::InputError;

/// The bytes of a file.
pub type Bytes = Box<dyn AsRef<[u8]>>;

/// How files are had: from the disk, or from a test.
pub trait Files {
    /// The file at a path; `None` when nothing is there.
    ///
    /// # Errors
    ///
    /// Something is there that cannot be read.
    fn read(&self, path: &Path) -> Result<Option<Bytes>, InputError>;

    /// How far reading has come, in bytes; called now and then.
    fn progress(&self, done: u64, all: u64) {
        let _ = (done, all);
    }
}

/// No files at all.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &Path) -> Result<Option<Bytes>, InputError> {
        Ok(None)
    }
}

/// What was named beside the binary, and where else to look.
#[derive(Clone)]
pub struct Extras<'f> {
    /// How files are had.
    pub files: &'f dyn Files,
    /// The path of the binary: companions are looked for beside it.
    pub path: PathBuf,
    /// The file with the DWARF of a stripped binary, or its `.dwp`.
    pub debug_file: Option<PathBuf>,
    /// Folders with debug files: by build id, by `.gnu_debuglink`, `.dwo` files.
    pub debug_dirs: Vec<PathBuf>,
    /// The PDB.
    pub pdb: Option<PathBuf>,
    /// The base of split BTF: a `vmlinux`, or raw BTF.
    pub btf_base: Option<PathBuf>,
}

impl Extras<'_> {
    /// Nothing but the binary.
    pub fn none() -> Extras<'static> {
        Extras {
            files: &NoFiles,
            path: PathBuf::new(),
            debug_file: None,
            debug_dirs: Vec::new(),
            pdb: None,
            btf_base: None,
        }
    }

    /// The folder of the binary.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// A file that somebody named: it has to be there.
    pub(super) fn named(&self, path: &Path) -> Result<Bytes, InputError> {
        let found = self.files.read(path)?;
        found.ok_or_else(|| InputError::Missing { path: path.to_path_buf() })
    }
}

impl fmt::Debug for Extras<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Extras { path, debug_file, debug_dirs, pdb, btf_base, .. } = self;
        f.debug_tuple("Extras").field(&(path, debug_file, debug_dirs, pdb, btf_base)).finish()
    }
}
