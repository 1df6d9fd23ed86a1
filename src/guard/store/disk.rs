//! The file system of the running system.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{self, AtFlags, Dir, FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::vfs::{Site, Vfs};

/// Everything below one folder, which was opened once: what a path of the store leads to does not change when
/// somebody moves the folder or puts a link in its place.
#[derive(Debug)]
pub struct Disk {
    root: OwnedFd,
}

impl Disk {
    /// Opens a folder; links on the way to it are followed, it is the operator who names it.
    ///
    /// # Errors
    /// There is none, or it may not be read.
    pub fn open(folder: &Path) -> io::Result<Disk> {
        Ok(Disk { root: fs::open(folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())? })
    }

    /// Keeps other processes from changing anything in the folder, as long as they ask too; `None` where one has
    /// asked before.
    ///
    /// # Errors
    /// The file system has no locks.
    pub fn lock(&self) -> io::Result<Option<Lock>> {
        // A lock belongs to what was opened, so it is opened once more.
        let folder = fs::openat(&self.root, ".", OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        match fs::flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock { _folder: folder })),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether others than its owner, or another user than this process runs as and root, may write to the folder.
    ///
    /// # Errors
    /// The system does not say.
    pub fn is_exposed(&self) -> io::Result<bool> {
        let stat = fs::fstat(&self.root)?;
        let mode = Mode::from_raw_mode(stat.st_mode);
        let me = rustix::process::geteuid().as_raw();
        Ok(mode.intersects(Mode::WGRP | Mode::WOTH) || (stat.st_uid != me && stat.st_uid != 0))
    }

    /// Puts a file at a path, whole and durably, in the place of what is there.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&self, path: &str, bytes: &[u8], executable: bool) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        let new = format!("{name}.bootgate-new");
        gone(fs::unlinkat(&folder, &new, AtFlags::empty()))?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = if executable { READABLE | RUNNABLE } else { READABLE };
        write_all(fs::openat(&folder, &new, flags, mode)?, bytes)?;
        fs::renameat(&folder, &new, &folder, name)?;
        Ok(fs::fsync(&folder)?)
    }

    /// The folder that holds a path, opened name by name, and the last name.
    fn parent<'p>(&self, path: &'p str) -> io::Result<(OwnedFd, &'p str)> {
        let mut folder = self.root.try_clone()?;
        let mut rest = path;
        while let Some((name, further)) = rest.split_once('/') {
            folder = open_folder(&folder, plain(name)?)?;
            rest = further;
        }
        Ok((folder, plain(rest)?))
    }
}

/// A folder that is ours until this is dropped.
#[derive(Debug)]
pub struct Lock {
    _folder: OwnedFd,
}

/// A name that leads to something in its folder and nowhere else.
fn plain(name: &str) -> io::Result<&str> {
    if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain name"));
    }
    Ok(name)
}

fn open_folder(folder: &OwnedFd, name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(fs::openat(folder, name, flags, Mode::empty())?)
}

/// Bytes of a file are for whoever may enter the folder; nobody writes to them in place but the store.
const READABLE: Mode = Mode::RUSR.union(Mode::WUSR).union(Mode::RGRP).union(Mode::ROTH);

/// For folders, and for programs.
const RUNNABLE: Mode = Mode::XUSR.union(Mode::XGRP).union(Mode::XOTH);

fn write_all(file: OwnedFd, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::from(file);
    file.write_all(bytes)?;
    // Of a file that was overwritten, nothing of what was longer is left.
    file.set_len(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
    file.sync_all()
}

impl Vfs for Disk {
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let (folder, name) = self.parent(path)?;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = fs::openat(&folder, name, flags, Mode::empty())?;
        let stat = fs::fstat(&file)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let too_large = || io::Error::from(io::ErrorKind::FileTooLarge);
        let size = u64::try_from(stat.st_size).map_err(|_| too_large())?;
        if size > limit {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        let room = usize::try_from(size).map_err(|_| too_large())?;
        bytes.try_reserve_exact(room).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        File::from(file).take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|size| size <= limit) { Ok(bytes) } else { Err(too_large()) }
    }

    fn create(&self, path: &str, bytes: &[u8], _: Site) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        write_all(fs::openat(&folder, name, flags, READABLE)?, bytes)
    }

    fn overwrite(&self, path: &str, bytes: &[u8], _: Site) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = fs::openat(&folder, name, flags, Mode::empty())?;
        if FileType::from_raw_mode(fs::fstat(&file)?.st_mode) != FileType::RegularFile {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        write_all(file, bytes)
    }

    fn create_folder(&self, path: &str) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        Ok(fs::mkdirat(&folder, name, READABLE | RUNNABLE)?)
    }

    fn sync_folder(&self, path: &str, _: Site) -> io::Result<()> {
        let folder = match path {
            "" => self.root.try_clone()?,
            path => {
                let (folder, name) = self.parent(path)?;
                open_folder(&folder, name)?
            }
        };
        Ok(fs::fsync(&folder)?)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (folder, name) = self.parent(from)?;
        let new = to.rsplit_once('/').map_or(to, |(_, name)| name);
        if from.rsplit_once('/').map(|(folder, _)| folder) != to.rsplit_once('/').map(|(folder, _)| folder) {
            return Err(io::ErrorKind::CrossesDevices.into());
        }
        Ok(fs::renameat(&folder, name, &folder, plain(new)?)?)
    }

    fn link(&self, target: &str, path: &str) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        Ok(fs::symlinkat(target, &folder, name)?)
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        let (folder, name) = self.parent(path)?;
        match fs::readlinkat(&folder, name, Vec::new()) {
            Ok(target) => Ok(Some(target.to_string_lossy().into_owned())),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn names(&self, path: &str, limit: usize) -> io::Result<Vec<String>> {
        let folder = match path {
            "" => self.root.try_clone()?,
            path => {
                let (folder, name) = self.parent(path)?;
                open_folder(&folder, name)?
            }
        };
        let mut names = Vec::new();
        for entry in Dir::read_from(folder.as_fd())? {
            let entry = entry?;
            match entry.file_name().to_str() {
                Ok("." | "..") | Err(_) => {}
                Ok(_) if names.len() >= limit => break,
                Ok(name) => names.push(name.to_owned()),
            }
        }
        Ok(names)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        gone(fs::unlinkat(&folder, name, AtFlags::empty()))
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        gone(fs::unlinkat(&folder, name, AtFlags::REMOVEDIR))
    }
}

fn gone(removed: rustix::io::Result<()>) -> io::Result<()> {
    match removed {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
