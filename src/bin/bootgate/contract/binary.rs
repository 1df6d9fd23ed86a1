//! A build's binary on the command line, with the files that help to read it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bootgate::extract::{Bytes, Extras, Files};
use bootgate::finding::Finding;
use bootgate::input::{Content, Hold, InputError, open_with};
use bootgate::limits::BINARY_BYTES;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Reading that takes longer than this shows how far it is.
const LONG: Duration = Duration::from_secs(1);

/// A binary, and where its debug information is.
#[derive(Debug, clap::Args)]
pub(crate) struct BinaryArguments {
    /// The build: an executable, a library, a driver or a kernel module (ELF or PE).
    #[arg(value_name = "BINARY")]
    pub(crate) binary: PathBuf,
    /// Take the debug information of a stripped ELF binary from this file; also its `.dwp`.
    #[arg(long, value_name = "FILE")]
    debug_file: Option<PathBuf>,
    /// Search this folder for debug files, `.dwo` files and PDBs, such as /usr/lib/debug; may be repeated.
    #[arg(long = "debug-dir", value_name = "DIR")]
    debug_dirs: Vec<PathBuf>,
    /// Take the debug information of a PE binary from this PDB.
    #[arg(long, value_name = "FILE")]
    pdb: Option<PathBuf>,
    /// The kernel that a module's BTF rests on: its `vmlinux`, or a copy of its /sys/kernel/btf/vmlinux.
    #[arg(long, value_name = "FILE")]
    btf_base: Option<PathBuf>,
}

impl BinaryArguments {
    /// The bytes of the binary, of which a digest will be told.
    pub(crate) fn open(&self) -> Result<Content, Box<Finding>> {
        open_with(&self.binary, Hold::Private, BINARY_BYTES).map_err(|error| Box::new(error.to_finding()))
    }

    /// What helps to read it.
    pub(crate) fn extras<'f>(&self, files: &'f dyn Files) -> Extras<'f> {
        Extras {
            files,
            path: self.binary.clone(),
            debug_file: self.debug_file.clone(),
            debug_dirs: self.debug_dirs.clone(),
            pdb: self.pdb.clone(),
            btf_base: self.btf_base.clone(),
        }
    }
}

/// Files on disk, and a bar that shows how far the reading is.
pub(crate) struct OnDisk {
    start: Instant,
    bar: RefCell<Option<ProgressBar>>,
}

impl OnDisk {
    pub(crate) fn new() -> OnDisk {
        OnDisk { start: Instant::now(), bar: RefCell::new(None) }
    }

    fn begin(all: u64) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("reading {bar:40} {bytes}/{total_bytes} {eta}") {
            bar.set_style(style);
        }
        bar
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Files for OnDisk {
    fn read(&self, path: &Path) -> Result<Option<Bytes>, InputError> {
        match open_with(path, Hold::Shared, BINARY_BYTES) {
            Ok(content) => Ok(Some(Box::new(content))),
            Err(InputError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn progress(&self, done: u64, all: u64) {
        if self.start.elapsed() > LONG && crate::progress::watched() {
            self.bar.borrow_mut().get_or_insert_with(|| OnDisk::begin(all)).set_position(done);
        }
    }
}
