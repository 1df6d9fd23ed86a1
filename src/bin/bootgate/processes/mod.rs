//! `--process NAME=COMMAND`, which several commands take, and what `[process.NAME]` configures.

mod external;
pub(crate) mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use bootgate::check::Plan;
use bootgate::codes;
use bootgate::config::{PATIENCE, ProcessConfig, check_process_name};
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Label, Severity};
use bootgate::input::{Content, Hold, open_with};
use bootgate::limits::Limits;
use bootgate::verdict::Process;
use bootgate::walk::Processors;

use external::{Broken, External};

/// Commands for custom processes.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct ProcessArguments {
    /// Undo the custom process NAME of a schema by a command; may be repeated.
    #[arg(long = "process", value_name = "NAME=COMMAND", long_help = EXPLAINED)]
    processes: Vec<Given>,
}

const EXPLAINED: &str = "Undo the custom process NAME of a schema by a command; may be repeated, and comes before \
`[process.NAME]` in bootgate.toml. COMMAND is split at white space, and no shell is involved. A program without `/` in \
its name is looked for on PATH. It gets the encoded bytes on its standard input and gives the decoded ones on its \
standard output, within 10 seconds. The arguments that the schema has for the process follow those of COMMAND: \
numbers in decimal, true or false, strings as they are, bytes as hexadecimal digits";

/// A command as the command line has it.
#[derive(Clone, Debug)]
struct Given {
    name: String,
    command: Vec<String>,
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Given, String> {
        let (name, command) = text
            .split_once('=')
            .ok_or("it takes the name of a process and a command, such as `decode=tools/decode -q`")?;
        check_process_name(name)
            .map_err(|error| format!("`{name}` is no name of a custom process: {error}"))?;
        let command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if command.is_empty() {
            return Err("there is no command after `=`".to_owned());
        }
        Ok(Given { name: name.to_owned(), command })
    }
}

impl ProcessArguments {
    /// The commands of a configuration in the folder `root` and of the command line, whose relative paths are those
    /// of the folder `cwd`.
    pub(crate) fn commands(&self, configured: &[ProcessConfig], root: &Path, cwd: &Path) -> Commands {
        let mut commands = Commands::default();
        for process in configured {
            let argv = process.command.iter().map(|word| word.value.clone());
            let label = process.command.first().map(|program| program.label(""));
            commands.add(&process.name.value, argv, process.patience, root, label);
        }
        for given in &self.processes {
            commands.add(&given.name, given.command.iter().cloned(), PATIENCE, cwd, None);
        }
        commands
    }
}

/// The commands that there are, by the names of their processes.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    entries: BTreeMap<String, Entry>,
    broken: Broken,
}

#[derive(Debug)]
struct Entry {
    /// The program that was found; else what is wrong.
    program: Result<PathBuf, Box<Finding>>,
    arguments: Vec<String>,
    patience: Duration,
}

impl Commands {
    fn add(
        &mut self,
        name: &str,
        mut argv: impl Iterator<Item = String>,
        patience: Duration,
        folder: &Path,
        label: Option<Label>,
    ) {
        let program = program::locate(&argv.next().unwrap_or_default(), folder).map_err(|error| {
            let message = format!("the command of the custom process `{name}` cannot be run: {error}");
            let mut finding = missing(message);
            finding.labels.extend(label);
            finding.help = Some(
                "give the path of a program that can be executed, or the name of one that is on PATH".into(),
            );
            Box::new(finding)
        });
        self.entries.insert(name.to_owned(), Entry { program, arguments: argv.collect(), patience });
    }

    /// What to walk with.
    pub(crate) fn processors(&self) -> Processors {
        let mut processors = Processors::default();
        for (name, entry) in &self.entries {
            let Ok(program) = &entry.program else { continue };
            if let Ok(external) =
                External::new(name, program, &entry.arguments, entry.patience, self.broken.clone())
            {
                processors.insert(name.as_str(), external);
            }
        }
        processors
    }

    /// The commands that a plan's schemas need and that cannot be run.
    pub(crate) fn unusable(&self, plan: &Plan) -> Vec<Finding> {
        let needed = self.needed([plan].into_iter());
        needed
            .filter_map(|(_, entry)| entry.program.as_ref().err())
            .map(|finding| (**finding).clone())
            .collect()
    }

    /// The programs, wherever they are used.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Path> {
        self.entries.values().filter_map(|entry| entry.program.as_deref().ok())
    }

    /// What a record says of the commands that these plans' schemas need.
    ///
    /// # Errors
    ///
    /// The programs that cannot be read.
    pub(crate) fn pin<'p>(&self, plans: impl Iterator<Item = &'p Plan>) -> Result<Vec<Pinned>, Vec<Finding>> {
        let (mut pinned, mut unread) = (Vec::new(), Vec::new());
        for (name, entry) in self.needed(plans) {
            let Ok(program) = &entry.program else { continue };
            match open_with(program, Hold::Shared, Limits::default().file_bytes) {
                Ok(content) => pinned.push(Pinned::new(name, content, &entry.arguments)),
                Err(error) => unread.push(for_the_record(name, error.to_finding())),
            }
        }
        if unread.is_empty() { Ok(pinned) } else { Err(unread) }
    }

    /// The commands that gave no answer, for a reason that need not lie in the content.
    pub(crate) fn broken(&self) -> Vec<Finding> {
        let told = self.broken.told();
        let finding = |(name, why): (String, String)| {
            let mut finding =
                missing(format!("the command of the custom process `{name}` gave no answer: {why}"));
            finding.help = Some("what it was to decode was not checked".into());
            finding
        };
        told.into_iter().map(finding).collect()
    }

    fn needed<'c, 'p>(
        &'c self,
        plans: impl Iterator<Item = &'p Plan>,
    ) -> impl Iterator<Item = (&'c str, &'c Entry)> {
        let names: BTreeSet<&str> = plans.flat_map(|plan| &plan.code.processes).map(String::as_str).collect();
        let known = |name: &str| self.entries.get_key_value(name).map(|(name, entry)| (name.as_str(), entry));
        let found: Vec<_> = names.into_iter().filter_map(known).collect();
        found.into_iter()
    }
}

/// A program as it was when the check began.
#[derive(Debug)]
pub(crate) struct Pinned {
    /// The name of the process.
    pub(crate) name: String,
    /// What the record says of its command.
    pub(crate) process: Process,
    content: Content,
}

impl Pinned {
    fn new(name: &str, content: Content, arguments: &[String]) -> Pinned {
        // A command with a NUL character in an argument does not start: no two that do give the same bytes.
        let joined: Vec<u8> = arguments.iter().flat_map(|a| a.bytes().chain([0])).collect();
        let process = Process {
            program: content.sha256(),
            arguments: (!arguments.is_empty()).then(|| Digest::of(&joined)),
        };
        Pinned { name: name.to_owned(), process, content }
    }

    /// The finding for a program that is another one by now.
    pub(crate) fn changed(&self) -> Option<Finding> {
        self.content.verify_unchanged().err().map(|error| for_the_record(&self.name, error.to_finding()))
    }
}

fn for_the_record(name: &str, mut finding: Finding) -> Finding {
    finding.notes.push(format!("a verdict names the digest of the program that undoes the process `{name}`"));
    finding.help = None;
    finding
}

fn missing(message: String) -> Finding {
    Finding::new(codes::PROCESSOR_MISSING, Severity::Error, Blame::Environment, message)
}
