//! PE binaries with their PDBs, as clang and lld make them.

use super::workshop::{QUESTIONS, SENSOR, Workshop, have};

/// A driver and its PDB; nothing if this machine cannot make them.
fn driver(test: &str) -> Option<Workshop> {
    if !have(&["clang", "lld-link"], test) {
        return None;
    }
    let shop = Workshop::with_sensor();
    let more = "
        enum sign { LESS = -3, MORE = 3 } sign;
        static const void *hidden[13];
        int _fltused;
        int entry(void) { return main() + (int)sign + (hidden[ipc.inputs[0] != 0] != 0); }
    ";
    shop.write("sensor.c", format!("{SENSOR}{more}"));
    build(&shop, "32", "sensor");
    // LLVM 14 cuts constants off; the others are asked of everything.
    let others: Vec<(&str, &str)> = QUESTIONS
        .iter()
        .filter(|(name, ..)| *name != "constant")
        .map(|(name, from, _)| (*name, *from))
        .collect();
    shop.contract("p.toml", &others);
    Some(shop)
}

fn build(shop: &Workshop, inputs: &str, name: &str) {
    shop.sh(&format!(
        "clang --target=x86_64-pc-windows-msvc -DINPUTS={inputs} -fno-builtin -g -gcodeview -c sensor.c -o {name}.obj && \
         lld-link /debug /entry:entry /subsystem:native /nodefaultlib /out:{name}.sys {name}.obj"
    ));
}

fn answers_all(shop: &Workshop, arguments: &str) {
    let found = shop.numbers(&format!("{arguments} --contract p.toml"));
    for (name, from, value) in QUESTIONS.iter().filter(|(name, ..)| *name != "constant") {
        assert_eq!(found.get(*name), Some(&(*value, "storage".to_owned())), "{arguments}: {name}, {from}");
    }
}

#[test]
fn a_constant_that_the_compiler_may_have_cut_off_is_no_number() {
    let Some(shop) = driver("constants in a PDB") else { return };
    shop.contract("constant.toml", &[("x", "debug:const(MAX_FEATURES)")]);
    let (exit, json) = shop.extract("sensor.sys --contract constant.toml --version 1 --dry-run");
    match exit {
        0 => assert_eq!(super::workshop::numbers(&json)["x"].0, 200),
        _ => assert_eq!(super::workshop::errors(&json)[0].0, "debug-no-number", "{json:#}"),
    }
}

#[test]
fn a_pdb_beside_the_binary_answers_as_dwarf_does() {
    let Some(shop) = driver("a PDB") else { return };
    answers_all(&shop, "sensor.sys");
    let (_, json) = shop.extract("sensor.sys --contract p.toml --version 1 --dry-run");
    let id = json["build"]["id"].as_str().unwrap();
    assert!(id.len() > 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "GUID and age: {id}");
    shop.contract(
        "more.toml",
        &[
            ("a static table", "pdb:len(hidden)"),
            ("a static constant", "pdb:const(limit)"),
            ("an address", "pdb:sizeof(ipc_ctx.next)"),
            ("the greatest, if others are negative", "pdb:enum(sign.max)"),
        ],
    );
    let values: Vec<u64> =
        shop.numbers("sensor.sys --contract more.toml").values().map(|(v, _)| *v).collect();
    assert_eq!(values, [20, 13, 8, 3]);
}

#[test]
fn what_a_pdb_has_no_number_for_is_told_as_for_dwarf() {
    let Some(shop) = driver("errors out of a PDB") else { return };
    for (from, code, message) in [
        ("debug:ipc_ctxt.inputs", "debug-name-unknown", "no type or variable is called `ipc_ctxt`"),
        ("debug:ipc_ctx.input", "debug-name-unknown", "no member is called `input` in `ipc_ctx`"),
        ("debug:sizeof(operand_t.kind)", "debug-no-number", "is a bit-field of 3 bits"),
        ("debug:ipc_ctx.next.grid", "debug-no-number", "is a pointer, which is not followed"),
        ("debug:ipc_ctx.rest", "debug-no-number", "is an array without a length"),
        ("dwarf:ipc_ctx.inputs", "debug-info-missing", "has no DWARF"),
        ("btf:ipc_ctx.inputs", "debug-info-missing", "has no BTF"),
    ] {
        shop.contract("wrong.toml", &[("x", from)]);
        let (_, wrong) = shop.wrong("sensor.sys --contract wrong.toml");
        assert_eq!((wrong.len(), wrong[0].0.as_str()), (1, code), "{from}: {wrong:?}");
        assert!(wrong[0].1.contains(message), "{from}: {wrong:?}");
    }
}

#[test]
fn a_pdb_is_looked_for_by_its_name_and_must_be_that_of_the_build() {
    let Some(shop) = driver("a PDB elsewhere") else { return };
    shop.sh("mkdir moved bare && mv sensor.pdb moved && cp sensor.sys bare");
    let (exit, wrong) = shop.wrong("bare/sensor.sys --contract p.toml");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-info-missing"));
    assert!(wrong[0].2.contains("name the build's `sensor.pdb` after `--pdb`"), "{wrong:?}");
    assert!(wrong[0].2.contains("`bare/sensor.pdb` is not there"), "{wrong:?}");
    answers_all(&shop, "bare/sensor.sys --debug-dir moved");
    answers_all(&shop, "bare/sensor.sys --pdb moved/sensor.pdb");

    build(&shop, "21", "other");
    let (exit, wrong) = shop.wrong("bare/sensor.sys --contract p.toml --pdb other.pdb");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-file-mismatch"));
    assert!(wrong[0].2.contains("GUID and age"), "{wrong:?}");
    shop.sh("head -c 5000 moved/sensor.pdb > cut.pdb");
    let (exit, wrong) = shop.wrong("bare/sensor.sys --contract p.toml --pdb cut.pdb");
    assert_eq!((exit, wrong[0].0.as_str()), (1, "binary-damaged"), "{wrong:?}");
    let (exit, wrong) = shop.wrong("bare/sensor.sys --contract p.toml --pdb sensor.c");
    assert_eq!((exit, wrong[0].0.as_str()), (1, "binary-damaged"), "{wrong:?}");
}
