//! The consumer in Rust does what its words say; other tests rest on it.

#[cfg(test)]
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bootgate::check::{Plan, check};
use bootgate::finding::{Severities, Severity};
use bootgate::limits::Limits;
use bootgate::oracle::consumer::{Build, Content, Event, Rejected, Step, case, load, run_case};
use bootgate::schema;
use bootgate::span::Sources;
use support::cases::all;
use support::channel::{Built, Operand};
use support::events::matching;
use support::gate::Gate;
use support::samples::{self, sensor_7_11};

fn sample() -> (Vec<u8>, Built) {
    (samples::definitions().build().bytes, samples::channel().build())
}

fn beyond(content: &Content<'_>, supply: impl Fn(&str) -> Option<u64>) -> Vec<(usize, usize, u64)> {
    let read = content.reads(supply).into_iter().filter(|read| read.beyond());
    read.map(|read| (read.instance, read.criterion, read.index)).collect()
}

#[test]
fn valid_sets_are_taken_and_read_nothing_beyond_the_supply() {
    for case in all().iter().filter(|case| case.refusal.is_none()) {
        let content = load(&case.definitions, &case.channel).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        assert_eq!(beyond(&content, sensor_7_11), [], "{}", case.name);
    }
}

#[test]
fn the_july_file_is_taken_and_reads_the_21st_of_20_inputs() {
    let july = samples::july().build().bytes;
    let (definitions, _) = sample();
    let content = load(&definitions, &july).unwrap();
    assert_eq!(beyond(&content, sensor_7_11), [(3, 20, 20)]);
    assert_eq!(beyond(&content, |_| Some(21)), []);
    let without_ipc = |name: &str| sensor_7_11(name).filter(|_| name != "ipc");
    assert_eq!(beyond(&content, without_ipc), []);
    assert!(content.reads(without_ipc).iter().all(|read| [1, 4].contains(&read.instance)));
}

#[test]
fn of_the_sets_that_the_gate_refuses_those_are_taken_that_only_a_gate_can_refuse() {
    let refused = all().into_iter().filter(|case| case.refusal.is_some());
    let taken = refused.filter(|case| load(&case.definitions, &case.channel).is_ok());
    let taken: Vec<_> = taken.map(|case| (case.name, case.refusal.unwrap().code)).collect();
    // What a build supplies, and bytes outside of what the consumer walks or within it twice.
    let expected = [
        ("july-2024", "read-beyond-supply"),
        ("july-2024-range", "read-beyond-supply"),
        ("july-2024-twice", "read-beyond-supply"),
        ("strings-overlap", "overlapping-bytes"),
        ("second-instances", "unreferenced-bytes"),
        ("overlapping-sections", "overlapping-bytes"),
        ("trailing-bytes", "trailing-bytes"),
        ("gap", "unreferenced-bytes"),
        ("unused-string", "unreferenced-bytes"),
    ];
    assert_eq!(taken, expected);
}

/// What the consumer leaves to the gate.
const FOR_THE_GATE: [&str; 4] =
    ["read-beyond-supply", "trailing-bytes", "unreferenced-bytes", "overlapping-bytes"];

#[test]
fn the_consumer_takes_what_the_gate_takes_and_hardly_more() {
    let gate = Gate::new("");
    let (definitions, channel) = sample();
    for at in 0..channel.bytes.len() {
        for value in [0, 1, channel.bytes[at] ^ 0x80] {
            let mut changed = channel.clone();
            changed.bytes[at] = value;
            changed.seal();
            let errors = gate.errors(&definitions, &changed.bytes);
            let loaded = load(&definitions, &changed.bytes);
            let what = format!("{value} at {at}: {loaded:?}");
            assert!(loaded.is_ok() || !errors.is_empty(), "{what}");
            let known = errors.iter().all(|error| FOR_THE_GATE.contains(&error.code));
            assert!(
                loaded.is_err() || known,
                "{what}: {:?}",
                errors.iter().map(|e| e.code).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn the_consumer_takes_the_events_that_their_schema_takes() {
    let mut sources = Sources::default();
    let text = include_str!("../fuzz/driver/event.ksy");
    let source = sources.add("event.ksy", text);
    let error = Severity::Error;
    let severities = Severities { trailing: error, unreferenced: error, overlapping: error };
    let plan = Plan::of_schema(schema::read(source, text), severities).unwrap();
    let agree = |event: &[u8]| {
        let findings = check(&plan, &sources, &[event], &Limits::default());
        let read = Event::read(event).map(|event| event.bytes());
        assert_eq!(read.is_ok(), findings.is_empty(), "{event:?}: {read:?}, {findings:?}");
        assert!(read.is_ok_and(|bytes| bytes == event) || !findings.is_empty(), "{event:?}");
    };
    for (_, event) in matching() {
        let bytes = event.bytes();
        agree(&bytes);
        for at in 0..bytes.len() {
            agree(&bytes[..at]);
            for value in [0, 1, 2, 3, 65, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                agree(&changed);
            }
        }
    }
}

#[test]
fn the_july_case_makes_the_legacy_build_panic_and_no_other() {
    let (definitions, _) = sample();
    let (_, event) = &matching()[3];
    let july = case(&definitions, &samples::july().build().bytes, &event.bytes());
    for (name, build) in Build::NAMED {
        let mut last = None;
        let ran =
            catch_unwind(AssertUnwindSafe(|| run_case(&build, &july, |step| last = Some(step)).unwrap()));
        assert_eq!(ran.is_err(), name == "legacy", "{name}: {ran:?}");
        if ran.is_err() {
            assert_eq!(last, Some(Step::Reads { instance: 3, criterion: 20, index: 20 }));
        }
    }
}

#[test]
fn any_bytes_are_taken_or_rejected_without_a_panic() {
    let (definitions, channel) = sample();
    for length in 0..channel.bytes.len() {
        let mut cut = channel.clone();
        cut.cut(length);
        assert!(load(&definitions, &cut.bytes).is_err(), "cut at {length}, checksum left alone");
        cut.seal();
        assert!(load(&definitions, &cut.bytes).is_err(), "cut at {length}");
    }
    for at in 0..channel.bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = channel.clone();
            changed.bytes[at] = value;
            changed.seal();
            let _ = load(&definitions, &changed.bytes).map(|content| content.reads(sensor_7_11));
            let _ = load(&changed.bytes, &definitions);
        }
    }
    for length in 0..definitions.len() {
        assert!(load(&definitions[..length], &channel.bytes).is_err(), "definitions cut at {length}");
    }
}

#[test]
fn the_digest_tells_behaviour_and_not_bytes() {
    let (definitions, channel) = sample();
    let digest = |channel: &[u8]| load(&definitions, channel).unwrap().digest();
    let whole = digest(&channel.bytes);

    let mut moved = samples::channel();
    moved.sections.reverse();
    moved.notes.clear();
    moved.spare_strings.push("unused".to_owned());
    assert_eq!(digest(&moved.build().bytes), whole);

    assert_ne!(digest(&samples::july().build().bytes), whole);
    for path in ["instances[0].id", "instances[1].flags", "instances[2].confidence", "header.channel_number"]
    {
        let mut changed = channel.clone();
        changed.set(path, changed.get(path) ^ 1);
        changed.seal();
        assert_ne!(digest(&changed.bytes), whole, "{path}");
    }
}

#[test]
fn a_rejection_says_why() {
    let (definitions, channel) = sample();
    let give = |change: &dyn Fn(&mut Built)| {
        let mut file = channel.clone();
        change(&mut file);
        load(&definitions, &file.bytes).unwrap_err()
    };
    assert_eq!(give(&|f| f.cut(3)), Rejected::Short { at: 0, needed: 4 });
    assert_eq!(give(&|f| f.bytes.fill(0)), Rejected::Magic);
    let stated = u32::try_from(channel.get("header.crc32")).unwrap();
    assert_eq!(give(&|f| f.set("header.crc32", 0)), Rejected::Checksum { stated: 0, computed: stated });
    let flags = |f: &mut Built| {
        f.set("instances[0].flags", 8);
        f.seal();
    };
    assert_eq!(give(&flags), Rejected::Value { what: "flags", value: 8 });
    let text = |f: &mut Built| {
        let at = f.range("instances[0].criteria[10].operand.text").start;
        f.bytes[at + 2] = 0xff;
        f.seal();
    };
    assert_eq!(give(&text), Rejected::Text { at: 2 });

    let mut model = samples::channel();
    model.instances[0].criteria[20].field_index = 21;
    model.instances[0].criteria[20].operand = Operand::Wildcard;
    let rejected = load(&definitions, &model.build().bytes).unwrap_err();
    assert_eq!(rejected, Rejected::Value { what: "field index", value: 21 });
}
