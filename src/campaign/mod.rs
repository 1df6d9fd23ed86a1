//! Campaigns against drivers in guests: kernels that are there to be crashed.
//!
//! A guest is a kernel in User Mode Linux or in a virtual machine, and its root is a folder of the host. Its first process (`fuzz/kernel/guest`) loads the module
//! and fuzzes it, steered by what the kernel says was run through. It writes each input down before it is used, so that a
//! dead kernel takes nothing with it. Outside, [`Campaign`] starts the next guest, and tells what they died of.

mod config;
mod engine;
mod guest;
pub mod log;
mod module;
pub mod plan;
mod report;
mod root;
mod run;
#[cfg(test)]
mod tests;
mod tries;

pub use config::{CampaignConfig, CampaignLimits, load, parse};
pub use engine::{Accelerator, Engine};
pub use guest::{End, Guest};
pub use module::module_name;
pub use report::{Frame, Key, Report};
pub use root::{Parts, Root};
pub use run::{Campaign, CampaignError, Crash, Fuzzed};
pub use tries::{Tried, Tries, TryError};
