//! Transcripts: command lines, what each prints, and the exit code that it must have.
//!
//! ```text
//! # What this is about; `# not as root` keeps root from running it.
//! $ bootgate check nowhere.bin
//! …what it prints…
//! [stderr]
//! …what it prints there, if anything…
//! [exit 2]
//! ```
//!
//! Each command is run by `sh`, one after another in the same folder, a copy that is made beforehand;
//! where its path is printed, `[FOLDER]` stands for it.
//! `SNAPSHOTS=overwrite` refreshes what is printed. It never refreshes an exit code: those are written
//! by people, and a new transcript is a command and its exit code.

// Each test binary uses a part of it.
#![allow(dead_code)]

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use snapbox::data::DataFormat;
use snapbox::{Assert, Data};

/// The line that keeps root from running a transcript.
const NOT_AS_ROOT: &str = "not as root";

/// A transcript as it was read.
pub(crate) struct Transcript {
    path: PathBuf,
    /// The lines before the first command, without `# `.
    pub(crate) notes: Vec<String>,
    steps: Vec<Step>,
}

struct Step {
    command: String,
    exit: i32,
}

impl Transcript {
    /// Reads a transcript; panics where it is none.
    pub(crate) fn read(path: &Path) -> Transcript {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut transcript = Transcript { path: path.to_path_buf(), notes: Vec::new(), steps: Vec::new() };
        let mut command: Option<String> = None;
        for line in text.lines() {
            if let Some(exit) = line.strip_prefix("[exit ").and_then(|rest| rest.strip_suffix(']')) {
                let command = command.take().unwrap_or_else(|| panic!("{path:?}: {line} has no command"));
                transcript.steps.push(Step { command, exit: exit.parse().unwrap() });
            } else if command.is_some() {
            } else if let Some(next) = line.strip_prefix("$ ") {
                command = Some(next.to_owned());
            } else if let Some(note) = line.strip_prefix("# ") {
                assert!(transcript.steps.is_empty(), "{path:?}: a note after the first command");
                transcript.notes.push(note.to_owned());
            } else {
                assert!(line.is_empty(), "{path:?}: not in a command's output: {line}");
            }
        }
        assert!(command.is_none(), "{path:?}: `{command:?}` has no line `[exit N]`");
        assert!(!transcript.steps.is_empty(), "{path:?} has no command");
        transcript
    }

    /// The last command.
    pub(crate) fn last(&self) -> &str {
        self.steps.last().map_or("", |step| &step.command)
    }

    /// Runs every command in a folder and compares what comes out with the transcript.
    pub(crate) fn replay(&self, folder: &Path) -> Result<(), String> {
        if self.notes.iter().any(|note| note == NOT_AS_ROOT) && is_root() {
            eprintln!("not run: {} because root may read everything", self.path.display());
            return Ok(());
        }
        let mut told: Vec<String> = Vec::new();
        let notes: String = self.notes.iter().map(|note| format!("# {note}\n")).collect();
        for step in &self.steps {
            let output = run(&step.command, folder);
            let text = tell(&step.command, &output).replace(&folder.display().to_string(), "[FOLDER]");
            if output.status.code() != Some(step.exit) {
                return Err(format!("{}: exit {} was expected of\n{text}", self.path.display(), step.exit));
            }
            told.push(text);
        }
        // `raw`, for `...` and `[..]` in what is printed stand for themselves.
        let expected = Data::read_from(&self.path, Some(DataFormat::Text)).raw();
        let actual = Data::text(notes + &told.join("\n"));
        let assert = Assert::new().action_env("SNAPSHOTS");
        assert.try_eq(Some(&"as it is now"), actual, expected).map_err(|error| error.to_string())
    }
}

/// Runs a command line with `bootgate` as just built, and nothing of the environment.
pub(crate) fn run(command: &str, folder: &Path) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_bootgate"));
    let mut path = binary.parent().unwrap().as_os_str().as_bytes().to_vec();
    path.extend_from_slice(b":/usr/local/bin:/usr/bin:/bin");
    Command::new("timeout")
        .args(["120", "sh", "-c", command])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::ffi::OsStr::from_bytes(&path))
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn tell(command: &str, output: &Output) -> String {
    let mut text = format!("$ {command}\n");
    for (title, bytes) in [("", &output.stdout), ("[stderr]\n", &output.stderr)] {
        if !bytes.is_empty() {
            text.push_str(title);
            text.push_str(&String::from_utf8_lossy(bytes));
            if !text.ends_with('\n') {
                text.push_str("\n[no line end]\n");
            }
        }
    }
    let exit = output.status.code().map_or_else(|| output.status.to_string(), |code| format!("exit {code}"));
    text + &format!("[{exit}]\n")
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// Copies a folder; a file of hexadecimal digits `a.hex` becomes `a.bin`.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (source, target) = entry.map(|e| (e.path(), to.join(e.file_name()))).unwrap();
        if source.is_dir() {
            copy(&source, &target);
        } else if source.extension().is_some_and(|end| end == "hex") {
            let bytes = unhex(&fs::read_to_string(&source).unwrap());
            fs::write(target.with_extension("bin"), bytes).unwrap();
        } else {
            fs::copy(&source, &target).unwrap();
        }
    }
}

/// The bytes of hexadecimal digits; spaces, line ends and what follows `#` on a line say nothing.
fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .lines()
        .flat_map(|line| line.split('#').next().unwrap_or("").chars())
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).unwrap_or_else(|| panic!("not a hexadecimal digit: {c:?}")))
        .collect();
    assert!(digits.len().is_multiple_of(2), "half a byte in {text:?}");
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}
