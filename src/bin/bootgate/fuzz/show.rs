//! What was found, for people: files of a crash, and the end of a campaign.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bootgate::campaign::{CampaignConfig, Crash, Fuzzed};
use bootgate::dump::{self, Marked, against};
use bootgate::finding::Campaign;
use bootgate::limits::Bounds;
use bootgate::schema::{self, Search};
use bootgate::span::Sources;

/// Seeds that a crash is held against.
const SEEDS: usize = 64;
/// Lines of a dump that are shown; the file has all.
const LINES: usize = 60;

/// A crash that was looked into.
pub(super) struct Found<'a> {
    pub(super) crash: &'a Crash,
    /// Whether it was seen once more, in a guest of its own; nothing if nobody tried.
    pub(super) again: Option<bool>,
    pub(super) smaller: Option<&'a [u8]>,
    /// The seed that the input is most like, and the dump against it.
    pub(super) dump: Option<(PathBuf, Marked)>,
    /// The same of what is left of it.
    pub(super) smaller_dump: Option<(PathBuf, Marked)>,
    /// What a virtual machine makes of it, and its report.
    pub(super) x86: Option<(String, String)>,
}

impl Found<'_> {
    /// Writes its files.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("input"), &self.crash.input)?;
        fs::write(folder.join("report.txt"), format!("{}\n", self.crash.report.text))?;
        if let Some((_, report)) = &self.x86 {
            fs::write(folder.join("x86.txt"), format!("{report}\n"))?;
        }
        if let Some(smaller) = self.smaller {
            fs::write(folder.join("smaller"), smaller)?;
        }
        for (name, dump) in [("input.dump.txt", &self.dump), ("smaller.dump.txt", &self.smaller_dump)] {
            if let Some((seed, marked)) = dump {
                let text = format!("against {}\n{}", seed.display(), marked.text(true));
                fs::write(folder.join(name), text)?;
            }
        }
        Ok(())
    }

    /// Facts, a line each.
    pub(super) fn notes(&self) -> Vec<String> {
        let Crash { execution, times, input, report, .. } = self.crash;
        let often = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
        let mut notes = vec![format!("found {often}, first at execution {execution}")];
        notes.extend(report.frames.iter().take(6).map(|frame| match &frame.module {
            Some(module) => format!("in {} [{module}]", frame.function),
            None => format!("in {}", frame.function),
        }));
        let bytes = input.len();
        notes.push(match (self.smaller, self.again) {
            (Some(smaller), _) => format!("made smaller, from {bytes} to {} bytes", smaller.len()),
            (None, None) => format!("{bytes} bytes, as they were found"),
            (None, Some(true)) => format!("{bytes} bytes, as they are: nothing of them is of the schema"),
            (None, Some(false)) => {
                "a second guest did not crash with it alone: it may take what came before it as well"
                    .to_owned()
            }
        });
        notes.extend(self.x86.as_ref().map(|(words, _)| words.clone()));
        notes
    }

    /// The fields that differ, and what they are within: of the input, or of what is left of it if fewer differ there. What
    /// is made up for a part that was left out differs as well.
    pub(super) fn text(&self, folder: &Path) -> String {
        let both = [("input", &self.dump), ("smaller", &self.smaller_dump)];
        let dumps = both.into_iter().filter_map(|(name, dump)| Some((name, dump.as_ref()?)));
        let Some((name, (seed, marked))) = dumps.min_by_key(|(_, (_, marked))| marked.cost) else {
            return String::new();
        };
        let text = marked.text(false);
        let mut made = format!("\n{} against {}:\n", folder.join(name).display(), seed.display());
        for line in text.lines().take(LINES) {
            made.push_str(line);
            made.push('\n');
        }
        let more = text.lines().count().saturating_sub(LINES);
        if more > 0 {
            let whole = folder.join(format!("{name}.dump.txt"));
            made.push_str(&format!("  … {more} more lines in {}\n", whole.display()));
        }
        made
    }
}

/// The dump of an input against the seed that it is most like.
pub(super) fn nearest(
    config: &CampaignConfig,
    bounds: &Bounds,
    seeds: &[(PathBuf, Vec<u8>)],
    input: &[u8],
) -> Option<(PathBuf, Marked)> {
    let mut sources = Sources::default();
    let import_paths: Vec<PathBuf> = config.import_paths.iter().map(|folder| folder.value.clone()).collect();
    let files = bootgate::disk::Disk(&bounds.schema);
    let search = Search { files: &files, import_paths: &import_paths, limits: &bounds.schema };
    let bundle = schema::load(&mut sources, &config.schema.value, search).ok()?;
    let plan = dump::plan(bundle, Default::default()).ok()?;
    let marked = |(path, seed): &(PathBuf, Vec<u8>)| {
        Some((path.clone(), against(&plan, &sources, input, seed, &bounds.content).ok()?))
    };
    seeds.iter().take(SEEDS).filter_map(marked).min_by_key(|(_, marked)| marked.cost)
}

/// What a campaign did, for reports.
pub(super) fn numbers(fuzzed: &Fuzzed, kept: usize) -> Campaign {
    let Fuzzed { executions, executing, guests, panics: crashes, lost, .. } = *fuzzed;
    Campaign { executions, executing, guests, crashes, lost, kept: kept as u64 }
}

/// The same in some lines.
pub(super) fn summary(campaign: &Campaign, fuzzed: &Fuzzed, engine: &str) -> String {
    let Campaign { executions, executing, guests, crashes, lost, kept } = campaign;
    let (seconds, rate, different) = (executing.as_secs_f64(), campaign.per_second(), fuzzed.crashes.len());
    let mut text = format!(
        "\n{executions} executions in {seconds:.1} s, {rate} a second, in {engine}; {kept} inputs kept; {guests} guests, \
         {crashes} crashes, {different} of them different, {lost} inputs lost\n"
    );
    let mut sorted = fuzzed.restarts.clone();
    sorted.sort();
    if let (Some(median), Some(most)) = (sorted.get(sorted.len() / 2), sorted.last()) {
        let ms = |time: &Duration| time.as_millis();
        text.push_str(&format!(
            "from a crash to the next guest's first input: {} ms, at most {} ms\n",
            ms(median),
            ms(most)
        ));
    }
    text
}
