//! The corpus's cases on the channel file's layout: header, sections, length, checksum.

use super::{Case, Draft, overwritten};
use crate::support::channel::{Built, Note, SectionKind};
use crate::support::samples;

/// Headers that say what is not so.
pub(super) fn header() -> Vec<Case> {
    let invalid = "value-not-valid";
    let mut cases = overwritten(&[
        (
            "wrong-magic",
            "another magic",
            "header.magic",
            u64::from(u32::from_le_bytes(*b"BGCX")),
            "contents-mismatch",
        ),
        ("version-unknown", "format version 3", "header.format_version", 3, invalid),
        ("instances-index-outside", "no such entry in the section table", "header.idx_instances", 3, invalid),
        (
            "strings-index-outside",
            "no such entry in the section table",
            "header.idx_strings",
            0xffff,
            invalid,
        ),
        ("ring-unknown", "a ring that does not exist", "header.release.ring", 9, invalid),
        ("release-reserved", "reserved bytes in use", "header.release.reserved", 1, "contents-mismatch"),
    ]);
    let swapped = Draft::new("section-of-other-kind", "the header takes instances for strings and back")
        .patch(|file| {
            file.set("header.idx_instances", 1);
            file.set("header.idx_strings", 0);
        })
        .refused("value-not-valid", "sections[0]");
    cases.push(swapped);
    cases
}

/// Files that end too early.
pub(super) fn cuts() -> Vec<Case> {
    type At = fn(&Built) -> usize;
    let end = "unexpected-end";
    let cases: [(_, _, At, _); 8] = [
        ("empty-file", "no bytes at all", |_| 0, "header.magic"),
        ("cut-in-magic", "cut after 2 bytes", |_| 2, "header.magic"),
        ("cut-in-header", "cut within the header", |_| 20, "header.build_stamp"),
        ("cut-in-table", "cut within the section table", |f| f.range("sections[1].ofs_body").start + 2, {
            "sections[1].ofs_body"
        }),
        (
            "cut-after-table",
            "cut before the first section",
            |f| f.range("sections[2]").end,
            "sections[0].body",
        ),
        ("cut-in-instances", "cut within an instance", |f| f.range("instances[3]").start + 3, {
            "sections[0].body"
        }),
        (
            "cut-in-strings",
            "cut within the strings",
            |f| f.range("sections[1].body").end - 9,
            "sections[1].body",
        ),
        ("cut-last-byte", "the last byte is missing", |f| f.bytes.len() - 1, "sections[2].body"),
    ];
    let case = |(name, what, at, path): (_, _, At, _)| {
        Draft::new(name, what).patch(|file| file.cut(at(file))).refused_at(end, path, None)
    };
    cases.map(case).into()
}

/// Section tables and sections.
pub(super) fn sections() -> Vec<Case> {
    let invalid = "value-not-valid";
    let mut cases = overwritten(&[
        ("section-kind-unknown", "a section of a kind that does not exist", "sections[2].kind", 9, invalid),
        ("section-reserved", "reserved bytes in use", "sections[1].reserved", 1, invalid),
        (
            "strings-with-count",
            "a count for the strings, which have none",
            "sections[1].num_entries",
            7,
            invalid,
        ),
    ]);
    let outside = [
        (
            "offset-outside",
            "a section that begins behind the end of the file",
            "ofs_body",
            "position-outside",
        ),
        ("length-outside", "a section that ends behind the end of the file", "len_body", "unexpected-end"),
    ];
    cases.extend(outside.map(|(name, what, field, code)| {
        Draft::new(name, what)
            .patch(|file| file.set(&format!("sections[1].{field}"), 0x7fff_fff0))
            .refused_at(code, "sections[1].body", None)
    }));
    let count = "sections[0].num_entries";
    let below = Draft::new("count-below-data", "a count of five instances, and data for six")
        .patch(|file| file.set(count, 5));
    let sixth = below.part("instances[5]");
    let second = Draft::new("second-instances", "two sections of instances: nobody reads the second")
        .model(|file| file.sections.push(SectionKind::Instances));
    let copy = second.part("sections[3].body");
    let overlapping = Draft::new("overlapping-sections", "a section of notes inside an instance")
        .model(|file| file.notes.clear())
        .patch(|file| {
            let flags = file.range("instances[0].flags");
            file.set("sections[2].ofs_body", flags.start);
            file.set("sections[2].len_body", flags.len());
            file.set("sections[2].num_entries", 1);
        });
    let flags = overlapping.part("instances[0].flags");
    cases.extend([
        Draft::new("count-beyond-data", "a million instances, and data for six")
            .patch(|file| file.set(count, 1_000_000))
            .refused("unexpected-end", "instances[6].id"),
        below.refused_at("unreferenced-bytes", "sections[0].body", Some(sixth)),
        second.refused_at("unreferenced-bytes", "sections[3].body", Some(copy)),
        overlapping.refused_at("overlapping-bytes", "sections[2].body", Some(flags)),
        Draft::new("note-kind-unknown", "a note of a kind that does not exist")
            .model(|file| file.notes.push(Note(4, "?".to_owned())))
            .refused("value-not-valid", "sections[2].body.notes[3].kind"),
        Draft::new("note-unterminated", "the last note has no zero byte at its end")
            .patch(|file| {
                let last = file.range("sections[2].body").end - 1;
                file.bytes[last] = b'!';
            })
            .refused("terminator-missing", "sections[2].body.notes[2].text"),
    ]);
    cases
}

/// Bytes that belong to nothing.
pub(super) fn undescribed() -> Vec<Case> {
    let trailing = Draft::new("trailing-bytes", "16 bytes behind the last section");
    let end = trailing.channel.bytes.len();
    let gap = Draft::new("gap", "16 bytes between section table and sections")
        .model(|file| file.padding = vec![0; 16]);
    let padding = gap.part("padding");
    let unused = Draft::new("unused-string", "a string in the pool that no operand refers to")
        .model(|file| file.spare_strings.push("left over".to_owned()));
    let pool_end = unused.part("sections[1].body").end;
    vec![
        trailing.patch(|file| file.bytes.extend_from_slice(&[0xaa; 16])).refused_at(
            "trailing-bytes",
            "",
            Some(end..end + 16),
        ),
        gap.refused_at("unreferenced-bytes", "", Some(padding)),
        unused.refused_at(
            "unreferenced-bytes",
            "sections[1].body",
            Some(pool_end - "left over".len()..pool_end),
        ),
    ]
}

/// Damage under an unchanged checksum.
pub(super) fn damage() -> Vec<Case> {
    let checksum = ("checksum-mismatch", "header.crc32");
    let stale = |file: &mut Built| {
        let mut earlier = samples::channel();
        earlier.build_stamp -= 86_400;
        earlier.release.0 -= 1;
        let withdrawn = earlier.instances[0].clone();
        earlier.instances.insert(2, withdrawn);
        let earlier = earlier.build().bytes;
        file.bytes[512..1024].copy_from_slice(&earlier[512..1024]);
    };
    vec![
        Draft::new("checksum-wrong", "one bit of the checksum")
            .damage(|file| file.set("header.crc32", file.get("header.crc32") ^ 1))
            .refused(checksum.0, checksum.1),
        Draft::new("flipped-bit", "one bit of a string")
            .damage(|file| {
                let text = file.range("instances[0].criteria[10].operand.text");
                file.bytes[text.start + 9] ^= 1;
            })
            .refused(checksum.0, checksum.1),
        Draft::new("stale-sector", "bytes 512 to 1023 are those of an earlier file of the channel")
            .damage(stale)
            .refused(checksum.0, checksum.1),
        Draft::new("zero-sector", "bytes 512 to 1023 are zero")
            .damage(|file| file.bytes[512..1024].fill(0))
            .refused(checksum.0, checksum.1),
        Draft::new("all-zero", "as long as it should be, and all zero")
            .damage(|file| file.bytes.fill(0))
            .refused("contents-mismatch", "header.magic"),
    ]
}
