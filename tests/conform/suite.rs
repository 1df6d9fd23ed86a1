//! Where the suite is, and which of its files are asked for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The variable that names the suite's folder.
pub(crate) const VARIABLE: &str = "BOOTGATE_KAITAI";

/// A Kaitai suite: `formats/`, `src/`, `spec/`, `formats_err/`, `gallery/`.
#[derive(Clone, Debug)]
pub(crate) struct Suite {
    pub(crate) root: PathBuf,
    /// Where absolute imports are looked for.
    pub(crate) imports: Vec<PathBuf>,
}

/// What came of looking for the suite.
pub(crate) enum Found {
    Suite(Suite),
    /// Nobody named one, and there is none beside the project.
    Nothing(PathBuf),
    /// Somebody named a folder that is not there.
    Wrong(PathBuf),
}

impl Suite {
    /// The suite that the variable names, else the one beside the project.
    pub(crate) fn find() -> Found {
        let named = env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        let root = named.clone().unwrap_or_else(|| {
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("..")).join("shared/kaitai")
        });
        match (root.is_dir(), named) {
            (true, _) => {
                // The compiler is given these two when it builds the suite.
                let imports = ["gallery", "formats/ks_path"].map(|folder| root.join(folder)).to_vec();
                Found::Suite(Suite { root, imports })
            }
            (false, Some(named)) => Found::Wrong(named),
            (false, None) => Found::Nothing(root),
        }
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Files with this extension in a folder, and in those below it if `deep`, in the order of their names.
    pub(crate) fn files(&self, folder: &str, extension: &str, deep: bool) -> io::Result<Vec<PathBuf>> {
        let mut open = vec![self.folder(folder)];
        let mut files = Vec::new();
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    if deep {
                        open.push(path);
                    }
                } else if path.extension().is_some_and(|e| e == extension) {
                    files.push(path);
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// The name of a file within the suite.
    pub(crate) fn name(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        parts.join("/")
    }
}

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    /// Only files whose names contain this.
    pub(crate) filter: Option<String>,
    /// Whether remarks are shown as well.
    pub(crate) verbose: bool,
    /// Whether names are listed rather than run.
    pub(crate) list: bool,
}

/// Flags of the standard test harness that take a value.
const WITH_VALUE: [&str; 7] =
    ["--test-threads", "--color", "--format", "--logfile", "--skip", "--shuffle-seed", "-Z"];

impl Arguments {
    /// Reads the arguments; those of the standard harness that mean nothing here are passed over.
    pub(crate) fn read(arguments: impl Iterator<Item = OsString>) -> Arguments {
        let mut read = Arguments::default();
        let mut value = false;
        for argument in arguments {
            let argument = argument.to_string_lossy().into_owned();
            if std::mem::take(&mut value) {
                continue;
            }
            match argument.as_str() {
                "--list" => read.list = true,
                "--verbose" | "-v" => read.verbose = true,
                flag if flag.starts_with('-') => value = WITH_VALUE.contains(&flag),
                name => read.filter = read.filter.or(Some(name.to_string())),
            }
        }
        read
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.filter.as_ref().is_none_or(|filter| name.contains(filter))
    }
}
