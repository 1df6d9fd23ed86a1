//! Every code, shown by the smallest input that gives it: one folder of `tests/codes` for each.
//!
//! The notes of a folder's transcript say which findings its last command gives, and no others:
//! `# dead-read: warning, content`. A file that changes while it is read is the one that no command line
//! brings about each time; its report comes from the library.

#[cfg(test)]
#[path = "cli/transcript.rs"]
mod transcript;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use bootgate::codes::{self, Code};
    use bootgate::finding::{Blame, Run, Unit, UnitFile};
    use bootgate::input::{Hold, open};
    use bootgate::report::{self, Format, TextOptions};
    use bootgate::span::Sources;
    use serde_json::Value;
    use snapbox::{Assert, Data};

    use super::transcript::{Transcript, copy, run};

    fn folder(code: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codes").join(code)
    }

    fn names(folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn codes_pages_and_folders_are_the_same_set() {
        let known: BTreeSet<String> = codes::ALL.iter().map(|code| code.name.to_owned()).collect();
        let pages = names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codes/pages"));
        let pages: BTreeSet<String> = pages.iter().map(|name| name.replace(".md", "")).collect();
        assert_eq!(pages, known);
        assert_eq!(names(&folder("")), known);
    }

    fn blame(code: &Code) -> &'static str {
        match code.blame {
            Blame::Content => "content",
            Blame::Schema => "schema",
            Blame::Contract => "contract",
            Blame::Consumer => "consumer",
            Blame::Environment => "environment",
        }
    }

    /// Every finding of a JSON report, as notes have it.
    fn findings(report: &Value) -> BTreeSet<String> {
        let units = report["units"].as_array().unwrap().iter().flat_map(|unit| unit["findings"].as_array());
        let all = units.chain(report["problems"].as_array()).flatten();
        let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        all.map(|f| format!("{}: {}, {}", word(f, "code"), word(f, "severity"), word(f, "blame"))).collect()
    }

    fn replay(code: &Code) -> Result<(), String> {
        let inputs = folder(code.name);
        let transcript = Transcript::read(&inputs.join("transcript.txt"));
        let work = tempfile::tempdir().unwrap();
        copy(&inputs, work.path());
        transcript.replay(work.path())?;
        let output = run(&format!("{} --format json", transcript.last()), work.path());
        let report: Value =
            serde_json::from_slice(&output.stdout).map_err(|e| format!("{}: {e}", code.name))?;
        let (found, noted) = (findings(&report), transcript.notes.iter().cloned().collect());
        if found != noted {
            return Err(format!("{}: found {found:?}, and noted are {noted:?}", code.name));
        }
        let own =
            found.iter().any(|f| f.starts_with(&format!("{}: ", code.name)) && f.ends_with(blame(code)));
        own.then_some(()).ok_or_else(|| format!("{}: not in {found:?} with its blame", code.name))
    }

    #[test]
    fn every_code_comes_out_of_its_folder_alone() {
        let by_command = codes::ALL.iter().filter(|code| code.name != codes::FILE_CHANGED);
        let wrong: Vec<String> = by_command.filter_map(|code| replay(code).err()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_told() {
        let work = tempfile::tempdir().unwrap();
        copy(&folder(codes::FILE_CHANGED), work.path());
        let path = work.path().join("content.bin");
        let content = open(&path, Hold::Private).unwrap();
        fs::write(&path, b"more than before").unwrap();
        let finding = content.verify_unchanged().unwrap_err().to_finding();
        assert_eq!((finding.code, finding.blame), (codes::FILE_CHANGED, Blame::Environment));
        let file =
            UnitFile { role: "example".into(), path: "content.bin".into(), size: Some(content.size()) };
        let unit = Unit {
            name: "content.bin".into(),
            files: vec![file],
            findings: vec![finding],
            ..Unit::default()
        };
        let run = Run { units: vec![unit], ..Run::default() };
        let mut told = Vec::new();
        let options = TextOptions { color: false, verbose: false };
        report::write(&run, &Sources::default(), Format::Text, options, &mut told).unwrap();
        let told = String::from_utf8(told).unwrap().replace(&format!("{}/", work.path().display()), "");
        let expected = Data::read_from(&folder(codes::FILE_CHANGED).join("transcript.txt"), None).raw();
        Assert::new().action_env("SNAPSHOTS").eq(told, expected);
    }

    /// The fenced blocks of a page of one language.
    fn blocks<'p>(page: &'p str, language: &str) -> Vec<Vec<&'p str>> {
        let fence = format!("```{language}\n");
        let inner = page.split(fence.as_str()).skip(1);
        inner.map(|rest| rest.split("```").next().unwrap_or("").lines().collect()).collect()
    }

    /// Whether the lines are all in a text, in this order; what is between them may be left out.
    fn in_order(lines: &[&str], text: &str, same: impl Fn(&str, &str) -> bool) -> Result<(), String> {
        let mut rest = text.lines();
        match lines.iter().find(|line| !rest.any(|other| same(line, other))) {
            None => Ok(()),
            Some(line) => Err(format!("`{line}` is not in the fixture")),
        }
    }

    #[test]
    fn what_the_pages_show_is_what_the_program_prints() {
        let mut wrong = Vec::new();
        for code in codes::ALL {
            let transcript = fs::read_to_string(folder(code.name).join("transcript.txt")).unwrap();
            let printed = blocks(code.page, "text");
            if printed.is_empty() {
                wrong.push(format!("{}: nothing that the program prints is shown", code.name));
            }
            let printed = printed.iter().map(|lines| in_order(lines, &transcript, |a, b| a == b));
            let inputs: Vec<String> = names(&folder(code.name))
                .iter()
                .filter_map(|name| fs::read_to_string(folder(code.name).join(name)).ok())
                .chain(manifests(code))
                .collect();
            let quoted: Vec<_> = ["yaml", "toml"].iter().flat_map(|l| blocks(code.page, l)).collect();
            let quoted = quoted.iter().map(|lines| {
                let found = inputs
                    .iter()
                    .any(|text| in_order(lines, text, |a, b| a.trim_start() == b.trim_start()).is_ok());
                found.then_some(()).ok_or_else(|| format!("no input of the fixture has {lines:?}"))
            });
            let all = printed.chain(quoted).filter_map(Result::err);
            wrong.extend(all.map(|error| format!("{}: {error}", code.name)));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn manifests(code: &Code) -> Vec<String> {
        let folder = folder(code.name).join("builds");
        let names = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        names.map(|path| fs::read_to_string(path).unwrap()).collect()
    }
}
