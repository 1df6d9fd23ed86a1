//! What a dump promises, shown on small schemas.

use super::*;
use crate::schema::read;

struct Shown {
    text: String,
    dumped: Dumped,
}

fn compiled(body: &str) -> (Plan, Sources) {
    let text = format!("meta: {{id: t, endian: le, encoding: ASCII}}\n{body}\n");
    let mut sources = Sources::default();
    let source = sources.add("t.ksy", text.as_str());
    let schema = read(source, &text);
    (plan(schema, Processors::default()).unwrap_or_else(|e| panic!("{e:?}\n{text}")), sources)
}

fn shown_with(body: &str, bytes: &[u8], limits: &Limits, change: impl FnOnce(&Plan, &mut Options)) -> Shown {
    let (plan, sources) = compiled(body);
    let mut options = Options::default();
    change(&plan, &mut options);
    let mut out = Vec::new();
    let dumped = dump(&plan, &sources, ("t.bin", bytes), &options, limits, &mut out).unwrap();
    Shown { text: String::from_utf8(out).unwrap(), dumped }
}

fn shown(body: &str, bytes: &[u8], change: impl FnOnce(&mut Options)) -> Shown {
    shown_with(body, bytes, &Limits::default(), |_, options| change(options))
}

/// The lines of a file's tree below its first, without the type at the end of each.
#[track_caller]
fn lines(body: &str, bytes: &[u8]) -> Vec<String> {
    let shown = shown(body, bytes, |_| {});
    assert_eq!(shown.dumped.findings, [], "{body}");
    shown.text.lines().skip(1).map(untyped).collect()
}

fn untyped(line: &str) -> String {
    line.rsplit_once("  ").map_or(line, |(line, _)| line).to_string()
}

fn at(path: &str) -> impl Fn(&Plan, &mut Options) {
    move |plan, options| options.path = Some(path::Path::parse(path, plan).unwrap())
}

fn codes(dumped: &Dumped) -> Vec<&'static str> {
    dumped.findings.iter().map(|f| f.code).collect()
}

#[test]
fn an_instance_that_was_needed_early_is_shown_once_in_its_place_with_the_value_that_was_used() {
    // Without `pos` it is read where the stream is at its first use, which is not where its turn is.
    let scalar = "seq: [{id: a, type: u1}, {id: b, size: here}, {id: c, type: u1}]
instances: {here: {type: u1}}";
    assert_eq!(
        lines(scalar, &[9, 2, 5, 7]),
        ["0000..0001    a = 9", "0001..0003    b = 02 05", "0003..0004    c = 7", "0001..0002    here = 2"]
    );
    let object = "seq: [{id: a, type: u1}, {id: b, size: here.x}, {id: c, type: u1}]
instances: {here: {type: p}}
types: {p: {seq: [{id: x, type: u1}, {id: y, type: u1}]}}";
    assert_eq!(
        lines(object, &[9, 2, 5, 7]),
        [
            "0000..0001    a = 9",
            "0001..0003    b = 02 05",
            "0003..0004    c = 7",
            "0001..0003    here",
            "0001..0002      x = 2",
            "0002..0003      y = 5"
        ]
    );
    let list = "seq: [{id: a, type: u1}, {id: b, size: 'here[1].x'}, {id: c, type: u1}]
instances: {here: {type: p, repeat: expr, repeat-expr: 2}}
types: {p: {seq: [{id: x, type: u1}]}}";
    assert_eq!(
        lines(list, &[9, 5, 2, 7]).get(3..).unwrap(),
        [
            "0001..0003    here",
            "0001..0002      [0]",
            "0001..0002        x = 5",
            "0002..0003      [1]",
            "0002..0003        x = 2"
        ]
    );
    // The position depends on where the stream is.
    let moving = "seq: [{id: a, size: here}]\ninstances: {here: {pos: _io.pos + 2, type: u1}}";
    assert_eq!(lines(moving, &[9, 5, 2]), ["0000..0002    a = 09 05", "0002..0003    here = 2"]);
    // So do its size and its condition.
    let sized = "seq: [{id: s, size: 2, type: p}, {id: a, size: here.x}, {id: z, type: u1}]
instances: {here: {io: s._io, pos: 0, size: '_io.pos == 2 ? 1 : 0', if: _io.pos == 2, type: p}}
types: {p: {seq: [{id: x, type: u1}]}}";
    assert_eq!(
        lines(sized, &[2, 7, 9, 9, 5]).get(2..).unwrap(),
        ["0002..0004    a = 09 09", "0004..0005    z = 5", "0000..0001    here", "0000..0001      x = 2"]
    );
    let calculated = "seq: [{id: a, type: u1}, {id: b, size: half, if: half > 0}, {id: c, type: u1}]
instances: {half: {value: _io.pos * 2}}";
    assert_eq!(lines(calculated, &[9, 2, 5, 7]).last().unwrap(), "              half = 2");
}

#[test]
fn instances_that_name_later_fields_of_outer_objects_are_shown_where_they_belong() {
    let body = "seq: [{id: a, type: a, repeat: expr, repeat-expr: 2}, {id: z, type: u1}]
types:
  a: {seq: [{id: b, type: b}, {id: y, type: u1}]}
  b: {seq: [{id: x, type: u1}], instances: {v: {value: _root.z * 100 + _parent.y * 10 + x}}}";
    let values: Vec<String> =
        lines(body, &[1, 2, 3, 4, 5]).into_iter().filter(|l| l.contains("v = ")).collect();
    assert_eq!(values, ["                    v = 521 (0x209)", "                    v = 543 (0x21f)"]);
}

#[test]
fn what_several_pointers_lead_to_is_shown_once_and_loops_end() {
    let body = "seq: [{id: a, type: p}, {id: b, type: p}]
types:
  p: {seq: [{id: ofs, type: u1}], instances: {to: {io: _root._io, pos: ofs, type: n}, word: {io: _root._io, pos: ofs, size: 1}}}
  n: {seq: [{id: next, type: u1}], instances: {to: {io: _root._io, pos: next, type: n}}}";
    assert_eq!(
        lines(body, &[2, 2, 3, 2]),
        [
            "0000..0001    a",
            "0000..0001      ofs = 2",
            "0002..0003      to",
            "0002..0003        next = 3",
            "0003..0004        to",
            "0003..0004          next = 2",
            "0002..0003          to",
            "0002..0003            next = 3",
            "0003..                to … shown before",
            "0002..0003      word = 03",
            "0001..0002    b",
            "0001..0002      ofs = 2",
            "0002..          to … shown before",
            "0002..0003      word = 03"
        ]
    );
}

#[test]
fn values_of_every_kind_are_shown() {
    let body = "seq:
  - {id: i, type: s2be}
  - {id: e, type: u1, enum: e}
  - {id: f, type: f4}
  - {id: s, type: strz}
  - {id: c, contents: [1, 2]}
  - {type: u1}
  - {id: o, type: u1, if: i == 0}
  - {id: sw, size: 1, type: {switch-on: e.to_i, cases: {9: p}}}
instances:
  l: {value: '[i, 1000]'}
  r: {value: _root}
  st: {value: _io}
  t: {value: i < 0}
types: {p: {}}
enums: {e: {7: seven}}";
    let mut bytes = vec![0xff, 0xfe, 7];
    bytes.extend(1.5f32.to_le_bytes());
    bytes.extend(b"hi\0\x01\x02\x03\x04");
    let full = shown(body, &bytes, |_| {}).text;
    let expected = "0000..000e  t
0000..0002    i = -2  s2be
0002..0003    e = seven (7)  e
0003..0007    f = 1.5  f4le
0007..000a    s = \"hi\"  str
000a..000c    c = 01 02  bytes
000c..000d    5 = 3  u1
              o = absent  u1
000d..000e    sw = 04  bytes
              l  list of int
                [0] = -2  int
                [1] = 1000 (0x3e8)  int
              r … see _root  t
              st  stream
              t = true  bool
";
    assert_eq!(full, expected);
}

#[test]
fn what_cannot_be_read_is_unknown_with_its_reason_and_said_once() {
    // `a` is walked twice, because of `v`.
    let body = "seq: [{id: a, type: a}, {id: z, type: u1}]
types:
  a: {seq: [{id: x, type: u1, valid: 0}, {id: b, type: b}, {id: y, type: u4}, {id: w, type: u1}]}
  b: {instances: {v: {value: _parent.y}}}";
    let Shown { text, dumped } = shown(body, &[1, 2, 3], |_| {});
    let ends = "unknown: the bytes end within `y`";
    let expected = format!(
        "0000..0001  t\n0000..0001    a  a\n0000..0001      x = 1  u1\n0001..0001      b  b\n                  v = {ends}  int
0001..0001      y = {ends}  u4le\n                w = {ends}  u1\n              z = {ends}  u1\n"
    );
    assert_eq!(text, expected);
    assert_eq!(codes(&dumped), ["value-not-valid", "unexpected-end"]);
    assert!(dumped.findings.iter().all(|f| f.places.len() == 1 && f.unlisted == 0), "{:?}", dumped.findings);
}

#[test]
fn an_element_that_fails_ends_its_list_and_a_region_ends_the_failure() {
    let body = "seq:
  - {id: r, size: 3, type: r}
  - {id: after, type: u1}
  - {id: u, type: u1, repeat: until, repeat-until: 1 / (_ - 5) == 0}
types: {r: {seq: [{id: l, type: u2, repeat: eos}]}}";
    let Shown { text, dumped } = shown(body, &[1, 0, 2, 9, 4, 5], |_| {});
    let found: Vec<String> = text.lines().skip(1).map(untyped).collect();
    assert_eq!(
        found,
        [
            "0000..0003    r",
            "0000..0002      l",
            "0000..0002        [0] = 1",
            "0002..0002        [1] = unknown: the bytes end within `l`",
            "0003..0004    after = 9",
            "0004..0006    u",
            "0004..0005      [0] = 4",
            "0005..0006      [1] = 5",
            "                [2] = unknown: an expression of `u` divides by zero",
        ]
    );
    assert_eq!(codes(&dumped), ["unexpected-end", "division-by-zero"]);
    let json = |options: &mut Options| options.format = Format::Json;
    let tree: serde_json::Value = serde_json::from_str(&shown(body, &[1, 0, 2, 9, 4, 5], json).text).unwrap();
    let items = &tree["root"]["fields"][2]["items"];
    let kinds: Vec<_> = items.as_array().unwrap().iter().map(|item| &item["kind"]).collect();
    assert_eq!(kinds, ["int", "int", "unknown"]);
    assert_eq!(items[2]["cause"], "an expression of `u` divides by zero");
}

#[test]
fn a_path_shows_its_node_alone_and_the_walk_ends_there() {
    let body = "seq: [{id: a, type: a, repeat: expr, repeat-expr: 2}, {id: z, type: u4}]
instances: {bad: {pos: 100, type: u1}, good: {pos: 1, type: a}}
types: {a: {seq: [{id: x, type: u1}, {id: y, type: u1}], instances: {bad: {pos: 100, type: u1}}}}";
    let bytes = [1, 2, 3, 4, 5];
    let shown = |path| shown_with(body, &bytes, &Limits::default(), at(path));
    let Shown { text, dumped } = shown("a[1].y");
    assert_eq!(text, "0003..0004  a[1].y = 4  u1\n");
    // Neither what comes later nor an instance that is not on the way was looked at.
    assert_eq!((codes(&dumped), dumped.missing), (vec![], None));
    let Shown { dumped, .. } = shown("a[1]");
    assert_eq!(codes(&dumped), ["position-outside"]);
    let Shown { text, dumped } = shown("good.y");
    assert_eq!(text, "0002..0003  good.y = 3  u1\n");
    assert_eq!(codes(&dumped), ["unexpected-end"]);
}

#[test]
fn a_path_that_the_file_does_not_have_is_said() {
    let body = "seq:
  - {id: a, type: u1, repeat: eos}
instances:
  o: {type: p, pos: 0, if: 'a[0] == 0'}
  s: {pos: 0, size: 1, type: {switch-on: 'a[0]', cases: {0: p, 1: q}}}
types: {p: {seq: [{id: x, type: u1}]}, q: {seq: [{id: y, type: u1}]}}";
    for (path, why) in [
        ("a[3]", "there is no `a[3]`: `a` has 2 elements"),
        ("o", "`o` is absent"),
        ("o.x", "`o` is absent"),
        ("s.x", "there is no `s.x`: `s` is of another type here"),
    ] {
        let Shown { dumped, .. } = shown_with(body, &[1, 2], &Limits::default(), at(path));
        assert_eq!(dumped.missing.as_deref(), Some(why), "{path}");
        assert_eq!(dumped.findings, [], "{path}");
    }
}

#[test]
fn a_path_that_the_schema_does_not_have_is_an_error_of_its_own() {
    let body = "seq: [{id: a, type: p, repeat: eos}, {id: n, type: u1}]
instances: {v: {value: 'a[0]'}}
types: {p: {seq: [{id: index, type: u1}]}}";
    let (plan, _) = compiled(body);
    let error = |path: &str| path::Path::parse(path, &plan).unwrap_err();
    let said = |path: &str| (error(path).to_string(), error(path).help());
    for bad in ["", ".", "a..n", "a[", "a[x]", "a[]", "a[-1]", "a[99999999999999999999]", "a b", "[0]"] {
        assert!(matches!(error(bad), path::PathError::Syntax { .. }), "{bad}");
    }
    assert_eq!(said("a[0].indx"), ("`p` has no field `indx`".into(), Some("did you mean `index`?".into())));
    assert_eq!(said("zzzzzz").1, Some("it has `a`, `n`, `v`".into()));
    assert!(matches!(error("n[0]"), path::PathError::NotAList { .. }));
    assert!(matches!(error("a.index"), path::PathError::List { .. }));
    assert!(matches!(error("n.x"), path::PathError::NoFields { .. }));
    assert!(matches!(error("v.index"), path::PathError::Calculated { .. }));
    // As findings write it.
    assert_eq!(path::Path::parse("t.a[0].index", &plan), path::Path::parse("a[0].index", &plan));
}

#[test]
fn depth_leaves_out_levels_and_counts_them() {
    let body = "seq: [{id: a, type: a, repeat: expr, repeat-expr: 2}]
instances: {i: {pos: 1, type: a}}
types: {a: {seq: [{id: x, type: u1}], instances: {far: {pos: 100, type: u1}}}}";
    let cut = |depth| shown(body, &[1, 2], |options| options.depth = Some(depth));
    assert_eq!(cut(0).text, "0000..0002  t … 2 bytes\n");
    assert_eq!(
        cut(1).text,
        "0000..0002  t\n0000..0002    a … 2 elements, 2 bytes  list of a\n0001..0002    i … 1 byte  a\n"
    );
    assert_eq!(cut(2).text.lines().count(), 7);
    // What is left out is not looked at, further than is needed for its size.
    assert_eq!(codes(&cut(1).dumped), [""; 0]);
    assert_eq!(codes(&cut(2).dumped), ["position-outside"]);
}

#[test]
fn instances_can_be_left_out_unless_they_are_asked_for() {
    let body = "seq: [{id: a, size: n}]\ninstances: {n: {pos: 0, type: u1}, far: {pos: 100, type: u1}}";
    let Shown { text, dumped } = shown(body, &[2, 0], |options| options.instances = false);
    assert_eq!((text.as_str(), dumped.findings), ("0000..0002  t\n0000..0002    a = 02 00  bytes\n", vec![]));
    let named = shown_with(body, &[2, 0], &Limits::default(), |plan, options| {
        options.instances = false;
        at("n")(plan, options);
    });
    assert_eq!(named.text, "0000..0001  n = 2  u1\n");
}

#[test]
fn a_limit_ends_the_dump_and_the_document_is_whole() {
    let body = "seq: [{id: n, type: u4}, {id: e, type: e, repeat: expr, repeat-expr: n}]\ntypes: {e: {}}";
    let limits = Limits { empty_elements: 3, ..Limits::default() };
    let hit = |format| shown_with(body, &[255; 4], &limits, |_, options| options.format = format);
    let Shown { text, dumped } = hit(Format::Json);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert_eq!(document["root"]["fields"][1]["cause"], "the walk ended here");
    assert_eq!(codes(&dumped), ["limit-exceeded"]);
    assert_eq!(codes(&hit(Format::Text).dumped), ["limit-exceeded"]);
}

#[test]
fn deep_nesting_ends_at_its_limit() {
    let body = "seq: [{id: a, type: a}]\ntypes: {a: {seq: [{id: a, type: a}], instances: {v: {value: _root._io.size}}}}";
    let Shown { dumped, .. } = shown(body, &[], |options| options.format = Format::Json);
    assert_eq!(codes(&dumped), ["limit-exceeded"]);
}

#[test]
fn bytes_that_nothing_describes_are_left_to_the_check() {
    let body = "seq: [{id: a, size: 2, type: p}]\ninstances: {b: {pos: 0, type: u2}}\ntypes: {p: {}}";
    assert_eq!(shown(body, &[1, 2, 3], |_| {}).dumped.findings, []);
}

#[test]
fn a_writer_that_fails_ends_the_walk() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (plan, sources) = compiled("seq: [{id: a, type: u1, repeat: eos}]");
    for format in [Format::Text, Format::Json] {
        let options = Options { format, ..Options::default() };
        let error =
            dump(&plan, &sources, ("t", &[0; 9]), &options, &Limits::default(), &mut Full).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}

#[test]
fn bits_are_shown_with_the_bytes_that_they_are_in() {
    // `x` is walked twice, and begins behind a byte of which some bits were left.
    let bits = "seq: [{id: a, type: b4}, {id: x, type: x}, {id: z, type: u1}]
types: {x: {seq: [{id: b, type: b4}, {id: y, type: y}, {id: d, type: b8}]}, y: {seq: [{id: c, type: b1}, {id: e, type: b7}], instances: {v: {value: _parent.d}}}}";
    let shown: Vec<String> =
        lines(bits, &[0x12, 0x23, 0x83, 4, 5]).iter().map(|l| l.trim_start().to_string()).collect();
    let values: Vec<&str> =
        shown.iter().filter_map(|l| l.split_once(" = ")).map(|(_, value)| value).collect();
    assert_eq!(values, ["1", "2", "true", "3", "4", "4", "5"], "{shown:#?}");
}

mod any_bytes {
    use super::*;
    use crate::check;
    use proptest::prelude::*;

    /// A small schema that uses much of the language and fixes no bytes.
    const OPEN: &str = include_str!("../oracle/open.ksy");

    fn errors(findings: &[Finding]) -> Vec<(&'static str, Option<String>)> {
        let all = findings.iter().filter(|f| f.severity == crate::finding::Severity::Error);
        let mut told: Vec<_> =
            all.flat_map(|f| f.places.iter().map(|place| (f.code, place.path.clone()))).collect();
        told.sort();
        told
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
        #[test]
        fn the_document_is_whole_and_nothing_that_a_check_refuses_stays_unsaid(
            bytes in prop::collection::vec(prop_oneof![0u8..8, any::<u8>()], 0..60),
        ) {
            let mut sources = Sources::default();
            let source = sources.add("open.ksy", OPEN);
            let schema = read(source, OPEN);
            let plain = Plan::of_schema(schema.clone(), Setup::default()).unwrap();
            let plan = plan(schema, Processors::default()).unwrap();
            let limits = Limits { elements: 1000, instances: 1000, depth: 64, ..Limits::default() };
            let options = Options { format: Format::Json, ..Options::default() };
            let mut out = Vec::new();
            let dumped = dump(&plan, &sources, ("open", &bytes), &options, &limits, &mut out).unwrap();
            let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
            prop_assert_eq!(&document["root"]["type"], "open");
            let told = errors(&dumped.findings);
            if told.iter().all(|(code, _)| *code != "limit-exceeded") {
                for error in errors(&check::explain(&plain, &sources, &[&bytes], &limits)) {
                    prop_assert!(told.contains(&error), "{:?} is not in {:?}", error, told);
                }
            }
        }
    }
}

#[test]
fn what_is_in_decoded_bytes_says_where_it_is() {
    let decoded = "seq:
  - {id: n, type: u1}
  - {id: d, size: 4, process: xor(0xff), type: d}
types:
  d:
    seq: [{id: a, type: u1}, {id: b, size: here.x}]
    instances: {here: {type: p}, far: {pos: 3, type: u1}}
  p: {seq: [{id: x, type: u1}]}";
    assert_eq!(
        lines(decoded, &[9, !7, !2, !3, !4]),
        [
            "0000..0001    n = 9",
            "0001..0005    d",
            "0001..0005 +0000..0001      a = 7",
            "0001..0005 +0001..0003      b = 02 03",
            "0001..0005 +0001..0002      here",
            "0001..0005 +0001..0002        x = 2",
            "0001..0005 +0003..0004      far = 4"
        ]
    );
}

#[test]
fn instances_of_objects_with_another_parent_are_shown_where_they_belong() {
    let parent = "seq: [{id: a, type: a}, {id: z, type: u1}]
types:
  a: {seq: [{id: b, type: b, parent: _root}, {id: y, type: u1}]}
  b: {instances: {v: {value: _parent.as<t>.z}}}";
    assert!(lines(parent, &[1, 2]).contains(&"                  v = 2".to_string()));
}
