//! What consumers state about their supply, compiled for real: by C, C++ and Rust, into ELF and PE.
//!
//! A C compiler and `rustc` are there wherever the tests are built. C++, clang with lld, and the headers of a kernel
//! may be absent: what needs them says that it was not run.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    use bootgate::contract::Beyond;
    use bootgate::extract::{Binary, Supply};

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    /// Runs a program in a folder; `None` where the program is not installed.
    fn try_run(program: &str, arguments: &str, folder: &Path) -> Option<Output> {
        let sources = root().join("tests/supply");
        let headers = root().join("src/extract");
        let arguments = arguments.split_whitespace().map(|word| {
            word.replace("SRC", sources.to_str().unwrap()).replace("INC", headers.to_str().unwrap())
        });
        let result = Command::new(program).args(arguments).current_dir(folder).env("LC_ALL", "C").output();
        match result {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            result => Some(result.unwrap()),
        }
    }

    fn run(program: &str, arguments: &str, folder: &Path) {
        let output = try_run(program, arguments, folder).unwrap_or_else(|| panic!("{program} is needed"));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program} {arguments}: {told}");
        assert!(told.is_empty(), "{program} {arguments} warns: {told}");
    }

    fn installed(programs: &[&str], what: &str) -> bool {
        let absent = programs.iter().find(|program| try_run(program, "--version", Path::new("/")).is_none());
        if let Some(absent) = absent {
            println!("not run: {what} because there is no `{absent}`");
        }
        absent.is_none()
    }

    /// What a binary states: name, count and what is beyond, by name.
    fn stated(path: &Path) -> Vec<(String, u64, Option<Beyond>)> {
        let bytes = fs::read(path).unwrap();
        let binary = Binary::read("consumer", &bytes).unwrap();
        let mut supplies: Vec<_> = binary
            .supplies()
            .unwrap()
            .into_iter()
            .map(|Supply { name, count, beyond, .. }| (name, count, beyond))
            .collect();
        supplies.sort();
        supplies
    }

    fn expected() -> Vec<(String, u64, Option<Beyond>)> {
        [("file", 12, Some(Beyond::NoMatch)), ("ipc", 20, None), ("process", 3, None)]
            .map(|(name, count, beyond)| (format!("inputs.{name}"), count, beyond))
            .to_vec()
    }

    const STRICT: &str = "-Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -pedantic -Werror -IINC";

    /// Links a consumer in a new folder, and strips a copy of it.
    fn link(compiler: &str, flags: &str) -> (tempfile::TempDir, [PathBuf; 2]) {
        let folder = tempfile::tempdir().unwrap();
        let language = if compiler == "g++" { "-x c++" } else { "-x c" };
        run(compiler, &format!("{STRICT} {flags} {language} -c SRC/sites.c -o sites.o"), folder.path());
        run("cc", &format!("{flags} -x c -c SRC/evaluate.c -o evaluate.o"), folder.path());
        run("cc", &format!("{flags} sites.o evaluate.o -o consumer"), folder.path());
        run("strip", "consumer -o stripped", folder.path());
        let paths = ["consumer", "stripped"].map(|name| folder.path().join(name));
        (folder, paths)
    }

    #[test]
    fn what_a_consumer_in_c_states_survives_every_way_of_linking() {
        for flags in [
            "-std=c99 -O0",
            "-std=c11 -O2",
            "-std=gnu11 -Os",
            "-std=gnu17 -O2 -flto",
            "-std=c11 -O2 -static",
            "-std=c11 -O2 -fPIC -shared",
            "-std=c11 -O2 -ffunction-sections -fdata-sections -Wl,--gc-sections",
        ] {
            let (_folder, paths) = link("cc", flags);
            for path in paths {
                assert_eq!(stated(&path), expected(), "{flags}: {}", path.display());
            }
        }
    }

    #[test]
    fn what_a_consumer_in_cpp_states_survives_linking() {
        if !installed(&["g++"], "a consumer in C++") {
            return;
        }
        for flags in ["-O0", "-O2 -ffunction-sections -fdata-sections -Wl,--gc-sections"] {
            let (_folder, paths) = link("g++", flags);
            for path in paths {
                assert_eq!(stated(&path), expected(), "{flags}: {}", path.display());
            }
        }
    }

    const POINTER: &str = "a pointer has no length: pass the array itself";
    const MORE: &str = "more is stated than the array has elements";
    const NOT_CONSTANT: &str = "is not constant";

    /// The statements of `refused.c`, and what the compiler says of each in C.
    const REFUSED: [(u32, &str); 12] = [
        (1, MORE),
        (2, POINTER),
        (3, POINTER),
        (4, POINTER),
        (5, NOT_CONSTANT),
        (6, MORE),
        (7, "invalid operands to binary"),
        (8, "the name is empty"),
        (9, "before 'name'"),
        (10, MORE),
        (11, "beyond is BOOTGATE_FAULT or BOOTGATE_NO_MATCH"),
        (12, "there are no values"),
    ];

    fn compile(compiler: &str, flags: &str, statement: u32) -> Output {
        let folder = tempfile::tempdir().unwrap();
        let arguments = format!("-IINC -DSTATEMENT={statement} {flags} -c SRC/refused.c -o refused.o");
        try_run(compiler, &arguments, folder.path()).unwrap()
    }

    /// The errors, without the lines of the source that compilers repeat.
    fn errors(output: &Output) -> String {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        told.lines().filter(|line| line.contains("error:")).collect::<Vec<_>>().join("\n")
    }

    fn assert_refused(compiler: &str, flags: &str, statement: u32, reason: &str) {
        let output = compile(compiler, flags, statement);
        assert!(!output.status.success(), "{compiler} {flags} takes statement {statement}");
        let errors = errors(&output);
        assert!(errors.contains(reason), "{compiler} {flags}, statement {statement}: {errors}");
    }

    #[test]
    fn c_refuses_what_cannot_be_true() {
        assert!(compile("cc", "-Wall -Werror", 0).status.success());
        for (statement, reason) in REFUSED {
            assert_refused("cc", "", statement, reason);
        }
    }

    #[test]
    fn cpp_refuses_what_cannot_be_true() {
        if !installed(&["g++"], "what C++ refuses") {
            return;
        }
        assert!(compile("g++", "-x c++ -Wall -Werror", 0).status.success());
        for (statement, reason) in REFUSED {
            let reason = match reason {
                POINTER => "bootgate_array_not_pointer",
                NOT_CONSTANT => "is not a constant expression",
                "invalid operands to binary" => "invalid operands of types",
                other => other,
            };
            assert_refused("g++", "-x c++", statement, reason);
        }
    }

    /// As MSVC reads the header: clang hides that it is clang.
    const AS_MSVC: &str = "-U__clang__ -fms-compatibility-version=19.40";

    #[test]
    fn what_a_windows_program_states_is_in_its_section() {
        if !installed(&["clang", "lld-link"], "a program for Windows") {
            return;
        }
        for flags in [
            "-x c -O0",
            "-x c -O2",
            "-x c++ -O2",
            &format!("-x c -std=c11 -O2 {AS_MSVC}"),
            &format!("-x c++ -std=c++14 -O2 {AS_MSVC}"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let target = "--target=x86_64-pc-windows-msvc -Wall -Wextra -Werror -IINC";
            run("clang", &format!("{target} {flags} -c SRC/entry.c -o entry.obj"), folder.path());
            let link =
                "/nodefaultlib /entry:entry /subsystem:console /opt:ref /opt:icf entry.obj /out:entry.exe";
            run("lld-link", link, folder.path());
            let ipc = ("inputs.ipc".to_owned(), 20, Some(Beyond::Fault));
            let process = ("inputs.process".to_owned(), 3, None);
            assert_eq!(stated(&folder.path().join("entry.exe")), [ipc, process], "{flags}");
        }
    }

    #[test]
    fn for_windows_too_what_cannot_be_true_is_refused() {
        if !installed(&["clang"], "what is refused for Windows") {
            return;
        }
        let target = format!("--target=x86_64-pc-windows-msvc -std=c11 {AS_MSVC}");
        assert!(compile("clang", &target, 0).status.success());
        for (statement, reason) in [(1, MORE), (2, POINTER), (3, POINTER), (4, POINTER), (6, MORE)] {
            assert_refused("clang", &target, statement, reason);
        }
    }

    /// The headers of the newest kernel that modules can be built for here.
    fn kernel_headers() -> Option<PathBuf> {
        let entries = fs::read_dir("/usr/src").into_iter().flatten().filter_map(Result::ok);
        let headers = entries.map(|entry| entry.path()).filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with("linux-headers-")
                && path.join("Makefile").exists()
                && path.join(".config").exists()
        });
        headers.max()
    }

    /// Builds a module in a folder of its own; warnings are errors. `None` where there is nothing to build it with.
    fn build_module(sources: &Path, arguments: &str) -> Option<()> {
        let Some(headers) = kernel_headers() else {
            println!("not run: a kernel module because there are no kernel headers in /usr/src");
            return None;
        };
        if !installed(&["make"], "a kernel module") {
            return None;
        }
        let (headers, folder) = (headers.display(), sources.display());
        let arguments = format!("-C {headers} M={folder} W=1 KCFLAGS=-Werror {arguments} modules");
        let output = try_run("make", &arguments, sources).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(())
    }

    #[test]
    fn what_a_kernel_module_states_survives_its_build() {
        let folder = tempfile::tempdir().unwrap();
        for (from, name) in
            [("tests/supply/sensor_module.c", "sensor_module.c"), (HEADER, "bootgate_supply.h")]
        {
            fs::copy(root().join(from), folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("Makefile"), "obj-m := sensor_module.o\n").unwrap();
        if build_module(folder.path(), "").is_none() {
            return;
        }
        run("strip", "-g sensor_module.ko -o stripped.ko", folder.path());
        for name in ["sensor_module.ko", "stripped.ko"] {
            assert_eq!(stated(&folder.path().join(name)), [("inputs.ipc".to_owned(), 20, None)], "{name}");
        }
    }

    #[test]
    fn the_reference_driver_as_a_module_states_what_it_supplies_and_what_is_beyond() {
        for (build, ipc, beyond) in [
            ("legacy", 20, Beyond::Fault),
            ("checked", 20, Beyond::NoMatch),
            ("legacy-21", 21, Beyond::Fault),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let (driver, extract) = (folder.path().join("fuzz/driver"), folder.path().join("src/extract"));
            fs::create_dir_all(&driver).unwrap();
            fs::create_dir_all(&extract).unwrap();
            fs::copy(root().join(HEADER), extract.join("bootgate_supply.h")).unwrap();
            for entry in fs::read_dir(root().join("fuzz/driver")).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                if name.ends_with(".h")
                    || name.ends_with(".c") && !name.ends_with(".mod.c")
                    || ["Kbuild", "builds.mk"].contains(&&*name)
                {
                    fs::copy(&path, driver.join(name)).unwrap();
                }
            }
            if build_module(&driver, &format!("BUILD={build}")).is_none() {
                return;
            }
            let supplies = [("file", 12), ("ipc", ipc), ("process", 14)];
            let expected = supplies.map(|(site, count)| (format!("inputs.{site}"), count, Some(beyond)));
            assert_eq!(stated(&driver.join("sensor.ko")), expected, "{build}");
        }
    }

    const HEADER: &str = "src/extract/bootgate_supply.h";

    fn rustc(source: &str, arguments: &str, folder: &Path) -> Output {
        fs::write(folder.join("consumer.rs"), source).unwrap();
        fs::copy(root().join("src/extract/bootgate_supply.rs"), folder.join("bootgate_supply.rs")).unwrap();
        try_run("rustc", &format!("{arguments} consumer.rs"), folder).unwrap()
    }

    #[test]
    fn what_a_consumer_in_rust_states_survives_linking() {
        let source = fs::read_to_string(root().join("tests/supply/sites.rs")).unwrap();
        for flags in ["", "-O -C lto -C link-arg=-Wl,--gc-sections"] {
            for edition in ["2021", "2024"] {
                let folder = tempfile::tempdir().unwrap();
                let output = rustc(
                    &source,
                    &format!("--edition {edition} --crate-type rlib --crate-name sites"),
                    folder.path(),
                );
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                fs::write(folder.path().join("main.rs"), "fn main() { print!(\"{}\", sites::check(4)); }")
                    .unwrap();
                run(
                    "rustc",
                    &format!("--edition {edition} {flags} --extern sites=libsites.rlib main.rs -o main"),
                    folder.path(),
                );
                run("strip", "main -o stripped", folder.path());
                for name in ["main", "stripped"] {
                    assert_eq!(stated(&folder.path().join(name)), expected(), "{flags} {edition} {name}");
                }
            }
        }
    }

    #[test]
    fn rust_refuses_what_cannot_be_true() {
        let array = "let inputs = [0u32; 32];";
        for (statement, reason) in [
            ("let _ = bootgate_pass!(\"a\", inputs, 33);", "more is stated than the array has elements"),
            ("let slice: &[u32] = &inputs; let _ = bootgate_pass!(\"a\", slice, 3);", "mismatched types"),
            ("let list = vec![0u32; 32]; let _ = bootgate_pass!(\"a\", list, 3);", "mismatched types"),
            ("let first = inputs.as_ptr(); let _ = bootgate_pass!(\"a\", first, 3);", "mismatched types"),
            (
                "let n = std::env::args().count(); let _ = bootgate_pass!(\"a\", inputs, n);",
                "non-constant value",
            ),
            ("let _ = bootgate_pass!(\"a\", inputs, -1);", "cannot apply unary operator `-`"),
            ("let _ = bootgate_pass!(\"\", inputs, 3);", "the name is empty"),
            ("let name = \"a\"; let _ = bootgate_pass!(name, inputs, 3);", "no rules expected"),
            ("let _: [u32; 0] = bootgate_inputs!(\"a\", []);", "no rules expected"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let source = format!("include!(\"bootgate_supply.rs\");\nfn main() {{ {array} {statement} }}\n");
            let output = rustc(&source, "--edition 2021 --crate-type bin", folder.path());
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!output.status.success(), "taken: {statement}");
            assert!(told.contains(reason), "{statement}: {told}");
        }
    }

    #[test]
    fn two_counts_of_one_name_are_shown_both() {
        let folder = tempfile::tempdir().unwrap();
        let site = |count: u32| {
            format!(
                "#include \"bootgate_supply.h\"\nvoid site{count}(void) {{ int a[32]; (void)a; \
                 BOOTGATE_SUPPLY(\"inputs\", a, {count}); }}\n"
            )
        };
        for count in [20, 21] {
            fs::write(folder.path().join(format!("{count}.c")), site(count)).unwrap();
            run("cc", &format!("-IINC -c {count}.c -o {count}.o"), folder.path());
        }
        run("cc", "-shared 20.o 21.o -o consumer", folder.path());
        let bytes = fs::read(folder.path().join("consumer")).unwrap();
        let error = Binary::read("consumer", &bytes).unwrap().supplies().unwrap_err();
        let finding = bootgate::finding::Finding::from(error);
        assert_eq!(finding.code, "emitted-conflict");
        let found = finding.found.unwrap();
        assert!(found.contains("20 (") && found.contains("21 ("), "{found}");
    }
}
