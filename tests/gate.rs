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

#[test]
fn zeroed_and_swapped_blocks_are_refused_or_harmless() {
    const BLOCK: usize = 512;
    let gate = Gate::new("=7.11");
    let definitions = samples::definitions().build();
    let mut refused = 0;
    let mut judged = 0;
    for case in all().into_iter().filter(|case| case.refusal.is_none()) {
        let channel = samples::channel().build().with(case.channel);
        let blocks = channel.bytes.len().div_ceil(BLOCK);
        let mut judge = |b: &Built, what: &str| {
            if b.bytes != channel.bytes {
                judged += 1;
                refused += usize::from(refused_or_harmless(&gate, &definitions.bytes, &b.bytes, what));
            }
        };
        for block in 0..blocks {
            let range = block * BLOCK..channel.bytes.len().min((block + 1) * BLOCK);
            let zero = |b: &mut Built| b.bytes[range.clone()].fill(0);
            with_both_checksums(&channel, zero, |b, how| {
                judge(b, &format!("{} block {block} zeroed, {how}", case.name))
            });
            // Neighbours: what a write that was torn or reordered leaves behind.
            for other in block + 1..blocks.min(block + 2) {
                let swap = |b: &mut Built| {
                    for n in 0..BLOCK {
                        let (x, y) = (block * BLOCK + n, other * BLOCK + n);
                        if y < b.bytes.len() {
                            b.bytes.swap(x, y);
                        }
                    }
                };
                let what = format!("{} blocks {block} and {other} swapped", case.name);
                with_both_checksums(&channel, swap, |b, how| judge(b, &format!("{what}, {how}")));
            }
        }
    }
    assert!(judged > 50 && refused > judged / 2, "{refused} of {judged} refused");
}
