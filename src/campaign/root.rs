//! The folder that a guest has as its root.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::config::CampaignConfig;
use super::engine::Engine;
use super::guest::inside;
use super::plan::{CORPUS, FILES, GuestPlan, MODULE, MutatorPlan, PLAN, SEEDS, STATUS, Task};
use crate::config::absolute;
use crate::span::Sources;

/// Where inputs that are tried lie.
const TRIES: &str = "/bootgate/tries";

/// What goes into a root.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The campaign.
    pub config: &'a CampaignConfig,
    /// What its guests run in.
    pub engine: &'a Engine,
    /// The program that is its first process.
    pub init: &'a Path,
    /// The module.
    pub module: &'a Path,
    /// The name that the kernel has for it.
    pub name: &'a str,
}

/// A folder that is ready for a guest.
#[derive(Debug)]
pub struct Root(PathBuf);

impl Root {
    /// Writes a root. Inputs that a fuzzer kept there stay.
    ///
    /// # Errors
    ///
    /// A file could not be read or written; the message names it.
    pub fn write(path: &Path, parts: Parts<'_>, task: Task) -> io::Result<Root> {
        let Parts { config, engine, init, module, name } = parts;
        let root = Root(path.to_path_buf());
        for folder in ["/dev", "/proc", "/sys", "/run", CORPUS, SEEDS, FILES, TRIES] {
            let folder = root.inside(folder);
            fs::create_dir_all(&folder).map_err(|error| told(&folder, &error))?;
        }
        copy(init, &root.inside("/init"))?;
        copy(module, &root.inside(MODULE))?;
        for (there, here) in &config.files {
            copy(&here.value, &root.inside(there))?;
        }
        let plan = GuestPlan {
            name: name.to_owned(),
            parameters: config.parameters.clone(),
            reload: config.reload,
            content: config.content.clone(),
            event: config.event.clone(),
            log: engine.log_place(),
            task,
        };
        root.put(PLAN, &plan.to_json()?)?;
        Ok(root)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A path of the guest, from outside.
    pub fn inside(&self, path: &str) -> PathBuf {
        inside(&self.0, path)
    }

    /// Writes a file of the guest.
    ///
    /// # Errors
    ///
    /// It could not be written; the message names it.
    pub fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.inside(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| told(folder, &error))?;
        }
        fs::write(&path, bytes).map_err(|error| told(&path, &error))
    }

    /// Forgets what the last guest left: its status, what it was to try.
    pub(super) fn begin(&self) -> io::Result<()> {
        for path in [self.inside(STATUS), self.inside(TRIES)] {
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(told(&path, &error)),
                _ => {}
            }
        }
        fs::create_dir_all(self.inside(TRIES))
    }

    /// Writes schemas and contract, all that were read, and gives what the mutator in the guest finds them by.
    ///
    /// # Errors
    ///
    /// A file could not be written; the message names it.
    pub fn mutator(
        path: &Path,
        config: &CampaignConfig,
        sources: &Sources,
        cwd: &Path,
    ) -> io::Result<MutatorPlan> {
        let there = |path: &Path| format!("{FILES}{}", plain(&absolute(cwd, path)).display());
        for source in sources.iter() {
            let root = Root(path.to_path_buf());
            root.put(&there(Path::new(&source.name)), source.text.as_bytes())?;
        }
        let imports: Vec<String> = config.import_paths.iter().map(|folder| there(&folder.value)).collect();
        Ok(MutatorPlan {
            schema: there(&config.schema.value),
            imports: imports.join(":"),
            contract: config.contract.as_ref().map(|contract| there(&contract.value)).unwrap_or_default(),
        })
    }
}

/// The path without `.` and `..`; links on the way are taken for folders, as they are where the files are written again.
fn plain(path: &Path) -> PathBuf {
    let mut made = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                made.pop();
            }
            std::path::Component::CurDir => {}
            part => made.push(part),
        }
    }
    made
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|error| told(folder, &error))?;
    }
    fs::copy(from, to).map(|_| ()).map_err(|error| told(from, &error))
}

/// The error with the path that it is about.
fn told(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}
