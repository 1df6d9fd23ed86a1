//! `bootgate contract observe` on the reference driver, and on harnesses that are of no use.

#[cfg(test)]
#[allow(dead_code)]
#[path = "driver/builds.rs"]
mod builds;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::builds::{Watch, driver, watches};
    use bootgate::contract::{Beyond, Evidence, Manifest};
    use bootgate::span::Sources;

    const HEAD: &str = "# Kept as it is.\nbuild = { version = \"9.1\" }\nstate = \"fielded\" # since May\n\n";

    struct Bench(tempfile::TempDir);

    impl Bench {
        fn new() -> Bench {
            Bench(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap())
        }

        fn manifest(&self) -> PathBuf {
            self.0.path().join("9.1.build.toml")
        }

        fn script(&self, text: &str) -> String {
            let path = self.0.path().join("harness.sh");
            fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path.display().to_string()
        }

        /// Exit code, and everything that was printed.
        fn observe(&self, harness: &str, arguments: &[&str]) -> (Option<i32>, String) {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let output = Command::new(env!("CARGO_BIN_EXE_bootgate"))
                .args(["contract", "observe", "--version", "9.1", "--harness", harness, "--contract"])
                .arg(root.join("schemas/channel/sensor.contract.toml"))
                .arg("--manifest")
                .arg(self.manifest())
                .arg("--event")
                .arg(root.join("fuzz/driver/event.ksy"))
                .args(arguments)
                .output()
                .unwrap();
            let text = [output.stdout, output.stderr].concat();
            (output.status.code(), String::from_utf8_lossy(&text).into_owned())
        }

        fn value(&self, name: &str) -> Option<(u64, Evidence, Beyond)> {
            let text = fs::read_to_string(self.manifest()).unwrap();
            let manifest = Manifest::parse(&mut Sources::default(), "a.toml", &text).unwrap();
            manifest.capacities.get(name).map(|known| (known.value, known.evidence, known.beyond))
        }
    }

    fn harness(build: &str, watch: Watch) -> String {
        format!("{} -o {{definitions}} {{channel}} {{event}}", driver(build, watch).display())
    }

    #[test]
    fn the_end_is_where_the_driver_has_it_whatever_its_arrays_and_its_manifest_say() {
        let builds = [
            ("legacy", 20, Beyond::Fault),
            ("checked", 20, Beyond::NoMatch),
            ("legacy-21", 21, Beyond::Fault),
            ("legacy-in-32", 20, Beyond::Fault),
        ];
        for (build, ipc, beyond) in builds {
            let bench = Bench::new();
            let said = "capacity.\"inputs.ipc\" = { value = 32, evidence = \"emitted\" } # by hand\n";
            fs::write(bench.manifest(), format!("{HEAD}{said}")).unwrap();
            let watch = watches()[0];
            let arguments: &[&str] = if watch == Watch::Sanitizer { &[] } else { &["--any-fault"] };
            let (code, text) = bench.observe(&harness(build, watch), arguments);
            assert_eq!(code, Some(0), "{build}: {text}");
            assert!(text.contains("warning[manifest-disagrees]"), "{build}: {text}");
            assert_eq!(bench.value("inputs.ipc"), Some((ipc, Evidence::Observed, beyond)), "{build}: {text}");
            assert_eq!(bench.value("inputs.process"), Some((14, Evidence::Observed, beyond)), "{build}");
            assert_eq!(bench.value("inputs.file"), Some((12, Evidence::Observed, beyond)), "{build}");
            let manifest = fs::read_to_string(bench.manifest()).unwrap();
            assert!(manifest.starts_with(HEAD) && manifest.contains("# by hand"), "{manifest}");
        }
    }

    #[test]
    fn what_a_build_does_not_know_is_not_written() {
        let (bench, watch) = (Bench::new(), watches()[0]);
        let harness = harness("legacy-without-ipc", watch);
        let some = ["--runs", "24", "--any-fault"];
        let (code, text) = bench.observe(&harness, &some);
        assert_eq!(code, Some(1), "{text}");
        assert!(
            text.contains("error[capacity-not-observed]: no run of the harness read `inputs.ipc`"),
            "{text}"
        );
        assert!(!bench.manifest().exists());
        let without = ["--runs", "24", "--any-fault", "--without", "inputs.ipc"];
        let (code, text) = bench.observe(&harness, &without);
        assert_eq!(code, Some(0), "{text}");
        assert_eq!(bench.value("inputs.ipc"), None);
        assert_eq!(bench.value("inputs.process"), Some((14, Evidence::Observed, Beyond::Fault)));
        // Nor can one be left out that it has.
        let (code, text) = bench.observe(&super::tests::harness("checked", watch), &without);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("`--without inputs.ipc`, but the harness comes upon it"), "{text}");
    }

    #[test]
    fn without_a_sanitizer_a_crash_is_not_believed() {
        let bench = Bench::new();
        let (code, text) = bench.observe(&harness("legacy", Watch::Pages), &[]);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("without a report of a sanitizer") && text.contains("--any-fault"), "{text}");
        assert!(!bench.manifest().exists());
        let (code, text) = bench.observe(&harness("legacy", Watch::Pages), &["--any-fault"]);
        assert_eq!(code, Some(0), "{text}");
        assert_eq!(bench.value("inputs.ipc"), Some((20, Evidence::Observed, Beyond::Fault)));
    }

    #[test]
    fn a_harness_that_shows_nothing_is_told_apart() {
        let refused = [
            ("exit 2", "the harness could not run: it ended with exit code 2"),
            ("echo no license >&2; exit 77", "exit code 77; it wrote: no license"),
            ("exec sleep 1000", "did not finish within 1s"),
            ("exec cat /dev/zero", "gave more than 16777216 bytes"),
            ("kill -SEGV $$", "each of 4 runs crashed before it read anything: SIGSEGV"),
            ("kill -KILL $$", "ended from outside, by signal 9"),
            ("exit 137", "ended from outside, by signal 9"),
            ("echo bootgate: reads inputs.ipx 3", "the contract has no capacity `inputs.ipx`"),
            ("echo bootgate: hello", "a line is `bootgate: reads CAPACITY INDEX`"),
        ];
        for (script, words) in refused {
            let bench = Bench::new();
            let harness = bench.script(script);
            let (code, text) = bench.observe(&harness, &["--timeout", "1", "--runs", "4"]);
            assert_eq!(code, Some(2), "{script}: {text}");
            assert!(text.contains("error[harness-failed]") && text.contains(words), "{script}: {text}");
            assert!(!bench.manifest().exists(), "{script}");
        }
        let bench = Bench::new();
        let (code, text) = bench.observe("./no-such-program", &[]);
        assert!(code == Some(2) && text.contains("`./no-such-program` does not exist"), "{text}");
        let (code, text) = bench.observe(&format!("{} {{channle}}", bench.script("exit 0")), &[]);
        assert!(code == Some(2) && text.contains("names `{channle}`, and there is no such file"), "{text}");
        let (code, text) = bench.observe(&bench.script("echo too old; exit 1"), &["--runs", "4"]);
        assert!(code == Some(1) && text.contains("4 runs; 4 were refused: too old"), "{text}");
    }
}
