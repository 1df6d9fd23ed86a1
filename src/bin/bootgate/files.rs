//! Folders that imports are looked for in, and files that are written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::config::Config;
use bootgate::finding::{Blame, Finding, Severity};

/// Where imports are looked for.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct ImportArguments {
    /// Search this folder for what schemas import by an absolute name (one that begins with `/`); may be repeated.
    #[arg(short = 'I', long = "import-path", value_name = "DIR")]
    pub(crate) import_paths: Vec<PathBuf>,
}

impl ImportArguments {
    /// The folders, and those of the configuration behind them.
    pub(crate) fn with(&self, config: &Config) -> Vec<PathBuf> {
        let configured = config.import_paths.iter().map(|path| config.resolve(&path.value));
        self.import_paths.iter().cloned().chain(configured).collect()
    }

    /// The folders that are none.
    pub(crate) fn problems(&self) -> Vec<Finding> {
        let wrong = |folder: &&PathBuf| !fs::metadata(folder).is_ok_and(|m| m.is_dir());
        let problem = |folder: &PathBuf| {
            let message = format!("`{}` is no folder, so nothing can be imported from it", folder.display());
            let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
            finding.help = Some("name folders after `--import-path`".into());
            finding
        };
        self.import_paths.iter().filter(wrong).map(problem).collect()
    }
}

/// Writes a file so that its old or its new content is there, never a part.
pub(crate) fn replace(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        // A pipe or a device cannot be replaced, and has no old content to lose.
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes.as_ref());
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = fs::File::create_new(&temporary).and_then(|mut file| {
        file.write_all(bytes.as_ref())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        // Best effort: the error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written
}
