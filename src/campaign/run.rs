//! A campaign: guests one after the other, each until its kernel dies, and what they died of.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::config::CampaignLimits;
use super::engine::Engine;
use super::guest::{End, Guest, PAUSE};
use super::plan::{CORPUS, SEEDS};
use super::report::{Key, Report};
use super::root::Root;

/// Guests in a row that end with neither an input nor a report.
const FRUITLESS: u32 = 3;

/// A campaign that can be run.
#[derive(Debug)]
pub struct Campaign<'a> {
    /// What its guests run in.
    pub engine: &'a Engine,
    /// The root of its guests, with a plan to fuzz.
    pub root: &'a Root,
    /// The name of the module.
    pub module: &'a str,
    /// When it ends.
    pub limits: CampaignLimits,
    /// The seed of the first guest; the next one has the next number.
    pub seed: u32,
    /// Every input that a guest died of is written here, named by the number of its execution.
    pub inputs: PathBuf,
}

/// One fault, however often it was found.
#[derive(Clone, Debug)]
pub struct Crash {
    /// What tells it from others.
    pub key: Key,
    /// The first report of it.
    pub report: Report,
    /// The first input.
    pub input: Vec<u8>,
    /// The execution that found it, counted from the start of the campaign.
    pub execution: u64,
    /// How often it was found.
    pub times: u64,
}

/// What a campaign came to.
#[derive(Clone, Debug, Default)]
pub struct Fuzzed {
    /// Executions in all guests.
    pub executions: u64,
    /// The time that guests were executing inputs.
    pub executing: Duration,
    /// Guests that were started.
    pub guests: u64,
    /// Guests that died.
    pub panics: u64,
    /// Those of them whose last input is not known.
    pub lost: u64,
    /// For each guest that followed a dead one: from the input that killed that one to its own first input.
    pub restarts: Vec<Duration>,
    /// The faults, in the order in which they were found.
    pub crashes: Vec<Crash>,
}

/// Why a campaign could not go on.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// A kernel that cannot be executed, a folder that cannot be written to.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A module that the kernel does not load.
    #[error("the guest could not go on: {0}")]
    Failed(String),
    /// A kernel without hostfs.
    #[error("the guest ended before its first input, and did not say why; its last lines: {0}")]
    Silent(String),
    /// A module that crashes as it is loaded.
    #[error("the kernel dies before the first input: {0}")]
    AtOnce(String),
    /// A fuzzer that ends by itself.
    #[error("the fuzzer in the guest ended with status {0}; its last lines: {1}")]
    Fuzzer(i32, String),
}

impl Campaign<'_> {
    /// Runs it, and tells how many executions there were so far, again and again.
    ///
    /// # Errors
    ///
    /// The guests do not get anywhere.
    pub fn run(&self, mut told: impl FnMut(&Fuzzed)) -> Result<Fuzzed, CampaignError> {
        let begin = Instant::now();
        let mut so_far = Fuzzed::default();
        let mut known: BTreeMap<Key, usize> = BTreeMap::new();
        let mut died: Option<Instant> = None;
        let mut fruitless = 0;
        while !self.is_over(&so_far, begin) {
            let seed = self.seed.wrapping_add(u32::try_from(so_far.guests).unwrap_or(0)).max(1);
            let mut guest = Guest::start(self.engine, self.root, &self.arguments(seed, so_far.executions))?;
            so_far.guests += 1;
            let (stopped, last) = self.watch(&mut guest, &mut so_far, died.take(), begin, &mut told)?;
            let record = guest.record();
            let report = match (guest.end(), stopped) {
                (End::Crash(report), _) if guest.counts().0 == 0 => {
                    return Err(CampaignError::AtOnce(report.key(self.module).words()));
                }
                (End::Crash(report), _) => *report,
                (End::Failed(why), _) => return Err(CampaignError::Failed(why)),
                (_, Stopped::Over) => break,
                (_, Stopped::Hangs) => Report::hang(self.limits.hang),
                (End::Status(0), Stopped::Ended) => continue,
                (End::Status(status), Stopped::Ended) => {
                    return Err(CampaignError::Fuzzer(status, guest.last_lines()));
                }
                (End::Unknown(lines), Stopped::Ended) => {
                    fruitless += 1;
                    if fruitless >= FRUITLESS {
                        return Err(CampaignError::Silent(lines));
                    }
                    continue;
                }
            };
            fruitless = 0;
            so_far.panics += 1;
            died = Some(last);
            let Some(record) = record else {
                so_far.lost += 1;
                continue;
            };
            let name = |again: u64| match again {
                0 => format!("{:08}", so_far.executions),
                again => format!("{:08}-{}", so_far.executions, again + 1),
            };
            let path = (0..).map(|again| self.inputs.join(name(again))).find(|path| !path.exists());
            fs::write(path.unwrap_or_default(), &record.input)?;
            let key = report.key(self.module);
            if let Some(crash) = known.get(&key).and_then(|index| so_far.crashes.get_mut(*index)) {
                crash.times += 1;
                continue;
            }
            known.insert(key.clone(), so_far.crashes.len());
            let execution = so_far.executions;
            so_far.crashes.push(Crash { key, report, input: record.input, execution, times: 1 });
        }
        Ok(so_far)
    }

    fn is_over(&self, so_far: &Fuzzed, begin: Instant) -> bool {
        let reached = |limit: u64, number: u64| limit > 0 && number >= limit;
        begin.elapsed() >= self.limits.time
            || reached(self.limits.runs, so_far.executions)
            || reached(self.limits.panics, so_far.panics)
            || reached(self.limits.crashes, so_far.crashes.len() as u64)
    }

    /// Waits for the end of a guest, and counts what it does. Gives the time at which its last input was seen as well.
    fn watch(
        &self,
        guest: &mut Guest,
        so_far: &mut Fuzzed,
        mut died: Option<Instant>,
        begin: Instant,
        told: &mut impl FnMut(&Fuzzed),
    ) -> io::Result<(Stopped, Instant)> {
        let before = so_far.executions;
        let (mut last, mut changed, mut first) = (0, Instant::now(), None);
        loop {
            let ended = guest.has_ended()?;
            let (begun, _) = guest.counts();
            if begun != last {
                first.get_or_insert_with(Instant::now);
                if let Some(died) = died.take() {
                    so_far.restarts.push(died.elapsed());
                }
                (last, changed) = (begun, Instant::now());
                so_far.executions = before.saturating_add(begun);
                told(so_far);
            }
            let patience = if last == 0 { self.engine.patience() } else { self.limits.hang };
            let stopped = if ended {
                Some(Stopped::Ended)
            } else if self.is_over(so_far, begin) {
                Some(Stopped::Over)
            } else {
                (changed.elapsed() >= patience).then_some(if last == 0 {
                    Stopped::Ended
                } else {
                    Stopped::Hangs
                })
            };
            if let Some(stopped) = stopped {
                so_far.executing += first.map(|first| first.elapsed()).unwrap_or_default();
                return Ok((stopped, changed));
            }
            sleep(PAUSE);
        }
    }

    fn arguments(&self, seed: u32, executions: u64) -> Vec<String> {
        let mut arguments = vec![
            format!("-seed={seed}"),
            format!("-max_len={}", self.limits.bytes),
            "-len_control=0".into(),
            // A mutant has several edits as it is, and the seeds of the corpus are those that the mutator has read.
            "-mutate_depth=1".into(),
            // Nobody else writes to the corpus.
            "-reload=0".into(),
            "-timeout=0".into(),
            "-rss_limit_mb=0".into(),
            "-verbosity=0".into(),
            "-artifact_prefix=/bootgate/".into(),
        ];
        if self.limits.runs > 0 {
            arguments.push(format!("-runs={}", self.limits.runs.saturating_sub(executions)));
        }
        // Kernels have words of their own behind ours.
        arguments.extend([CORPUS.to_owned(), SEEDS.to_owned(), "-ignore_remaining_args=1".to_owned()]);
        arguments
    }
}

/// Why a guest is not watched any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stopped {
    Ended,
    Over,
    Hangs,
}
