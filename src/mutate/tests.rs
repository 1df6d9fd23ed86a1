//! What the mutator promises.

use super::*;
use crate::check::passes;
use crate::finding::Severities;
use crate::schema;

const CHANNEL: &str = include_str!("../../schemas/channel/channel_file.ksy");

/// A schema with a part of everything that is repaired, or edited.
const PARTS: &str = "
meta: {id: parts, endian: le}
seq:
  - {id: magic, contents: PARTS}
  - {id: num_items, type: u1}
  - {id: ofs_tail, type: u2}
  - {id: has_note, type: b1}
  - {id: rest, type: b7}
  - {id: note, type: strz, encoding: UTF-8, if: has_note}
  - {id: items, type: item, repeat: expr, repeat-expr: num_items}
  - {id: sum, type: u4, -checksum: {algorithm: crc32, fields: [items]}}
instances:
  tail: {pos: ofs_tail, type: u4, repeat: expr, repeat-expr: 2}
types:
  item:
    seq:
      - {id: kind, type: u1, enum: kind}
      - {id: len, type: u2}
      - id: body
        size: len
        type: {switch-on: kind, cases: {'kind::number': number, 'kind::text': text}}
  number: {seq: [{id: value, type: s4}, {id: scale, type: f4}]}
  text: {seq: [{id: text, type: str, encoding: ASCII, size-eos: true}]}
enums:
  kind: {0: number, 1: text, 2: raw}
";

fn plan(sources: &mut Sources, text: &str) -> Plan {
    let source = sources.add("a.ksy", text);
    Plan::of_schema(schema::read(source, text), Severities::default()).unwrap_or_else(|e| panic!("{e:#?}"))
}

fn with(text: &str, options: Options, go: impl FnOnce(&Plan, &Sources, &mut Mutator<'_>, Vec<Vec<u8>>)) {
    let mut sources = Sources::default();
    let plan = plan(&mut sources, text);
    let mut generator = Generator::new(&plan, &sources, Generation::default()).unwrap();
    let seeds = (0..24).map(|seed| generator.generate(seed).unwrap().0[0].clone()).collect();
    let mut mutator = Mutator::new(&plan, &sources, options).unwrap();
    go(&plan, &sources, &mut mutator, seeds);
}

fn repairing() -> Options {
    Options { unrepaired: 0, ..Options::default() }
}

#[test]
fn with_repair_nineteen_of_twenty_mutants_stay_acceptable() {
    for (name, text) in [("channel", CHANNEL), ("parts", PARTS)] {
        for in_place in [0, 50, 100] {
            with(text, Options { in_place, ..repairing() }, |plan, sources, mutator, seeds| {
                let (mut all, mut passed, mut same) = (0u32, 0u32, 0u32);
                for (number, data) in seeds.iter().enumerate() {
                    for seed in 0..40 {
                        let mut out = Vec::new();
                        mutator.mutate(data, seed + 1000 * number as u64, 1 << 16, &mut out);
                        all += 1;
                        same += u32::from(out == *data);
                        passed += u32::from(passes(plan, sources, &[&out], &Limits::default()));
                    }
                }
                assert!(passed * 100 >= all * 95, "{name}, {in_place}% in place: {passed} of {all}");
                assert!(same * 10 < all, "{name}: {same} of {all} are the seed");
            });
        }
    }
}

#[test]
fn a_mutant_is_always_the_same_whatever_was_mutated_before() {
    with(PARTS, Options::default(), |plan, sources, mutator, seeds| {
        let mut fresh = Mutator::new(plan, sources, Options::default()).unwrap();
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for seed in 0..20 {
            mutator.mutate(&seeds[0], seed, 1 << 16, &mut one);
        }
        for (row, data) in seeds.iter().enumerate() {
            let (seed, partner) = (row as u64, &seeds[(row + 1) % seeds.len()]);
            assert_eq!(
                mutator.mutate(data, seed, 4096, &mut one),
                fresh.mutate(data, seed, 4096, &mut other)
            );
            assert_eq!(one, other, "seed {seed}");
            mutator.cross(data, partner, seed, 4096, &mut one);
            fresh.cross(data, partner, seed, 4096, &mut other);
            assert_eq!(one, other, "seed {seed}, crossed");
        }
    });
}

#[test]
fn what_is_not_of_the_schema_is_changed_byte_by_byte_and_counted() {
    with(PARTS, Options::default(), |_, _, mutator, _| {
        let mut out = Vec::new();
        for data in [&b""[..], b"PART", b"something else"] {
            assert!(!mutator.is_of_schema(data));
            assert_eq!(mutator.mutate(data, 1, 64, &mut out), Mutant::Bytes);
        }
        assert_eq!(mutator.counts(), Counts { foreign: 3, ..Counts::default() });
    });
}

#[test]
fn no_mutant_is_larger_than_it_may_be() {
    with(PARTS, Options::default(), |_, _, mutator, seeds| {
        let mut out = Vec::new();
        for (row, data) in seeds.iter().enumerate() {
            for max in [0, 1, 20, data.len()] {
                mutator.mutate(data, row as u64, max, &mut out);
                assert!(out.len() <= max, "{} of {max}", out.len());
            }
        }
    });
}

#[test]
fn one_thing_unrepaired_is_refused_mostly() {
    with(
        PARTS,
        Options { unrepaired: 100, in_place: 0, ..Options::default() },
        |plan, sources, mutator, seeds| {
            let (mut out, mut wrong, mut refused) = (Vec::new(), 0, 0);
            for (row, data) in seeds.iter().enumerate() {
                if mutator.mutate(data, row as u64, 1 << 16, &mut out) == Mutant::Unrepaired {
                    wrong += 1;
                    refused += u32::from(!passes(plan, sources, &[&out], &Limits::default()));
                }
            }
            assert!(wrong >= 20 && refused * 2 > wrong, "{refused} of {wrong}");
        },
    );
}

#[test]
fn trimming_keeps_what_is_to_be_shown_and_little_else() {
    with(PARTS, repairing(), |plan, sources, mutator, seeds| {
        let large = seeds.iter().max_by_key(|data| data.len()).unwrap();
        let shows = |data: &[u8]| passes(plan, sources, &[data], &Limits::default());
        let small = mutator.trimmed(large, shows).unwrap();
        assert!(shows(&small));
        assert!(small.len() * 2 < large.len(), "{} of {}", small.len(), large.len());
    });
}

#[test]
fn the_numbers_of_a_contract_come_to_be_values() {
    let options = Options { numbers: vec![31_337], in_place: 100, ..repairing() };
    with("{meta: {id: a, endian: le}, seq: [{id: a, type: u4}]}", options, |_, _, mutator, _| {
        let mut out = Vec::new();
        let near = (0..200).filter(|seed| {
            mutator.mutate(&[1, 0, 0, 0], *seed, 8, &mut out);
            (31_336..=31_338).contains(&u32::from_le_bytes(out[..4].try_into().unwrap()))
        });
        assert!(near.count() > 10);
    });
}
