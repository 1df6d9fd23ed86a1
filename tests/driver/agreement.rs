//! The driver in C and the consumer in Rust take the same cases, and read and match the same.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use bootgate::oracle::consumer::{Build, Site, Value, case, run_case};

use super::builds::{run, watch};
use super::cases::{Folder, costly, status};
use super::support::cases::all;
use super::support::events::{event, matching};
use super::support::samples;

/// What the driver must print of a case.
fn expected(build: &Build, name: &Path, bytes: &[u8]) -> String {
    let mut text = String::new();
    let name = name.display();
    let outcome = run_case(build, bytes, |step| writeln!(text, "{name}: {step}").unwrap());
    match outcome {
        Ok(outcome) => writeln!(text, "{name}: loaded: {outcome}").unwrap(),
        Err(_) => writeln!(text, "{name}: refused").unwrap(),
    }
    text
}

/// The driver's own words, without those that the consumer in Rust has others for.
fn said(line: &str) -> String {
    if let Some((before, _)) = line.split_once(": refused: ") {
        return format!("{before}: refused\n");
    }
    match line.split_once(": loaded, ").and_then(|(before, rest)| Some((before, rest.split_once(": ")?))) {
        Some((before, (_, outcome))) => format!("{before}: loaded: {outcome}\n"),
        None => format!("{line}\n"),
    }
}

/// Runs cases in builds that read nothing that is not there, and compares all that is said.
fn agree(cases: &[(String, Vec<u8>)]) {
    let folder = Folder::new();
    let files: Vec<PathBuf> = cases.iter().map(|(name, bytes)| folder.write(name, bytes)).collect();
    for (name, build) in Build::NAMED.iter().filter(|(name, _)| *name != "legacy") {
        for (cases, files) in cases.chunks(500).zip(files.chunks(500)) {
            let mut arguments = vec![Path::new("-v")];
            arguments.extend(files.iter().map(PathBuf::as_path));
            let run = run(name, watch(), &arguments);
            assert!(run.is_clean(), "{name}: {run:#?}");
            let said: String = run.stdout.lines().map(said).collect();
            let expected: String =
                cases.iter().zip(files).map(|((_, b), path)| expected(build, path, b)).collect();
            let difference = said.lines().zip(expected.lines()).find(|(a, b)| a != b);
            assert!(said == expected, "{name}: {difference:?}");
        }
    }
}

#[test]
fn on_every_set_of_the_corpus() {
    let mut cases = Vec::new();
    for set in all() {
        for (name, event) in matching() {
            let bytes = case(&set.definitions, &set.channel, &event.bytes());
            cases.push((format!("{}-{name}", set.name), bytes));
        }
    }
    agree(&cases);
}

#[test]
fn on_patterns() {
    let definitions = samples::definitions().build().bytes;
    let texts = ["", "a", "ab", "abab", "aé", "éa", "é", "A*", "a?b", "aab", "\u{10348}b"];
    let patterns = [
        "*", "?", "a", "A", "a*", "*b", "a*b", "?*?", "*ab", "a?", "?a", "**", "*?b*", "é", "É", "??", "a**b",
    ];
    let costly = costly();
    let patterns: Vec<&str> = patterns.into_iter().chain([costly.0.as_str()]).collect();
    // A field that is compared without regard to case, and one that is not.
    let instance = |number: u32, pattern: &str, field| {
        samples::whole(number, samples::IPC, &[(field, samples::pattern(pattern))])
    };
    let mut channel = samples::channel();
    let fields = [2, 1].into_iter().flat_map(|field| patterns.iter().map(move |pattern| (field, *pattern)));
    channel.instances = fields.zip(0..).map(|((field, pattern), n)| instance(n, pattern, field)).collect();
    let channel = channel.build().bytes;
    let broken: [&[u8]; 3] = [b"\xff", b"a\x80\x80b", b"\xc3"];
    let texts = texts.into_iter().map(str::as_bytes).chain(broken).chain([costly.1.as_bytes()]);
    let mut cases = Vec::new();
    for (number, text) in texts.enumerate() {
        let event = event(Site::Ipc, &[(1, Value::Text(text)), (2, Value::Text(text))]);
        cases.push((number.to_string(), case(&definitions, &channel, &event.bytes())));
    }
    agree(&cases);
}

#[test]
fn on_changed_channel_files() {
    let (definitions, event) = (samples::definitions().build().bytes, status().bytes());
    let channel = samples::channel().build();
    let mut cases = Vec::new();
    for at in 0..channel.bytes.len() {
        for value in [0, 1, channel.bytes[at] ^ 0x80] {
            let mut changed = channel.clone();
            changed.bytes[at] = value;
            changed.seal();
            cases.push((format!("{at}-{value}"), case(&definitions, &changed.bytes, &event)));
        }
    }
    agree(&cases);
}

#[test]
fn on_changed_definitions() {
    let (channel, event) = (samples::channel().build().bytes, status().bytes());
    let definitions = samples::definitions().build();
    let mut cases = Vec::new();
    for at in 0..definitions.bytes.len() {
        for value in [0, definitions.bytes[at] ^ 1, 0xff] {
            let mut changed = definitions.clone();
            changed.bytes[at] = value;
            changed.seal();
            cases.push((format!("{at}-{value}"), case(&changed.bytes, &channel, &event)));
        }
    }
    agree(&cases);
}

#[test]
fn on_changed_events() {
    let definitions = samples::definitions().build().bytes;
    let channel = samples::july().build().bytes;
    let event = status().bytes();
    let mut cases = Vec::new();
    for at in 0..event.len() {
        cases.push((format!("cut-{at}"), case(&definitions, &channel, &event[..at])));
        for value in [0, 1, 2, event[at] ^ 0x20, 0xff] {
            let mut changed = event.clone();
            changed[at] = value;
            cases.push((format!("{at}-{value}"), case(&definitions, &channel, &changed)));
        }
    }
    agree(&cases);
}

#[test]
fn on_files_cut_anywhere() {
    let (definitions, event) = (samples::definitions().build(), status().bytes());
    let channel = samples::channel().build();
    let mut cases = Vec::new();
    for length in 0..channel.bytes.len() {
        let mut cut = channel.clone();
        cut.cut(length);
        cut.seal();
        cases.push((format!("channel-{length}"), case(&definitions.bytes, &cut.bytes, &event)));
    }
    for length in 0..definitions.bytes.len() {
        let mut cut = definitions.clone();
        cut.cut(length);
        cut.seal();
        cases.push((format!("definitions-{length}"), case(&cut.bytes, &channel.bytes, &event)));
    }
    agree(&cases);
}
