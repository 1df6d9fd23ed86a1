//! What a guest is told: files of its root, and a plan in JSON. Written outside, read by its first process.

use serde::{Deserialize, Serialize};

/// The plan.
pub const PLAN: &str = "/bootgate/plan.json";
/// The log, where the engine has it as a file of the root.
pub const LOG: &str = "/bootgate/log";
/// The module.
pub const MODULE: &str = "/bootgate/module.ko";
/// Where the guest says how the fuzzer ended: the status of `wait(2)`, in decimal.
pub const STATUS: &str = "/bootgate/status";
/// Inputs that the fuzzer keeps.
pub const CORPUS: &str = "/bootgate/corpus";
/// Inputs that it starts from.
pub const SEEDS: &str = "/bootgate/seeds";
/// Schemas and the contract, at the paths that they have outside.
pub const FILES: &str = "/bootgate/files";
/// Where the kernel looks for firmware first: in memory.
pub const FIRMWARE: &str = "/run/firmware";
/// What a guest says when its first process runs.
pub const BEGINS: &str = "bootgate-guest begins";
/// What a line begins with that says why the guest could not go on.
pub const FAILED: &str = "bootgate-guest: ";

/// The path of the input with this number, of those that are tried one by one; the first is 1.
pub fn attempt(number: u64) -> String {
    format!("/bootgate/tries/{number}")
}

/// What a guest does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestPlan {
    /// The name of the module, as the kernel has it.
    pub name: String,
    /// Parameters that it is loaded with.
    pub parameters: String,
    /// Whether it is loaded for each content, and unloaded after the event.
    pub reload: bool,
    /// How content is handed over.
    pub content: Through,
    /// What makes the driver use it, if the hand-over alone does not.
    pub event: Option<Cause>,
    /// Where inputs are written down before they are used.
    pub log: LogPlace,
    /// What for.
    pub task: Task,
}

/// Memory that outlives the guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPlace {
    /// The device that it is mapped from.
    pub device: String,
    /// Where it begins there, in bytes.
    pub at: u64,
    /// How many bytes it has.
    pub bytes: u64,
}

/// How content is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Through {
    /// Written at once: a device, an attribute of sysfs, a parameter of a module that is loaded.
    Write {
        /// The path.
        path: String,
        /// Whether it is opened for each content, or the first time only.
        open: Open,
    },
    /// A request on a device.
    Ioctl {
        /// The path.
        path: String,
        /// The number of the request.
        request: u64,
        /// What the request is given.
        argument: Argument,
    },
    /// A firmware file, which the driver requests when it is loaded or when the event happens.
    Firmware {
        /// Its name.
        name: String,
    },
    /// A parameter that the module is loaded with, in quotes. Content with a zero or a quote in it is skipped.
    Parameter {
        /// Its name.
        name: String,
    },
}

/// How often a path is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Open {
    /// For each content, and closed after it.
    Each,
    /// Once: an opening and a closing cost as much as the rest of an execution.
    Once,
}

/// What a request is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Argument {
    /// The address of the bytes.
    Bytes,
    /// The address of two integers of 64 bits: the address of the bytes, and how many there are.
    Buffer,
}

/// What makes the driver use its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// Bytes are written to a device or an attribute.
    Write {
        /// The path.
        path: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// It is read.
    Read {
        /// The path.
        path: String,
    },
    /// A request on a device.
    Ioctl {
        /// The path.
        path: String,
        /// The number of the request.
        request: u64,
        /// What the request is given.
        argument: Argument,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A program of the guest is run.
    Command {
        /// Its path, and its arguments.
        words: Vec<String>,
    },
}

/// What a guest is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// It makes inputs until it is ended, or until something happens.
    Fuzz(MutatorPlan),
    /// It runs those that it is given.
    Try,
}

/// What the mutator goes by: paths in the guest, as the variables of `fuzz/mutator` have them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MutatorPlan {
    /// `BOOTGATE_SCHEMA`.
    pub schema: String,
    /// `BOOTGATE_IMPORTS`.
    pub imports: String,
    /// `BOOTGATE_CONTRACT`.
    pub contract: String,
}

impl GuestPlan {
    /// The plan as it is written down.
    ///
    /// # Errors
    ///
    /// None that these types can give.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// A plan that was written down.
    ///
    /// # Errors
    ///
    /// The text is not a plan.
    pub fn from_json(text: &[u8]) -> Result<GuestPlan, serde_json::Error> {
        serde_json::from_slice(text)
    }
}
