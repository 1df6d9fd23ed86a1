//! Hostile schemas and files: each ends with a finding, within a memory limit that the kernel keeps.

#![cfg(target_os = "linux")]

#[cfg(test)]
#[path = "support/attack.rs"]
mod attack;

use attack::Attack;

/// Address space of the attacked process in KiB: all its memory, its stacks and what it maps.
const MEMORY: u64 = 700 << 10;

#[track_caller]
fn refused(name: &str, schema: &str, content: &[u8], code: &str, word: &str) {
    let output = Attack::new(name, schema, content).run(MEMORY);
    assert_eq!(output.code, Some(1), "{name}: {}", output.text);
    assert!(output.text.contains(&format!("[{code}]")), "{name}: {}", output.text);
    assert!(output.text.contains(word), "{name}: {}", output.text);
}

#[track_caller]
fn limited(name: &str, schema: &str, content: &[u8], limit: &str) {
    refused(name, schema, content, "limit-exceeded", &format!("`{limit}`"));
}

#[track_caller]
fn not_a_schema(name: &str, schema: &str, word: &str) {
    let output = Attack::new(name, schema, b"").run(MEMORY);
    assert_eq!(output.code, Some(2), "{name}: {}", output.text);
    assert!(output.text.contains(word), "{name}: {}", output.text);
}

#[test]
fn a_type_within_itself_ends_at_the_depth() {
    limited(
        "recursion",
        "{meta: {id: a}, seq: [{id: next, type: node}], types: {node: {seq: [{id: next, type: node}]}}}",
        b"",
        "depth",
    );
    limited(
        "recursion-in-regions",
        "{meta: {id: a}, seq: [{id: next, type: node}], types: {node: {seq: [{id: next, type: node, size-eos: true}]}}}",
        b"x",
        "depth",
    );
}

#[test]
fn many_elements_without_bytes_end_at_their_own_limit() {
    let counted = "{meta: {id: a, endian: le}, seq: [{id: n, type: u4}, {id: all, type: nothing, repeat: expr, repeat-expr: n}], types: {nothing: {}}}";
    limited("empty-objects", counted, &20_000_000u32.to_le_bytes(), "empty-elements");
    let most = "{meta: {id: a, endian: le}, seq: [{id: n, type: u8}, {id: all, size: 0, repeat: expr, repeat-expr: n}], instances: {last: {value: all.last}}}";
    limited("empty-bytes", most, &u64::MAX.to_le_bytes(), "empty-elements");
    let until = "{meta: {id: a}, seq: [{id: all, size: 0, repeat: until, repeat-until: 'false'}]}";
    limited("never-ending", until, b"", "empty-elements");
}

#[test]
fn sizes_and_counts_are_not_reserved() {
    let size = "{meta: {id: a, endian: le}, seq: [{id: n, type: u4}, {id: body, size: n}]}";
    refused("size", size, &[0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0], "unexpected-end", "2147483647 bytes");
    let count = "{meta: {id: a, endian: le}, seq: [{id: n, type: u8}, {id: body, type: u1, repeat: expr, repeat-expr: n}]}";
    refused("count", count, &[0xff; 16], "unexpected-end", "body[8]");
    let product = "{meta: {id: a, endian: le}, seq: [{id: n, type: u8}, {id: body, size: n * n * n}]}";
    refused("product", product, &[0xff; 16], "integer-overflow", "overflows");
}

#[test]
fn pointers_that_lead_back_end() {
    let itself = "{meta: {id: a}, seq: [{id: at, type: u1}], instances: {next: {pos: at, type: a}}}";
    let output = Attack::new("pointer-to-itself", itself, b"\0").run(MEMORY);
    assert_eq!(output.code, Some(0), "{}", output.text);
    let reader = "{meta: {id: a}, seq: [{id: at, type: node}], types: {node: {seq: [{id: at, type: u1}], instances: {up: {value: _parent._io.size}, next: {pos: at, type: node}}}}}";
    let output = Attack::new("pointer-with-parent", reader, b"\x01\0").run(MEMORY);
    assert!(matches!(output.code, Some(0 | 1)), "{}", output.text);
    let passed = "{meta: {id: a}, seq: [{id: first, type: node(0)}], types: {node: {params: [{id: n, type: u8}], instances: {next: {pos: 0, type: node(n + 1)}}}}}";
    limited("pointer-with-counter", passed, b"\0", "depth");
}

#[test]
fn what_is_remembered_is_bounded() {
    let kept =
        "{meta: {id: a}, seq: [{id: all, type: u1, repeat: eos}], instances: {first: {value: all.first}}}";
    limited("kept-numbers", kept, &vec![1; 16 << 20], "held-bytes");
    let objects = "{meta: {id: a}, seq: [{id: all, type: b, repeat: eos}], instances: {first: {value: all.first.n}}, types: {b: {seq: [{id: n, type: u1}]}}}";
    limited("kept-objects", objects, &vec![1; 16 << 20], "held-bytes");
    let gaps = "{meta: {id: a}, seq: [{id: all, type: b(_index), repeat: expr, repeat-expr: _io.size / 4}], types: {b: {params: [{id: row, type: u4}], seq: [{id: n, type: u1}], instances: {far: {pos: _io.size / 4 + row * 2 + 1, type: u1}}}}}";
    limited("scattered-bytes", gaps, &vec![1; 48 << 20], "held-bytes");
    let places = "{meta: {id: a}, seq: [{id: all, type: b(_index), repeat: expr, repeat-expr: _io.size / 2}], types: {b: {params: [{id: row, type: u4}], seq: [{id: n, type: u1}], instances: {far: {pos: _io.size / 2 + row, size: 1}}}}}";
    limited("remembered-places", places, &vec![1; 8 << 20], "held-bytes");
}

#[test]
fn texts_that_double_end_at_a_limit() {
    let mut schema = "{meta: {id: a, encoding: ASCII}, seq: [{id: s, type: str, size-eos: true}], instances: {x0: {value: s}".to_string();
    for n in 0..31 {
        schema.push_str(&format!(", x{}: {{value: x{n} + x{n}}}", n + 1));
    }
    schema.push_str(", end: {pos: 0, size: x31.length}}}");
    limited("doubling", &schema, &[b'x'; 16], "held-bytes");
}

#[test]
fn long_texts_end_at_a_limit() {
    let text = "{meta: {id: a, encoding: UTF-16LE}, seq: [{id: s, type: str, size-eos: true}]}";
    limited("long-text", text, &vec![b'x'; 40 << 20], "string-bytes");
}

#[test]
fn compressed_bytes_that_swell_end_at_a_limit() {
    let one = "{meta: {id: a}, seq: [{id: body, size-eos: true, process: zlib}]}";
    limited("bomb", one, &attack::deflated(&vec![0; 256 << 20]), "held-bytes");
    let all = "{meta: {id: a, endian: le}, seq: [{id: all, type: b, repeat: eos}], types: {b: {seq: [{id: len, type: u4}, {id: body, size: len, process: zlib}]}}}";
    let bomb = attack::deflated(&vec![0; 8 << 20]);
    let one_of_many = [u32::try_from(bomb.len()).unwrap().to_le_bytes().as_slice(), &bomb].concat();
    // The default takes a debug build long.
    let output = Attack::new("many-bombs", all, &one_of_many.repeat(200))
        .arguments(&["--limit", "decoded-bytes=100MiB"])
        .run(MEMORY);
    assert_eq!(output.code, Some(1), "{}", output.text);
    assert!(output.text.contains("`decoded-bytes`"), "{}", output.text);
    let twice = attack::deflated(&attack::deflated(&vec![0; 256 << 20]));
    let nested = "{meta: {id: a}, seq: [{id: body, size-eos: true, process: zlib, type: b}], types: {b: {seq: [{id: body, size-eos: true, process: zlib}]}}}";
    limited("bomb-in-bomb", nested, &twice, "held-bytes");
}

#[test]
fn the_same_bytes_again_and_again_end_at_a_limit() {
    let again = "{meta: {id: a}, seq: [{id: one, size: 1000000}, {id: other, size: 1000000}, {id: all, type: u1, repeat: eos, valid: {expr: _root.one == _root.other}}]}";
    let output = Attack::new("quadratic", again, &vec![b'x'; 4_000_000])
        .arguments(&["--limit", "scanned-bytes=1GiB"])
        .run(MEMORY);
    assert_eq!(output.code, Some(1), "{}", output.text);
    assert!(output.text.contains("`scanned-bytes`"), "{}", output.text);
}

#[test]
fn schemas_that_swell_are_refused() {
    let mut aliases = "meta: {id: a}\n-x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_string();
    for n in 1..12 {
        let all = vec![format!("*x{}", n - 1); 10].join(", ");
        aliases.push_str(&format!("-x{n}: &x{n} [{all}]\n"));
    }
    not_a_schema("aliases", &aliases, "`yaml-nodes`");
    let deep = format!("{{meta: {{id: a}}, -x: {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    not_a_schema("nesting", &deep, "error");
    let expression = format!("{{meta: {{id: a}}, instances: {{x: {{value: '{}1'}}}}}}", "-".repeat(60_000));
    not_a_schema("signs", &expression, "fewer nested levels");
    let brackets = format!(
        "{{meta: {{id: a}}, instances: {{x: {{value: '{}1{}'}}}}}}",
        "(".repeat(30_000),
        ")".repeat(30_000)
    );
    not_a_schema("brackets", &brackets, "fewer nested levels");
    let long = format!("{{meta: {{id: a}}, instances: {{x: {{value: '1{}'}}}}}}", " + 1".repeat(16_000));
    not_a_schema("long-sum", &long, "fewer nested levels");
}
