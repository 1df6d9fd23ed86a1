//! The few things that a store asks of a file system.
//!
//! Paths are relative to the folder that the file system was opened at, and consist of names that the store made
//! itself: hexadecimal digits, its own words, and names of content files that were looked at before. No implementation
//! follows a link, in no component.

use std::io;

/// A place where something is made durable: each is needed, and `tests/power_cuts.rs` shows for each what breaks
/// without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// The folder of the store, for the folder of a new set.
    StoreFolder,
    /// The folder of a set, for its first record and its folder of copies.
    SetFolder,
    /// A slot of the record.
    Record,
    /// A content file of a copy.
    Content,
    /// The list of a copy's files.
    List,
    /// The verdict of a copy.
    Verdict,
    /// The folder of a copy's content files.
    ContentFolder,
    /// The folder of a copy, for its list and verdict.
    CopyFolder,
    /// The folder of copies, for a new one.
    CopiesFolder,
    /// The backup of what must not be lost.
    Backup,
    /// The folder of a set, for the new backup.
    BackupFolder,
}

impl Site {
    /// All of them.
    pub const ALL: [Site; 11] = [
        Site::StoreFolder,
        Site::SetFolder,
        Site::Record,
        Site::Content,
        Site::List,
        Site::Verdict,
        Site::ContentFolder,
        Site::CopyFolder,
        Site::CopiesFolder,
        Site::Backup,
        Site::BackupFolder,
    ];
}

/// A file system, as a store sees it.
pub trait Vfs {
    /// Reads a regular file of at most `limit` bytes, opened once.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where nothing is; [`io::ErrorKind::FileTooLarge`]; what is no regular file, and
    /// whatever the system says.
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>>;

    /// Makes a file that was not there, and makes its bytes durable.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] where something is.
    fn create(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()>;

    /// Overwrites a file in place, so that it needs no room that it does not have, and makes its bytes durable. What
    /// was longer is cut off afterwards.
    ///
    /// # Errors
    /// There is no such file, or it cannot be written.
    fn overwrite(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()>;

    /// Makes a folder.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] where something is.
    fn create_folder(&self, path: &str) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// The system could not.
    fn sync_folder(&self, path: &str, site: Site) -> io::Result<()>;

    /// Gives something another name in the same folder, in place of what has that name.
    ///
    /// # Errors
    /// There is nothing, or the names are of two folders.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Makes a symbolic link.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] where something is.
    fn link(&self, target: &str, path: &str) -> io::Result<()>;

    /// Where a symbolic link leads; `None` where nothing is.
    ///
    /// # Errors
    /// What is there is no link.
    fn read_link(&self, path: &str) -> io::Result<Option<String>>;

    /// The first `limit` names in a folder, in no order. A name that is no UTF-8 text is none of the store's, and
    /// is left out.
    ///
    /// # Errors
    /// There is no such folder.
    fn names(&self, path: &str, limit: usize) -> io::Result<Vec<String>>;

    /// Removes a file or a link; one that is not there is no error.
    ///
    /// # Errors
    /// It cannot be removed.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Removes an empty folder; one that is not there is no error.
    ///
    /// # Errors
    /// It is not empty, or cannot be removed.
    fn remove_folder(&self, path: &str) -> io::Result<()>;
}

impl<V: Vfs + ?Sized> Vfs for &V {
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        (**self).read(path, limit)
    }

    fn create(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()> {
        (**self).create(path, bytes, site)
    }

    fn overwrite(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()> {
        (**self).overwrite(path, bytes, site)
    }

    fn create_folder(&self, path: &str) -> io::Result<()> {
        (**self).create_folder(path)
    }

    fn sync_folder(&self, path: &str, site: Site) -> io::Result<()> {
        (**self).sync_folder(path, site)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        (**self).rename(from, to)
    }

    fn link(&self, target: &str, path: &str) -> io::Result<()> {
        (**self).link(target, path)
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        (**self).read_link(path)
    }

    fn names(&self, path: &str, limit: usize) -> io::Result<Vec<String>> {
        (**self).names(path, limit)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        (**self).remove(path)
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        (**self).remove_folder(path)
    }
}
