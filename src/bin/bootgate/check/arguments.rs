//! Arguments that commands about content share: which content, and how it is read.

use std::path::PathBuf;

use bootgate::code::Forced;
use bootgate::contract::Columns;

use super::contract::Export;
use crate::files::ImportArguments;
use crate::limits::LimitArguments;
use crate::processes::ProcessArguments;

/// Content, and how it is read.
#[derive(Debug, clap::Args)]
pub(crate) struct ContentArguments {
    /// Files and folders to check; what `bootgate.toml` names when missing. With --contract, `ROLE=FILE` for
    /// each file of one set, or folders whose files are named after their roles.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Check content sets against this contract and its schemas.
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    pub(crate) contract: Option<PathBuf>,
    /// Use this configuration instead of looking for `bootgate.toml`.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Evaluate these instances, whatever `bootgate.toml` says; `read` when neither says.
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) instances: Option<Instances>,
    #[command(flatten)]
    pub(crate) imports: ImportArguments,
    #[command(flatten)]
    pub(crate) processes: ProcessArguments,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}

/// What is really out there.
#[derive(Debug, clap::Args)]
pub(crate) struct InventoryArguments {
    /// An export of the machines in the field, in CSV: with a column `version`, and `platform` and `count` if there
    /// are such. A build in it that has no manifest is refused, unless the contract says otherwise.
    #[arg(long, value_name = "FILE")]
    inventory: Option<PathBuf>,
    /// What a column of the inventory is called, such as `version=Agent` or `count=Machines`; may be repeated.
    #[arg(long = "column", value_name = "WHAT=NAME", requires = "inventory", value_parser = column)]
    columns: Vec<String>,
}

impl InventoryArguments {
    /// The inventory, if there is one.
    pub(crate) fn export(&self) -> Option<Export> {
        let path = self.inventory.clone()?;
        let mut columns = Columns::default();
        for text in &self.columns {
            // Each was looked at when the arguments were read.
            let _ = columns.set(text);
        }
        Some(Export { path, columns })
    }
}

fn column(text: &str) -> Result<String, String> {
    Columns::default().set(text).map(|()| text.to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Instances {
    /// Only what fields, their checks and the contract ask for.
    Asked,
    /// Also those that are read from the file, and those with a `valid`.
    Read,
    /// Also calculated values that nobody asks for.
    All,
}

impl Instances {
    pub(super) fn forced(self) -> Forced {
        match self {
            Instances::Asked => Forced::None,
            Instances::Read => Forced::Read,
            Instances::All => Forced::All,
        }
    }
}
