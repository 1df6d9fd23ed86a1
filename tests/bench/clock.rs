//! The processor time of this thread: what one core did, whatever else the machine was busy with.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Processor time up to now.
pub(crate) fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// So many in the time since then, a second.
pub(crate) fn rate(count: u64, since: Duration) -> u64 {
    let nanos = u64::try_from((now() - since).as_nanos()).unwrap_or(u64::MAX).max(1);
    count * 1_000_000_000 / nanos
}
