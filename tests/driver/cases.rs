//! Cases for the driver, and what the gate says of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use bootgate::r#gen::{Generator, Options};
use bootgate::limits::Bounds;
use bootgate::mutate::load;
use bootgate::oracle::consumer::{Event, Site, case};
use bootgate::span::Sources;

use super::builds::{self, Run, Watch, run};
use super::support::cases::all;
use super::support::events::{matching, text};
use super::support::samples;

/// A folder for files of one test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

pub(crate) fn bytes(channel: &[u8], event: &Event<'_>) -> Vec<u8> {
    case(&samples::definitions().build().bytes, channel, &event.bytes())
}

/// Runs the sample definitions with a channel file and an event.
pub(crate) fn run_one(build: &str, watch: Watch, channel: &[u8], event: &Event<'_>) -> Run {
    let folder = Folder::new();
    let path = folder.write("case", &bytes(channel, event));
    run(build, watch, &[Path::new("-v"), &path])
}

/// The event that matches `instances[3]` of the July file, down to its last criterion.
pub(crate) fn status() -> Event<'static> {
    let (_, mut event) = matching()[3].clone();
    event.values[20] = text(r"nt authority\system");
    event
}

/// A pattern and a text that take long to compare.
pub(crate) fn costly() -> &'static (String, String) {
    static COSTLY: OnceLock<(String, String)> = OnceLock::new();
    COSTLY.get_or_init(|| (format!("*{}b", "a".repeat(300)), "a".repeat(1024)))
}

/// What the gate says of cases, by their schema alone.
pub(crate) fn check(files: &[PathBuf]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_bootgate"))
        .arg("check")
        .args(files)
        .arg("--schema")
        .arg(builds::folder().join("case.ksy"))
        .arg("-I")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas"))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// Cases that the engines start from: a wildcard in the 21st field, and an event that matches.
pub(crate) fn seeds() -> Vec<(String, Vec<u8>)> {
    let sets: Vec<_> =
        all().into_iter().filter(|set| ["wildcard-21st", "version-1"].contains(&set.name)).collect();
    assert_eq!(sets.len(), 2);
    let mut seeds = Vec::new();
    for set in sets {
        for (name, event) in matching().into_iter().filter(|(_, event)| event.site == Site::Ipc) {
            let bytes = case(&set.definitions, &set.channel, &event.bytes());
            seeds.push((format!("{}-{name}.case", set.name), bytes));
        }
    }
    seeds
}

/// Cases that are made by their schema alone.
pub(crate) fn generated() -> Vec<(String, Vec<u8>)> {
    let mut sources = Sources::default();
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let limits = Bounds::default().schema;
    let (plan, _) =
        load(&mut sources, &builds::folder().join("case.ksy"), None, &[schemas], &limits).unwrap();
    let mut generator = Generator::new(&plan, &sources, Options::default()).unwrap();
    let made = (0..8).map(|seed| (format!("{seed}.case"), generator.generate(seed).unwrap().0.concat()));
    made.collect()
}
