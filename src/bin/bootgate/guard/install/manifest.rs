//! The list of what was installed for a set. By it alone things are removed, and only while they are as listed.
//!
//! ```text
//! bootgate-install 1
//! file SHA-256 PATH
//! link TARGET PATH
//! folder - PATH
//! ```

use bootgate::digest::Digest;

use super::settings::{HOOKS, SCRIPTS, UNITS};
use super::units::Unit;

const FIRST: &str = "bootgate-install 1";

/// Where it is, below the root.
pub(super) fn path(set: &str) -> String {
    format!("etc/bootgate/installed/{set}")
}

/// What is written somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    File { text: String, executable: bool },
    Link(String),
}

impl Body {
    pub(super) fn text(text: String) -> Body {
        Body::File { text, executable: false }
    }

    pub(super) fn program(text: String) -> Body {
        Body::File { text, executable: true }
    }

    /// How it is listed.
    pub(super) fn thing(&self) -> Thing {
        match self {
            Body::File { text, .. } => Thing::File(Digest::of(text.as_bytes()).to_string()),
            Body::Link(target) => Thing::Link(target.clone()),
        }
    }
}

/// What is listed, or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// With this digest.
    File(String),
    /// To this.
    Link(String),
    /// That was made for what is in it.
    Folder,
}

/// What was installed. A path may be there more than once: an installation that was cut off has one or the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest(pub(super) Vec<(Thing, String)>);

impl Manifest {
    /// Whether something at a path is what was installed there.
    pub(super) fn has(&self, thing: &Thing, path: &str) -> bool {
        self.0.iter().any(|(listed, at)| listed == thing && at == path)
    }

    /// Paths of files and links, each once.
    pub(super) fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = Vec::new();
        for (_, path) in self.0.iter().filter(|(thing, _)| *thing != Thing::Folder) {
            if !paths.contains(&path.as_str()) {
                paths.push(path);
            }
        }
        paths
    }

    /// Folders, those within others first.
    pub(super) fn folders(&self) -> Vec<&str> {
        let listed = self.0.iter().filter(|(thing, _)| *thing == Thing::Folder);
        let mut folders: Vec<&str> = listed.map(|(_, path)| path.as_str()).collect();
        folders.sort_by(|a, b| b.cmp(a));
        folders.dedup();
        folders
    }

    /// As it is written.
    pub(super) fn text(&self) -> String {
        let lines = self.0.iter().map(|(thing, path)| match thing {
            Thing::File(digest) => format!("file {digest} {path}\n"),
            Thing::Link(target) => format!("link {target} {path}\n"),
            Thing::Folder => format!("folder - {path}\n"),
        });
        format!("{FIRST}\n{}", lines.collect::<String>())
    }

    /// What is listed for a set; `None` where that is no list of ours, or names what is never installed.
    pub(super) fn read(text: &str, set: &str) -> Option<Manifest> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        (lines.next()? == FIRST).then_some(())?;
        let entry = |line: &str| {
            let mut words = line.splitn(3, ' ');
            let (kind, what, path) = (words.next()?, words.next()?, words.next()?);
            let thing = match kind {
                "file" => Thing::File(what.to_owned()),
                "link" => Thing::Link(what.to_owned()),
                "folder" => Thing::Folder,
                _ => return None,
            };
            let ours = if thing == Thing::Folder { is_folder(path) } else { is_ours(path, set) };
            ours.then(|| (thing, path.to_owned()))
        };
        lines.map(entry).collect::<Option<Vec<_>>>().map(Manifest)
    }
}

/// Whether a file or a link at this path can be one that was installed for the set.
fn is_ours(path: &str, set: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let unit = || Unit::ALL.iter().any(|unit| unit.name(set) == name);
    match folder.strip_prefix(UNITS) {
        Some("") => unit(),
        Some(below) => match below.strip_prefix('/').filter(|below| !below.contains('/')) {
            Some(below) if below.ends_with(".wants") => unit(),
            Some(below) => below.ends_with(".d") && name == format!("50-bootgate-{set}.conf"),
            None => false,
        },
        None => [HOOKS, SCRIPTS].contains(&folder) && name == format!("bootgate-{set}"),
    }
}

/// A folder is removed when it is empty only: it needs to be a path within the root, and no more.
fn is_folder(path: &str) -> bool {
    path.split('/').all(|name| !matches!(name, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let listed = vec![
            (Thing::Folder, "etc/systemd/system/a.service.d".to_owned()),
            (Thing::File("00".into()), "etc/systemd/system/bootgate-boot-s.service".to_owned()),
            (
                Thing::Link("../x".into()),
                "etc/systemd/system/sysinit.target.wants/bootgate-boot-s.service".to_owned(),
            ),
            (Thing::File("01".into()), "etc/systemd/system/a.service.d/50-bootgate-s.conf".to_owned()),
            (Thing::File("02".into()), "etc/initramfs-tools/hooks/bootgate-s".to_owned()),
        ];
        let manifest = Manifest(listed);
        assert_eq!(Manifest::read(&manifest.text(), "s"), Some(manifest.clone()));
        assert_eq!(Manifest::read(&manifest.text(), "t"), None, "the files of another set");
    }

    #[test]
    fn a_list_that_names_what_is_never_installed_is_none() {
        for line in [
            "file 00 etc/passwd",
            "file 00 /etc/systemd/system/bootgate-boot-s.service",
            "file 00 etc/systemd/system/../bootgate-boot-s.service",
            "file 00 etc/systemd/system/a/b.wants/bootgate-boot-s.service",
            "file 00 etc/systemd/system/a.d/50-bootgate-t.conf",
            "link x etc/systemd/system/sshd.service",
            "folder - ../x",
            "folder - /etc",
            "tree - etc",
            "file 00",
            "",
        ] {
            assert_eq!(Manifest::read(&format!("{FIRST}\n{line}\n"), "s"), None, "{line}");
        }
        assert_eq!(Manifest::read("bootgate-install 2\n", "s"), None);
        assert_eq!(Manifest::read("", "s"), None);
    }
}
