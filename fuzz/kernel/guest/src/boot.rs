//! What is done before the first input: file systems, the environment, and a process that outlives the fuzzer.

use std::path::Path;
use std::ptr::null;

use bootgate::campaign::plan::{FIRMWARE, MutatorPlan, STATUS};

use crate::system::{called, done, text};

/// Mounts what a driver is reached by.
pub(crate) fn mount() {
    for (kind, place) in [
        ("devtmpfs", "/dev"),
        ("proc", "/proc"),
        ("sysfs", "/sys"),
        ("debugfs", "/sys/kernel/debug"),
        ("tmpfs", "/run"),
    ] {
        let (kind, place) = (text(kind), text(place));
        // SAFETY: all are texts that end with a zero, and there is no data.
        let result = unsafe { libc::mount(kind.as_ptr(), place.as_ptr(), kind.as_ptr(), 0, null()) };
        // A kernel mounts /dev by itself if it is told to.
        if result < 0 && std::io::Error::last_os_error().raw_os_error() != Some(libc::EBUSY) {
            called(&place.to_string_lossy(), result.into());
        }
    }
    done(FIRMWARE, std::fs::create_dir_all(FIRMWARE));
}

/// Forks, and gives back in the child. The parent writes down what the child ends with, and ends the guest.
pub(crate) fn fork_and_wait() {
    // SAFETY: nothing has made a thread yet.
    let child = called("fork", unsafe { libc::fork() }.into());
    if child == 0 {
        return;
    }
    let mut status = 0;
    // SAFETY: the status is a number that can be written.
    while i64::from(unsafe { libc::wait(&raw mut status) }) != child {}
    done(STATUS, std::fs::write(STATUS, status.to_string()));
    // SAFETY: no memory is involved. A machine without a power switch is started again, which ends a virtual one as well.
    unsafe {
        libc::sync();
        libc::reboot(if Path::new("/proc/exitcode").exists() {
            libc::RB_POWER_OFF
        } else {
            libc::RB_AUTOBOOT
        });
    }
}

/// Keeps memory that was used once: in User Mode Linux each page that is new costs as much as an execution.
pub(crate) fn keep_memory() {
    // SAFETY: nothing but numbers is set.
    unsafe {
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 32 << 20);
        libc::mallopt(libc::M_TOP_PAD, 16 << 20);
    }
}

/// Tells the mutator where its schema is.
pub(crate) fn environment(plan: &MutatorPlan) {
    let MutatorPlan { schema, imports, contract } = plan;
    let set = [("BOOTGATE_SCHEMA", schema), ("BOOTGATE_IMPORTS", imports), ("BOOTGATE_CONTRACT", contract)];
    // A folder without a name is one that is missing.
    for (name, value) in set.into_iter().filter(|(_, value)| !value.is_empty()) {
        // SAFETY: there is one thread.
        unsafe { std::env::set_var(name, value) };
    }
}
