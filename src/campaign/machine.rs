//! A virtual machine that runs one input: a second look at a crash, with the kernel of a real processor.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::guest::{PAUSE, console, last_lines};
use super::initramfs::archive;
use super::plan::{FAILED, attempt};
use super::report::Report;
use super::root::Root;
use super::tries::{Tried, TryError};

/// The program that emulates a machine.
const QEMU: &str = "qemu-system-x86_64";
/// How long a machine may take to start, run the input, and end. Under emulation a start takes some seconds; a minute where
/// much else runs.
const PATIENCE: Duration = Duration::from_secs(180);

/// A kernel for virtual machines.
#[derive(Clone, Debug)]
pub struct Machine {
    kernel: PathBuf,
    /// One without ACPI is for `microvm`.
    acpi: bool,
}

impl Machine {
    /// The kernel in a folder of `fuzz/kernel/build.sh`.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn new(folder: &Path) -> io::Result<Machine> {
        let config = fs::read_to_string(folder.join("config"))?;
        let kernel = folder.join("kernel");
        File::open(&kernel)?;
        Ok(Machine { kernel, acpi: config.lines().any(|line| line == "CONFIG_ACPI=y") })
    }

    /// Runs an input in a machine of its own.
    ///
    /// # Errors
    ///
    /// There is no QEMU, or the machine does not get as far as the input.
    pub fn run(&self, root: &Root, input: &[u8]) -> Result<Tried, TryError> {
        root.begin()?;
        root.put(&attempt(1), input)?;
        // What is no file ends the row.
        fs::create_dir_all(root.inside(&attempt(2)))?;
        let (initramfs, log) = (root.path().with_extension("cpio"), root.path().with_extension("console"));
        fs::write(&initramfs, archive(root.path())?)?;
        let serial = format!("file:{}", log.display());
        let mut command = Command::new(QEMU);
        if self.acpi {
            command.args(["-M", "q35"]);
        } else {
            command.args(["-M", "microvm,acpi=off,x-option-roms=off,rtc=on"]);
        }
        command
            .args([
                "-accel",
                "tcg",
                "-m",
                "512",
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-no-reboot",
            ])
            .args(["-serial", &serial])
            .arg("-kernel")
            .arg(&self.kernel)
            .arg("-initrd")
            .arg(&initramfs)
            .args([
                "-append",
                "console=ttyS0 reboot=t loglevel=5 oops=panic kasan.fault=panic panic=-1 rdinit=/init",
            ]);
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("`{QEMU}`: {error} (Debian: apt-get install qemu-system-x86)"),
            )
        })?;
        let end = Instant::now() + PATIENCE;
        let mut ended = false;
        while !ended && Instant::now() < end {
            sleep(PAUSE);
            ended = child.try_wait()?.is_some();
        }
        if !ended {
            child.kill()?;
            child.wait()?;
        }
        let said = console(&log);
        if let Some(report) = Report::find(&said) {
            return Ok(Tried::Crash(Box::new(report)));
        }
        match said.lines().find_map(|line| line.split_once(FAILED)) {
            Some((_, why)) => Err(TryError::Guest(why.trim().to_owned())),
            None if ended => Ok(Tried::Fine),
            None => {
                Err(TryError::Guest(format!("it did not end in time; its last lines: {}", last_lines(&said))))
            }
        }
    }
}
