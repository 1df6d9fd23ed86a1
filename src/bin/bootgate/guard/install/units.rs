//! The units of systemd: at boot, at shutdown, and the commit between them.

use super::quote::systemd as quote;
use super::settings::Settings;

/// Which unit of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Chooses the set, before the consumer.
    Boot,
    /// Announces a clean end.
    Shutdown,
    /// Calls what ran well good.
    Commit,
    /// When that is tried.
    Timer,
}

impl Unit {
    pub(super) const ALL: [Unit; 4] = [Unit::Boot, Unit::Shutdown, Unit::Commit, Unit::Timer];

    /// Its name.
    pub(super) fn name(self, set: &str) -> String {
        match self {
            Unit::Boot => format!("bootgate-boot-{set}.service"),
            Unit::Shutdown => format!("bootgate-shutdown-{set}.service"),
            Unit::Commit => format!("bootgate-commit-{set}.service"),
            Unit::Timer => format!("bootgate-commit-{set}.timer"),
        }
    }

    /// The target that starts it.
    pub(super) fn wanted_by(self) -> Option<&'static str> {
        match self {
            Unit::Boot | Unit::Shutdown => Some("sysinit.target"),
            Unit::Commit => None,
            Unit::Timer => Some("timers.target"),
        }
    }

    /// Its text.
    pub(super) fn text(self, settings: &Settings) -> String {
        match self {
            Unit::Boot => boot(settings),
            Unit::Shutdown => shutdown(settings),
            Unit::Commit => commit(settings),
            Unit::Timer => timer(settings),
        }
    }
}

/// What keeps another unit from being started before a set was chosen.
pub(super) fn drop_in(settings: &Settings) -> String {
    let boot = Unit::Boot.name(&settings.set);
    format!("{}[Unit]\nRequires={boot}\nAfter={boot}\n", settings.head())
}

/// `:` in front of a command keeps systemd from seeing variables in it.
fn command(words: &[String]) -> String {
    let mut words = words.iter();
    let program = words.next().map(|program| quote(&format!(":{program}")));
    program.into_iter().chain(words.map(|word| quote(word))).collect::<Vec<_>>().join(" ")
}

fn paths<'p>(paths: impl IntoIterator<Item = &'p str>) -> String {
    paths.into_iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// What is early: nothing of the usual order applies, but the disk must take writes.
fn early(settings: &Settings) -> String {
    format!(
        "DefaultDependencies=no\n\
         RequiresMountsFor={}\n\
         After=systemd-remount-fs.service\n\
         Before={} sysinit.target shutdown.target\n\
         Conflicts=shutdown.target\n\
         IgnoreOnIsolate=yes\n",
        paths(settings.needed()),
        settings.before.join(" "),
    )
}

fn boot(settings: &Settings) -> String {
    format!(
        "{}[Unit]\n\
         Description=Choose the content set {}\n\
         {}\n\
         [Service]\n\
         Type=oneshot\n\
         RemainAfterExit=yes\n\
         ExecStart={}\n\
         TimeoutStartSec=90\n\
         \n\
         [Install]\n\
         WantedBy=sysinit.target\n",
        settings.head(),
        settings.set,
        early(settings),
        command(&settings.boot()),
    )
}

/// It is stopped after all that was started after it. It must not be stopped by hand: that would announce an end
/// which does not come.
fn shutdown(settings: &Settings) -> String {
    format!(
        "{}[Unit]\n\
         Description=Write down that the content set {} ends cleanly\n\
         {}\
         RefuseManualStop=yes\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         RemainAfterExit=yes\n\
         ExecStop={}\n\
         # 1: no set is in use.\n\
         SuccessExitStatus=1\n\
         TimeoutStopSec=90\n\
         \n\
         [Install]\n\
         WantedBy=sysinit.target\n",
        settings.head(),
        settings.set,
        early(settings),
        command(&settings.shutdown()),
    )
}

fn commit(settings: &Settings) -> String {
    format!(
        "{}[Unit]\n\
         Description=Call the content set {} good after its soak\n\
         RequiresMountsFor={}\n\
         Requires=boot-complete.target\n\
         After=boot-complete.target {}\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         ExecStart={}\n\
         # 1: the soak is not over, or too few events were handled; the timer comes again.\n\
         SuccessExitStatus=1\n",
        settings.head(),
        settings.set,
        paths([settings.store.as_str(), settings.program.as_str()]),
        Unit::Boot.name(&settings.set),
        command(&settings.commit()),
    )
}

/// A minute late: the soak begins when the guard has run.
fn timer(settings: &Settings) -> String {
    format!(
        "{}[Unit]\n\
         Description=Call the content set {} good after its soak\n\
         \n\
         [Timer]\n\
         OnBootSec={}\n\
         OnUnitInactiveSec={}\n\
         \n\
         [Install]\n\
         WantedBy=timers.target\n",
        settings.head(),
        settings.set,
        settings.commit_every.saturating_add(60),
        settings.commit_every,
    )
}
