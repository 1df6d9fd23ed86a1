//! `bootgate guard commit`: a set that proved itself becomes good.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use bootgate::finding::Finding;
use bootgate::guard::core::commit;
use bootgate::guard::store::NoGate;
use bootgate::input::InputError;
use bootgate::limits::COUNT_BYTES;

use super::common::CommonArguments;
use super::place::MomentArguments;
use super::stage::usage;
use super::tell;

/// The arguments of `bootgate guard commit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    events: EventArguments,
    #[command(flatten)]
    moment: MomentArguments,
    #[command(flatten)]
    common: CommonArguments,
}

/// How many events the consumer has handled.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct EventArguments {
    /// Events that the consumer has handled since the set was activated, by its own count.
    #[arg(long, value_name = "COUNT")]
    events: Option<u64>,
    /// A file in which the consumer says that, as a decimal number.
    #[arg(long, value_name = "FILE")]
    events_from: Option<PathBuf>,
}

/// Runs it, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { events, moment, common } = arguments;
    let events = match (events.events, &events.events_from) {
        (Some(events), _) => events,
        (None, Some(path)) => match read(path) {
            Ok(events) => events,
            Err(finding) => return tell::refused(&common.output, &common.place.set, *finding),
        },
        (None, None) => 0,
    };
    let moment = moment.moment();
    common.operate(NoGate, |opened| Ok(commit(&mut opened.store, events, moment)?))
}

/// A file of the kernel (`/sys/module/…`) says that it is larger than it is, so it is read to its end.
fn read(path: &Path) -> Result<u64, Box<Finding>> {
    let unreadable = |source| {
        let path = path.to_path_buf();
        Box::new(InputError::Unreadable { path, source }.to_finding())
    };
    let nonblock = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(nonblock).open(path).map_err(unreadable)?;
    let mut text = Vec::new();
    file.take(COUNT_BYTES).read_to_end(&mut text).map_err(unreadable)?;
    let number = std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| {
        let message = format!("`{}` does not say how many events were handled", path.display());
        usage(&message, "the consumer writes a decimal number there, and nothing else")
    })
}
