//! What the gate promises of the flagship: the corpus's table, the July file, and damaged files.

#[cfg(test)]
mod support;

use bootgate::finding::{Finding, Severity};
use support::cases::all;
use support::channel::Built;
use support::gate::{Gate, refused_or_harmless};
use support::samples;

#[test]
fn every_case_of_the_corpus_gets_what_the_table_says() {
    let gate = Gate::new("");
    let mut wrong = Vec::new();
    for case in all() {
        let errors = gate.errors(&case.definitions, &case.channel);
        let right = match &case.refusal {
            None => errors.is_empty(),
            Some(refusal) => errors.iter().filter(|f| f.code == refusal.code).any(|finding| {
                finding.places.iter().any(|place| {
                    let range = place.range.start..place.range.end;
                    let path = place.path.as_deref() == Some(refusal.path.as_str());
                    path && refusal.range.as_ref().is_none_or(|r| (r.start as u64..r.end as u64) == range)
                })
            }),
        };
        if !right {
            let expected = case.refusal.map(|r| format!("{} at {} {:?}", r.code, r.path, r.range));
            wrong.push(format!("{}: expected {expected:?}, got {}", case.name, words(&errors)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn words(findings: &[Finding]) -> String {
    let word = |f: &Finding| {
        let place = f.places.first();
        let path = place.and_then(|p| p.path.clone()).unwrap_or_default();
        format!("{} at {path} {:?}", f.code, place.map(|p| p.range.start..p.range.end))
    };
    findings.iter().map(word).collect::<Vec<_>>().join("; ")
}

/// Channel File 291: the pattern in the 21st field, and what each build makes of it.
#[test]
fn the_july_file_is_judged_by_what_each_build_supplies() {
    let definitions = samples::definitions().build().bytes;
    let july = samples::july().build().bytes;
    let gate = Gate::new("");
    let findings = gate.findings(&definitions, &july);
    let of = |code: &str| findings.iter().find(|f| f.code == code).unwrap();
    let refused = of("read-beyond-supply");
    assert_eq!((refused.severity, refused.builds.join(" ")), (Severity::Error, "7.11 7.15".to_string()));
    assert_eq!(refused.places.len(), 1);
    assert_eq!(refused.places[0].path.as_deref(), Some("channel.instances[3].criteria[20]"));
    assert_eq!((refused.places[0].range.start, refused.places[0].range.end), (536, 548));
    assert!(refused.expected.as_deref().unwrap().contains("supply 20"), "{:?}", refused.expected);
    assert!(refused.labels.iter().any(|l| l.primary && l.key.as_deref() == Some("/read/0/index")));
    let dead = of("dead-read");
    assert_eq!((dead.severity, dead.builds.join(" ")), (Severity::Warning, "7.15.1".to_string()));
    for (build, errors, warnings) in
        [("=7.10", 0, 0), ("=7.11", 1, 0), ("=7.15", 1, 0), ("=7.15.1", 0, 1), ("=8.0", 0, 0)]
    {
        let findings = Gate::new(build).findings(&definitions, &july);
        let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
        assert_eq!((count(Severity::Error), count(Severity::Warning)), (errors, warnings), "{build}");
    }
}

#[test]
fn a_wildcard_in_the_21st_field_passes_for_all_builds_with_one_note() {
    let definitions = samples::definitions().build().bytes;
    let findings = Gate::new("").findings(&definitions, &samples::channel().build().bytes);
    let codes: Vec<_> = findings.iter().map(|f| (f.code, f.severity)).collect();
    assert_eq!(codes, [("declared-not-supplied", Severity::Note)]);
    assert_eq!(findings[0].builds, ["7.11", "7.15", "7.15.1"]);
}

/// A template type that came with the definitions, and that nobody told the contract of.
#[test]
fn a_capacity_that_the_contract_does_not_know_is_refused_for_all_builds() {
    let mut definitions = samples::definitions();
    definitions.types[usize::from(samples::FILE)].name = "net".to_owned();
    let errors = Gate::new("").errors(&definitions.build().bytes, &samples::channel().build().bytes);
    let codes: Vec<_> = errors.iter().map(|f| (f.code, f.builds.len())).collect();
    assert_eq!(codes, [("capacity-unknown", 5)]);
    assert!(errors[0].message.contains("`inputs.net`"), "{}", errors[0].message);
}

/// The same damage with the checksum as it is, and made right again.
fn with_both_checksums(built: &Built, damage: impl Fn(&mut Built), mut judge: impl FnMut(&Built, &str)) {
    let mut damaged = built.clone();
    damage(&mut damaged);
    judge(&damaged, "checksum as it was");
    damaged.seal();
    judge(&damaged, "checksum made right");
}

#[test]
fn a_file_cut_at_any_offset_is_refused_with_a_position() {
    let gate = Gate::new("=7.11");
    let definitions = samples::definitions().build();
    let channel = samples::channel().build();
    for len in 0..channel.bytes.len() {
        with_both_checksums(
            &channel,
            |b| b.cut(len),
            |b, how| {
                let what = format!("channel file cut at {len}, {how}");
                assert!(refused_or_harmless(&gate, &definitions.bytes, &b.bytes, &what), "{what}: passed");
            },
        );
    }
    for len in 0..definitions.bytes.len() {
        with_both_checksums(
            &definitions,
            |b| b.cut(len),
            |b, how| {
                let what = format!("definitions cut at {len}, {how}");
                assert!(refused_or_harmless(&gate, &b.bytes, &channel.bytes, &what), "{what}: passed");
            },
        );
    }
}

/// A file with each of its 512-byte blocks zeroed, and each swapped with its neighbour: what a torn write,
/// or two writes in the wrong order, leave behind.
fn damaged_blocks(file: &Built) -> Vec<(String, Built)> {
    const BLOCK: usize = 512;
    let size = file.bytes.len();
    let mut damaged = Vec::new();
    for start in (0..size).step_by(BLOCK) {
        let mut zeroed = file.bytes.clone();
        zeroed.iter_mut().skip(start).take(BLOCK).for_each(|byte| *byte = 0);
        damaged.push((format!("block at {start} zeroed"), zeroed));
        let mut swapped = file.bytes.clone();
        for n in (start..start + BLOCK).take_while(|n| n + BLOCK < size) {
            swapped.swap(n, n + BLOCK);
        }
        damaged.push((format!("block at {start} swapped with the next"), swapped));
    }
    let changed = damaged.into_iter().filter(|(_, bytes)| *bytes != file.bytes);
    changed.map(|(what, bytes)| (what, file.clone().with(bytes))).collect()
}

#[test]
fn zeroed_and_swapped_blocks_are_refused_or_harmless() {
    let gate = Gate::new("=7.11");
    let mut refused = 0;
    let mut judged = 0;
    for case in all().into_iter().filter(|case| case.refusal.is_none()) {
        let definitions = samples::definitions().build().with(case.definitions);
        let channel = samples::channel().build().with(case.channel);
        let mut judge = |definitions: &Built, channel: &Built, what: String| {
            judged += 1;
            let refusal = refused_or_harmless(&gate, &definitions.bytes, &channel.bytes, &what);
            assert!(refusal || what.ends_with("made right"), "{what}: passed");
            refused += usize::from(refusal);
        };
        for (what, damaged) in damaged_blocks(&channel) {
            with_both_checksums(
                &damaged,
                |_| {},
                |b, how| {
                    judge(&definitions, b, format!("{}, channel file, {what}, {how}", case.name));
                },
            );
        }
        for (what, damaged) in damaged_blocks(&definitions) {
            with_both_checksums(
                &damaged,
                |_| {},
                |b, how| {
                    judge(b, &channel, format!("{}, definitions, {what}, {how}", case.name));
                },
            );
        }
    }
    // What passes is damage to numbers and texts that may have any value, under a checksum made right.
    assert!(judged > 300 && refused > judged / 2, "{refused} of {judged} refused");
}
