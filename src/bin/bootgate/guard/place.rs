//! Which store, which set, which boot: what every command of the guard takes.

use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::guard::core::{BootId, Loaded, Moment, SetDigest, State, Storage};
use bootgate::guard::store::{Disk, Dry, Gate, Lock, Store, is_plain};
use rustix::time::{ClockId, clock_gettime};

/// Where the kernel says which boot this is.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The store of a set.
#[derive(Debug, clap::Args)]
pub(crate) struct PlaceArguments {
    /// The folder of the store. It must be there; only its owner may write to it.
    #[arg(long, value_name = "DIR", default_value = "/var/lib/bootgate")]
    pub(super) store: PathBuf,
    /// The name of the content set.
    #[arg(long, value_name = "NAME")]
    pub(super) set: String,
    /// Put the link by which the consumer finds the active set here, instead of into the store. On a file system in
    /// memory it can be changed when the store's disk cannot.
    #[arg(long, value_name = "PATH")]
    pub(super) link: Option<PathBuf>,
}

/// Which boot this is.
#[derive(Debug, clap::Args)]
pub(crate) struct MomentArguments {
    /// What tells this boot from others, instead of what the kernel says.
    #[arg(long, value_name = "TEXT")]
    boot_id: Option<String>,
    /// Seconds since the boot, instead of what the kernel says.
    #[arg(long, value_name = "SECONDS")]
    uptime: Option<u64>,
}

/// Whether anything is changed.
#[derive(Debug, clap::Args)]
pub(crate) struct DryArguments {
    /// Say what would be done, and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// A store that is open.
pub(super) struct Opened<G> {
    pub(super) store: Store<Dry<Disk>, G>,
    /// Kept as long as the store is used, by whoever changes something.
    _lock: Option<Lock>,
    /// Another process changes something.
    pub(super) busy: bool,
    /// Others than its owner may write to it.
    pub(super) exposed: bool,
}

impl PlaceArguments {
    /// The store, as people know it.
    pub(super) fn shown(&self) -> String {
        self.store.display().to_string()
    }

    /// Opens the store.
    pub(super) fn open<G: Gate>(&self, gate: G, dry: bool) -> Result<Opened<G>, Box<Finding>> {
        if !is_plain(&self.set) {
            let message = format!("`{}` is no name for a set", self.set.escape_debug());
            let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
            finding.help = Some("letters, digits, `.`, `_` and `-`, at most 64, and not `.` first".into());
            return Err(Box::new(finding));
        }
        let disk = Disk::open(&self.store).map_err(|error| {
            let what = format!("the store `{}` cannot be opened: {error}", self.shown());
            let help = "the folder must be there: `mkdir -p` makes it, or name another with `--store`";
            unusable(what, help)
        })?;
        let exposed = disk.is_exposed().unwrap_or(true);
        let locked = if dry { Ok(None) } else { disk.lock() };
        let lock = locked.map_err(|error| {
            unusable(
                format!("the store `{}` cannot be locked: {error}", self.shown()),
                "look at its file system",
            )
        })?;
        let store = Store::new(Dry::new(disk, dry), &self.set, gate).remembering(!exposed);
        let store = match &self.link {
            None => store,
            Some(link) => self.with_link(store, link, dry)?,
        };
        Ok(Opened { store, busy: !dry && lock.is_none(), _lock: lock, exposed })
    }

    fn with_link<G: Gate>(
        &self,
        store: Store<Dry<Disk>, G>,
        link: &Path,
        dry: bool,
    ) -> Result<Store<Dry<Disk>, G>, Box<Finding>> {
        let cannot = |why: String| {
            unusable(format!("the link `{}` cannot be set: {why}", link.display()), "name a path in a folder")
        };
        let name = link.file_name().and_then(|name| name.to_str()).filter(|name| is_plain(name));
        let name = name.ok_or_else(|| cannot("its name is none that a link may have".into()))?;
        let folder = link.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let disk = Disk::open(folder).map_err(|error| cannot(error.to_string()))?;
        let path = std::fs::canonicalize(&self.store).map_err(|error| cannot(error.to_string()))?;
        let path = path.join(&self.set);
        let path = path.to_str().ok_or_else(|| cannot("the path of the store is no UTF-8 text".into()))?;
        Ok(store.with_link(Dry::new(disk, dry), name, path))
    }
}

impl<G: Gate> Opened<G> {
    /// Makes sure that nobody else can interfere.
    pub(super) fn exclusive(self) -> Result<Self, Box<Finding>> {
        if self.busy {
            let what = "another `bootgate guard` is at work on this store".to_owned();
            return Err(unusable(what, "try again when it is done"));
        }
        if self.exposed {
            let what = "others than the owner of the store's folder may write to it".to_owned();
            return Err(unusable(what, "`chmod go-w` it, and let it belong to root or to who runs this"));
        }
        Ok(self)
    }

    /// The set that a text stands for: the first digits of its digest.
    pub(super) fn find(&mut self, text: &str) -> Result<SetDigest, Box<Finding>> {
        let state = match self.store.load() {
            Loaded::Found(state) => state,
            Loaded::Absent | Loaded::Damaged | Loaded::Unreadable => State::default(),
        };
        let digits = text.to_ascii_lowercase();
        let begins = |set: &SetDigest| digits.len() >= 4 && set.to_string().starts_with(&digits);
        let mut found = state.entries().map(|entry| entry.set).filter(begins);
        match (found.next(), found.next()) {
            (Some(set), None) => Ok(set),
            (first, _) => {
                let how =
                    if first.is_some() { "more than one set begins" } else { "no set in the store begins" };
                let message = format!("{how} with `{}`", text.escape_debug());
                let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
                finding.help =
                    Some("`bootgate guard status` lists them; four digits or more are needed".into());
                Err(Box::new(finding))
            }
        }
    }
}

impl MomentArguments {
    /// This boot, and the time since it began.
    pub(super) fn moment(&self) -> Moment {
        let text = self.boot_id.clone().or_else(|| std::fs::read_to_string(BOOT_ID).ok());
        let boot = text.and_then(|text| Digest::of(text.trim().as_bytes()).bytes().first_chunk().copied());
        let since_boot = || u64::try_from(clock_gettime(ClockId::Boottime).tv_sec).unwrap_or(0);
        Moment { boot: boot.map(BootId), uptime: self.uptime.unwrap_or_else(since_boot) }
    }
}

/// The finding for a store that does not do.
pub(super) fn unusable(message: String, help: &str) -> Box<Finding> {
    let mut finding = Finding::new(codes::STORE_UNUSABLE, Severity::Error, Blame::Environment, message);
    finding.help = Some(help.to_owned());
    Box::new(finding)
}
