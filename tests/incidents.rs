//! Cases of content that took its consumers down: the bad is refused for the stated reason, the good is accepted.

#[cfg(test)]
#[path = "incidents/cases.rs"]
mod cases;
#[cfg(test)]
#[path = "incidents/gate.rs"]
mod gate;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    use bootgate::codes;
    use bootgate::finding::{Finding, Severity};

    use super::cases::{Case, Expected, all};
    use super::gate::Gate;

    /// Where the README's table begins and ends.
    const MARKS: (&str, &str) = ("<!-- table: begin -->\n", "<!-- table: end -->\n");
    /// Bytes of what stands for a sector: the files are small.
    const SECTOR: usize = 16;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/incidents")
    }

    fn path(case: &Case) -> PathBuf {
        root().join(case.incident).join(format!("{}.bin", case.name))
    }

    fn blessing() -> bool {
        env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite")
    }

    /// The errors, as code, path and builds.
    fn errors(findings: &[Finding]) -> Vec<(&str, &str, String)> {
        let errors = findings.iter().filter(|f| f.severity == Severity::Error);
        fn error(f: &Finding) -> (&str, &str, String) {
            let Finding { code, places, builds, .. } = f;
            let path = places.first().and_then(|place| place.path.as_deref());
            (code, path.unwrap_or("nowhere"), builds.join(" "))
        }
        let mut errors: Vec<(&str, &str, String)> = errors.map(error).collect();
        errors.sort();
        errors
    }

    #[test]
    fn the_bad_is_refused_for_the_stated_reason_and_the_good_is_accepted() {
        let mut wrong = Vec::new();
        for case in all() {
            let gate = Gate::new(&root().join(case.incident), case.builds, case.recorded);
            let findings = gate.findings(&case.bytes);
            let found = errors(&findings);
            let mut expected: Vec<(&str, &str, String)> =
                case.expected.iter().map(|e: &Expected| (e.code, e.path, e.builds.to_string())).collect();
            expected.sort();
            if found != expected {
                wrong
                    .push(format!("{}/{}: expected {expected:?}, found {found:?}", case.incident, case.name));
            }
            // A warning is a failure as well: it is how such a file ships.
            let warned: Vec<&str> =
                findings.iter().filter(|f| f.severity == Severity::Warning).map(|f| f.code).collect();
            if !warned.is_empty() {
                wrong.push(format!("{}/{}: warnings {warned:?}", case.incident, case.name));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn committed_files_are_what_the_builder_makes() {
        for case in all() {
            let path = path(&case);
            if blessing() {
                fs::write(&path, &case.bytes).unwrap();
            }
            let committed = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert!(committed == case.bytes, "{} differs from what the builder makes", path.display());
        }
        let expected: BTreeSet<PathBuf> = all().iter().map(path).collect();
        let folders = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
        let files = folders.filter(|path| path.is_dir()).flat_map(|path| fs::read_dir(path).unwrap());
        let committed: BTreeSet<PathBuf> = files
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "bin"))
            .collect();
        assert_eq!(committed, expected, "no other files are in the folders");
    }

    fn row(case: &Case) -> String {
        let Case { incident, name, what, .. } = case;
        let builds = if case.builds.is_empty() { "all" } else { case.builds };
        let result: Vec<String> = case
            .expected
            .iter()
            .map(|e| {
                let builds = if e.builds.is_empty() { String::new() } else { format!(" for {}", e.builds) };
                format!("`{}` at `{}`{builds}", e.code, e.path)
            })
            .collect();
        let result = if result.is_empty() { "accepted".to_string() } else { result.join("; ") };
        format!("| `{incident}/{name}` | {what} | {builds} | {result} |\n")
    }

    #[test]
    fn the_readme_lists_every_case() {
        let path = root().join("README.md");
        let readme = fs::read_to_string(&path).unwrap();
        let (before, rest) = readme.split_once(MARKS.0).expect("the table's begin mark");
        let (committed, after) = rest.split_once(MARKS.1).expect("the table's end mark");
        let head = "| case | what it is | builds | result |\n|---|---|---|---|\n".to_string();
        let table: String = std::iter::once(head).chain(all().iter().map(row)).collect();
        if blessing() {
            let (begin, end) = MARKS;
            fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
        } else {
            assert_eq!(committed, table, "run the command that the README gives");
        }
    }

    /// One good file of each format, with its gate.
    fn whole() -> Vec<(Case, Gate)> {
        let mut known = BTreeSet::new();
        let good = all().into_iter().filter(|case| case.expected.is_empty() && case.recorded.is_none());
        let first = good.filter(|case| known.insert(case.incident));
        first
            .map(|case| {
                let gate = Gate::new(&root().join(case.incident), case.builds, None);
                (case, gate)
            })
            .collect()
    }

    fn refused(gate: &Gate, bytes: &[u8]) -> bool {
        gate.findings(bytes).iter().any(|f| f.severity == Severity::Error)
    }

    #[test]
    fn a_file_that_is_all_zero_is_refused_by_its_first_bytes() {
        for (case, gate) in whole() {
            let findings = gate.findings(&vec![0; case.bytes.len()]);
            let found = errors(&findings);
            assert!(
                found.iter().any(|(code, ..)| *code == codes::CONTENTS_MISMATCH),
                "{}: {found:?}",
                case.incident
            );
            assert!(refused(&gate, &[]), "{}: nothing at all", case.incident);
        }
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_refused() {
        for (case, gate) in whole() {
            for len in 0..case.bytes.len() {
                assert!(refused(&gate, &case.bytes[..len]), "{} cut at {len}", case.incident);
            }
            assert!(!refused(&gate, &case.bytes), "{}: whole", case.incident);
        }
    }

    #[test]
    fn a_file_with_one_stale_sector_is_refused() {
        for (case, gate) in whole() {
            // The version before: the same length, and something else everywhere.
            let stale: Vec<u8> = case.bytes.iter().map(|byte| byte.wrapping_add(1)).collect();
            for start in (0..case.bytes.len()).step_by(SECTOR) {
                let end = (start + SECTOR).min(case.bytes.len());
                let mut torn = case.bytes.clone();
                torn[start..end].copy_from_slice(&stale[start..end]);
                assert!(refused(&gate, &torn), "{}: stale from {start} to {end}", case.incident);
            }
        }
    }
}
