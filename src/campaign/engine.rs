//! What a guest runs in: User Mode Linux, or a virtual machine.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::guest::{Guest, PAUSE, inside};
use super::log;
use super::plan::{FIRMWARE, LOG, LogPlace};
use super::root::Root;

/// The program that emulates a machine, and its package.
const QEMU: &str = "qemu-system-x86_64";
const PACKAGE: &str = "qemu-system-x86";
/// Megabytes of a guest.
const UML_MEMORY: u64 = 256;
const QEMU_MEMORY: u64 = 512;
/// What a kernel for virtual machines has to have besides: its root is a folder of the host, its log memory behind its own.
const NEEDED: [&str; 2] = ["CONFIG_NET_9P_VIRTIO=y", "CONFIG_DEVMEM=y"];
/// `microvm` as it is here, and where its first virtio device is then: QEMU would say so behind the arguments of the guest's
/// first process.
const MICROVM: &str =
    "microvm,acpi=off,ioapic2=off,x-option-roms=off,rtc=on,auto-kernel-cmdline=off,memory-backend=memory";
const FIRST_DEVICE: &str = "virtio_mmio.device=512@0xfeb00000:5";

/// How long a guest may take to its first process if the processor executes it.
const PROBE: Duration = Duration::from_secs(15);

/// A kernel, and what runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// User Mode Linux: the kernel is a program of the host.
    Uml {
        /// The program.
        kernel: PathBuf,
    },
    /// QEMU's `microvm`.
    Qemu {
        /// What it loads.
        kernel: PathBuf,
        /// What executes the kernel's code.
        accelerator: Accelerator,
    },
}

/// What executes the code of a virtual machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// QEMU itself.
    Tcg,
    /// The processor.
    Kvm,
}

impl Engine {
    /// The kernel in a folder of `fuzz/kernel/build.sh uml`.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn uml(folder: &Path) -> io::Result<Engine> {
        let kernel = folder.join("kernel");
        File::open(&kernel)?;
        Ok(Engine::Uml { kernel })
    }

    /// The kernel in a folder of `fuzz/kernel/build.sh x86`, under emulation.
    ///
    /// # Errors
    ///
    /// There is none, or one that cannot have a folder of the host as its root.
    pub fn qemu(folder: &Path) -> io::Result<Engine> {
        let (kernel, config) = (folder.join("kernel"), fs::read_to_string(folder.join("config"))?);
        File::open(&kernel)?;
        match NEEDED.iter().find(|needed| !config.lines().any(|line| line == **needed)) {
            None => Ok(Engine::Qemu { kernel, accelerator: Accelerator::Tcg }),
            Some(missing) => Err(io::Error::other(format!("its configuration has no {missing}"))),
        }
    }

    /// The same, executed by the processor if a guest with this root, which is there to try inputs, comes up that way. That
    /// `/dev/kvm` can be opened promises nothing.
    ///
    /// # Errors
    ///
    /// No guest can be started.
    pub fn accelerated(self, root: &Root) -> io::Result<Engine> {
        let Engine::Qemu { kernel, .. } = &self else { return Ok(self) };
        if File::options().read(true).write(true).open("/dev/kvm").is_err() {
            return Ok(self);
        }
        let kvm = Engine::Qemu { kernel: kernel.clone(), accelerator: Accelerator::Kvm };
        let mut guest = Guest::start(&kvm, root, &[])?;
        let end = Instant::now() + PROBE;
        while Instant::now() < end && !guest.has_ended()? {
            if guest.begins() {
                return Ok(kvm);
            }
            sleep(PAUSE);
        }
        Ok(self)
    }

    /// What this engine is called.
    pub fn name(&self) -> &'static str {
        match self {
            Engine::Uml { .. } => "User Mode Linux",
            Engine::Qemu { accelerator: Accelerator::Tcg, .. } => "QEMU (TCG)",
            Engine::Qemu { accelerator: Accelerator::Kvm, .. } => "QEMU (KVM)",
        }
    }

    /// How long a guest may take to its first input. Under emulation a start takes some seconds; much longer where much else
    /// runs.
    pub(super) fn patience(&self) -> Duration {
        match self {
            Engine::Uml { .. } => Duration::from_secs(60),
            Engine::Qemu { .. } => Duration::from_secs(180),
        }
    }

    /// Where a guest finds its log.
    pub(super) fn log_place(&self) -> LogPlace {
        let bytes = log::BYTES;
        match self {
            Engine::Uml { .. } => LogPlace { device: "/dev/mmapper".into(), at: 0, bytes },
            Engine::Qemu { .. } => LogPlace { device: "/dev/mem".into(), at: QEMU_MEMORY << 20, bytes },
        }
    }

    /// The file that is a guest's log outside, and the byte of it that the log begins at. It is new, and holds nothing.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn new_log(&self, root: &Path) -> io::Result<(File, u64)> {
        let (path, at) = match self {
            Engine::Uml { .. } => (inside(root, LOG), 0),
            // The memory of a virtual machine is a file, and the log is behind what the kernel is told of.
            Engine::Qemu { .. } => (memory(root), QEMU_MEMORY << 20),
        };
        let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        file.set_len(at + log::BYTES)?;
        Ok((file, at))
    }

    /// Removes what only a guest that runs needs.
    pub(super) fn tidy(&self, root: &Path) {
        if matches!(self, Engine::Qemu { .. }) {
            let _ = fs::remove_file(memory(root));
        }
    }

    /// What starts a guest with this root. The arguments are those of its first process; its console is what the command prints.
    pub(super) fn command(&self, root: &Path, arguments: &[String]) -> Command {
        let always = format!(
            "loglevel=5 firmware_class.path={FIRMWARE} kasan.fault=panic oops=panic panic=-1 rw init=/init"
        );
        match self {
            Engine::Uml { kernel } => {
                let mut command = Command::new(kernel);
                command
                    .arg(format!("mem={UML_MEMORY}M"))
                    .args(["con=null", "con0=fd:0,fd:1", "root=/dev/root", "rootfstype=hostfs"])
                    .arg(format!("rootflags={}", root.display()))
                    .arg(format!("iomem=mmapper,{}", inside(root, LOG).display()))
                    .args(always.split(' '))
                    .arg("--")
                    .args(arguments);
                command
            }
            Engine::Qemu { kernel, accelerator } => {
                let mut command = Command::new(QEMU);
                let accelerator = match accelerator {
                    Accelerator::Tcg => "tcg",
                    Accelerator::Kvm => "kvm",
                };
                let bytes = (QEMU_MEMORY << 20) + log::BYTES;
                command
                    .args(["-M", MICROVM, "-accel", accelerator, "-m"])
                    .arg(format!("{}M", bytes >> 20))
                    .arg("-object")
                    .arg(format!(
                        "memory-backend-file,id=memory,share=on,size={bytes},mem-path={}",
                        quoted(&memory(root))
                    ))
                    .args(["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"])
                    .args(["-serial", "stdio", "-fsdev"])
                    .arg(format!("local,id=root,security_model=none,path={}", quoted(root)))
                    .args([
                        "-device",
                        "virtio-9p-device,fsdev=root,mount_tag=root,bus=virtio-mmio-bus.0",
                        "-kernel",
                    ])
                    .arg(kernel)
                    .arg("-append")
                    .arg(format!(
                        "console=ttyS0 reboot=t {FIRST_DEVICE} mem={QEMU_MEMORY}M root=root rootfstype=9p \
                         rootflags=trans=virtio,version=9p2000.L,msize=262144,cache=none {always} -- {}",
                        arguments.join(" ")
                    ));
                command
            }
        }
    }

    /// The program that could not be started, in the words of the error.
    pub(super) fn told(&self, error: &io::Error) -> io::Error {
        let why = match self {
            Engine::Uml { kernel } => format!("`{}`: {error}", kernel.display()),
            Engine::Qemu { .. } => format!("`{QEMU}`: {error} (Debian: apt-get install {PACKAGE})"),
        };
        io::Error::new(error.kind(), why)
    }
}

fn memory(root: &Path) -> PathBuf {
    root.with_extension("memory")
}

/// A path as QEMU reads it within an option: a comma ends it unless there are two.
fn quoted(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}
