//! What the command line prints and exits with: transcripts in `tests/cli`, replayed.

#[cfg(test)]
#[path = "cli/transcript.rs"]
mod transcript;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    use rayon::prelude::*;

    use super::transcript::{Transcript, copy};

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn transcripts() -> Vec<PathBuf> {
        let entries = fs::read_dir(root().join("tests/cli")).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|e| e == "txt")).collect();
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

    /// `bootgate … | head` must not end in a panic, and not in a pass that nobody read.
    #[test]
    fn a_reader_that_goes_away_is_neither_a_panic_nor_a_pass() {
        for arguments in [
            &["codes"][..],
            &["codes", "usage"],
            &["check"],
            &["check", "--format", "json"],
            &["schema", "check", "schemas"],
            &["dump", "corpus/channel/valid/large/channel.bin"],
            &["dump", "corpus/channel/valid/large/channel.bin", "--format", "json"],
            &["--help"],
        ] {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let output = Command::new(env!("CARGO_BIN_EXE_bootgate"))
                .args(arguments)
                .current_dir(root())
                .stdin(Stdio::null())
                .stdout(writer)
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(told.is_empty(), "{arguments:?}: {told}");
            if arguments != ["--help"] {
                assert_eq!(output.status.code(), Some(2), "{arguments:?}");
            }
        }
    }
}
