//! Binaries that are not what they say: an error each time, never a panic, and no memory without bound.

use bootgate::oracle;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::workshop::{Workshop, have};

/// What the compilers of this machine make, as small as they make it.
fn samples() -> Vec<Vec<u8>> {
    let shop = Workshop::with_sensor();
    let mut names = Vec::new();
    for (name, flags) in
        [("d5.o", "-gdwarf-5"), ("d4.o", "-gdwarf-4 -g3"), ("types.o", "-g -fdebug-types-section")]
    {
        shop.sh(&format!("cc -DINPUTS=32 {flags} -c sensor.c -o {name}"));
        names.push(name);
    }
    if have(&["objcopy"], "damaged compressed sections") {
        shop.sh("objcopy --compress-debug-sections=zlib d5.o packed.o");
        names.push("packed.o");
    }
    if have(&["pahole", "strip"], "damaged BTF") {
        shop.sh("cp d5.o btf.o && pahole -J btf.o && strip -g btf.o");
        names.push("btf.o");
    }
    if have(&["clang", "lld-link"], "damaged PDBs") {
        shop.sh(
            "clang --target=x86_64-pc-windows-msvc -DINPUTS=32 -g -gcodeview -fno-builtin -c sensor.c -o w.obj && \
             lld-link /debug /entry:main /subsystem:native /nodefaultlib /out:w.sys w.obj",
        );
        names.extend(["w.pdb", "w.sys"]);
    }
    names.iter().map(|name| std::fs::read(shop.path(name)).unwrap()).collect()
}

#[test]
fn what_breaks_off_anywhere_is_an_error() {
    for sample in samples() {
        oracle::extract_bytes(&sample);
        let step = (sample.len() / 150).max(1);
        for end in (0..sample.len()).step_by(step) {
            oracle::extract_bytes(&sample[..end]);
        }
    }
}

#[test]
fn what_is_damaged_anywhere_is_an_error_or_harmless() {
    let samples = samples();
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..4), 1..12);
    let mut runner = TestRunner::new(Config { cases: 2000, failure_persistence: None, ..Config::default() });
    let strategy = (any::<prop::sample::Index>(), edits);
    let result = runner.run(&strategy, |(which, edits)| {
        let mut bytes = which.get(&samples).clone();
        for (at, value, width) in edits {
            let at = at.index(bytes.len());
            let end = (at + (1 << width)).min(bytes.len());
            bytes[at..end].fill(value);
        }
        oracle::extract_bytes(&bytes);
        Ok(())
    });
    result.unwrap();
}
