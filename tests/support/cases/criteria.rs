//! The corpus's cases on instances, their criteria and the strings of these; the sound sets.

use super::{Case, Draft, overwritten};
use crate::support::channel::{Criterion, Definitions, Instance, Note, Operand, SectionKind};
use crate::support::samples::{self, FILE, IPC, PROCESS, exact, instance, pattern, prefix, whole};

/// The sound sets.
pub(super) fn valid() -> Vec<Case> {
    let within = || [(10, pattern(r"\Device\NamedPipe\*")), (19, Operand::Range(1, u64::MAX))];
    let declare_20 = |model: &mut Definitions| model.types[usize::from(IPC)].fields.truncate(20);
    vec![
        Draft::new("wildcard-21st", "a wildcard in the 21st field: the July file's harmless sibling")
            .passed(),
        Draft::new("within-20", "criteria on the first 20 fields of IPC, the last of them no wildcard")
            .model(|file| file.instances = vec![instance(1, IPC, 20, &within()), instance(2, IPC, 20, &[])])
            .passed(),
        Draft::new("declares-20", "the same, with definitions that declare 20 fields")
            .define(declare_20)
            .model(|file| file.instances = vec![instance(1, IPC, 20, &within()), instance(2, IPC, 20, &[])])
            .passed(),
        Draft::new("version-1", "format version 1: no release, no confidence, no notes")
            .model(|file| {
                file.version = 1;
                file.sections.pop();
            })
            .passed(),
        Draft::new("all-kinds", "each kind of criterion in one instance")
            .model(|f| f.instances = kinds())
            .passed(),
        Draft::new("no-instances", "nothing to look for: both sections are empty")
            .model(|file| file.instances.clear())
            .passed(),
        Draft::new("shared-section", "two entries of the section table for the same notes")
            .model(|file| file.sections.push(SectionKind::Notes))
            .patch(|file| {
                let start = file.get("sections[2].ofs_body");
                file.set("sections[3].ofs_body", start);
                file.cut(file.range("sections[3].body").start);
            })
            .passed(),
        Draft::new("no-criteria", "an instance without criteria")
            .model(|file| file.instances.push(instance(7, FILE, 0, &[])))
            .passed(),
        Draft::new("sections-reordered", "the strings first, the instances last")
            .model(|file| file.sections.reverse())
            .passed(),
        large(),
    ]
}

fn kinds() -> Vec<Instance> {
    vec![whole(
        1,
        PROCESS,
        &[
            (0, Operand::Range(4, 4)),
            (1, prefix(r"\Device\HarddiskVolume3\Temp\")),
            (2, pattern("* -enc *")),
            (3, exact("SYSTEM")),
            (9, exact("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")),
        ],
    )]
}

fn large() -> Case {
    let fill = |number: u32| {
        let long = format!("*{}*", format!("{number:04}").repeat(100));
        let mut instance =
            whole(u32::MAX - number, IPC, &[(2, pattern(&long)), (5, Operand::Range(0, u64::MAX))]);
        (instance.flags, instance.confidence) = (7, 100);
        instance
    };
    Draft::new("large", "all 16 sections, 64 instances, and the greatest numbers that fit")
        .model(|file| {
            (file.channel_number, file.build_stamp, file.release) = (u32::MAX, u64::MAX, (u32::MAX, 2));
            file.instances = (0..64).map(fill).collect();
            file.sections.resize(16, SectionKind::Notes);
            file.notes.push(Note(3, String::new()));
        })
        .passed()
}

/// Sets that are wrong only for their consumer, or only together.
pub(super) fn reads_and_rules() -> Vec<Case> {
    let (read, outside) = ("read-beyond-supply", "reference-outside");
    let extra = |operand: Operand| Criterion { field_index: 12, operand };
    vec![
        Draft::new(
            "july-2024",
            "a pattern in the 21st field of one instance, else the same as `wildcard-21st`",
        )
        .model(|file| *file = samples::july())
        .refused(read, "instances[3].criteria[20]"),
        Draft::new("july-2024-range", "the same with a range")
            .model(|file| file.instances[3].criteria[20].operand = Operand::Range(0, 9))
            .refused(read, "instances[3].criteria[20]"),
        Draft::new("july-2024-twice", "the same in two instances")
            .model(|file| {
                file.instances[3].criteria[20].operand = pattern(r"NT AUTHORITY\*");
                file.instances[5].criteria[20].operand = exact("S-1-5-18");
            })
            .refused(read, "instances[3].criteria[20]"),
        Draft::new("field-beyond-declared", "a wildcard for the 13th of 12 declared fields")
            .model(|file| file.instances[4].criteria.push(extra(Operand::Wildcard)))
            .refused(outside, "instances[4].criteria[12].field_index"),
        Draft::new("field-beyond-declared-read", "the same with a pattern, which is evaluated")
            .model(|file| file.instances[4].criteria.push(extra(pattern("C:"))))
            .refused(outside, "instances[4].criteria[12].field_index"),
        Draft::new("torn-set", "definitions of an earlier release, without the IPC type")
            .define(|model| model.types.truncate(2))
            .refused(outside, "instances[0].type_index"),
        Draft::new("torn-set-fields", "definitions that declare 20 fields of IPC, and criteria on 21")
            .define(|model| drop(model.types[usize::from(IPC)].fields.pop()))
            .refused(outside, "instances[0].criteria[20].field_index"),
    ]
}

/// Instances and criteria that are wrong in themselves.
pub(super) fn criteria() -> Vec<Case> {
    let invalid = "value-not-valid";
    let mut cases = overwritten(&[
        ("flags-unknown", "a flag that does not exist", "instances[1].flags", 8, invalid),
        ("confidence-above-100", "101 percent", "instances[2].confidence", 101, invalid),
        (
            "criterion-kind-unknown",
            "a criterion of a kind that does not exist",
            { "instances[3].criteria[20].kind" },
            5,
            invalid,
        ),
        (
            "range-reversed",
            "a range that ends before it begins",
            "instances[0].criteria[13].operand.hi",
            0,
            invalid,
        ),
    ]);
    let operands = [
        ("operand-too-long", "20 bytes for a range", 3, 20),
        ("operand-too-short", "8 bytes for a range", 3, 8),
        ("wildcard-with-operand", "8 bytes for a wildcard", 0, 8),
    ];
    cases.extend(operands.map(|(name, what, kind, length)| {
        Draft::new(name, what)
            .model(|file| file.instances[0].criteria[13].operand = Operand::Raw(kind, vec![0; length]))
            .refused(invalid, "instances[0].criteria[13].len_operand")
    }));
    let beyond =
        Draft::new("criteria-beyond-data", "a count of 22 criteria in the last instance, and data for 21")
            .patch(|file| file.set("instances[5].num_criteria", 22))
            .refused("unexpected-end", "instances[5].criteria[21].field_index");
    cases.push(beyond);
    cases
}

/// Operands that refer to the wrong bytes.
pub(super) fn strings() -> Vec<Case> {
    let invalid = "value-not-valid";
    let (offset, length) =
        ("instances[5].criteria[17].operand.ofs_text", "instances[5].criteria[17].operand.len_text");
    let text = "instances[0].criteria[10].operand.text";
    let mut cases = overwritten(&[
        ("string-offset-outside", "a string that begins behind the pool", offset, 0xffff_fff8, invalid),
        ("string-length-outside", "a string that ends behind the pool", length, 0xffff_fff8, invalid),
        ("string-empty", "an empty string", length, 0, invalid),
    ]);
    cases.push(
        Draft::new("string-not-utf-8", "a byte that UTF-8 never has")
            .patch(|file| {
                let start = file.range(text).start;
                file.bytes[start] = 0xff;
            })
            .refused("encoding-error", text),
    );
    let overlap =
        Draft::new("strings-overlap", "a string that runs four bytes into the next").patch(|file| {
            let length = "instances[0].criteria[10].operand.len_text";
            file.set(length, file.get(length) + 4);
        });
    let end = overlap.part(text).end;
    // Whoever comes second to bytes is told.
    let next = "instances[1].criteria[1].operand.text";
    cases.push(overlap.refused_at("overlapping-bytes", next, Some(end..end + 4)));
    cases
}
