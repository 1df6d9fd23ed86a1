//! DWARF in all its places, as the compiler of this machine makes it.

use super::workshop::{Workshop, have};

const CC: &str = "cc -DINPUTS=32";

#[test]
fn both_versions_give_the_same_numbers_at_every_level_of_optimisation() {
    let shop = Workshop::with_sensor();
    for version in [4, 5] {
        for level in ["-O0", "-O2"] {
            shop.sh(&format!("{CC} {level} -gdwarf-{version} sensor.c -o sensor"));
            shop.answers_all("sensor");
        }
    }
}

#[test]
fn what_is_not_linked_yet_and_type_units_are_read_too() {
    let shop = Workshop::with_sensor();
    shop.sh(&format!("{CC} -g -c sensor.c -o sensor.o"));
    shop.answers_all("sensor.o");
    for version in [4, 5] {
        shop.sh(&format!("{CC} -gdwarf-{version} -fdebug-types-section sensor.c -o sensor"));
        shop.answers_all("sensor");
    }
}

#[test]
fn what_has_no_number_is_told_with_what_to_do() {
    let shop = Workshop::with_sensor();
    shop.sh(&format!("{CC} -g sensor.c -o sensor"));
    for (from, code, message, help) in [
        (
            "debug:ipc_ctxt.inputs",
            "debug-name-unknown",
            "no type or variable is called `ipc_ctxt`",
            "did you mean `ipc_ctx`?",
        ),
        (
            "debug:ipc_ctx.input",
            "debug-name-unknown",
            "no member is called `input` in `ipc_ctx`",
            "did you mean `inputs`?",
        ),
        (
            "debug:enum(criterion_kind.KIND_LST)",
            "debug-name-unknown",
            "no enumerator is called",
            "did you mean `KIND_LAST`?",
        ),
        (
            "debug:const(MAX_FEATURE)",
            "debug-name-unknown",
            "no constant is called `MAX_FEATURE`",
            "`MAX_FEATURES`",
        ),
        ("debug:sizeof(struct elsewhere)", "debug-name-unknown", "`elsewhere`", "it is declared in sensor.c"),
        ("debug:ipc_ctx.rest", "debug-no-number", "is an array without a length", "note section"),
        ("debug:sizeof(operand_t.kind)", "debug-no-number", "is a bit-field of 3 bits", "sensor.c:"),
        ("debug:ipc_ctx", "debug-no-number", "is a struct, not an array", "`ipc_ctx.inputs`"),
        ("debug:len(kind)", "debug-no-number", "is an enumeration, not an array", "enum("),
        (
            "debug:ipc_ctx.next.grid",
            "debug-no-number",
            "is a pointer, which is not followed",
            "ask `inner.grid`",
        ),
        ("debug:ipc_ctx.operands.value", "debug-no-number", "is an array", "`ipc_ctx.operands[].value`"),
        ("debug:const(limit)", "debug-no-number", "`limit` is a variable without a value", "`-g3`"),
        ("note:inputs", "capacity-not-stated", "the build states nothing of `x`", "--without x"),
    ] {
        shop.contract("wrong.toml", &[("x", from)]);
        let (exit, wrong) = shop.wrong("sensor --contract wrong.toml");
        let [(found, said, more)] = &wrong[..] else { panic!("{from}: {wrong:?}") };
        assert_eq!((exit, found.as_str()), (1, code), "{from}: {said}");
        assert!(said.contains(message), "{from}: {said}");
        assert!(more.contains(help), "{from}: {more}");
    }
}

#[test]
fn macros_are_known_where_the_compiler_writes_them_down() {
    let shop = Workshop::new();
    shop.write("m.c", "#define ROOM (0x14u)\n#define SUM (1 + 2)\nint main(void) { return ROOM + SUM; }\n");
    shop.contract("room.toml", &[("room", "debug:const(ROOM)")]);
    shop.contract("sum.toml", &[("sum", "debug:const(SUM)")]);
    for version in [4, 5] {
        shop.sh(&format!("cc -g3 -gdwarf-{version} m.c -o m"));
        assert_eq!(shop.numbers("m --contract room.toml")["room"].0, 20);
        let (_, wrong) = shop.wrong("m --contract sum.toml");
        assert!(wrong[0].1.contains("is the macro `(1 + 2)`, not a plain number"), "{wrong:?}");
    }
    shop.sh("cc -g m.c -o m");
    let (_, wrong) = shop.wrong("m --contract room.toml");
    assert_eq!(wrong[0].0, "debug-name-unknown", "{wrong:?}");
}

#[test]
fn names_with_two_meanings_are_ambiguous_unless_it_is_said_which() {
    let shop = Workshop::new();
    shop.write("a.c", "struct same { int n[4]; } x; static int table[20]; struct table { int t[2]; } y; int *a(void) { return table; }");
    shop.write("b.c", "struct same { int n[4]; } z; static int table[14]; int *b(void) { return table; }");
    shop.sh("cc -g -shared -fPIC a.c b.c -o both.so");
    shop.contract("c.toml", &[("t", "debug:len(table)")]);
    let (exit, wrong) = shop.wrong("both.so --contract c.toml");
    assert_eq!((exit, wrong[0].0.as_str()), (1, "debug-name-ambiguous"));
    assert!(wrong[0].1.contains("20 (a.c:1), 14 (b.c:1)"), "{wrong:?}");
    shop.contract(
        "c.toml",
        &[
            ("same everywhere", "debug:same.n"),
            ("by file", "debug:len(table @ b.c)"),
            ("by kind", "debug:struct table.t"),
        ],
    );
    let numbers = shop.numbers("both.so --contract c.toml");
    let values: Vec<u64> = numbers.values().map(|(value, _)| *value).collect();
    assert_eq!(values, [14, 2, 4], "{numbers:?}");
}

#[test]
fn names_of_cpp_have_their_namespaces() {
    if !have(&["c++"], "DWARF of C++") {
        return;
    }
    let shop = Workshop::new();
    shop.write(
        "a.cpp",
        "namespace ns { struct base { int old[4]; }; struct ctx : base { int inputs[9]; static const int LIMIT = 17; \
         struct part { char n[3]; } p; enum class mode : unsigned char { A, B = 200 }; mode m; }; \
         template <class T, int N> struct ring { T slots[N]; }; constexpr unsigned ROOM = 33; int table[7]; \
         namespace { struct hidden { int h[5]; } hidden; } class later; struct user { later *p; } user; } \
         using alias = ns::ctx; ns::ring<int, 20> ring; alias one; \
         int main() { return one.inputs[0] + ns::ROOM + ns::ctx::LIMIT + (int)one.m + ns::hidden.h[0]; }",
    );
    shop.write("b.cpp", "namespace ns { class later { public: long l[6]; } later; extern int table[7]; int use() { return table[1]; } }");
    let questions = [
        ("alias", "debug:alias.inputs", 9),
        ("base", "debug:ns::ctx.old", 4),
        ("class enum", "debug:enum(ns::ctx::mode.max)", 200),
        ("constexpr", "debug:const(ns::ROOM)", 33),
        ("hidden", "debug:ns::hidden.h", 5),
        ("later", "debug:sizeof(ns::later)", 48),
        ("member", "debug:ns::ctx.inputs", 9),
        ("nested", "debug:ns::ctx::part.n", 3),
        ("static", "debug:const(ns::ctx::LIMIT)", 17),
        ("table", "debug:len(ns::table)", 7),
        ("template", "debug:ns::ring<int, 20>.slots", 20),
    ];
    let asked: Vec<(&str, &str)> = questions.iter().map(|(name, from, _)| (*name, *from)).collect();
    shop.contract("c.toml", &asked);
    for version in [4, 5] {
        shop.sh(&format!("c++ -gdwarf-{version} a.cpp b.cpp -o both"));
        let numbers = shop.numbers("both --contract c.toml");
        for (name, from, value) in questions {
            assert_eq!(numbers[name].0, value, "{from}");
        }
    }
    shop.contract("c.toml", &[("x", "debug:ctx.inputs")]);
    let (_, wrong) = shop.wrong("both --contract c.toml");
    assert!(wrong[0].2.contains("did you mean `ns::ctx`?"), "{wrong:?}");
}

#[test]
fn split_dwarf_is_found_beside_the_objects_the_binary_or_where_it_is_said_to_be() {
    let shop = Workshop::with_sensor();
    for version in [4, 5] {
        shop.sh("rm -rf moved && mkdir moved");
        shop.sh(&format!(
            "{CC} -gdwarf-{version} -gsplit-dwarf -c sensor.c -o sensor.o && cc sensor.o -o sensor"
        ));
        shop.answers_all("sensor");
        shop.sh("mv sensor.dwo moved");
        let (exit, wrong) = shop.wrong("sensor --contract c.toml");
        assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-info-missing"), "{wrong:?}");
        assert!(wrong[0].1.contains("a part of it is in `sensor.dwo`"), "{wrong:?}");
        assert!(
            wrong[0].2.contains("`sensor.dwo` is not there") && wrong[0].2.contains("--debug-dir"),
            "{wrong:?}"
        );
        shop.answers_all("sensor --debug-dir moved");
        // Another compilation has another id.
        shop.sh(&format!("sed 's/grid/grit/' sensor.c > other.c && {CC} -gdwarf-{version} -gsplit-dwarf -c other.c && mv other.dwo sensor.dwo"));
        let (exit, wrong) = shop.wrong("sensor --contract c.toml");
        assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-file-mismatch"), "{wrong:?}");
        shop.sh("rm sensor.dwo");
    }
}

#[test]
fn packages_of_split_dwarf_are_read_with_their_type_units() {
    for (compiler, flags, package) in [
        ("cc", "-gdwarf-4 -fdebug-types-section", "dwp"),
        ("clang", "-gdwarf-5 -fdebug-types-section", "llvm-dwp"),
    ] {
        if !have(&[compiler, package], "DWARF in a package") {
            continue;
        }
        let shop = Workshop::with_sensor();
        shop.sh(&format!(
            "{compiler} -DINPUTS=32 {flags} -gsplit-dwarf -c sensor.c && cc sensor.o -o sensor"
        ));
        // Each crashes, or does not end, with some versions of DWARF as the other's compiler writes it.
        shop.sh(&format!("timeout 60 {package} -e sensor -o sensor.dwp && rm sensor.dwo"));
        shop.answers_all("sensor");
        shop.sh("mkdir moved && mv sensor.dwp moved");
        shop.answers_all("sensor --debug-dir moved");
        shop.answers_all("sensor --debug-file moved/sensor.dwp");
    }
}

#[test]
fn a_stripped_binary_says_which_file_would_help() {
    if !have(&["objcopy", "strip", "readelf"], "debug files") {
        return;
    }
    let shop = Workshop::with_sensor();
    shop.sh(&format!(
        "{CC} -g -Wl,--build-id=0x07150001 sensor.c -o whole && objcopy --only-keep-debug whole whole.debug"
    ));
    shop.sh("strip -o bare whole && objcopy -S --add-gnu-debuglink=whole.debug whole linked");
    let (exit, wrong) = shop.wrong("bare --contract c.toml");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-info-missing"));
    assert!(wrong[0].2.contains("the debug file of build id 07150001"), "{wrong:?}");
    assert_eq!(wrong.len(), 1, "one cause is told once, whatever rests on it");
    shop.answers_all("bare --debug-file whole.debug");
    shop.answers_all("bare --debug-file whole");
    shop.answers_all("linked");

    shop.sh("mkdir -p store/.build-id/07 moved && cp whole.debug store/.build-id/07/150001.debug && mv whole.debug moved");
    let (_, wrong) = shop.wrong("linked --contract c.toml");
    assert!(wrong[0].2.contains("name the build's `whole.debug` after `--debug-file`"), "{wrong:?}");
    shop.answers_all("linked --debug-dir moved");
    shop.answers_all("bare --debug-dir store");

    shop.sh(&format!("{CC} -g -Wl,--build-id=0x07160001 sensor.c -o other"));
    let (exit, wrong) = shop.wrong("bare --contract c.toml --debug-file other");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-file-mismatch"));
    assert!(
        wrong[0].2.contains("build id 07160001") && wrong[0].2.contains("build id 07150001"),
        "{wrong:?}"
    );
    let (exit, wrong) = shop.wrong("bare --contract c.toml --debug-file nowhere");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "file-missing"));
}

#[test]
fn the_checksum_of_a_debug_link_counts_where_there_is_no_build_id() {
    if !have(&["objcopy"], "debug links") {
        return;
    }
    let shop = Workshop::with_sensor();
    shop.sh(&format!(
        "{CC} -g -Wl,--build-id=none sensor.c -o whole && objcopy --only-keep-debug whole whole.debug"
    ));
    shop.sh("objcopy -S --add-gnu-debuglink=whole.debug whole linked");
    shop.answers_all("linked");
    shop.sh("printf x >> whole.debug");
    let (exit, wrong) = shop.wrong("linked --contract c.toml");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-file-mismatch"));
    assert!(wrong[0].2.contains("of `.gnu_debuglink`"), "{wrong:?}");
}

#[test]
fn compressed_sections_are_read() {
    if !have(&["objcopy"], "compressed debug information") {
        return;
    }
    let shop = Workshop::with_sensor();
    shop.sh(&format!("{CC} -g sensor.c -o sensor"));
    for form in ["zlib", "zlib-gnu", "zstd"] {
        if !shop.try_sh(&format!("objcopy --compress-debug-sections={form} sensor packed")).status.success() {
            eprintln!("not run: debug information compressed with {form}, because objcopy cannot");
            continue;
        }
        shop.answers_all("packed");
    }
}
