//! The reference driver, built by a C compiler as its Makefile says, and what a run of it printed.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::{env, fs};

/// How the driver was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Watch {
    /// With AddressSanitizer.
    Sanitizer,
    /// With pages that cannot be read behind each block.
    Pages,
}

/// A run of the driver.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Whether it ended by itself, without a report.
    pub(crate) fn is_clean(&self) -> bool {
        self.code.is_some() && self.stderr.is_empty()
    }
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/driver")
}

/// The names of all builds, in the Makefile's order.
pub(crate) fn names() -> Vec<String> {
    variable("BUILDS")
}

/// Runs a build on files, by their paths.
pub(crate) fn run(build: &str, watch: Watch, arguments: &[&Path]) -> Run {
    let output = Command::new(driver(build, watch)).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Both ways to watch that this compiler has.
pub(crate) fn watches() -> Vec<Watch> {
    if has_sanitizer() { vec![Watch::Sanitizer, Watch::Pages] } else { vec![Watch::Pages] }
}

/// The best of them.
pub(crate) fn watch() -> Watch {
    watches()[0]
}

/// The words of `NAME = …` in the Makefile or what it includes.
fn variable(name: &str) -> Vec<String> {
    let read = |name| fs::read_to_string(folder().join(name)).unwrap();
    let makefiles = read("Makefile") + &read("builds.mk");
    let line = makefiles.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='));
    let line = line.unwrap_or_else(|| panic!("the Makefile says nothing of {name}"));
    line.split_whitespace().map(str::to_owned).collect()
}

fn compiler() -> Command {
    Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()))
}

/// A folder for this process alone: several may test at the same time.
fn scratch() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()).path()
}

fn has_sanitizer() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(|| {
        let (source, program) = (scratch().join("probe.c"), scratch().join("probe"));
        fs::write(&source, "int main(void) { return 0; }\n").unwrap();
        let built = compiler().arg("-fsanitize=address").arg("-o").arg(&program).arg(&source).output();
        let built = built.unwrap_or_else(|e| panic!("there is no C compiler (cc, or what CC names): {e}"));
        let has =
            built.status.success() && Command::new(program).status().is_ok_and(|status| status.success());
        if !has {
            // Not through a macro: those are silent in tests that pass.
            let words = "not run: the driver with AddressSanitizer because the C compiler has none";
            writeln!(io::stderr(), "{words}").unwrap();
        }
        has
    })
}

/// The program, built once.
pub(crate) fn driver(build: &str, watch: Watch) -> PathBuf {
    static BUILT: Mutex<BTreeMap<(String, Watch), PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap();
    let key = (build.to_owned(), watch);
    if let Some(program) = built.get(&key) {
        return program.clone();
    }
    let program = scratch().join(format!("{build}-{watch:?}"));
    let output = compiler()
        .current_dir(folder())
        .args(variable("CFLAGS"))
        .args(["-Werror", "-DSENSOR_STANDALONE"])
        .args((watch == Watch::Sanitizer).then_some("-fsanitize=address"))
        .args(variable(&format!("DEFINES-{build}")))
        .arg("-o")
        .arg(&program)
        .args(variable("SOURCES"))
        .output()
        .unwrap_or_else(|e| panic!("there is no C compiler (cc, or what CC names): {e}"));
    assert!(output.status.success(), "{build}: {}", String::from_utf8_lossy(&output.stderr));
    built.insert(key, program.clone());
    program
}
