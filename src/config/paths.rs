//! Paths as people write them, and as they are shown again.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The absolute form of a path given in a folder, without `.` and `..`.
///
/// Links are left alone, so that the path keeps the names that patterns go by, except where a `..` comes
/// after a name: what that means depends on whether the name is a link.
pub fn absolute(folder: &Path, path: &Path) -> PathBuf {
    let joined = folder.join(path);
    let mut named = false;
    let backs_out = path.components().any(|component| {
        let backs_out = named && component == Component::ParentDir;
        named |= matches!(component, Component::Normal(_));
        backs_out
    });
    if backs_out {
        let parent = joined.parent().and_then(|parent| fs::canonicalize(parent).ok());
        let real = match (parent, joined.file_name()) {
            (Some(parent), Some(name)) => Some(parent.join(name)),
            _ => fs::canonicalize(&joined).ok(),
        };
        if let Some(real) = real {
            return real;
        }
    }
    lexical(&joined)
}

fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// A path as shown to someone who works in `cwd`: below it or, within `floor`, with `..`; else absolute.
/// All three are absolute.
pub fn shown(path: &Path, cwd: &Path, floor: &Path) -> PathBuf {
    if let Ok(below) = path.strip_prefix(cwd) {
        return if below.as_os_str().is_empty() { PathBuf::from(".") } else { below.to_path_buf() };
    }
    if !(cwd.starts_with(floor) && path.starts_with(floor)) {
        return path.to_path_buf();
    }
    let shared = common(path, cwd);
    let up = cwd.components().count() - shared.components().count();
    let mut shown: PathBuf = std::iter::repeat_n("..", up).collect();
    shown.extend(path.strip_prefix(&shared).unwrap_or(path));
    shown
}

/// The longest path that both begin with.
pub(super) fn common(a: &Path, b: &Path) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

/// The path below `root`, with `/` between components; `None` outside of it.
///
/// What is not Unicode is replaced, so that such a file is covered by a wildcard and then not found, rather
/// than passed over in silence.
pub(super) fn below(root: &Path, path: &Path) -> Option<String> {
    let direct = path.strip_prefix(root).ok().map(Path::to_path_buf);
    // The same folder may have been reached through a link.
    let below = direct.or_else(|| {
        let parent = fs::canonicalize(path.parent()?).ok()?;
        let real = parent.join(path.file_name()?);
        real.strip_prefix(fs::canonicalize(root).ok()?).ok().map(Path::to_path_buf)
    })?;
    let components: Vec<_> = below.components().map(|c| c.as_os_str().to_string_lossy()).collect();
    Some(components.join("/"))
}
