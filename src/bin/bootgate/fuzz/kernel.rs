//! `bootgate fuzz kernel`: a module in a kernel that may crash, with content of its schema.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bootgate::campaign::plan::{CORPUS, SEEDS, Task};
use bootgate::campaign::{self, Campaign, CampaignConfig, Crash, Engine, Parts, Report, Root, Tried, Tries};
use bootgate::check::Plan;
use bootgate::codes;
use bootgate::finding::{Blame, Finding, Label, Run, Severity, Subject, Unit, UnitFile};
use bootgate::limits::Bounds;
use bootgate::mutate::{Mutator, Options, load};
use bootgate::span::Sources;

use super::engine::{Runs, engine};
use super::helped;
use super::show::{self, Found};
use crate::environment;
use crate::output::OutputArguments;
use crate::progress::Progress;
use crate::seed;

/// The arguments of `bootgate fuzz kernel`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The configuration says which module is fuzzed, how content gets to it and what it starts from; the guide is \
    fuzz/kernel/guide.md. Each crash is made smaller by the schema and written to the output folder, with the report of the \
    kernel and a dump in which the fields are marked that differ from the nearest seed.\n\nExit codes: 0 nothing was found, 1 \
    the module crashes, 2 could not run."
)]
pub(crate) struct Arguments {
    /// The configuration of the campaign.
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// What the kernel that is fuzzed runs in: `uml` is User Mode Linux, a process; `qemu` a virtual machine with the kernel
    /// of --x86 and the module for it.
    #[arg(long, value_enum, default_value_t = Runs::Uml)]
    engine: Runs,
    /// The folder of the kernel for User Mode Linux, as fuzz/kernel/build.sh names it, with KASAN and KCOV.
    #[arg(long, value_name = "DIR", env = "BOOTGATE_KERNEL", hide_env_values = true)]
    kernel: Option<PathBuf>,
    /// The first process of the guest, as fuzz/kernel/guest/build.sh names it.
    #[arg(long, value_name = "FILE", env = "BOOTGATE_GUEST", hide_env_values = true)]
    guest: PathBuf,
    /// See each crash once more in a virtual machine (QEMU) with this kernel, also a folder of fuzz/kernel/build.sh; the
    /// configuration says which module is for it. With `--engine qemu` it is the kernel that is fuzzed.
    #[arg(long, value_name = "DIR", env = "BOOTGATE_X86_KERNEL", hide_env_values = true)]
    x86: Option<PathBuf>,
    /// Write what is found here; what the fuzzer has learnt stays here as well.
    #[arg(long, short, value_name = "DIR", default_value = "found")]
    out: PathBuf,
    /// End after so many seconds, whatever the configuration says.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// End after so many executions, whatever the configuration says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    runs: Option<u64>,
    /// End after so many different crashes, whatever the configuration says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    crashes: Option<u64>,
    /// End after so many crashes, different or not, whatever the configuration says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    panics: Option<u64>,
    /// The seed of the first guest; each further one has the next number.
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    seed: u32,
    /// Leave crashes as they are found: they are neither run a second time nor made smaller.
    #[arg(long)]
    as_found: bool,
    /// Run these files instead of fuzzing, each in a guest of its own, and say what comes of them.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    replay: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

/// Fuzzes, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut sources = Sources::default();
    let made = arguments.prepare(&mut sources);
    let result = made.and_then(|mut ready| match arguments.replay.as_slice() {
        [] => ready.fuzz(&sources),
        files => ready.replay(files),
    });
    let (run, shown) = match result {
        Ok(done) => done,
        Err(problems) => (Run { subject: Subject::Build, problems, ..Run::default() }, String::new()),
    };
    let code = arguments.output.write(&run, &sources)?;
    if arguments.output.is_text() {
        io::stdout().write_all(shown.as_bytes())?;
    }
    Ok(code)
}

/// How long one crash is made smaller at most: each attempt that crashes costs the start of a guest.
const TRIM: Duration = Duration::from_secs(300);

/// What a command came to: its report, and what comes behind it for people.
type Done = Result<(Run, String), Vec<Finding>>;

/// A campaign with all that it needs.
struct Ready<'a> {
    arguments: &'a Arguments,
    config: CampaignConfig,
    engine: Engine,
    /// The module for it.
    module: PathBuf,
    name: String,
    out: PathBuf,
    plan: Plan,
    bounds: Bounds,
    seeds: Vec<(PathBuf, Vec<u8>)>,
    /// Where crashes are seen once more, and the module for it.
    second: Option<(Engine, PathBuf)>,
}

impl Arguments {
    /// Reads all that the campaign rests on.
    fn prepare(&self, sources: &mut Sources) -> Result<Ready<'_>, Vec<Finding>> {
        let mut config = campaign::load(&self.config, sources)?;
        let limits = &mut config.limits;
        limits.time = self.seconds.map_or(limits.time, Duration::from_secs);
        limits.runs = self.runs.unwrap_or(limits.runs);
        limits.crashes = self.crashes.unwrap_or(limits.crashes);
        limits.panics = self.panics.unwrap_or(limits.panics);

        let mut problems = Vec::new();
        if !self.guest.is_file() {
            let message = format!("there is no `{}`, the guest's first process", self.guest.display());
            problems.push(helped(
                codes::FILE_MISSING,
                message,
                "build it: `fuzz/kernel/guest/build.sh` says where it is",
            ));
        }
        let mut missing = |what: &str, path: &Path, label: Label, help: &str| {
            let message = format!("there is no {what} `{}`", path.display());
            let mut finding = helped(codes::FILE_MISSING, message, help);
            finding.labels.push(label);
            problems.push(finding);
        };
        for (_, file) in config.files.iter().filter(|(_, file)| !file.value.is_file()) {
            missing("file", &file.value, file.label(""), "name files of this machine");
        }
        let seeds = seeds(&config.seeds.value);
        if seeds.is_empty() {
            let help = "put content there that the driver takes, a file each: `bootgate gen` makes some";
            missing("content in the folder of seeds,", &config.seeds.value, config.seeds.label(""), help);
        }
        let mut made = |runs, folder: &Option<PathBuf>| {
            engine(runs, folder.as_deref(), &config).map_err(|more| problems.extend(more)).ok()
        };
        let first = match self.engine {
            Runs::Uml => made(Runs::Uml, &self.kernel),
            Runs::Qemu => made(Runs::Qemu, &self.x86),
        };
        let second =
            (self.engine == Runs::Uml && self.x86.is_some()).then(|| made(Runs::Qemu, &self.x86)).flatten();
        let name = first.as_ref().map(|(_, _, name)| name.clone()).unwrap_or_default();
        let Some((engine, module, _)) = first.filter(|_| problems.is_empty()) else { return Err(problems) };
        let second = second.map(|(engine, module, _)| (engine, module));

        let bounds = Bounds::default();
        let folders: Vec<PathBuf> = config.import_paths.iter().map(|folder| folder.value.clone()).collect();
        let contract = config.contract.as_ref().map(|contract| contract.value.as_path());
        let (plan, _) = load(sources, &config.schema.value, contract, &folders, &bounds.schema)?;
        let out = absolute(&self.out)?;
        Ok(Ready { arguments: self, config, engine, module, name, out, plan, bounds, seeds, second })
    }
}

impl Ready<'_> {
    /// What a virtual machine makes of an input, in words, and its report.
    fn second_look(&self, input: &[u8]) -> Result<Option<(String, String)>, Vec<Finding>> {
        let Some((engine, module)) = &self.second else { return Ok(None) };
        let root = self.root("x86", engine, module, Task::Try)?;
        let mut tries = Tries::new(engine.clone(), root, self.config.limits.hang);
        let tried = tries.run(input).map_err(|error| vec![failed(&format!("on x86: {error}"))])?;
        Ok(Some(match tried {
            Tried::Crash(report) => (format!("on x86: {}", report.key(&self.name).words()), report.text),
            Tried::Hang => ("on x86 it hangs".to_owned(), String::new()),
            Tried::Fine => ("on x86 it does not crash".to_owned(), String::new()),
        }))
    }

    fn root(&self, folder: &str, engine: &Engine, module: &Path, task: Task) -> Result<Root, Vec<Finding>> {
        let (config, init) = (&self.config, self.arguments.guest.as_path());
        let parts = Parts { config, engine, init, module, name: &self.name };
        let folder = self.out.join(folder);
        Root::write(&folder, parts, task).map_err(|error| unwritten(&folder, &error))
    }

    fn tries(&self) -> Result<Tries, Vec<Finding>> {
        let root = self.root("tries", &self.engine, &self.module, Task::Try)?;
        Ok(Tries::new(self.engine.clone(), root, self.config.limits.hang))
    }

    /// Runs files, each in a guest of its own.
    fn replay(&self, files: &[PathBuf]) -> Done {
        let mut run = Run { subject: Subject::Build, ..Run::default() };
        for path in files {
            let data = fs::read(path).map_err(|error| {
                let message = format!("cannot read `{}`: {error}", path.display());
                vec![environment(codes::FILE_UNREADABLE, message)]
            })?;
            let tried = self.tries()?.run(&data).map_err(|error| vec![failed(&error.to_string())])?;
            let findings = match tried {
                Tried::Fine => Vec::new(),
                Tried::Crash(report) => vec![crashed(&report, &self.name)],
                Tried::Hang => vec![crashed(&Report::hang(self.config.limits.hang), &self.name)],
            };
            run.units.push(self.unit(path, data.len(), findings));
        }
        Ok((run, String::new()))
    }

    /// Fuzzes, and looks into what was found.
    fn fuzz(&mut self, sources: &Sources) -> Done {
        let root = self.root("tries", &self.engine, &self.module, Task::Try)?;
        let engine = self.engine.clone().accelerated(&root);
        self.engine = engine.map_err(|error| vec![failed(&error.to_string())])?;
        let mut mutator = self.mutator(sources)?;
        for (path, data) in &self.seeds {
            if !mutator.is_of_schema(data) {
                let message = format!("the seed `{}` is not of the schema", path.display());
                let help = format!("see where: `bootgate check {}`", path.display());
                let mut finding = helped(codes::CONFIG_INVALID, message, &help);
                finding.labels.push(self.config.seeds.label(""));
                return Err(vec![finding]);
            }
        }
        let (inputs, crashes) = (self.out.join("inputs"), self.out.join("crashes"));
        // What an earlier campaign found stays.
        for folder in [&inputs, &crashes] {
            fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
        }
        let guest = self.out.join("guest");
        let cwd = absolute(Path::new("."))?;
        let plan =
            Root::mutator(&guest, &self.config, sources, &cwd).map_err(|error| unwritten(&guest, &error))?;
        let root = self.root("guest", &self.engine, &self.module, Task::Fuzz(plan))?;
        let _ = fs::remove_dir_all(root.inside(SEEDS));
        for (path, data) in &self.seeds {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            root.put(&format!("{SEEDS}/{name}"), data).map_err(|error| unwritten(&guest, &error))?;
        }
        let campaign = Campaign {
            engine: &self.engine,
            root: &root,
            module: &self.name,
            limits: self.config.limits,
            seed: self.arguments.seed,
            inputs,
        };
        let progress = Progress::new("executions", 0);
        let fuzzed = campaign.run(|so_far| progress.at(so_far.executions));
        progress.finish();
        let fuzzed = fuzzed.map_err(|error| vec![failed(&error.to_string())])?;
        let kept = fs::read_dir(root.inside(CORPUS)).map_or(0, Iterator::count);

        let campaign = show::numbers(&fuzzed, kept);
        let mut run = Run { subject: Subject::Build, campaign: Some(campaign), ..Run::default() };
        let mut shown = String::new();
        for crash in &fuzzed.crashes {
            let (unit, words) = self.look_into(crash, &mut mutator, &crashes)?;
            run.units.push(unit);
            shown.push_str(&words);
        }
        shown.push_str(&show::summary(&campaign, &fuzzed, self.engine.name()));
        Ok((run, shown))
    }

    fn mutator<'r>(&'r self, sources: &'r Sources) -> Result<Mutator<'r>, Vec<Finding>> {
        let options = Options { limits: self.bounds.content.clone(), ..Options::default() };
        Mutator::new(&self.plan, sources, options)
            .map_err(|unfit| vec![seed::unfit(unfit, &self.plan, sources)])
    }

    /// A crash, seen once more, made smaller, and written down.
    fn look_into(
        &self,
        crash: &Crash,
        mutator: &mut Mutator<'_>,
        crashes: &Path,
    ) -> Result<(Unit, String), Vec<Finding>> {
        let folder = free(crashes, &crash.key.slug());
        let mut tries = self.tries()?;
        let mut broken = None;
        let (progress, name) = (Progress::new("making a crash smaller", 0), self.name.clone());
        let end = Instant::now() + TRIM;
        let mut shows = |input: &[u8]| {
            progress.step();
            if Instant::now() >= end {
                return false;
            }
            match tries.run(input) {
                Ok(Tried::Crash(report)) => report.key(&name) == crash.key,
                Ok(Tried::Hang) => crash.report.frames.is_empty() && crash.report.text.is_empty(),
                Ok(Tried::Fine) => false,
                Err(error) => {
                    broken.get_or_insert(error);
                    false
                }
            }
        };
        let again = !self.arguments.as_found && shows(&crash.input);
        let smaller = again.then(|| mutator.trimmed(&crash.input, &mut shows)).flatten();
        progress.finish();
        if let Some(error) = broken {
            return Err(vec![failed(&error.to_string())]);
        }
        let input = smaller.as_ref().unwrap_or(&crash.input);
        let x86 = self.second_look(input)?;
        let nearest = |input: &[u8]| show::nearest(&self.config, &self.bounds, &self.seeds, input);
        let found = Found {
            crash,
            again: (!self.arguments.as_found).then_some(again),
            smaller: smaller.as_deref(),
            dump: nearest(&crash.input),
            smaller_dump: smaller.as_deref().and_then(nearest),
            x86,
        };
        found.write(&folder).map_err(|error| unwritten(&folder, &error))?;
        let mut finding = crashed(&crash.report, &self.name);
        finding.notes = found.notes();
        let path = folder.join(if smaller.is_some() { "smaller" } else { "input" });
        let shown = shortened(&path);
        Ok((self.unit(&shown, input.len(), vec![finding]), found.text(&shortened(&folder))))
    }

    fn unit(&self, path: &Path, size: usize, findings: Vec<Finding>) -> Unit {
        let (name, role) = (path.display().to_string(), self.plan.roles.first().cloned().unwrap_or_default());
        let file = UnitFile { role, path: name.clone(), size: Some(size as u64) };
        Unit { name, files: vec![file], findings, ..Unit::default() }
    }
}

/// The files of a folder, in the order of their names.
fn seeds(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.into_iter().filter_map(|path| fs::read(&path).ok().map(|data| (path, data))).collect()
}

/// A folder that is not there yet.
fn free(folder: &Path, name: &str) -> PathBuf {
    let numbered = (2..).map(|number| folder.join(format!("{name}-{number}")));
    std::iter::once(folder.join(name)).chain(numbered).find(|path| !path.exists()).unwrap_or_default()
}

fn absolute(path: &Path) -> Result<PathBuf, Vec<Finding>> {
    std::path::absolute(path).map_err(|error| unwritten(path, &error))
}

/// A path from the working directory, if it is in it.
fn shortened(path: &Path) -> PathBuf {
    let cwd = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(cwd).unwrap_or(path).to_path_buf()
}

fn crashed(report: &Report, module: &str) -> Finding {
    let message = format!("`{module}` crashes: {}", report.key(module).words());
    Finding::new(codes::DRIVER_CRASHED, Severity::Error, Blame::Consumer, message)
}

fn failed(why: &str) -> Finding {
    helped(codes::GUEST_FAILED, why.to_owned(), "its whole console is beside its root, in the output folder")
}

fn unwritten(path: &Path, error: &io::Error) -> Vec<Finding> {
    vec![helped(
        codes::USAGE,
        format!("cannot write `{}`: {error}", path.display()),
        "name another folder: `--out DIR`",
    )]
}
