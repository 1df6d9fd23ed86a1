//! What is installed for a set, as it was asked for, once it is known that it can be written into units and scripts.

use std::path::{Component, Path};

use bootgate::finding::Finding;
use bootgate::guard::store::is_plain;

use super::Arguments;
use super::initramfs;
use super::manifest::Body;
use super::units::{self, Unit};
use crate::guard::stage::usage;

/// Where units and scripts go, below the root.
pub(super) const UNITS: &str = "etc/systemd/system";
pub(super) const HOOKS: &str = "etc/initramfs-tools/hooks";
pub(super) const SCRIPTS: &str = "etc/initramfs-tools/scripts/init-premount";

/// A file or a link that is to be there: its path below the root, and what it is.
pub(super) type Planned = (String, Body);

/// Texts without control characters; paths are absolute.
pub(super) struct Settings {
    pub(super) set: String,
    pub(super) store: String,
    pub(super) link: Option<String>,
    pub(super) plan: String,
    pub(super) consumer: Option<String>,
    pub(super) program: String,
    pub(super) before: Vec<String>,
    pub(super) consumer_units: Vec<String>,
    pub(super) events_from: Option<String>,
    pub(super) commit_every: u64,
    pub(super) device: Option<String>,
}

/// The name of a set, or why it is none.
pub(super) fn set_name(set: &str) -> Result<String, Box<Finding>> {
    if is_plain(set) {
        return Ok(set.to_owned());
    }
    let message = format!("`{}` is no name for a set", set.escape_debug());
    Err(usage(&message, "letters, digits, `.`, `_` and `-`, at most 64, and not `.` first"))
}

fn path(option: &str, path: &Path) -> Result<String, Box<Finding>> {
    let whole = path.is_absolute() && !path.components().any(|part| part == Component::ParentDir);
    let text = path.to_str().filter(|text| whole && !text.chars().any(char::is_control));
    text.map(str::to_owned).ok_or_else(|| {
        let message =
            format!("`{option} {}` cannot be written into a unit", path.display().to_string().escape_debug());
        usage(&message, "name an absolute path, in UTF-8, without `..` and without control characters")
    })
}

fn unit(option: &str, name: &str) -> Result<String, Box<Finding>> {
    const KINDS: [&str; 6] = ["service", "socket", "target", "mount", "timer", "path"];
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || b":_.@-\\".contains(&byte);
    let kind = name.rsplit_once('.').filter(|(stem, kind)| !stem.is_empty() && KINDS.contains(kind));
    if kind.is_some() && name.len() <= 200 && !name.starts_with(['.', '-']) && name.bytes().all(ok) {
        return Ok(name.to_owned());
    }
    let message = format!("`{option} {}` is no unit of systemd", name.escape_debug());
    Err(usage(&message, "name it with its kind, as `systemctl` shows it: `sensor.service`"))
}

impl Settings {
    /// What was asked for, if all of it can be written down.
    pub(super) fn new(arguments: &Arguments) -> Result<Settings, Box<Finding>> {
        let optional = |option: &str, given: &Option<std::path::PathBuf>| {
            given.as_deref().map(|given| path(option, given)).transpose()
        };
        let settings = Settings {
            set: set_name(&arguments.place.set)?,
            store: path("--store", &arguments.place.store)?,
            link: optional("--link", &arguments.place.link)?,
            plan: path("--plan", &arguments.plan)?,
            consumer: optional("--consumer", &arguments.consumer)?,
            program: path("--program", &arguments.program)?,
            before: arguments.before.iter().map(|name| unit("--before", name)).collect::<Result<_, _>>()?,
            consumer_units: arguments
                .consumer_units
                .iter()
                .map(|name| unit("--consumer-unit", name))
                .collect::<Result<_, _>>()?,
            events_from: optional("--events-from", &arguments.events_from)?,
            commit_every: arguments.commit_every,
            device: arguments.initramfs.clone(),
        };
        let Some(device) = &settings.device else { return Ok(settings) };
        if device.is_empty() || device.chars().any(char::is_control) {
            let message = format!("`--initramfs {}` is no device", device.escape_debug());
            return Err(usage(&message, "name it as the root is named: `/dev/vdb`, `UUID=…`, `LABEL=…`"));
        }
        if !settings.store.starts_with("/run/") {
            let message = format!("the store `{}` would not be there after the initramfs", settings.store);
            return Err(usage(
                &message,
                "name a folder below `/run`, which goes on: `--store /run/bootgate`",
            ));
        }
        Ok(settings)
    }

    /// Everything that is to be there.
    pub(super) fn files(&self) -> Vec<Planned> {
        let mut files = Vec::new();
        let commits = self.events_from.is_some();
        for unit in Unit::ALL {
            if !commits && matches!(unit, Unit::Commit | Unit::Timer) {
                continue;
            }
            let name = unit.name(&self.set);
            files.push((format!("{UNITS}/{name}"), Body::text(unit.text(self))));
            if let Some(target) = unit.wanted_by() {
                let link = Body::Link(format!("../{name}"));
                files.push((format!("{UNITS}/{target}.wants/{name}"), link));
            }
        }
        for unit in &self.consumer_units {
            let path = format!("{UNITS}/{unit}.d/50-bootgate-{}.conf", self.set);
            files.push((path, Body::text(units::drop_in(self))));
        }
        if let Some(device) = &self.device {
            let name = format!("bootgate-{}", self.set);
            files.push((format!("{HOOKS}/{name}"), Body::program(initramfs::hook(self))));
            files.push((format!("{SCRIPTS}/{name}"), Body::program(initramfs::script(self, device))));
        }
        files
    }

    /// The comment that every file begins with.
    pub(super) fn head(&self) -> String {
        format!(
            "# Written by `bootgate guard install`. `bootgate guard uninstall --set {}` removes it, if it was not changed.\n",
            self.set
        )
    }

    /// Paths that the guard needs at boot.
    pub(super) fn needed(&self) -> impl Iterator<Item = &str> {
        [Some(&self.store), Some(&self.program), Some(&self.plan), self.consumer.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    fn words(&self, command: &str) -> Vec<String> {
        [&self.program, command, "--store", &self.store, "--set", &self.set].map(str::to_owned).to_vec()
    }

    fn linked(&self, mut words: Vec<String>) -> Vec<String> {
        words.extend(self.link.iter().flat_map(|link| ["--link".to_owned(), link.clone()]));
        words
    }

    /// The command at boot.
    pub(super) fn boot(&self) -> Vec<String> {
        let mut words = self.linked(self.words("boot"));
        words.extend(["--plan".to_owned(), self.plan.clone()]);
        words.extend(self.consumer.iter().flat_map(|file| ["--consumer".to_owned(), file.clone()]));
        words
    }

    /// The command at shutdown.
    pub(super) fn shutdown(&self) -> Vec<String> {
        self.words("shutdown")
    }

    /// The command after a soak. The link says which copies must stay.
    pub(super) fn commit(&self) -> Vec<String> {
        let mut words = self.linked(self.words("commit"));
        words.extend(self.events_from.iter().flat_map(|file| ["--events-from".to_owned(), file.clone()]));
        words
    }
}
