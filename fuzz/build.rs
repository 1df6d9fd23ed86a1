//! Builds the reference driver in C, for the target `soundness`: the build that `SOUNDNESS_BUILD` names (`checked`), by
//! what its Makefile defines for it.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the harness is called here: libFuzzer looks for the name that it has as a program.
const ENTRY: &str = "sensor_run_one";

fn main() {
    println!("cargo::rerun-if-env-changed=SOUNDNESS_BUILD");
    println!("cargo::rerun-if-changed=driver");
    println!("cargo::rerun-if-changed=../src/extract/bootgate_supply.h");
    let name = env::var("SOUNDNESS_BUILD").unwrap_or_else(|_| "checked".to_owned());
    let makefile = fs::read_to_string("driver/builds.mk").expect("fuzz/driver/builds.mk");
    let prefix = format!("DEFINES-{name} =");
    let Some(defines) = makefile.lines().find_map(|line| line.strip_prefix(&prefix)) else {
        panic!("SOUNDNESS_BUILD={name}: no such build of fuzz/driver (see fuzz/driver/builds.mk)");
    };
    println!("cargo::rustc-env=SOUNDNESS_BUILD={name}");

    let mut build = cc::Build::new();
    for file in ["bytes.c", "case.c", "content.c", "event.c", "interpreter.c", "harness.c"] {
        build.file(Path::new("driver").join(file));
    }
    build.include("../src/extract").std("gnu11").opt_level(1).debug(true);
    build.flag("-fno-omit-frame-pointer").flag("-Wno-unused-parameter");
    build.define("LLVMFuzzerTestOneInput", ENTRY);
    build.flags(defines.split_whitespace());
    // Of the compilers here, clang alone speaks libFuzzer's language.
    if Command::new("clang").arg("--version").output().is_ok_and(|output| output.status.success()) {
        build.compiler("clang").flag("-fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp");
    }
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if flags.contains("sanitizer=address") {
        build.flag("-fsanitize=address");
    }
    build.compile("sensor");
}
