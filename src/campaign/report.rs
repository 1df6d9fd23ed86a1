//! What a kernel says when it dies: the report, out of its console, and what makes it the same as another one.

use std::time::Duration;

/// Frames of the module by which crashes are told apart.
const TOLD_APART: usize = 3;

/// A report of a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What happened: `KASAN: slab-out-of-bounds`, or what the kernel says before it stops.
    pub kind: String,
    /// `read of 8 bytes`, where KASAN says so.
    pub access: Option<String>,
    /// The stack, innermost first.
    pub frames: Vec<Frame>,
    /// The report as the kernel wrote it, without times.
    pub text: String,
}

/// A function on the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its name.
    pub function: String,
    /// The module that it is of; nothing for the kernel's own.
    pub module: Option<String>,
}

/// What two reports of one fault have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    kind: String,
    access: Option<String>,
    functions: Vec<String>,
}

/// How reports begin, the most telling first.
const BEGINNINGS: [&str; 9] = [
    "BUG: KASAN: ",
    "BUG: ",
    "kernel BUG at ",
    "general protection fault",
    "Unable to handle kernel",
    "Kernel mode fault at",
    "Oops",
    "WARNING: CPU: ",
    "Kernel panic - not syncing: ",
];

impl Report {
    /// The first report on a console; nothing if there is none.
    pub fn find(console: &str) -> Option<Report> {
        let lines: Vec<&str> = console.lines().map(plain).collect();
        let (start, beginning) = BEGINNINGS.iter().find_map(|beginning| {
            let at = lines.iter().position(|line| line.starts_with(beginning))?;
            Some((at, *beginning))
        })?;
        let lines = lines.get(start..).unwrap_or_default();
        let title = lines.first()?;
        let kind = kind(title, beginning);
        let access = lines.iter().find_map(|line| access(line));
        let mut frames = frames(lines);
        // KASAN names the innermost function itself, and is sure of it.
        let in_title = title.split_once(" in ").and_then(|(_, rest)| entry(rest)).map(|entry| entry.frame);
        let first = in_title.and_then(|title| {
            frames.iter().position(|frame| *frame == title).or_else(|| {
                frames.insert(0, title);
                Some(0)
            })
        });
        frames.drain(..first.unwrap_or(0));
        Some(Report {
            kind,
            access: access.filter(|_| beginning == "BUG: KASAN: "),
            frames,
            text: lines.join("\n"),
        })
    }

    /// What is said of an input that does not come to an end within this time; the kernel says nothing.
    pub fn hang(patience: Duration) -> Report {
        let kind = format!("hang: it takes longer than {} s", patience.as_secs());
        Report { kind, access: None, frames: Vec::new(), text: String::new() }
    }

    /// What tells this report from those of other faults in this module.
    pub fn key(&self, module: &str) -> Key {
        let mut functions: Vec<String> = self
            .frames
            .iter()
            .filter(|frame| frame.module.as_deref() == Some(module))
            .map(|frame| frame.function.clone())
            .collect();
        functions.dedup();
        functions.truncate(TOLD_APART);
        if functions.is_empty() {
            functions = self.frames.iter().take(TOLD_APART).map(|frame| frame.function.clone()).collect();
        }
        Key { kind: self.kind.clone(), access: self.access.clone(), functions }
    }
}

impl Key {
    /// A crash in words: `KASAN: slab-out-of-bounds, read of 8 bytes, in instance_matches < sensor_evaluate`.
    pub fn words(&self) -> String {
        let access = self.access.as_ref().map(|access| format!(", {access}")).unwrap_or_default();
        let functions = self.functions.join(" < ");
        let functions = if functions.is_empty() { functions } else { format!(", in {functions}") };
        format!("{}{access}{functions}", self.kind)
    }

    /// A name for a folder.
    pub fn slug(&self) -> String {
        let words = self.kind.trim_start_matches("KASAN: ").split_whitespace().take(4);
        let words: Vec<&str> = words.chain(self.functions.first().map(String::as_str)).collect();
        let kept = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
        words.join("-").chars().map(kept).take(80).collect()
    }
}

/// A line without its time, and without what a terminal would make of it.
fn plain(line: &str) -> &str {
    let line = line.trim_end_matches('\r');
    let line = match line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((time, rest)) if time.trim().bytes().all(|b| b.is_ascii_digit() || b == b'.') => rest,
        _ => line,
    };
    line.trim_end()
}

fn kind(title: &str, beginning: &str) -> String {
    match beginning {
        "BUG: KASAN: " => {
            let rest = title.strip_prefix("BUG: ").unwrap_or(title);
            rest.split(" in ").next().unwrap_or(rest).to_owned()
        }
        // Numbers differ from run to run.
        _ => title
            .split([':', ','])
            .take(2)
            .collect::<Vec<_>>()
            .join(":")
            .replace(|c: char| c.is_ascii_digit(), ""),
    }
}

/// `Read of size 8 at addr …` as `read of 8 bytes`.
fn access(line: &str) -> Option<String> {
    let (verb, rest) = line.split_once(" of size ")?;
    let verb = ["Read", "Write"].iter().find(|known| **known == verb)?.to_lowercase();
    let size: u64 = rest.split(' ').next()?.parse().ok()?;
    Some(if size == 1 { format!("{verb} of 1 byte") } else { format!("{verb} of {size} bytes") })
}

/// The stack behind the first `Call Trace:`, without what KASAN and the kernel's printing have on it. A kernel without
/// frame pointers is sure of no entry: then those count that somebody can have returned to.
fn frames(lines: &[&str]) -> Vec<Frame> {
    let own = |name: &str| OWN.iter().any(|prefix| name.starts_with(prefix));
    let trace = lines.iter().skip_while(|line| !line.starts_with("Call Trace:")).skip(1);
    let trace = trace.filter(|line| !matches!(line.trim(), "<TASK>" | "</TASK>"));
    let entries: Vec<Entry> =
        trace.map_while(|line| line.starts_with([' ', '?', '[']).then(|| entry(line))).flatten().collect();
    let sure = entries.iter().any(|entry| entry.sure && !own(&entry.frame.function));
    let counts = |entry: &Entry| if sure { entry.sure } else { entry.offset != 0 };
    let mut frames: Vec<Frame> = entries
        .into_iter()
        .filter(counts)
        .map(|entry| entry.frame)
        .filter(|frame| !own(&frame.function))
        .collect();
    frames.dedup();
    frames
}

/// What functions that report are called.
const OWN: [&str; 14] = [
    "kasan_",
    "__kasan_",
    "__asan_",
    "print_",
    "_printk",
    "dump_",
    "show_stack",
    "check_memory",
    "stack_trace_save",
    "um_set_signals",
    "__sanitizer_cov",
    "__warn",
    "report_bug",
    "panic",
];

/// A line of a stack.
struct Entry {
    frame: Frame,
    /// Bytes from the start of the function.
    offset: u64,
    /// Whether the kernel is sure of it, and not merely found it on the stack.
    sure: bool,
}

/// `[<60a1b2c3>] ? instance_matches+0x1c/0x2a0 [sensor]`
fn entry(line: &str) -> Option<Entry> {
    let line = line.trim_start();
    let line = match line.strip_prefix("[<") {
        Some(rest) => rest.split_once(">] ")?.1,
        None => line,
    };
    let (line, sure) = line.strip_prefix("? ").map_or((line, true), |line| (line, false));
    let (name, rest) = line.trim_start_matches("RIP: 0010:").split_once("+0x")?;
    let offset = u64::from_str_radix(rest.split('/').next()?, 16).ok()?;
    let module =
        rest.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(name, _)| name.to_owned());
    // What a compiler made of a function has a suffix: `play.constprop.0`.
    let function = name.split('.').next().filter(|name| !name.is_empty() && !name.contains(' '))?.to_owned();
    Some(Entry { frame: Frame { function, module }, offset, sure })
}
