//! The reference driver in C does what the July sensor did, and in all else what the consumer in Rust does.

#[cfg(test)]
#[path = "driver/agreement.rs"]
mod agreement;
#[cfg(test)]
#[path = "driver/builds.rs"]
mod builds;
#[cfg(test)]
#[path = "driver/cases.rs"]
mod cases;
#[cfg(test)]
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use bootgate::contract::Beyond;
use bootgate::extract::Binary;
use bootgate::oracle::consumer::{Site, Value, case};
use bootgate::oracle::{Judge, complete};
use builds::{Run, Watch, driver, names, run, watch, watches};
use cases::{Folder, bytes, check, costly, generated, run_one, seeds, status};
use support::cases::all;
use support::events::{event, matching};
use support::samples;

#[track_caller]
fn ends_with(run: &Run, words: &str) {
    assert!(run.is_clean(), "{run:#?}");
    assert!(run.stdout.trim_end().ends_with(words), "{words}: {run:#?}");
}

/// It died of reading the 21st input, and of nothing else.
#[track_caller]
fn dies_of_the_21st_input(run: &Run, watch: Watch) {
    assert_eq!(run.code, None, "{run:#?}");
    let last = run.stdout.lines().last().unwrap_or_default();
    assert!(last.ends_with(".criteria[20] reads input 20"), "{run:#?}");
    if watch == Watch::Sanitizer {
        let report = &run.stderr;
        assert!(report.contains("AddressSanitizer: heap-buffer-overflow"), "{report}");
        assert!(report.contains("READ of size 8"), "{report}");
        let frame = report.lines().find(|line| line.trim_start().starts_with("#0 ")).unwrap_or_default();
        assert!(frame.contains("in instance_matches") && frame.contains("interpreter.c"), "{report}");
        // 20 pointers.
        assert!(report.contains("of 160-byte region"), "{report}");
    }
}

#[test]
fn the_july_file_makes_the_legacy_build_read_behind_its_inputs() {
    let july = samples::july().build().bytes;
    for watch in watches() {
        let folder = Folder::new();
        let path = folder.write("case", &bytes(&july, &status()));
        dies_of_the_21st_input(&run("legacy", watch, &[Path::new("-v"), &path]), watch);
    }
}

#[test]
fn each_build_states_what_it_supplies_and_what_happens_beyond() {
    let stated = |build: &str| -> BTreeMap<String, (u64, Option<Beyond>)> {
        let program = fs::read(driver(build, watch())).unwrap();
        let supplies = Binary::read(build, &program).unwrap().supplies().unwrap();
        supplies.into_iter().map(|supply| (supply.name, (supply.count, supply.beyond))).collect()
    };
    let expected = |ipc: Option<u64>, beyond: Beyond| {
        let supplies = [("process", Some(14)), ("file", Some(12)), ("ipc", ipc)];
        let supplies = supplies.into_iter().filter_map(|(site, count)| Some((site, count?)));
        supplies.map(|(site, count)| (format!("inputs.{site}"), (count, Some(beyond)))).collect()
    };
    assert_eq!(stated("legacy"), expected(Some(20), Beyond::Fault));
    assert_eq!(stated("checked"), expected(Some(20), Beyond::NoMatch));
    assert_eq!(stated("legacy-21"), expected(Some(21), Beyond::Fault));
    assert_eq!(stated("legacy-in-32"), expected(Some(20), Beyond::Fault));
    assert_eq!(stated("legacy-without-ipc"), expected(None, Beyond::Fault));
}

#[test]
fn the_harmless_sibling_runs_in_each_build() {
    let channel = samples::channel().build().bytes;
    for build in names() {
        for watch in watches() {
            let outcome = match build.as_str() {
                "legacy-without-ipc" => "0 evaluated, 0 matched, 0 dead, flags 0",
                _ => "4 evaluated, 1 matched, 0 dead, flags 3",
            };
            ends_with(&run_one(&build, watch, &channel, &status()), outcome);
        }
    }
}

#[test]
fn the_july_file_is_dead_in_the_checked_build_and_matches_where_21_are_supplied() {
    let july = samples::july().build().bytes;
    for watch in watches() {
        let run = |build| run_one(build, watch, &july, &status());
        ends_with(&run("checked"), "4 evaluated, 0 matched, 1 dead, flags 0");
        ends_with(&run("legacy-21"), "4 evaluated, 1 matched, 0 dead, flags 3");
        ends_with(&run("legacy-without-ipc"), "0 evaluated, 0 matched, 0 dead, flags 0");
    }
}

#[test]
fn an_array_that_is_long_enough_does_not_help_where_nobody_fills_it_in() {
    let july = samples::july().build().bytes;
    for watch in watches() {
        let run = run_one("legacy-in-32", watch, &july, &status());
        assert_eq!(run.code, None, "{run:#?}");
        assert!(run.stdout.ends_with("instances[3].criteria[20] reads input 20\n"), "{run:#?}");
    }
}

#[test]
fn an_event_that_does_not_match_so_far_does_not_reach_the_21st_input() {
    let july = samples::july().build().bytes;
    for (name, event) in matching().iter().filter(|(name, _)| *name != "status") {
        let run = run_one("legacy", watch(), &july, event);
        assert!(run.is_clean() && !run.stdout.contains("reads input 20"), "{name}: {run:#?}");
    }
}

#[test]
fn each_sample_event_matches_its_instance() {
    let channel = samples::channel().build().bytes;
    for (index, (name, event)) in matching().iter().enumerate() {
        let run = run_one("legacy", watch(), &channel, event);
        let matched: Vec<_> = run.stdout.lines().filter(|line| line.ends_with(" matches")).collect();
        assert!(
            matched.len() == 1 && matched[0].contains(&format!("instances[{index}] ")),
            "{name}: {run:#?}"
        );
    }
}

#[test]
fn every_valid_set_is_taken_by_each_build_and_ends_by_itself() {
    let folder = Folder::new();
    let mut files = Vec::new();
    for set in all().iter().filter(|set| set.refusal.is_none()) {
        for (name, event) in matching() {
            let bytes = case(&set.definitions, &set.channel, &event.bytes());
            files.push(folder.write(&format!("{}-{name}", set.name), &bytes));
        }
    }
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    for build in names() {
        let run = run(&build, watch(), &files);
        assert!(run.is_clean() && run.code == Some(0), "{build}: {run:#?}");
    }
}

#[test]
fn texts_that_are_costly_to_compare_end() {
    let mut channel = samples::channel();
    let instance = samples::whole(1, samples::IPC, &[(10, samples::pattern(&costly().0))]);
    channel.instances = vec![instance; 200];
    let event = event(Site::Ipc, &[(10, Value::Text(costly().1.as_bytes()))]);
    let run = run_one("checked", watch(), &channel.build().bytes, &event);
    ends_with(&run, "200 evaluated, 0 matched, 0 dead, flags 0, out of steps");
}

#[test]
fn strings_that_many_operands_share_are_checked_only_so_often() {
    let mut channel = samples::channel();
    let long = "a".repeat(1 << 16);
    let given: Vec<_> = (0..20).map(|field| (field, samples::pattern(&long))).collect();
    channel.instances = vec![samples::whole(1, samples::IPC, &given); 100];
    let run = run_one("checked", watch(), &channel.build().bytes, &status());
    assert!(run.is_clean() && run.code == Some(1), "{run:#?}");
    assert!(run.stdout.contains("refused: channel: strings: too long together"), "{run:#?}");
}

#[test]
fn what_is_no_case_is_refused_with_a_place() {
    let folder = Folder::new();
    let whole = bytes(&samples::channel().build().bytes, &status());
    let refused = |name: &str, bytes: &[u8], words: &str| {
        let run = run("legacy", watch(), &[&folder.write(name, bytes)]);
        assert!(run.is_clean() && run.code == Some(1), "{name}: {run:#?}");
        assert!(run.stdout.contains(words), "{name}: {run:#?}");
    };
    refused("empty", b"", "refused: case: length of a part, at byte 0");
    refused("huge", &[0xff; 16], "refused: case: fewer bytes than its length says, at byte 4");
    refused("nothing", &[0; 12], "refused: definitions: no magic number, at byte 0");
    refused("longer", &[&whole[..], b"x"].concat(), "refused: case: bytes behind the event");
    refused("shorter", &whole[..whole.len() - 1], "refused: case: fewer bytes than its length says");
}

#[test]
fn what_cannot_be_run_is_said() {
    let folder = Folder::new();
    let missing = folder.path().join("missing");
    let endless = Path::new("/dev/zero");
    for arguments in [&[missing.as_path()], &[folder.path()], &[endless], &[Path::new("--nonsense")]] {
        let run = run("legacy", watch(), arguments);
        assert!(run.code == Some(2) && !run.stderr.is_empty(), "{arguments:?}: {run:#?}");
    }
}

/// What fuzzers start from; `SNAPSHOTS=overwrite` writes it.
#[test]
fn committed_seeds_are_what_the_schema_of_cases_takes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut files = Vec::new();
    for (kind, seeds) in [("wildcard", seeds()), ("generated", generated())] {
        let folder = folder.join(kind);
        if env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            seeds.iter().for_each(|(name, bytes)| fs::write(folder.join(name), bytes).unwrap());
        }
        let mut committed: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        committed.sort();
        let mut expected: Vec<PathBuf> = seeds.iter().map(|(name, _)| folder.join(name)).collect();
        expected.sort();
        assert_eq!(committed, expected);
        for (name, bytes) in &seeds {
            assert!(fs::read(folder.join(name)).unwrap() == *bytes, "{kind}/{name} is not what is made now");
        }
        files.extend(committed);
    }
    let (code, text) = check(&files);
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("note"), "{text}");
}

#[test]
fn what_is_accepted_does_no_harm_and_what_is_refused_for_its_supply_does() {
    let mut refused = 0;
    for set in all() {
        let case = case(&set.definitions, &set.channel, &status().bytes());
        let folder = Folder::new();
        let write = |cases: Vec<Vec<u8>>| -> Vec<PathBuf> {
            cases.iter().enumerate().map(|(row, case)| folder.write(&row.to_string(), case)).collect()
        };
        for (build, stated) in [("legacy", 20), ("checked", 20), ("legacy-21", 21)] {
            let paths = write(Judge::of(build, stated).unwrap().harmless(&case));
            if !paths.is_empty() {
                let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
                let run = run(build, watch(), &paths);
                assert!(run.code == Some(0) && run.stderr.is_empty(), "{} in {build}: {run:#?}", set.name);
            }
        }
        for path in write(complete(&case)) {
            refused += 1;
            for watch in watches() {
                let run = run("legacy", watch, &[&path]);
                assert_eq!(run.code, None, "{}: {run:#?}", set.name);
            }
        }
    }
    assert!(refused > 3, "{refused}");
}

/// The checksum of a part is of that part alone, wherever in a case it lies.
#[test]
fn the_schema_of_cases_refuses_a_part_with_a_wrong_checksum() {
    let folder = Folder::new();
    let mut channel = samples::channel().build();
    channel.set("header.build_stamp", channel.get("header.build_stamp") ^ 1);
    let path = folder.write("case", &bytes(&channel.bytes, &status()));
    let (code, text) = check(&[path]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("checksum-mismatch") && text.contains("channel.header.crc32"), "{text}");
}

#[test]
fn values_that_are_missing_are_absent_and_further_ones_are_not_used() {
    let channel = samples::channel().build().bytes;
    let mut short = status();
    short.values.truncate(11);
    ends_with(&run_one("legacy", watch(), &channel, &short), "4 evaluated, 0 matched, 0 dead, flags 0");
    let mut long = status();
    long.values.resize(64, Value::Absent);
    ends_with(&run_one("legacy", watch(), &channel, &long), "4 evaluated, 1 matched, 0 dead, flags 3");
}

/// What `fuzz/kernel/boot-loop.sh` lets happen; `SNAPSHOTS=overwrite` writes it.
#[test]
fn the_event_of_the_boot_loop_is_the_one_that_reaches_the_21st_input() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/kernel/status.event");
    if env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
        fs::write(&path, status().bytes()).unwrap();
    }
    assert_eq!(fs::read(&path).unwrap(), status().bytes());
}

#[test]
fn the_guide_shows_the_first_crash_of_the_boot_loop_as_it_was_recorded() {
    let kernel = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/kernel");
    let read = |name| fs::read_to_string(kernel.join(name)).unwrap();
    let recorded = read("boot-loop.stock.txt");
    let (_, crashes) = recorded.split_once("==== the legacy build with invalid/july-2024\n").unwrap();
    let (first, _) = crashes.split_once("\n-- boot 2\n").unwrap();
    assert!(read("README.md").contains(first), "{first}");
}
