//! BTF: of a binary that has all its types, and of modules that rest on those of a kernel.

use super::workshop::{QUESTIONS, Workshop, have, shared};

/// `kernel` with all its types, and `module.ko` that has only what the kernel lacks; nothing if there is no pahole.
fn kernel_and_module(test: &str) -> Option<Workshop> {
    if !have(&["pahole", "strip"], test) {
        return None;
    }
    let shop = Workshop::with_sensor();
    shop.sh("cc -g -DINPUTS=32 sensor.c -o kernel && pahole -J kernel");
    shop.write(
        "module.c",
        "struct device { int lanes[6]; }; struct inner { int grid[3][5]; union { int words[7]; long number; }; \
         struct { short deep[9]; }; }; struct driver { struct device devices[4]; struct inner in; } driver; \
         enum mode { MODE_OFF, MODE_MAX = 9 } mode;",
    );
    shop.sh("cc -g -c module.c -o module.ko && pahole -J --btf_base=kernel module.ko && strip -g module.ko kernel");
    Some(shop)
}

/// BTF has neither variables nor what functions have, and pahole makes one array of an array of arrays.
const IN_BTF: &[&str] =
    &["anonymous struct", "anonymous union", "constant", "enumerator", "greatest", "inputs", "qualified"];

#[test]
fn a_binary_with_all_its_types_is_read_without_its_dwarf() {
    let Some(shop) = kernel_and_module("BTF") else { return };
    let asked: Vec<(&str, String)> = QUESTIONS
        .iter()
        .filter(|(name, ..)| IN_BTF.contains(name))
        .flat_map(|(name, from, _)| [(*name, (*from).to_owned())])
        .collect();
    for source in ["debug:", "btf:"] {
        let asked: Vec<(&str, String)> =
            asked.iter().map(|(name, from)| (*name, from.replace("debug:", source))).collect();
        let asked: Vec<(&str, &str)> = asked.iter().map(|(name, from)| (*name, from.as_str())).collect();
        shop.contract("b.toml", &asked);
        let numbers = shop.numbers("kernel --contract b.toml");
        for (name, from, value) in QUESTIONS.iter().filter(|(name, ..)| IN_BTF.contains(name)) {
            assert_eq!(numbers.get(*name), Some(&(*value, "storage".to_owned())), "{source} {from}");
        }
    }
    for (from, code, message) in [
        ("btf:ipc_ctxt.inputs", "debug-name-unknown", "no type or variable is called `ipc_ctxt`"),
        ("btf:sizeof(operand_t.kind)", "debug-no-number", "is a bit-field of 3 bits"),
        ("btf:ipc_ctx.rest", "debug-no-number", "is an array without a length"),
        ("btf:sizeof(elsewhere)", "debug-name-unknown", "`elsewhere`"),
    ] {
        shop.contract("wrong.toml", &[("x", from)]);
        let (exit, wrong) = shop.wrong("kernel --contract wrong.toml");
        assert_eq!((exit, wrong[0].0.as_str()), (1, code), "{from}: {wrong:?}");
        assert!(wrong[0].1.contains(message), "{from}: {wrong:?}");
    }
}

#[test]
fn a_module_needs_the_kernel_that_it_was_built_for() {
    let Some(shop) = kernel_and_module("split BTF") else { return };
    shop.contract(
        "m.toml",
        &[
            ("of the kernel", "btf:ipc_ctx.inputs"),
            ("of the module", "btf:driver.devices"),
            ("through both", "debug:driver.in.deep"),
            ("an element", "debug:driver.devices[].lanes"),
            ("an enumerator", "debug:const(MODE_MAX)"),
        ],
    );
    let (exit, wrong) = shop.wrong("module.ko --contract m.toml");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-info-missing"), "{wrong:?}");
    assert!(wrong[0].2.contains("--btf-base"), "{wrong:?}");
    let numbers = shop.numbers("module.ko --contract m.toml --btf-base kernel");
    let values: Vec<u64> = numbers.values().map(|(value, _)| *value).collect();
    assert_eq!(values, [6, 9, 32, 4, 9], "{numbers:?}");

    // The same types as raw BTF, as /sys/kernel/btf/vmlinux has them.
    shop.sh("objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc kernel kernel.btf");
    assert_eq!(shop.numbers("module.ko --contract m.toml --btf-base kernel.btf"), numbers);

    shop.write("small.c", "struct tiny { int a; } tiny; int main(void) { return tiny.a; }");
    shop.sh("cc -g small.c -o small && pahole -J small");
    let (exit, wrong) = shop.wrong("module.ko --contract m.toml --btf-base small");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-file-mismatch"), "{wrong:?}");
    let (exit, wrong) = shop.wrong("module.ko --contract m.toml --btf-base small.c");
    assert_eq!((exit, wrong[0].0.as_str()), (2, "not-a-binary"), "{wrong:?}");
}

/// Modules of a distribution: their BTF is split, and the kernel is not there.
#[test]
fn modules_as_they_are_shipped_say_what_they_need() {
    let Some(folder) = shared("ko_elf", "kernel modules as they are shipped") else { return };
    let shop = Workshop::new();
    shop.contract("c.toml", &[("x", "debug:shash_desc.tfm")]);
    let mut modules = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (exit, json) = shop.extract(&format!("{} --contract c.toml --version 1", path.display()));
        let wrong = super::workshop::errors(&json);
        assert_eq!((exit, wrong[0].0.as_str()), (2, "debug-info-missing"), "{wrong:?}");
        assert!(wrong[0].1.contains("whole BTF") && wrong[0].2.contains("--btf-base"), "{wrong:?}");
        assert_eq!(json["build"]["id"].as_str().unwrap().len(), 40, "the build id is read all the same");
        modules += 1;
    }
    assert!(modules > 0);
}
