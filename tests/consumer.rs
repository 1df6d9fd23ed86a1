//! The model of the consumer does what its words say; other tests rest on it.

#[cfg(test)]
mod support;

use support::cases::all;
use support::channel::{Built, Operand};
use support::consumer::{Content, Rejected, load};
use support::samples::{self, sensor_7_11};

fn sample() -> (Vec<u8>, Built) {
    (samples::definitions().build().bytes, samples::channel().build())
}

fn beyond(content: &Content, supply: impl Fn(&str) -> Option<u64>) -> Vec<(usize, usize, u64)> {
    let read = content.evaluate(supply).into_iter().filter(|read| read.beyond());
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
    let content = load(&sample().0, &july).unwrap();
    assert_eq!(beyond(&content, sensor_7_11), [(3, 20, 20)]);
    assert_eq!(beyond(&content, |_| Some(21)), []);
    let without_ipc = |name: &str| sensor_7_11(name).filter(|_| name != "ipc");
    assert_eq!(beyond(&content, without_ipc), []);
    assert!(content.evaluate(without_ipc).iter().all(|read| [1, 4].contains(&read.instance)));
}

#[test]
fn sets_whose_bytes_are_sound_to_the_driver_are_those_that_only_a_gate_can_refuse() {
    let taken = all().into_iter().filter(|case| case.refusal.is_some());
    let taken = taken.filter(|case| load(&case.definitions, &case.channel).is_ok());
    let mut codes: Vec<_> = taken.map(|case| (case.name, case.refusal.unwrap().code)).collect();
    codes.retain(|(_, code)| {
        !["read-beyond-supply", "trailing-bytes", "unreferenced-bytes", "overlapping-bytes"].contains(code)
    });
    // What is left concerns the notes alone, which the driver skips.
    let names: Vec<_> = codes.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["cut-last-byte", "note-kind-unknown", "note-unterminated"]);
}

#[test]
fn any_bytes_are_taken_or_rejected_without_a_panic() {
    let (definitions, channel) = sample();
    for length in 0..channel.bytes.len() {
        let mut cut = channel.clone();
        cut.cut(length);
        assert!(load(&definitions, &cut.bytes).is_err(), "cut at {length}, checksum left alone");
        cut.seal();
        let taken = load(&definitions, &cut.bytes).is_ok();
        assert_eq!(taken, length >= channel.range("sections[1].body").end, "cut at {length}");
    }
    for at in 0..channel.bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = channel.clone();
            changed.bytes[at] = value;
            changed.seal();
            let _ = load(&definitions, &changed.bytes).map(|content| content.evaluate(sensor_7_11));
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
