//! `bootgate guard …`: the store of last known good sets, at boot and while the machine runs.

mod activate;
mod boot;
mod commit;
mod common;
mod floor;
pub(crate) mod frozen;
mod install;
mod kernel_log;
mod place;
mod policy;
mod refusal;
mod release;
mod rollback;
mod shutdown;
mod stage;
mod status;
mod tell;
mod verdict;
mod words;

use std::io;

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Gate a set and store it with its verdict; it waits until it is activated.
    Stage(stage::Arguments),
    /// At boot, before the consumer: count how the last run ended, choose a set, and let the consumer see it.
    Boot(boot::Arguments),
    /// Call the active set good, after a soak in which the consumer has handled events.
    Commit(commit::Arguments),
    /// Activate a stored set, at once or from the next boot on.
    Activate(activate::Arguments),
    /// Go back to the latest good set that is not the active one.
    Rollback(rollback::Arguments),
    /// Write down that the machine is about to end cleanly.
    Shutdown(shutdown::Arguments),
    /// Show what is active, why, what happened, and what to do.
    Status(status::Arguments),
    /// Set the lowest serial that may be activated, whatever happens.
    Floor(floor::Arguments),
    /// Set what is asked of a set before it counts as good, and how much is forgiven.
    Policy(policy::Arguments),
    /// Take a set out of quarantine.
    Release(release::Arguments),
    /// Write the units, and the hook of the initramfs, that call the guard for a set.
    Install(install::Arguments),
    /// Remove what was installed for a set.
    Uninstall(install::uninstall::Arguments),
}

/// Runs a command and gives the exit code.
pub(crate) fn run(command: &Command) -> io::Result<u8> {
    match command {
        Command::Stage(arguments) => stage::run(arguments),
        Command::Boot(arguments) => boot::run(arguments),
        Command::Commit(arguments) => commit::run(arguments),
        Command::Activate(arguments) => activate::run(arguments),
        Command::Rollback(arguments) => rollback::run(arguments),
        Command::Shutdown(arguments) => shutdown::run(arguments),
        Command::Status(arguments) => status::run(arguments),
        Command::Floor(arguments) => floor::run(arguments),
        Command::Policy(arguments) => policy::run(arguments),
        Command::Release(arguments) => release::run(arguments),
        Command::Install(arguments) => install::run(arguments),
        Command::Uninstall(arguments) => install::uninstall::run(arguments),
    }
}
