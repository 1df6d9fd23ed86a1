//! The corpus's cases on the definitions as a file.

use super::{Case, Draft, Refusal};
use crate::support::channel::Built;

/// Definitions that are wrong in themselves.
pub(super) fn definitions() -> Vec<Case> {
    type Change = fn(&mut Built);
    let sealed: [(_, _, Change, _, _); 7] = [
        (
            "definitions-magic",
            "another magic",
            |f| f.set("header.magic", 0),
            "contents-mismatch",
            "header.magic",
        ),
        (
            "definitions-version",
            "format version 2",
            |f| f.set("header.format_version", 2),
            "value-not-valid",
            { "header.format_version" },
        ),
        (
            "definitions-cut",
            "cut within a field",
            |f| f.cut(f.range("types[2].fields[20].name").end - 4),
            { "unexpected-end" },
            "types[2].fields[20].name",
        ),
        (
            "definitions-count",
            "a count of four types, and data for three",
            |f| f.set("header.num_types", 4),
            { "unexpected-end" },
            "types[3].id",
        ),
        (
            "definitions-data-kind",
            "a field of a kind that does not exist",
            |f| {
                f.set("types[1].fields[4].kind", 99);
            },
            "value-not-valid",
            "types[1].fields[4].kind",
        ),
        (
            "definitions-name",
            "a name that is not ASCII",
            |f| {
                let name = f.range("types[1].fields[2].name");
                f.bytes[name.start] = 0xe9;
            },
            "encoding-error",
            "types[1].fields[2].name",
        ),
        ("definitions-empty", "no bytes at all", |f| f.cut(0), "unexpected-end", "header.magic"),
    ];
    let case = |(name, what, change, code, path): (_, _, Change, _, _)| {
        let draft = Draft::new(name, what).damage_definitions(change).damage_definitions(Built::seal);
        draft.refused_definitions(code, path)
    };
    let mut cases: Vec<Case> = sealed.map(case).into();
    let trailing = Draft::new("definitions-trailing", "two bytes behind the last type")
        .damage_definitions(|file| file.bytes.extend_from_slice(&[0; 2]))
        .damage_definitions(Built::seal);
    let end = trailing.definitions.bytes.len();
    let mut trailing = trailing.refused_definitions("trailing-bytes", "");
    trailing.refusal = trailing.refusal.map(|r| Refusal { range: Some(end - 2..end), ..r });
    cases.push(trailing);
    cases.extend([
        Draft::new("definitions-checksum", "one bit of the checksum")
            .damage_definitions(|file| file.set("header.crc32", file.get("header.crc32") ^ 1))
            .refused_definitions("checksum-mismatch", "header.crc32"),
        Draft::new("definitions-zero", "as long as they should be, and all zero")
            .damage_definitions(|file| file.bytes.fill(0))
            .refused_definitions("contents-mismatch", "header.magic"),
    ]);
    let mut swapped = Draft::new("files-swapped", "each file in the other's place").passed();
    std::mem::swap(&mut swapped.definitions, &mut swapped.channel);
    let path = "channel.header.magic".to_owned();
    swapped.refusal = Some(Refusal { code: "contents-mismatch", path, range: Some(0..4) });
    cases.push(swapped);
    cases
}
