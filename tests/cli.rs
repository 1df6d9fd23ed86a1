//! What the command line prints and exits with: transcripts in `tests/cli`, replayed.

#[path = "cli/transcript.rs"]
mod transcript;

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use transcript::{Transcript, copy};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn transcripts() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("tests/cli")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "txt")).collect();
    paths.sort();
    paths
}

/// A copy of what the repository's own configuration names, and of the transcripts' own files.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    for part in ["schemas", "corpus"] {
        copy(&root().join(part), &work.join(part));
    }
    copy(&root().join("tests/cli/files"), &work);
    fs::copy(root().join("bootgate.toml"), work.join("bootgate.toml")).unwrap();
    folder
}

/// Every transcript starts in a folder of its own that looks like the repository.
#[test]
fn every_transcript_is_what_the_program_does() {
    let paths = transcripts();
    assert!(paths.len() > 30, "only {} transcripts were found", paths.len());
    let replay = |path: &PathBuf| {
        let folder = workplace();
        Transcript::read(path).replay(&folder.path().join("work")).err()
    };
    let wrong: Vec<String> = paths.par_iter().filter_map(replay).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
