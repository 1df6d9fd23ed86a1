//! 500 content sets against 60 builds in one run of the binary: time from start to verdict.
//!
//! `cargo bench --bench fleet`. Half of the sets have a pattern in the 21st field. The figure includes starting
//! the process, reading schemas, contract and manifests, every file, and writing the verdict.

// Built without the test harness: a set-up that fails ends the run.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used
)]

#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use support::samples;

const SETS: u32 = 500;
const BUILDS: u32 = 60;
const RUNS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    fs::create_dir_all(schemas.join("builds")).unwrap();
    for name in ["type_definitions.ksy", "channel_file.ksy", "sensor.contract.toml", "sensor.coverage.txt"] {
        fs::copy(support::gate::schemas().join(name), schemas.join(name)).unwrap();
    }
    for build in 0..BUILDS {
        manifest(&schemas, build);
    }
    let mut bytes = 0;
    for set in 0..SETS {
        bytes += content(folder.path(), set);
    }
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run(folder.path())).collect();
    times.sort();
    let (best, median) = (times[0], times[RUNS / 2]);
    println!(
        "{SETS} sets ({} KiB) against {BUILDS} builds, {RUNS} runs on {} threads",
        bytes / 1024,
        threads()
    );
    println!("from start to verdict: best {best:.1?}, median {median:.1?}, {:.1?} a set", median / SETS);
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Versions 7.11.0 to 7.11.29 supply 20, later ones 21.
fn manifest(schemas: &Path, build: u32) {
    let supply = if build < BUILDS / 2 { 20 } else { 21 };
    let capacity = |name: &str, value: u32| {
        format!("capacity.\"inputs.{name}\" = {{ value = {value}, evidence = \"emitted\" }}\n")
    };
    let text = format!(
        "build = {{ version = \"7.11.{build}\" }}\nstate = \"fielded\"\n{}{}{}",
        capacity("ipc", supply),
        capacity("process", 14),
        capacity("file", 12),
    );
    fs::write(schemas.join(format!("builds/{build}.build.toml")), text).unwrap();
}

/// Writes one set; how many bytes it has.
fn content(folder: &Path, set: u32) -> usize {
    let mut channel = if set.is_multiple_of(2) { samples::channel() } else { samples::july() };
    for instance in &mut channel.instances {
        instance.id += set * 1000;
    }
    let files = [("definitions.bin", samples::definitions().build()), ("channel.bin", channel.build())];
    let folder = folder.join(format!("content/{set:03}"));
    fs::create_dir_all(&folder).unwrap();
    let mut size = 0;
    for (name, built) in files {
        size += built.bytes.len();
        fs::write(folder.join(name), built.bytes).unwrap();
    }
    size
}

fn run(folder: &Path) -> Duration {
    let start = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_bootgate"))
        .current_dir(folder)
        .args(["check", "--contract", "schemas/sensor.contract.toml", "--verdict", "verdict.json", "content"])
        .output()
        .unwrap();
    let time = start.elapsed();
    let text = String::from_utf8_lossy(&output.stdout);
    let summary = text.lines().last().unwrap_or_default();
    assert_eq!(output.status.code(), Some(1), "{summary}");
    assert!(summary.starts_with("refused: 250 of 500 sets; 60 builds"), "{summary}");
    assert!(folder.join("verdict.json").is_file());
    time
}
