//! Mutants of small channel files, on one core: how many in a second of its time.
//!
//! `cargo bench --bench mutate`. Of seeds that the generator made, each for a while; repaired and changed in place, with
//! and without the check.

// Built without the test harness: a set-up that fails ends the run.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use bootgate::check::{Plan, passes};
use bootgate::finding::Severities;
use bootgate::r#gen::{Generator, Options as Generation};
use bootgate::limits::Limits;
use bootgate::mutate::{Mutator, Options};
use bootgate::schema;
use bootgate::span::Sources;
use std::fs;
use std::path::Path;

mod clock;

const SEEDS: usize = 16;
const MUTANTS: u64 = 4000;
/// Seeds of a corpus, as an engine comes to have it.
const CORPUS: u64 = 256;

fn main() {
    let mut sources = Sources::default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/channel/channel_file.ksy");
    let text = fs::read_to_string(path).unwrap();
    let source = sources.add("channel_file.ksy", text.as_str());
    let plan = Plan::of_schema(schema::read(source, &text), Severities::default()).unwrap();
    let mut generator = Generator::new(&plan, &sources, Generation::default()).unwrap();
    let corpus: Vec<Vec<u8>> =
        (0..CORPUS).map(|seed| generator.generate(seed).unwrap().0[0].clone()).collect();
    let seeds: Vec<Vec<u8>> = corpus.iter().take(SEEDS).cloned().collect();
    let defaults = Options::default();
    run("as by default", &plan, &sources, defaults.clone(), &seeds);
    run(
        "edited and repaired",
        &plan,
        &sources,
        Options { in_place: 0, unrepaired: 0, ..defaults.clone() },
        &seeds,
    );
    run("changed in place", &plan, &sources, Options { in_place: 100, ..defaults.clone() }, &seeds);
    campaign(&plan, &sources, defaults, &corpus);
}

/// What libFuzzer asks for: a mutant of any seed of its corpus, and one of ten with parts of another one.
fn campaign(plan: &Plan, sources: &Sources, options: Options, corpus: &[Vec<u8>]) {
    let mut mutator = Mutator::new(plan, sources, options).unwrap();
    let (mut out, all, start) = (Vec::new(), SEEDS as u64 * MUTANTS, clock::now());
    for number in 0..all {
        let chance = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let seed = |chance: u64| &corpus[usize::try_from(chance % CORPUS).unwrap()];
        if number % 10 == 0 {
            mutator.cross(seed(chance), seed(chance >> 8), number, 1 << 16, &mut out);
        } else {
            mutator.mutate(seed(chance), number, 1 << 16, &mut out);
        }
    }
    let rate = clock::rate(all, start);
    println!("of a corpus of {CORPUS}, one in ten a cross: {rate} a second, {:?}", mutator.counts());
}

fn run(what: &str, plan: &Plan, sources: &Sources, options: Options, seeds: &[Vec<u8>]) {
    let mut mutator = Mutator::new(plan, sources, options).unwrap();
    let (mut out, mut bytes, start) = (Vec::new(), 0, clock::now());
    for data in seeds {
        for seed in 0..MUTANTS {
            mutator.mutate(data, seed, 1 << 16, &mut out);
            bytes += out.len() as u64;
        }
    }
    let all = SEEDS as u64 * MUTANTS;
    let (rate, counts) = (clock::rate(all, start), mutator.counts());
    let mut passed = 0u32;
    for data in seeds {
        for seed in 0..250 {
            mutator.mutate(data, seed, 1 << 16, &mut out);
            passed += u32::from(passes(plan, sources, &[&out], &Limits::default()));
        }
    }
    println!("{what}: {rate} a second, {} bytes each, {counts:?}", bytes / all);
    println!("  {passed} of {} pass the check", SEEDS * 250);
}
