//! Where the program of a command is.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use bootgate::config;
use rustix::fs::{Access, access};

/// Why a program cannot be run.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProgramError {
    /// `command = ["no-such-program"]`
    #[error("no folder of PATH has the program `{0}`")]
    NotOnPath(String),
    /// `command = ["./nowhere"]`
    #[error("`{0}` does not exist")]
    Missing(String),
    /// `command = ["/"]`
    #[error("`{0}` is not a file")]
    NotAFile(String),
    /// `command = ["/etc/passwd"]`
    #[error("`{0}` may not be executed")]
    NotExecutable(String),
}

/// The path of a program; a relative one starts in the folder, and a bare name is looked for on PATH.
pub(crate) fn locate(program: &str, folder: &Path) -> Result<PathBuf, ProgramError> {
    locate_on(program, folder, std::env::var_os("PATH").as_deref())
}

fn locate_on(program: &str, folder: &Path, path: Option<&OsStr>) -> Result<PathBuf, ProgramError> {
    let name = || program.to_owned();
    if program.contains('/') {
        let path = config::absolute(folder, Path::new(program));
        return match path.metadata() {
            Err(_) => Err(ProgramError::Missing(name())),
            Ok(metadata) if !metadata.is_file() => Err(ProgramError::NotAFile(name())),
            Ok(_) if access(&path, Access::EXEC_OK).is_err() => Err(ProgramError::NotExecutable(name())),
            Ok(_) => Ok(path),
        };
    }
    let good = |path: &PathBuf| path.is_file() && access(path, Access::EXEC_OK).is_ok();
    let folders = path.into_iter().flat_map(std::env::split_paths);
    // A relative folder of PATH would be another one after a change of folder, and is not what people mean.
    let mut found = folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(program));
    found.find(good).ok_or_else(|| ProgramError::NotOnPath(name()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn put(path: &Path, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn relative_paths_start_in_the_folder_and_bare_names_are_on_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        put(&at("tools/decode"), 0o755);
        put(&at("decode"), 0o755);
        put(&at("plain/decode"), 0o644);
        put(&at("bin/decode"), 0o755);
        fs::create_dir_all(at("first/decode")).unwrap();
        let path =
            std::env::join_paths([at("first"), at("plain"), "relative".into(), at("bin"), at("tools")]);
        let path = path.unwrap();
        let locate = |program: &str| locate_on(program, folder.path(), Some(&path));
        assert_eq!(locate("tools/decode"), Ok(at("tools/decode")));
        assert_eq!(locate("./decode"), Ok(at("decode")));
        assert_eq!(locate(at("tools/decode").to_str().unwrap()), Ok(at("tools/decode")));
        assert_eq!(locate("decode"), Ok(at("bin/decode")));
    }

    #[test]
    fn what_cannot_be_run_is_told_by_what_is_there_instead() {
        let folder = tempfile::tempdir().unwrap();
        put(&folder.path().join("plain"), 0o644);
        let locate = |program: &str| locate_on(program, folder.path(), None).unwrap_err();
        assert_eq!(locate("plain").to_string(), "no folder of PATH has the program `plain`");
        assert_eq!(locate("./plain").to_string(), "`./plain` may not be executed");
        assert_eq!(locate("./nowhere").to_string(), "`./nowhere` does not exist");
        assert_eq!(locate("./plain/x").to_string(), "`./plain/x` does not exist");
        assert_eq!(locate("./").to_string(), "`./` is not a file");
    }
}
