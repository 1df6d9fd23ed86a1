//! Frozen plans of the flagship: what each build's plan makes of each set of the corpus, and what a file says.

#[cfg(test)]
mod support;

use bootgate::frozen::{Frozen, PlanError};
use support::cases::all;
use support::gate::Gate;

const BUILDS: [&str; 5] = ["=7.10", "=7.11", "=7.15", "=7.15.1", "=8.0"];

#[test]
fn a_plan_decides_what_the_check_decides_for_every_build_on_the_whole_corpus() {
    let mut refused = 0;
    for build in BUILDS {
        let gate = Gate::new(build);
        let bytes = gate.freeze().to_bytes().unwrap();
        assert_eq!(gate.freeze().to_bytes().unwrap(), bytes, "the same inputs give the same bytes");
        let plan = Frozen::load(&bytes).unwrap();
        for case in all() {
            let errors = gate.errors(&case.definitions, &case.channel);
            let verdict = plan.judge(&[&case.definitions, &case.channel]);
            let name = case.name;
            assert_eq!(verdict.is_ok(), errors.is_empty(), "{build} {name}: {verdict:?}, check {errors:#?}");
            if let Err(refusal) = verdict {
                refused += 1;
                assert!(errors.iter().any(|e| e.code == refusal.code), "{build} {name}: {refusal:?}");
            }
        }
    }
    assert!(refused > 100, "{refused} refused");
}

/// A note is no reason to refuse; the file of July is one for the builds that supply 20, and no other.
#[test]
fn the_july_file_is_refused_for_its_21st_input_and_its_sibling_passes() {
    let case = |name: &str| all().into_iter().find(|case| case.name == name).unwrap();
    let (july, sibling) = (case("july-2024"), case("wildcard-21st"));
    for (build, passes) in BUILDS.into_iter().zip([true, false, false, true, true]) {
        let plan = Gate::new(build).freeze();
        assert_eq!(plan.judge(&[&sibling.definitions, &sibling.channel]), Ok(()), "{build}");
        let verdict = plan.judge(&[&july.definitions, &july.channel]);
        assert_eq!(verdict.is_ok(), passes, "{build}: {verdict:?}");
        let Err(refusal) = verdict else { continue };
        assert_eq!((refusal.code, refusal.file), ("read-beyond-supply", 1));
        assert_eq!((refusal.range.start, refusal.range.end), (536, 548));
        assert_eq!(
            refusal.what,
            "index 20 of `inputs.ipc`, of which this build supplies 20, asked at channel.instances[].criteria[]"
        );
    }
}

#[test]
fn a_file_that_is_no_whole_plan_is_refused_and_says_why() {
    let bytes = Gate::new("=7.15").freeze().to_bytes().unwrap();
    let load = |bytes: &[u8]| Frozen::load(bytes).map(|_| ()).unwrap_err();
    assert_eq!(load(b""), PlanError::Magic);
    assert_eq!(load(b"meta: {id: a}\nseq: [{id: b, type: u1}, {id: c, type: u1}]\n"), PlanError::Magic);
    for len in 0..bytes.len() {
        load(&bytes[..len]);
    }
    let body = bytes.len() as u64 - 52;
    assert_eq!(load(&[&bytes[..], b"x"].concat()), PlanError::Length { stated: body, found: body + 1 });
    let changed = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        load(&bytes)
    };
    assert_eq!(changed(8), PlanError::Version(0));
    assert_eq!(changed(20), PlanError::Digest);
    assert_eq!(changed(bytes.len() - 1), PlanError::Digest);
    let mut huge = bytes.clone();
    huge.resize(52 + (4 << 20) + 1, 0);
    huge[12..20].copy_from_slice(&(((4 << 20) + 1) as u64).to_le_bytes());
    assert_eq!(load(&huge), PlanError::Size);
}

/// A change of what a byte means needs another version: old programs would read the new bytes as something else.
#[test]
fn the_encoding_is_that_of_its_version() {
    let text = "{meta: {id: a, endian: le}, seq: [{id: n, type: u1}, {id: rows, type: u4, repeat: expr, repeat-expr: n}]}";
    let plan = support::gate::freeze_schema(text);
    let bytes = plan.to_bytes().unwrap();
    // Behind the program's version, which is the only thing in it that changes with each release.
    let tool = plan.about().tool.as_bytes();
    let at = bytes.windows(tool.len()).position(|part| part == tool).unwrap() + tool.len();
    let digest = bootgate::digest::Digest::of(&bytes[at..]).to_string();
    assert_eq!(
        (bootgate::frozen::VERSION, digest.as_str()),
        (1, "0a1e24ef1e74e856b72447f22927ff66c6c4b68d8110212b377b59a91b628c16")
    );
}
