//! The module: loaded, given content, and made to use it.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;

use bootgate::campaign::plan::{Argument, Cause, FIRMWARE, GuestPlan, MODULE, Open, Through};

use crate::system::{called, done, text};

/// Bytes that an event reads at most.
const READ: usize = 1 << 16;

pub(crate) struct Driver {
    plan: GuestPlan,
    file: File,
    /// Where content goes, if that is opened once.
    opened: Option<File>,
    loaded: bool,
    base: u64,
}

impl Driver {
    /// Loads the module, if it is not to be loaded with each content.
    pub(crate) fn new(plan: &GuestPlan) -> Driver {
        let file = done(MODULE, File::open(MODULE));
        let mut driver = Driver { plan: plan.clone(), file, opened: None, loaded: false, base: 0 };
        if !plan.reload {
            let parameters = driver.plan.parameters.clone();
            driver.load(parameters.as_bytes());
            if !driver.loaded {
                called(MODULE, -1);
            }
        }
        driver
    }

    /// Where the module's code begins.
    pub(crate) fn base(&self) -> u64 {
        self.base
    }

    /// Hands content over, and causes the event. What the driver says of it is its own business: only crashes count.
    pub(crate) fn run(&mut self, data: &[u8]) {
        let mut parameters = Vec::new();
        if self.plan.reload {
            parameters.extend_from_slice(self.plan.parameters.as_bytes());
        }
        let handed = match &self.plan.content {
            Through::Write { path, open: Open::Each } => {
                open(path).and_then(|mut file| file.write_all(data)).is_ok()
            }
            Through::Write { path, open: Open::Once } => {
                if self.opened.is_none() {
                    self.opened = open(path).ok();
                }
                self.opened.as_mut().is_some_and(|file| file.write_all(data).is_ok())
            }
            Through::Ioctl { path, request, argument } => ioctl(path, *request, *argument, data),
            Through::Firmware { name } => fs::write(format!("{FIRMWARE}/{name}"), data).is_ok(),
            Through::Parameter { name } => {
                // Texts of parameters end at a zero, and quotes cannot be quoted.
                parameters.extend(format!(" {name}=\"").into_bytes());
                parameters.extend_from_slice(data);
                parameters.push(b'"');
                !data.iter().any(|byte| matches!(byte, 0 | b'"'))
            }
        };
        if !handed {
            return;
        }
        if self.plan.reload {
            self.load(&parameters);
        }
        if self.loaded {
            self.cause();
        }
        if self.plan.reload {
            self.unload();
        }
    }

    fn cause(&self) {
        match &self.plan.event {
            None => {}
            Some(Cause::Write { path, bytes }) => {
                let _ = open(path).and_then(|mut file| file.write_all(bytes));
            }
            Some(Cause::Read { path }) => {
                let mut buffer = [0; READ];
                let _ = File::open(path).and_then(|mut file| file.read(&mut buffer));
            }
            Some(Cause::Ioctl { path, request, argument, bytes }) => {
                let _ = ioctl(path, *request, *argument, bytes);
            }
            Some(Cause::Command { words }) => {
                if let Some((program, arguments)) = words.split_first() {
                    let _ = std::process::Command::new(program).args(arguments).status();
                }
            }
        }
    }

    fn load(&mut self, parameters: &[u8]) {
        let parameters = done("parameters of the module", std::ffi::CString::new(parameters));
        // SAFETY: the file is open, and the parameters end with a zero.
        let result =
            unsafe { libc::syscall(libc::SYS_finit_module, self.file.as_raw_fd(), parameters.as_ptr(), 0) };
        self.loaded = result == 0;
        if self.loaded {
            let place = format!("/sys/module/{}/sections/.text", self.plan.name);
            let base = fs::read_to_string(place).unwrap_or_default();
            self.base = u64::from_str_radix(base.trim().trim_start_matches("0x"), 16).unwrap_or(0);
        }
    }

    fn unload(&mut self) {
        if !std::mem::take(&mut self.loaded) {
            return;
        }
        let name = text(&self.plan.name);
        // SAFETY: the name ends with a zero.
        called("unloading the module", unsafe { libc::syscall(libc::SYS_delete_module, name.as_ptr(), 0) });
    }
}

/// A device or an attribute, from its beginning, for one piece of content.
fn open(path: &str) -> std::io::Result<File> {
    File::options().write(true).open(path)
}

/// A request with bytes, as the driver wants them; whether it was made.
fn ioctl(path: &str, request: u64, argument: Argument, bytes: &[u8]) -> bool {
    let file = File::options().read(true).write(true).open(path).or_else(|_| open(path));
    let Ok(file) = file else { return false };
    let buffer = [bytes.as_ptr().expose_provenance() as u64, bytes.len() as u64];
    // SAFETY: whether the driver keeps to the bytes that it is told of is what is found out here; they are not used after it.
    let result = unsafe {
        match argument {
            Argument::Bytes => libc::ioctl(file.as_raw_fd(), request, bytes.as_ptr()),
            Argument::Buffer => libc::ioctl(file.as_raw_fd(), request, buffer.as_ptr()),
        }
    };
    result >= 0
}
