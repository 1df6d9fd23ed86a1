//! A schema and a file, checked by the program under a limit on its memory.

use std::fs;
use std::io::Write;
use std::process::Command;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use tempfile::TempDir;

/// What the program is run on.
pub(crate) struct Attack {
    folder: TempDir,
    arguments: Vec<String>,
}

/// What it printed, and how it ended.
pub(crate) struct Output {
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed, on both streams.
    pub(crate) text: String,
}

impl Attack {
    pub(crate) fn new(name: &str, schema: &str, content: &[u8]) -> Attack {
        let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
        fs::write(folder.path().join("a.ksy"), schema).unwrap();
        fs::write(folder.path().join("content.bin"), content).unwrap();
        Attack { folder, arguments: Vec::new() }
    }

    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Attack {
        self.arguments.extend(arguments.iter().map(|a| a.to_string()));
        self
    }

    /// Runs the program with so many KiB of address space.
    pub(crate) fn run(&self, memory: u64) -> Output {
        let output = Command::new("sh")
            .args(["-c", &format!("ulimit -v {memory}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_bootgate")])
            .args(["check", "--schema", "a.ksy", "content.bin"])
            .args(&self.arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        Output { code: output.status.code(), text: String::from_utf8_lossy(&text).into_owned() }
    }
}

/// Bytes in zlib's format.
pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
