//! `bootgate guard uninstall`: what was installed for a set is removed, and nothing else.

use std::io;
use std::path::PathBuf;

use bootgate::finding::{Finding, Run};
use bootgate::span::Sources;

use super::manifest::{self, Body, Manifest, Thing};
use super::settings::set_name;
use super::tree::{Tree, conflict};
use super::{Done, Report};
use crate::guard::place::DryArguments;
use crate::output::OutputArguments;

/// The arguments of `bootgate guard uninstall`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Files that somebody changed are kept, and told. The store is left alone.\n\nExit codes: 0 removed, or \
    nothing was installed; 2 could not run, or not all of it."
)]
pub(crate) struct Arguments {
    /// The name of the content set.
    #[arg(long, value_name = "NAME")]
    set: String,
    /// The root of the system that this is for.
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
    #[command(flatten)]
    dry: DryArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Removes, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let (report, kept) = match uninstall(arguments) {
        Ok(done) => done,
        Err(finding) => (None, vec![*finding]),
    };
    let output = &arguments.output;
    if let Some(report) = report.filter(|_| kept.is_empty() || !output.is_json()) {
        report.tell(output)?;
    }
    if kept.is_empty() {
        return Ok(0);
    }
    output.write(&Run { problems: kept, ..Run::default() }, &Sources::default())
}

fn uninstall(arguments: &Arguments) -> Result<(Option<Report<'_>>, Vec<Finding>), Box<Finding>> {
    let set = set_name(&arguments.set)?;
    let tree = Tree::open(&arguments.root)?;
    let listed = tree.manifest(&set)?;
    let dry_run = arguments.dry.dry_run;
    let (mut files, mut kept, mut left) = (Vec::new(), Vec::new(), Manifest::default());
    for path in listed.paths() {
        let found = match tree.look(path) {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(finding) => {
                kept.push(*finding);
                left.0.extend(listed.0.iter().filter(|(_, at)| at == path).cloned());
                continue;
            }
        };
        if listed.has(&found, path) {
            if !dry_run {
                tree.remove(path)?;
            }
            files.push(Done { path: tree.shown(path), what: "removed", body: None });
        } else {
            let message = format!("`{}` was changed since it was installed, and is kept", tree.shown(path));
            kept.push(*conflict(message, "look at it, and remove it by hand"));
            left.0.extend(listed.0.iter().filter(|(_, at)| at == path).cloned());
        }
    }
    if !dry_run {
        let path = manifest::path(&set);
        if left.0.is_empty() {
            tree.remove(&path)?;
            listed.folders().into_iter().for_each(|folder| tree.remove_folder(folder));
        } else {
            left.0.extend(listed.folders().into_iter().map(|folder| (Thing::Folder, folder.to_owned())));
            tree.put(&path, &Body::text(left.text()))?;
        }
    }
    let mut to_do = Vec::new();
    if files.is_empty() && kept.is_empty() {
        to_do.push("nothing was installed for this set".to_owned());
    } else if tree.is_running() && !files.is_empty() {
        to_do.push("systemctl daemon-reload".to_owned());
        if files.iter().any(|file| file.path.contains("/initramfs-tools/")) {
            to_do.push("update-initramfs -u -k all".to_owned());
        }
    }
    let (format, version) = ("bootgate-guard-install", 1);
    Ok((Some(Report { format, version, set: &arguments.set, dry_run, files, to_do }), kept))
}
