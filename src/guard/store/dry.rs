//! A file system that can be told to change nothing, for dry runs.

use std::io;

use super::vfs::{Site, Vfs};

/// Reads what is there; writes it only when it is not dry. Everything that is not done counts as done.
#[derive(Debug)]
pub struct Dry<V> {
    vfs: V,
    dry: bool,
}

impl<V> Dry<V> {
    /// This file system, dry or not.
    pub fn new(vfs: V, dry: bool) -> Self {
        Dry { vfs, dry }
    }

    fn unless_dry(&self, change: impl FnOnce(&V) -> io::Result<()>) -> io::Result<()> {
        if self.dry { Ok(()) } else { change(&self.vfs) }
    }
}

impl<V: Vfs> Vfs for Dry<V> {
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        self.vfs.read(path, limit)
    }

    fn create(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()> {
        self.unless_dry(|vfs| vfs.create(path, bytes, site))
    }

    fn overwrite(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()> {
        self.unless_dry(|vfs| vfs.overwrite(path, bytes, site))
    }

    fn create_folder(&self, path: &str) -> io::Result<()> {
        self.unless_dry(|vfs| vfs.create_folder(path))
    }

    fn sync_folder(&self, path: &str, site: Site) -> io::Result<()> {
        self.unless_dry(|vfs| vfs.sync_folder(path, site))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.unless_dry(|vfs| vfs.rename(from, to))
    }

    fn link(&self, target: &str, path: &str) -> io::Result<()> {
        self.unless_dry(|vfs| vfs.link(target, path))
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        self.vfs.read_link(path)
    }

    fn names(&self, path: &str, limit: usize) -> io::Result<Vec<String>> {
        self.vfs.names(path, limit)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.unless_dry(|vfs| vfs.remove(path))
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.unless_dry(|vfs| vfs.remove_folder(path))
    }
}
