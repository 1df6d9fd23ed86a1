//! Texts out of entropy: near enough to schemas, contracts and manifests to get past their readers.

use arbitrary::Unstructured;

use super::{ASKED, BUILDS, CONTRACT, MANIFEST, OPEN, SCHEMAS};

/// The most edits of one text.
const EDITS: u8 = 6;

/// What edits put in.
const EXPRESSIONS: &[&str] = &[
    "_",
    "_index",
    "_parent",
    "_root",
    "_io",
    "_io.size",
    "_io.pos",
    "_io.eof",
    "_parent._parent",
    "_root._io",
    "0",
    "1",
    "-1",
    "255",
    "0xffff_ffff_ffff_ffff",
    "1 / 0",
    "1 << 63",
    "~0",
    "1.5",
    "true",
    "false",
    "not true",
    "\"a\" + \"b\"",
    "'x'.length",
    "[1, 2, 3]",
    "[1, 300]",
    "[]",
    "items[0]",
    "items.size",
    "items.first",
    "items.last",
    "values.max",
    "kind",
    "kind::text",
    "kind.to_i",
    "flags",
    "len",
    "len + 1",
    "len * len * len",
    "a ? b : c",
    "true ? 1 : 2",
    "body.as<text>",
    "next",
    "total",
    "joined",
    "name",
    "((((1))))",
    "capacity(\"inputs.ipc\")",
    "capacity(1)",
    "definitions.types.size",
    "field_index",
    "type_index",
    "_parent.type_index",
    "\"1\".to_i",
    "1.to_s",
    "f\"{len}, {name}\"",
    "sizeof<u4>",
    "bitsizeof<item>",
    "_sizeof",
    "[].as<bytes>",
    "1e308 * 10",
    "1 +",
    "é",
    "'",
    "(",
];
const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "and", "or", "&&",
    "::", ".",
];
const METHODS: &[&str] = &[
    ".size",
    ".length",
    ".first",
    ".last",
    ".min",
    ".max",
    ".reverse",
    ".to_i",
    ".to_i(16)",
    ".to_i(99)",
    ".to_s",
    ".to_s(\"UTF-8\")",
    ".to_s(\"UTF-16LE\")",
    ".substring(1, 2)",
    ".substring(2, 1)",
    "._io",
    "._parent",
    "._root",
    "._sizeof",
    ".as<u1>",
    ".as<bytes>",
    ".as<u4[]>",
    ".as<item>",
    ".as<text>",
    ".nothing",
];
const SIGNS: &[&str] = &["-", "~", "not ", "+", ""];
const KEYS: &[&str] = &[
    "id: x",
    "type: u1",
    "type: u4be",
    "type: link",
    "type: item",
    "type: strz",
    "type: b3",
    "size: 4",
    "size: len",
    "size-eos: true",
    "repeat: eos",
    "repeat: expr",
    "repeat-expr: num_items",
    "repeat: until",
    "repeat-until: _ == 0",
    "if: flags == 1",
    "pos: 0",
    "pos: flags",
    "io: _root._io",
    "value: 1",
    "value: value",
    "enum: kind",
    "valid: 1",
    "valid: {min: 1, max: 2}",
    "valid: {expr: _ > 0}",
    "valid: {in-enum: true}",
    "contents: [1, 2]",
    "encoding: UTF-8",
    "terminator: 0",
    "consume: false",
    "process: zlib",
    "process: xor(len)",
    "process: xor([1, 2])",
    "process: rol(3)",
    "process: made_up(1)",
    "pad-right: 0",
    "terminator: [0, 0]",
    "include: true",
    "eos-error: false",
    "parent: false",
    "parent: _root",
    "type: b12le",
    "type: node(1, 2)",
    "type: u2",
    "bit-endian: le",
    "ks-opaque-types: true",
    "to-string: name",
    "encoding: UTF-16LE",
    "encoding: SJIS",
    "-checksum: {algorithm: sha256, fields: [flags]}",
    "params: [{id: p, type: u4}]",
    "-checksum: {algorithm: crc32}",
    "-checksum: {algorithm: crc32, end: 4, own-bytes: skip}",
    "doc: words",
    "imports: [a]",
    "endian: be",
    "params: []",
    "types: {}",
    "seq: []",
    "instances: {}",
    "enums: {kind: {1: one}}",
    "&a [*a]",
    "<<: {}",
    "? [x] : y",
];
const LINES: &[&str] = &[
    "[[read]]",
    "[[rule]]",
    "[[declared]]",
    "[[reference]]",
    "[[not-null]]",
    "[[count]]",
    "[[width]]",
    "[[required]]",
    "[[pair]]",
    "[[unique]]",
    "[[growth]]",
    "[[novel]]",
    "[[pattern]]",
    "ratio = 1.5",
    "values = [\"kind\", \"len\"]",
    "pattern = \"again\"",
    "match = \"whole\"",
    "baseline = \"b\"",
    "at = \"open\"",
    "at = \"open.items[]\"",
    "at = \"open.items[].len\"",
    "at = \"open.rest[]\"",
    "at = \"open.optional\"",
    "length = \"2\"",
    "null = \"0\"",
    "within = \"open\"",
    "within = \"open.items[]\"",
    "within = \"_io.size\"",
    "reference = \"len\"",
    "value = \"_\"",
    "value = \"len\"",
    "bytes = \"capacity('width')\"",
    "bytes = \"0\"",
    "signed = false",
    "key = \"_\"",
    "key = \"len\"",
    "first = \"kind\"",
    "second = \"len\"",
    "refused = [[\"kind::text\", \"1\"]]",
    "refused = [[\"1\"], []]",
    "when = \"capacity('items') > 100\"",
    "[files]",
    "[contract]",
    "at = \"channel\"",
    "at = \"channel.instances[]\"",
    "at = \"channel.instances[].criteria[]\"",
    "at = \"channel.instances\"",
    "at = \"channel.sections[].kind\"",
    "at = \"definitions.types[].fields[]\"",
    "at = \"nowhere\"",
    "at = \"channel.header.release\"",
    "index = \"field_index\"",
    "index = \"_\"",
    "when = \"true\"",
    "when = \"kind == criterion_kind::exact\"",
    "capacity = \"'inputs.ipc'\"",
    "capacity = \"'nothing'\"",
    "assert = \"_.size < capacity('inputs.ipc')\"",
    "assert = \"_parent.id > 0\"",
    "assert = \"id != 0\"",
    "count = \"num_fields\"",
    "because = \"so\"",
    "unknown = \"refused\"",
    "unknown = \"ignored\"",
    "[capacity.\"a b\"]",
    "needs = \"observed\"",
    "from = \"x\"",
    "state = \"candidate\"",
    "capacity.\"inputs.ipc\" = { value = 0, evidence = \"declared\" }",
    "capacity.\"inputs.ipc\" = { value = 21, evidence = \"observed\", beyond = \"no-match\" }",
    "x = 1",
    "= ",
];

/// An expression: operands and operators at random, or the raw bytes.
pub(super) fn expression(entropy: &mut Unstructured<'_>) -> String {
    if entropy.ratio(1u8, 8u8).unwrap_or(false) {
        return raw(entropy);
    }
    let mut text = operand(entropy);
    for _ in 0..entropy.int_in_range(0..=12u8).unwrap_or(0) {
        let other = operand(entropy);
        text = match entropy.int_in_range(0..=7u8) {
            Ok(0..=2) => format!("{text} {} {other}", pick(OPERATORS, entropy)),
            Ok(3) => format!("({text}){}", pick(METHODS, entropy)),
            Ok(4) => format!("{text} ? {other} : {}", operand(entropy)),
            Ok(5) => format!("[{text}, {other}]"),
            Ok(6) => format!("({text})[{other}]"),
            Ok(_) => format!("{}({text})", pick(SIGNS, entropy)),
            Err(_) => break,
        };
    }
    text
}

fn operand(entropy: &mut Unstructured<'_>) -> String {
    match entropy.int_in_range(0..=3u8) {
        Ok(0) => entropy.arbitrary::<i64>().unwrap_or_default().to_string(),
        Ok(1) => entropy.arbitrary::<i8>().unwrap_or_default().to_string(),
        _ => pick(EXPRESSIONS, entropy).to_string(),
    }
}

/// A schema: one of ours with edits, or the raw bytes.
pub(super) fn schema(entropy: &mut Unstructured<'_>) -> String {
    let base = match entropy.int_in_range(0..=3u8) {
        Ok(0) => SCHEMAS.first().map_or("", |s| s.1),
        Ok(1) => SCHEMAS.last().map_or("", |s| s.1),
        Ok(2) => OPEN,
        _ => return raw(entropy),
    };
    edited(base, entropy, |line, entropy| {
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        let indent = &indent;
        if entropy.ratio(1u8, 2u8).unwrap_or(false)
            && let Some((key, _)) = line.split_once(": ")
        {
            return Some(format!("{key}: {}", pick(EXPRESSIONS, entropy)));
        }
        let dash = if line.trim_start().starts_with("- ") { "  " } else { "" };
        Some(format!("{line}\n{indent}{dash}{}", pick(KEYS, entropy)))
    })
}

/// A contract: one of ours with edits, or the raw bytes.
pub(super) fn contract(entropy: &mut Unstructured<'_>) -> String {
    let base = if entropy.ratio(1u8, 2u8).unwrap_or(false) { CONTRACT } else { ASKED };
    toml(base, entropy)
}

/// A manifest: one of ours with edits, or the raw bytes.
pub(super) fn manifest(entropy: &mut Unstructured<'_>) -> String {
    let base = entropy.choose(&BUILDS).copied().unwrap_or(MANIFEST);
    toml(if entropy.ratio(1u8, 2u8).unwrap_or(false) { MANIFEST } else { base }, entropy)
}

fn toml(base: &str, entropy: &mut Unstructured<'_>) -> String {
    if entropy.ratio(1u8, 8u8).unwrap_or(false) {
        return raw(entropy);
    }
    edited(base, entropy, |line, entropy| {
        if entropy.ratio(1u8, 2u8).unwrap_or(false)
            && let Some((key, _)) = line.split_once(" = ")
        {
            return Some(format!("{key} = '''{}'''", pick(EXPRESSIONS, entropy)));
        }
        Some(format!("{line}\n{}", pick(LINES, entropy)))
    })
}

/// A text with some of its lines changed, dropped or doubled.
fn edited(
    base: &str,
    entropy: &mut Unstructured<'_>,
    change: impl Fn(&str, &mut Unstructured<'_>) -> Option<String>,
) -> String {
    let mut lines: Vec<String> = base.lines().map(str::to_string).collect();
    for _ in 0..entropy.int_in_range(0..=EDITS).unwrap_or(0) {
        let Ok(row) = entropy.choose_index(lines.len()) else { break };
        let Some(line) = lines.get_mut(row) else { break };
        match entropy.int_in_range(0..=7u8) {
            Ok(0) => line.clear(),
            Ok(1) => *line = format!("{line}\n{line}"),
            Ok(2) => line.insert(0, ' '),
            Ok(_) => *line = change(line, entropy).unwrap_or_default(),
            Err(_) => break,
        }
    }
    lines.join("\n")
}

fn pick<'t>(texts: &[&'t str], entropy: &mut Unstructured<'_>) -> &'t str {
    entropy.choose(texts).copied().unwrap_or_default()
}

/// The entropy itself, as text.
fn raw(entropy: &mut Unstructured<'_>) -> String {
    let len = entropy.len() / 2;
    String::from_utf8_lossy(entropy.bytes(len).unwrap_or_default()).into_owned()
}
