//! Small channel files from a seed, on one core: how many in a second of its time.
//!
//! `cargo bench --bench gen`. Each file is made by the schema alone, and by the contract together with the definitions
//! that it is checked against; with the check that holds back what it refuses, and without.

// Built without the test harness: a set-up that fails ends the run.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used
)]

use bootgate::check::Plan;
use bootgate::contract::{self, Manifest, Selected};
use bootgate::finding::Severities;
use bootgate::r#gen::{Generator, Options};
use bootgate::schema::{self, ast::Bundle};
use bootgate::span::Sources;
use std::fs;
use std::path::Path;

mod clock;

const FILES: u64 = 100_000;

fn main() {
    let mut sources = Sources::default();
    let schemas = ["type_definitions.ksy", "channel_file.ksy"].map(|name| read(&mut sources, name));
    let channel = Plan::of_schema(schemas[1].clone(), Severities::default()).unwrap();
    let raw = contract::parse(&mut sources, "sensor.contract.toml", &text("sensor.contract.toml")).unwrap();
    let manifest = Manifest::parse(&mut sources, "7.15.build.toml", &text("builds/7.15.build.toml")).unwrap();
    let set =
        Plan::of_contract(raw, &schemas, &Selected::fielded([&manifest]), Severities::default()).unwrap();
    run("channel files", &channel, &sources);
    run("sets of definitions and channel file", &set, &sources);
}

fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/channel");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn read(sources: &mut Sources, name: &str) -> Bundle {
    let text = text(name);
    let source = sources.add(name, text.as_str());
    schema::read(source, &text)
}

fn run(what: &str, plan: &Plan, sources: &Sources) {
    let start = clock::now();
    let mut generator = Generator::new(plan, sources, Options::default()).unwrap();
    println!("{what}: {:.1?} for the rehearsals", clock::now() - start);
    let (mut made, mut bytes, start) = (0u64, 0, clock::now());
    for seed in 0..FILES {
        if let Ok(files) = generator.attempt(seed, 0) {
            made += 1;
            bytes += files.iter().map(Vec::len).sum::<usize>();
        }
    }
    let rate = clock::rate(made, start);
    let mean = bytes as u64 / made.max(1);
    println!("  {rate} a second without the check, {mean} bytes each; {made} of {FILES} attempts");
    let (mut attempts, mut refused, start) = (0, 0, clock::now());
    for seed in 0..FILES {
        let (_, taken) = generator.generate(seed).unwrap();
        attempts += taken.all;
        refused += taken.refused;
    }
    let rate = clock::rate(FILES, start);
    println!("  {rate} a second with it: {attempts} attempts, {refused} refused");
}
