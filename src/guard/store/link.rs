//! The link by which the consumer finds the active set.
//!
//! A new link gets its place by one rename: whoever opens it sees the old set or the new one. It is not made durable:
//! every boot puts it where the record says, before anybody may use it.

use std::io;

use super::copy::FILES;
use super::vfs::Vfs;

/// Where the link is, and how it says where a copy is.
#[derive(Debug)]
pub(super) struct Link<V> {
    /// The file system that it is in, when not in that of the store.
    elsewhere: Option<V>,
    path: String,
    /// What comes before the name of a copy.
    before: String,
}

impl<V: Vfs> Link<V> {
    pub(super) fn inside(folder: &str) -> Self {
        Link { elsewhere: None, path: format!("{folder}/active"), before: "copies".to_owned() }
    }

    pub(super) fn outside(vfs: V, name: &str, folder: &str) -> Self {
        Link { elsewhere: Some(vfs), path: name.to_owned(), before: format!("{folder}/copies") }
    }

    /// Where it leads for a copy.
    pub(super) fn leads(&self, copy: &str) -> String {
        format!("{}/{copy}/{FILES}", self.before)
    }

    /// Where it leads.
    pub(super) fn target(&self, store: &V) -> io::Result<Option<String>> {
        self.elsewhere.as_ref().unwrap_or(store).read_link(&self.path)
    }

    /// Leads it to a copy, or takes it away.
    pub(super) fn set(&self, store: &V, copy: Option<&str>) -> io::Result<()> {
        let vfs = self.elsewhere.as_ref().unwrap_or(store);
        let now = vfs.read_link(&self.path);
        let Some(target) = copy.map(|copy| self.leads(copy)) else {
            // Where no folder of the set is, no link is either.
            return match now {
                Ok(None) => Ok(()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                _ => vfs.remove(&self.path),
            };
        };
        if now.is_ok_and(|now| now.as_ref() == Some(&target)) {
            return Ok(());
        }
        let new = format!("{}.new", self.path);
        vfs.remove(&new)?;
        vfs.link(&target, &new)?;
        vfs.rename(&new, &self.path)
    }
}
