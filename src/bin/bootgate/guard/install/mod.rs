//! `bootgate guard install`: what calls the guard at boot, at shutdown and after a soak, for one set.
//!
//! Nothing is written over that was not installed, and no program is run: what is to be done next is told.

mod initramfs;
mod manifest;
mod quote;
mod settings;
mod tree;
pub(super) mod uninstall;
mod units;

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bootgate::finding::Finding;
use serde::Serialize;

use self::manifest::{Body, Manifest, Thing};
use self::settings::Settings;
use self::tree::{Tree, conflict};
use self::units::Unit;
use super::place::{DryArguments, PlaceArguments};
use super::tell;
use crate::output::OutputArguments;

/// The arguments of `bootgate guard install`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Writes units of systemd below /etc/systemd/system, with --initramfs a hook and a script below \
    /etc/initramfs-tools, and a list of them below /etc/bootgate/installed. A file that was not installed is never written \
    over, and no program is run: what to run is told.\n\nExit codes: 0 installed, 2 could not run."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// The frozen plan that the set is gated with at boot.
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// The consumer that is installed: a plan for another binary is not used.
    #[arg(long, value_name = "FILE")]
    consumer: Option<PathBuf>,
    /// The guard that is called.
    #[arg(long, value_name = "FILE", default_value = "/usr/sbin/bootgate-guard")]
    program: PathBuf,
    /// Units that must not start before a set was chosen; may be repeated.
    #[arg(long, value_name = "UNIT", default_values = ["systemd-modules-load.service", "systemd-udevd.service"])]
    before: Vec<String>,
    /// The consumer's unit, which is not started unless a set was chosen (`Requires=`, `After=`); may be repeated.
    #[arg(long = "consumer-unit", value_name = "UNIT")]
    consumer_units: Vec<String>,
    /// A file in which the consumer says, as a decimal number, how many events it has handled. Without it nothing is
    /// called good by itself.
    #[arg(long, value_name = "FILE")]
    events_from: Option<PathBuf>,
    /// Seconds between attempts to call the set good: the soak of the policy.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    commit_every: u64,
    /// For a consumer in the initramfs: mount this device at the store, which is below /run, and boot there
    /// (`/dev/vdb`, `UUID=…`, `LABEL=…`).
    #[arg(long, value_name = "DEVICE")]
    initramfs: Option<String>,
    /// The root of the system that this is for.
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
    #[command(flatten)]
    dry: DryArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// What was done, for programs: format `bootgate-guard-install`, version 1.
#[derive(Serialize)]
struct Report<'r> {
    format: &'static str,
    version: u32,
    set: &'r str,
    dry_run: bool,
    files: Vec<Done>,
    to_do: Vec<String>,
}

#[derive(Serialize)]
struct Done {
    path: String,
    /// `written`, `unchanged`, `removed`.
    what: &'static str,
    #[serde(skip)]
    body: Option<Body>,
}

/// Installs, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    match install(arguments) {
        Ok(report) => report.tell(&arguments.output),
        Err(finding) => tell::refused(&arguments.output, &arguments.place.set, *finding),
    }
}

fn install(arguments: &Arguments) -> Result<Report<'_>, Box<Finding>> {
    let settings = Settings::new(arguments)?;
    let tree = Tree::open(&arguments.root)?;
    let before = tree.manifest(&settings.set)?;
    let planned = settings.files();
    let dropped: Vec<&str> =
        before.paths().into_iter().filter(|path| !planned.iter().any(|(own, _)| own == path)).collect();
    let mut files = Vec::new();
    // All is looked at before anything is written.
    for (path, body) in &planned {
        let found = ours(&tree, &before, path)?;
        let what = if found == Some(body.thing()) { "unchanged" } else { "written" };
        files.push(Done { path: tree.shown(path), what, body: Some(body.clone()) });
    }
    for path in &dropped {
        if ours(&tree, &before, path)?.is_some() {
            files.push(Done { path: tree.shown(path), what: "removed", body: None });
        }
    }
    let dry_run = arguments.dry.dry_run;
    if !dry_run {
        write(&tree, &before, &planned, &dropped, &settings.set)?;
    }
    let to_do = to_do(arguments, &settings, &tree);
    let (format, version) = ("bootgate-guard-install", 1);
    Ok(Report { format, version, set: &arguments.place.set, dry_run, files, to_do })
}

/// What is at a path, if that may be replaced.
fn ours(tree: &Tree, before: &Manifest, path: &str) -> Result<Option<Thing>, Box<Finding>> {
    let Some(found) = tree.look(path)? else { return Ok(None) };
    if before.has(&found, path) {
        return Ok(Some(found));
    }
    let whose =
        if before.paths().contains(&path) { "was changed since" } else { "was not installed by the guard" };
    let message = format!("`{}` {whose}, and is not written over", tree.shown(path));
    let help =
        "move it away; what you want to add to a unit goes into a drop-in of your own (`systemctl edit`)";
    Err(conflict(message, help))
}

/// The list comes first: what is written next is known to be ours, whenever this is cut off.
fn write(
    tree: &Tree,
    before: &Manifest,
    planned: &[settings::Planned],
    dropped: &[&str],
    set: &str,
) -> Result<(), Box<Finding>> {
    let path = manifest::path(set);
    let mut after = Manifest::default();
    for at in planned.iter().map(|(path, _)| path).chain([&path]) {
        after.0.extend(tree.missing_folders(at).into_iter().map(|folder| (Thing::Folder, folder)));
    }
    after.0.extend(before.folders().into_iter().map(|folder| (Thing::Folder, folder.to_owned())));
    after.0.extend(planned.iter().map(|(path, body)| (body.thing(), path.clone())));
    after.0.sort_by(|a, b| a.1.cmp(&b.1));
    after.0.dedup();
    let mut both = after.clone();
    both.0.extend(before.0.iter().filter(|listed| !after.0.contains(listed)).cloned());
    let list = |manifest: &Manifest| {
        tree.folders(&path)?;
        tree.put(&path, &Body::text(manifest.text()))
    };
    list(&both)?;
    for (path, body) in planned {
        tree.folders(path)?;
        tree.put(path, body)?;
    }
    dropped.iter().try_for_each(|path| tree.remove(path))?;
    list(&after)
}

fn to_do(arguments: &Arguments, settings: &Settings, tree: &Tree) -> Vec<String> {
    let mut to_do = Vec::new();
    for path in settings.needed() {
        if !arguments.root.join(path.trim_start_matches('/')).exists() {
            to_do.push(format!("{path} is not there yet"));
        }
    }
    if tree.is_running() {
        let device = |path: &Path| fs::metadata(path).map(|found| found.dev());
        let apart = device(Path::new(&settings.store))
            .is_ok_and(|at| device(Path::new("/")).is_ok_and(|root| at != root));
        if apart
            && settings.device.is_none()
            && settings.before.iter().any(|unit| unit == "systemd-udevd.service")
        {
            to_do.push(
                "the store is not on the root's file system, and its disk may need udev: move it there, or name with \
                 `--before` what really waits for the guard, without systemd-udevd.service"
                    .to_owned(),
            );
        }
        to_do.push("systemctl daemon-reload".to_owned());
        to_do.push(format!("systemctl start {}", Unit::Shutdown.name(&settings.set)));
        if settings.device.is_some() {
            to_do.push("update-initramfs -u -k all".to_owned());
        }
    } else if settings.device.is_some() {
        to_do.push("make the initramfs of that root anew: `update-initramfs -u -k all` in it".to_owned());
    }
    if settings.events_from.is_none() {
        to_do.push(
            "no set is called good by itself: call `bootgate-guard commit`, or name `--events-from FILE`"
                .to_owned(),
        );
    }
    to_do
}

impl Report<'_> {
    fn tell(&self, output: &OutputArguments) -> io::Result<u8> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        if output.is_json() {
            serde_json::to_writer_pretty(&mut out, self)?;
            writeln!(out)?;
            out.flush()?;
            return Ok(0);
        }
        let would = if self.dry_run { "would be " } else { "" };
        for Done { path, what, body } in &self.files {
            let link = match body {
                Some(Body::Link(target)) => format!(" -> {target}"),
                _ => String::new(),
            };
            let would = if *what == "unchanged" { "" } else { would };
            writeln!(out, "{}: {would}{what}: {path}{link}", self.set)?;
            let Some(Body::File { text, .. }) = body.as_ref().filter(|_| self.dry_run) else { continue };
            for line in text.lines() {
                writeln!(out, "{}{line}", if line.is_empty() { "" } else { "    " })?;
            }
        }
        if self.dry_run {
            writeln!(out, "{}: dry run: nothing was changed", self.set)?;
        }
        if !self.to_do.is_empty() {
            writeln!(out, "what to do:")?;
        }
        self.to_do.iter().try_for_each(|line| writeln!(out, "  - {line}"))?;
        out.flush()?;
        Ok(0)
    }
}
