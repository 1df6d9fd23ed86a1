//! What the generator promises.

use super::*;
use crate::check::{Plan, explain};
use crate::contract::{self, Manifest, Selected};
use crate::finding::{Finding, Severities, Severity};
use crate::schema;

/// Sets that each schema is tried with.
const SEEDS: u64 = 24;

fn strict() -> Severities {
    Severities { trailing: Severity::Error, unreferenced: Severity::Error, overlapping: Severity::Error }
}

fn plan(sources: &mut Sources, text: &str, severities: Severities) -> Plan {
    let source = sources.add("a.ksy", text);
    Plan::of_schema(schema::read(source, text), severities).unwrap_or_else(|e| panic!("{e:#?}"))
}

fn errors(plan: &Plan, sources: &Sources, files: &[Vec<u8>]) -> Vec<Finding> {
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let mut findings = explain(plan, sources, &files, &Limits::default());
    findings.retain(|finding| finding.severity == Severity::Error);
    findings
}

/// The files of a schema, each of which was held against the check: what the engine calls done is right, without the
/// check that [`Generator::generate`] makes behind it.
fn files(text: &str, severities: Severities) -> Vec<Vec<u8>> {
    let mut sources = Sources::default();
    let plan = plan(&mut sources, text, severities);
    let mut generator = match Generator::new(&plan, &sources, Options::default()) {
        Ok(generator) => generator,
        Err(unsatisfied) => panic!("{unsatisfied:?}\n{text}"),
    };
    let mut made = Vec::new();
    for seed in 0..SEEDS {
        for number in 0..8 {
            if let Ok(files) = generator.attempt(seed, number) {
                let files = files.to_vec();
                let errors = errors(&plan, &sources, &files);
                assert!(errors.is_empty(), "seed {seed} {number}: {files:02x?}: {errors:#?}\n{text}");
                made.extend(files);
            }
        }
    }
    assert!(made.len() as u64 >= SEEDS, "only {} were made\n{text}", made.len());
    made
}

fn unsatisfied(text: &str) -> (Finding, String) {
    let mut sources = Sources::default();
    let plan = plan(&mut sources, text, Severities::default());
    let Err(unsatisfied) = Generator::new(&plan, &sources, Options::default()) else {
        panic!("something was made\n{text}");
    };
    let finding = unsatisfied.finding(&plan, &sources);
    let label = finding.labels.first().unwrap_or_else(|| panic!("no place: {finding:#?}"));
    let range = label.span.start as usize..label.span.end as usize;
    let place =
        sources.get(label.span.source).and_then(|s| s.text.get(range)).unwrap_or_default().to_string();
    (finding, place)
}

#[test]
fn every_part_of_the_language_is_made_such_that_nothing_is_left_over_or_described_twice() {
    for (what, text) in PARTS {
        let text = format!("meta: {{id: a, endian: le, encoding: UTF-8, bit-endian: be}}\n{text}");
        let made = files(&text, strict());
        assert!(made.iter().any(|file| !file.is_empty()), "{what}");
    }
}

#[test]
fn a_size_that_cannot_hold_its_content_is_not_tried() {
    let made = files(
        "{meta: {id: a}, seq: [{id: len, type: u1, valid: {min: 2, max: 5}}, {id: b, size: len}]}",
        strict(),
    );
    assert!(made.iter().all(|f| (3..=6).contains(&f.len())), "{made:?}");
}

#[test]
fn the_set_of_a_seed_is_always_the_same_whatever_was_made_before() {
    let mut sources = Sources::default();
    let plan = plan(
        &mut sources,
        &format!("meta: {{id: a, endian: le, encoding: UTF-8}}\n{}", PARTS[0].1),
        strict(),
    );
    let mut one = Generator::new(&plan, &sources, Options::default()).unwrap();
    let first: Vec<Vec<Vec<u8>>> = (0..8).map(|seed| one.generate(seed).unwrap().0.to_vec()).collect();
    let mut other = Generator::new(&plan, &sources, Options::default()).unwrap();
    for seed in [5, 2, 7, 2, 0] {
        assert_eq!(other.generate(seed).unwrap().0, first[usize::try_from(seed).unwrap()], "{seed}");
    }
    assert!(first.iter().any(|set| *set != first[0]), "every seed gives the same");
}

#[test]
fn what_contradicts_itself_is_said_with_its_constraint() {
    let (finding, place) =
        unsatisfied("{meta: {id: a}, seq: [{id: n, type: u1, valid: {expr: '_ == 1 and _ == 2'}}]}");
    assert_eq!(finding.code, crate::codes::NOT_SATISFIED);
    assert_eq!(finding.message, "could not satisfy `_ == 1 and _ == 2` of `n`");
    assert_eq!(place, "_ == 1 and _ == 2");
    let (_, place) = unsatisfied("{meta: {id: a}, seq: [{id: n, type: u1, valid: {min: 5, max: 3}}]}");
    assert!(place.contains("min: 5"), "{place}");
    let (_, place) = unsatisfied("{meta: {id: a}, seq: [{id: n, type: u1}, {id: b, size: 'n * 0 - 1'}]}");
    assert_eq!(place, "n * 0 - 1");
    let (finding, _) = unsatisfied(
        "{meta: {id: a, endian: le}, seq: [{id: r, size: 2, type: t}], types: {t: {seq: [{id: n, type: u4}]}}}",
    );
    assert!(finding.found.as_ref().is_some_and(|f| f.contains("does not fit")), "{finding:?}");
    let (finding, _) = unsatisfied("{meta: {id: a}, seq: [{id: b, size: 4, process: vendor.pack}]}");
    assert!(finding.help.is_some(), "{finding:?}");
}

#[test]
fn what_has_no_end_is_given_up() {
    for text in [
        "{meta: {id: a}, seq: [{id: next, type: a}]}",
        "{meta: {id: a}, seq: [{id: n, type: u1, repeat: until, repeat-until: 'false'}]}",
        "{meta: {id: a}, seq: [{id: n, size: 0, repeat: expr, repeat-expr: 100000000}]}",
        "{meta: {id: a}, seq: [{id: n, size: 100000000000}]}",
        "{meta: {id: a}, seq: [{id: n, size: 4, type: t}], types: {t: {seq: [{id: e, type: e, repeat: eos}]}, e: {}}}",
    ] {
        let (finding, _) = unsatisfied(text);
        assert!(finding.found.is_some(), "{text}: {finding:?}");
    }
}

const CONTRACT: &str = include_str!("../../schemas/channel/sensor.contract.toml");
const SCHEMAS: [&str; 2] = [
    include_str!("../../schemas/channel/type_definitions.ksy"),
    include_str!("../../schemas/channel/channel_file.ksy"),
];
const BUILDS: [&str; 3] = [
    include_str!("../../schemas/channel/builds/7.15.build.toml"),
    include_str!("../../schemas/channel/builds/7.15.1.build.toml"),
    include_str!("../../schemas/channel/builds/8.0.build.toml"),
];

/// The flagship, with builds that fault beyond 20, that check, and that supply 21.
fn flagship(sources: &mut Sources) -> Plan {
    let raw = contract::parse(sources, "sensor.contract.toml", CONTRACT).unwrap();
    let builds = BUILDS.map(|text| Manifest::parse(sources, "a.build.toml", text).unwrap());
    let schemas = SCHEMAS.map(|text| {
        let source = sources.add("a.ksy", text);
        schema::read(source, text)
    });
    Plan::of_contract(raw, &schemas, &Selected::fielded(&builds), Severities::default()).unwrap()
}

#[test]
fn a_witness_reads_one_element_and_nothing_beyond_and_each_build_does_what_its_manifest_says() {
    use Outcome::{NoEffect, Refused, Takes};
    let mut sources = Sources::default();
    let plan = flagship(&mut sources);
    let mut generator = Generator::new(&plan, &sources, Options::default()).unwrap();
    let properties = properties(&plan);
    for (name, expected) in [
        ("reads-inputs.ipc-19-pattern", [Takes, Takes, Takes]),
        ("reads-inputs.ipc-20-pattern", [Refused, NoEffect, Takes]),
        ("reads-inputs.ipc-20-range", [Refused, NoEffect, Takes]),
        ("reads-inputs.ipc-21-exact", [Refused, NoEffect, NoEffect]),
        ("names-inputs.ipc-20-wildcard", [Takes, Takes, Takes]),
        ("channel.note.kind-ticket", [Takes, Takes, Takes]),
        ("channel.header.release-absent", [Takes, Takes, Takes]),
        ("channel.template_instance.flags-value-7", [Takes, Takes, Takes]),
        ("channel.template_instance.flags-value-8", [Refused, Refused, Refused]),
    ] {
        let property = properties.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no {name}"));
        let shown = generator.show(property, 3).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(shown.builds.values().copied().collect::<Vec<_>>(), expected, "{name}");
        let value = matches!(&property.goal, goal::Goal::Value { broken: true, .. });
        assert_eq!(shown.codes == [crate::codes::VALUE_NOT_VALID], value, "{name}: {:?}", shown.codes);
    }
    assert!(!properties.iter().any(|p| p.name == "reads-inputs.ipc-20-wildcard"), "a wildcard reads nothing");
}

#[test]
fn every_near_miss_is_refused_with_the_one_code_that_it_is_named_for() {
    let mut sources = Sources::default();
    let plan = flagship(&mut sources);
    let mut generator = Generator::new(&plan, &sources, Options::default()).unwrap();
    let (found, left) = generator.near_misses(&misses(&plan.layout), 11);
    assert!(found.len() > 40, "{} were made, {} were not", found.len(), left.len());
    for (miss, missed) in &found {
        let files: Vec<&[u8]> = missed.files.iter().map(Vec::as_slice).collect();
        let mut findings = explain(&plan, &sources, &files, &Limits::default());
        findings.retain(|finding| {
            finding.severity == Severity::Error || missed.strict && finding.code == missed.code
        });
        assert!(!findings.is_empty(), "{}: passed", miss.name);
        assert!(findings.iter().all(|finding| finding.code == missed.code), "{}: {findings:#?}", miss.name);
    }
    let code = |name: &str| found.iter().find(|(miss, _)| miss.name == name).map(|(_, missed)| missed.code);
    assert_eq!(code("checksum-channel.header.crc32"), Some("checksum-mismatch"));
    assert_eq!(code("magic-definitions.header.magic"), Some("contents-mismatch"));
    assert_eq!(code("no-member-channel.criterion.kind"), Some("value-not-valid"));
    assert_eq!(code("unterminated-channel.note.text"), Some("terminator-missing"));
    assert_eq!(code("trailing-channel"), Some("trailing-bytes"));
    assert_eq!(code("cut-channel"), Some("unexpected-end"));
}

/// What each schema shows, and the schema without its `meta`.
const PARTS: &[(&str, &str)] = &[
    (
        "sizes and counts",
        "seq: [{id: n, type: u1}, {id: e, type: e, repeat: expr, repeat-expr: n}]\ntypes: {e: {seq: [{id: len, type: u2}, {id: b, size: len}, {id: s, type: strz}]}}",
    ),
    (
        "a size in an expression",
        "seq: [{id: len, type: u2}, {id: b, size: 'len * 2 - 4', type: t}]\ntypes: {t: {seq: [{id: e, type: u2, repeat: eos}]}}",
    ),
    (
        "a size that includes its field",
        "seq: [{id: len, type: u4}, {id: b, size: len - 4, type: t}]\ntypes: {t: {seq: [{id: k, type: u1}, {id: r, size-eos: true}]}}",
    ),
    (
        "a size in a calculated value",
        "seq: [{id: hi, type: b4}, {id: lo, type: b12}, {id: b, size: len}]\ninstances: {len: {value: 'hi * 4096 + lo'}}",
    ),
    (
        "a switch",
        "seq: [{id: k, type: u1, enum: k, valid: {in-enum: true}}, {id: len, type: u1}, {id: b, size: len, type: {switch-on: k, cases: {'k::a': a, 'k::b': b}}}]\ntypes: {a: {seq: [{id: x, type: u4}]}, b: {seq: [{id: y, type: f8}, {id: z, type: s2be}]}}\nenums: {k: {1: a, 2: b}}",
    ),
    (
        "a switch on text",
        "seq: [{id: k, type: str, size: 4}, {id: b, type: {switch-on: k, cases: {'\"HEAD\"': a, '\"DATA\"': b}}, if: 'k == \"HEAD\" or k == \"DATA\"'}]\ntypes: {a: {seq: [{id: x, type: u4}]}, b: {seq: [{id: y, type: f4}]}}",
    ),
    (
        "optional fields",
        "seq: [{id: f, type: u1, valid: {max: 3}}, {id: a, type: u2, if: 'f & 1 != 0'}, {id: b, type: u4, if: 'f & 2 != 0'}]",
    ),
    (
        "the last element",
        "seq: [{id: e, type: e, repeat: until, repeat-until: '_.last'}]\ntypes: {e: {seq: [{id: last, type: b1}, {id: n, type: b7}, {id: b, size: n}]}}",
    ),
    (
        "positions",
        "seq: [{id: n, type: u1}, {id: r, type: r, repeat: expr, repeat-expr: n}]\ntypes: {r: {seq: [{id: ofs, type: u4}, {id: len, type: u2}], instances: {b: {io: _root._io, pos: ofs, size: len}}}}",
    ),
    (
        "a pool in a region",
        "seq: [{id: len, type: u4}, {id: pool, size: len, type: pool}, {id: n, type: u1}, {id: r, type: r, repeat: expr, repeat-expr: n}]\ntypes: {pool: {}, r: {seq: [{id: ofs, type: u4}], instances: {s: {io: _root.pool._io, pos: ofs, type: strz}}}}",
    ),
    (
        "a position in units",
        "seq: [{id: ofs, type: u2, valid: {min: 1}}]\ninstances: {b: {pos: ofs * 2, size: 2}}",
    ),
    (
        "bits of both orders",
        "seq: [{id: a, type: b3}, {id: b, type: b13}, {id: c, type: b1}, {id: d, type: b7}, {id: e, type: b4le}, {id: f, type: b12le}, {id: g, type: u1}]",
    ),
    (
        "a checksum over the file",
        "seq: [{id: n, type: u1}, {id: b, size: n}, {id: crc, type: u4, -checksum: {algorithm: crc32}}]",
    ),
    (
        "checksums that cover each other's bytes",
        "seq: [{id: a, type: u2, -checksum: {algorithm: crc16, start: 2, end: 6}}, {id: b, type: u4, -checksum: {algorithm: crc32, start: 6}}, {id: c, type: u8}]",
    ),
    (
        "a digest over fields",
        "seq: [{id: a, type: u2}, {id: b, type: strz}, {id: sha, size: 32, -checksum: {algorithm: sha256, fields: [a, b]}}]",
    ),
    (
        "processes",
        "seq: [{id: k, type: u1}, {id: len, type: u1}, {id: a, size: len, process: xor(k), type: t}, {id: c, contents: [7, 8], process: xor(k)}, {id: r, size: 3, process: rol(3)}, {id: z, size-eos: true, process: zlib, type: t}]\ntypes: {t: {seq: [{id: x, type: u2}, {id: y, type: u2, repeat: eos}]}}",
    ),
    (
        "encodings",
        "seq: [{id: a, type: strz, encoding: UTF-16LE}, {id: b, type: str, size: 8, encoding: UTF-16BE}, {id: c, type: strz, encoding: windows-1252}]",
    ),
    (
        "padding and terminators",
        "seq: [{id: a, type: str, size: 8, pad-right: 0x20}, {id: b, type: str, size: 8, terminator: 0}, {id: c, terminator: 0x2c, include: true}]",
    ),
    ("floats", "seq: [{id: a, type: f4, valid: {min: 0.5, max: 8.0}}, {id: b, type: f8be}]"),
    (
        "values in ranges",
        "seq: [{id: a, type: u4, valid: {min: 10, max: 20}}, {id: b, type: s1, valid: {any-of: [-1, 5]}}, {id: c, type: u2, valid: {min: a}}, {id: d, type: u1, valid: {expr: '_ % 7 == 3'}}]",
    ),
    (
        "text in a range of values",
        "seq: [{id: v, type: str, size: 3, valid: {any-of: ['\"1.0\"', '\"1.1\"']}}, {id: w, type: strz, valid: '\"abc\"'}]",
    ),
    ("digits", "seq: [{id: len, type: str, size: 4}, {id: b, size: len.to_i(8)}]"),
    (
        "a byte order that is calculated",
        "seq: [{id: m, type: u1}, {id: t, type: t}]\ntypes: {t: {meta: {endian: {switch-on: _root.m, cases: {1: le, 2: be}}}, seq: [{id: n, type: u2}, {id: f, type: f4}]}}",
    ),
    (
        "what is passed to a type",
        "seq: [{id: n, type: u1}, {id: e, type: 'e(n, _index)', repeat: expr, repeat-expr: 2}]\ntypes: {e: {params: [{id: n, type: u1}, {id: i, type: u1}], seq: [{id: b, size: n + i}]}}",
    ),
    (
        "a region of a fixed size",
        "seq: [{id: r, size: 8, type: t}]\ntypes: {t: {seq: [{id: a, type: u2}, {id: rest, size-eos: true}]}}",
    ),
    ("what the rest of a stream leaves", "seq: [{id: b, size: _io.size - _io.pos - 4}, {id: t, type: u4}]"),
    (
        "alignment",
        "seq: [{id: n, type: u1}, {id: e, type: e, repeat: expr, repeat-expr: n}]\ntypes: {e: {seq: [{id: s, type: strz}, {id: p, size: (4 - _io.pos) % 4}]}}",
    ),
    (
        "a variable-length number",
        "seq: [{id: len, type: vlq}, {id: b, size: len.value}]\ntypes: {vlq: {seq: [{id: g, type: g, repeat: until, repeat-until: not _.more}], instances: {value: {value: 'g.last.v + (g.size >= 2 ? (g[g.size - 2].v << 7) : 0)'}}}, g: {seq: [{id: more, type: b1}, {id: v, type: b7}]}}",
    ),
];
