//! One content file, read or mapped, with what is needed to notice that it changed.

// The crate denies unsafe code; mapping a file has no safe form, see `map`.
#![allow(unsafe_code)]

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::ops::Deref;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use memmap2::{Mmap, MmapOptions};
use rustix::fs::{Mode, OFlags};

use super::error::{InputError, Kind};
use crate::digest::Digest;
use crate::limits::{FILE_BYTES, READ_BYTES};

/// What the bytes are for, and so how they are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// A plain check: a large file is mapped. If another program truncates it meanwhile, the system ends
    /// this process with SIGBUS when the missing part is touched.
    Shared,
    /// A digest, a verdict or an activation will name these bytes: they are read once into private memory,
    /// so that what is digested is what is walked.
    Private,
}

/// The bytes of one file; derefs to `&[u8]`.
#[derive(Debug)]
pub struct Content {
    bytes: Bytes,
    path: PathBuf,
    stamp: Stamp,
}

#[derive(Debug)]
enum Bytes {
    Read(Vec<u8>),
    Mapped(Mmap),
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }

    fn difference(self, now: Stamp) -> Option<String> {
        if self == now {
            None
        } else if (self.device, self.inode) != (now.device, now.inode) {
            Some("another file has taken its place".to_owned())
        } else if self.size != now.size {
            Some(format!("its size was {} bytes and is {} bytes now", self.size, now.size))
        } else {
            Some("it was written to".to_owned())
        }
    }
}

impl Content {
    /// The path that it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        u64::try_from(self.len()).unwrap_or(u64::MAX)
    }

    /// Whether the bytes are the file's own pages rather than a copy.
    pub fn is_mapped(&self) -> bool {
        matches!(self.bytes, Bytes::Mapped(_))
    }

    /// The SHA-256 digest of the bytes.
    pub fn sha256(&self) -> Digest {
        Digest::of(self)
    }

    /// Makes sure that the path still holds the file that was opened, as it was then.
    ///
    /// Goes by device, inode, size and modification time: a write that keeps all four is not noticed.
    ///
    /// # Errors
    /// [`InputError::Changed`], also when the file is gone.
    pub fn verify_unchanged(&self) -> Result<(), InputError> {
        let how = match fs::metadata(&self.path) {
            Ok(now) => self.stamp.difference(Stamp::of(&now)),
            Err(error) => Some(format!("it is not to be had any more: {error}")),
        };
        match how {
            None => Ok(()),
            Some(how) => Err(InputError::Changed { path: self.path.clone(), how }),
        }
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Read(bytes) => bytes,
            Bytes::Mapped(map) => map,
        }
    }
}

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// Opens a content file; links are followed.
///
/// # Errors
/// Nothing there, not a regular file, no permission, larger than [`FILE_BYTES`], or changed while it was read.
/// Pipes, sockets and devices are refused without waiting for a writer.
pub fn open(path: &Path, hold: Hold) -> Result<Content, InputError> {
    open_with(path, hold, FILE_BYTES)
}

/// [`open`] with another greatest size in bytes.
///
/// # Errors
/// Those of [`open`].
pub fn open_with(path: &Path, hold: Hold, limit: u64) -> Result<Content, InputError> {
    // Asked before opening as well: opening some devices has effects (a tape rewinds, a watchdog arms).
    only_file(path, &fs::metadata(path).map_err(|e| InputError::from_io(path, e))?)?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let descriptor =
        rustix::fs::open(path, flags, Mode::empty()).map_err(|e| InputError::from_io(path, e.into()))?;
    let file = File::from(descriptor);
    let metadata = file.metadata().map_err(|e| InputError::from_io(path, e))?;
    only_file(path, &metadata)?;

    let stamp = Stamp::of(&metadata);
    if stamp.size > limit {
        return Err(InputError::TooLarge { path: path.to_path_buf(), size: stamp.size, limit });
    }
    let mapped = (hold == Hold::Shared && stamp.size > READ_BYTES).then(|| map(&file, stamp.size)).flatten();
    let bytes = match mapped {
        Some(map) => Bytes::Mapped(map),
        None => Bytes::Read(read(path, &file, stamp, limit)?),
    };
    Ok(Content { bytes, path: path.to_path_buf(), stamp })
}

fn only_file(path: &Path, metadata: &Metadata) -> Result<(), InputError> {
    match Kind::of(metadata) {
        None => Ok(()),
        Some(kind) => Err(InputError::NotAFile { path: path.to_path_buf(), kind }),
    }
}

/// Maps a whole file; `None` where the file system cannot, and the caller reads instead.
fn map(file: &File, size: u64) -> Option<Mmap> {
    let size = usize::try_from(size).ok()?;
    // SAFETY: the map is read-only and private. That another process may write to the file is what makes
    // this unsafe: the bytes may then differ between two reads, which the walker's checks survive because
    // it bounds-checks each use, and `verify_unchanged` reports; truncation raises SIGBUS, see `Hold`.
    unsafe { MmapOptions::new().len(size).map(file) }.ok()
}

/// Reads a whole file and makes sure that all of it is of one state.
fn read(path: &Path, file: &File, before: Stamp, limit: u64) -> Result<Vec<u8>, InputError> {
    let unreadable = |source| InputError::Unreadable { path: path.to_path_buf(), source };
    let mut bytes = Vec::new();
    // A sparse file may claim more than there is memory.
    bytes.try_reserve_exact(usize::try_from(before.size).unwrap_or(usize::MAX)).map_err(|_| {
        unreadable(std::io::Error::new(std::io::ErrorKind::OutOfMemory, "there is no memory for it"))
    })?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;

    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limit {
        return Err(InputError::TooLarge { path: path.to_path_buf(), size, limit });
    }
    let now = Stamp::of(&file.metadata().map_err(unreadable)?);
    // Files that the kernel makes up on reading say that they are empty.
    let torn = size != before.size && before.size != 0;
    let how = before
        .difference(now)
        .or_else(|| torn.then(|| format!("{size} bytes were read of {} bytes", before.size)));
    match how {
        None => Ok(bytes),
        Some(how) => Err(InputError::Changed { path: path.to_path_buf(), how }),
    }
}
