//! Frozen plans: they decide what `check` decides, and nothing that is in a file makes a walk misbehave.

use std::sync::OnceLock;

use super::{ASKED, BUILDS, Gate, OPEN, SHIPPED, flagship_for, limits, open, repaired, schema};
use crate::check::{Plan, check, freeze};
use crate::contract::baseline::Baseline;
use crate::contract::{self, Kind, Manifest, Selected};
use crate::digest::Digest;
use crate::finding::{Severities, Severity};
use crate::frozen::Frozen;
use crate::limits::Limits;
use crate::span::Sources;

/// Bytes before the body of a plan, and where its length and its digest are.
const HEAD: usize = 52;
const LENGTH: std::ops::Range<usize> = 12..20;
const DIGEST: std::ops::Range<usize> = 20..52;

/// A gate, and its plan as a file gives it back.
struct Pair {
    gate: Gate,
    bytes: Vec<u8>,
    frozen: Frozen,
}

impl Pair {
    fn of(gate: Gate) -> Pair {
        let frozen = freeze(&gate.plan, &gate.sources, &Limits::default(), []);
        let bytes = frozen.unwrap_or_else(|e| panic!("the plan: {e}")).to_bytes();
        let bytes = bytes.unwrap_or_else(|e| panic!("the plan's bytes: {e}"));
        let frozen = Frozen::load(&bytes).unwrap_or_else(|e| panic!("the plan as it was written: {e}"));
        assert_eq!(frozen.to_bytes().as_ref(), Ok(&bytes), "a plan that is written again differs");
        Pair { gate, bytes, frozen }
    }

    /// The plan passes exactly what the check passes; what it refuses has a code of the check's errors.
    fn agree(&self, files: &[&[u8]]) {
        let findings = check(&self.gate.plan, &self.gate.sources, files, &limits());
        let errors: Vec<_> =
            findings.iter().filter(|f| f.severity == Severity::Error).map(|f| f.code).collect();
        match self.frozen.judge_within(files, &limits()) {
            Ok(()) => assert!(errors.is_empty(), "passed by the plan alone: {errors:?}"),
            Err(refusal) => {
                assert!(errors.contains(&refusal.code), "{refusal:?}, and the check has {errors:?}");
                let size = files.get(refusal.file).map_or(0, |file| file.len() as u64);
                let range = refusal.range;
                assert!(range.start <= range.end && range.end <= size, "outside the file: {refusal:?}");
            }
        }
    }
}

/// The open contract for one build, without what a frozen plan cannot hold.
fn asked(build: &str) -> Gate {
    let mut sources = Sources::default();
    let raw = contract::parse(&mut sources, "open.contract.toml", ASKED);
    let mut raw = raw.unwrap_or_else(|e| panic!("the contract: {e:?}"));
    raw.questions.retain(|question| !matches!(question.kind, Kind::Pattern(_) | Kind::Novel(_)));
    let manifest = Manifest::parse(&mut sources, "a.build.toml", build);
    let manifest = manifest.unwrap_or_else(|e| panic!("the manifest: {e:?}"));
    let schema = schema(&mut sources, "open.ksy", OPEN);
    let plan = Plan::of_contract(raw, &[schema], &Selected::fielded([&manifest]), Severities::default());
    let baseline = Baseline::parse(&mut sources, "open.baseline.toml", SHIPPED);
    let baseline = baseline.unwrap_or_else(|e| panic!("the baseline: {e:?}"));
    Gate { plan: plan.unwrap_or_else(|e| panic!("the plan: {e:?}")).with_baseline(baseline), sources }
}

fn pairs() -> &'static [Pair] {
    static PAIRS: OnceLock<Vec<Pair>> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let open = open();
        let open = Gate { plan: open.plan.clone(), sources: open.sources.clone() };
        let mut gates = vec![flagship_for(20, "fault"), flagship_for(21, "fault"), open];
        gates.extend(BUILDS.iter().map(|build| asked(build)));
        gates.into_iter().map(Pair::of).collect()
    })
}

/// The set of a flagship's plan.
pub fn frozen_set(definitions: &[u8], channel: &[u8]) {
    pairs().iter().take(2).for_each(|pair| pair.agree(&[definitions, channel]));
}

/// Any bytes as content: a frozen plan decides what the check decides. The first byte chooses, as for
/// [`walk_bytes`](super::walk_bytes).
pub fn frozen_bytes(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    if choice % 3 > 0 {
        return pairs().iter().skip(2).for_each(|pair| pair.agree(&[data]));
    }
    let Some((share, data)) = data.split_first() else { return };
    let (definitions, channel) = data.split_at(data.len() * usize::from(*share) / 256);
    frozen_set(&repaired(definitions, b"BGTD\x01\x00", 16), &repaired(channel, b"BGCF", 24));
}

/// Any bytes as changes to a plan, and as content: the plan is refused, or walks end within their limits.
///
/// The first byte chooses the plan, the second how many changes of three bytes follow: where, and what. Where the first
/// is odd the digest is made right, so that the changes are read.
pub fn plan_bytes(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let Some((count, data)) = data.split_first() else { return };
    let row = usize::from(choice / 2) % (pairs().len() + 1);
    let (changes, content) = data.split_at(data.len().min(usize::from(*count) * 3));
    let Some(pair) = pairs().get(row) else {
        // The bytes themselves are a plan, or its body.
        let mut bytes = b"bootplan\x01\x00\x00\x00".to_vec();
        bytes.resize(HEAD, 0);
        bytes.extend(data);
        let _ = Frozen::load(data);
        return loaded(&sealed(bytes), content);
    };
    let mut bytes = pair.bytes.clone();
    for change in changes.chunks_exact(3) {
        let [high, low, value] = change else { continue };
        let at = usize::from(u16::from_be_bytes([*high, *low]));
        // The least changes, and a cut, reach further than any byte does.
        if let Some(place) = bytes.get_mut(HEAD + at % 8192) {
            *place = if value.is_multiple_of(4) { place.wrapping_add(1) } else { *value };
        }
    }
    if changes.is_empty() {
        bytes.truncate(HEAD + usize::from(*count) * 32);
    }
    loaded(&if choice % 2 == 1 { sealed(bytes) } else { bytes }, content);
}

/// A plan with the length and the digest of its body.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.get(HEAD..).unwrap_or_default();
    let (size, digest) = ((body.len() as u64).to_le_bytes(), Digest::of(body).bytes());
    bytes.get_mut(LENGTH).into_iter().for_each(|place| place.copy_from_slice(&size));
    bytes.get_mut(DIGEST).into_iter().for_each(|place| place.copy_from_slice(&digest));
    bytes
}

fn loaded(bytes: &[u8], content: &[u8]) {
    let frozen = match Frozen::load(bytes) {
        Ok(frozen) => frozen,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let (first, second) = content.split_at(content.len() / 2);
    let files = [first, second];
    let files = if frozen.roles().len() == 1 { vec![content] } else { files.to_vec() };
    let _ = frozen.judge_within(&files, &limits());
    let again = frozen.to_bytes().unwrap_or_else(|e| panic!("a plan that was loaded: {e}"));
    assert!(Frozen::load(&again).is_ok(), "a plan that was loaded cannot be written");
}
