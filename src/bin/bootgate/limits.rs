//! `--limit NAME=VALUE`, which several commands take.

use bootgate::limits::{Bounds, Limit, LimitError, Limits, SchemaLimits, Setting, Unit};

/// The limits of commands that walk over content.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct LimitArguments {
    /// Set a limit, such as `elements=1000` or `string-bytes=64MiB`; may be repeated.
    #[arg(long = "limit", value_name = "NAME=VALUE", long_help = explained(Limit::all()))]
    limits: Vec<Setting>,
}

impl LimitArguments {
    /// The defaults, changed by the configuration and then by the command line.
    pub(crate) fn bounds(&self, configured: &[Setting]) -> Bounds {
        let mut bounds = Bounds::default();
        configured.iter().chain(&self.limits).for_each(|setting| bounds.set(*setting));
        bounds
    }
}

/// The limits of commands that only read schemas.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct SchemaLimitArguments {
    /// Set a limit, such as `import-depth=100` or `text-bytes=4MiB`; may be repeated.
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = on_schemas)]
    #[arg(long_help = explained(SchemaLimits::ALL.iter()))]
    limits: Vec<Setting>,
}

impl SchemaLimitArguments {
    /// The defaults, changed by the command line.
    pub(crate) fn bounds(&self) -> SchemaLimits {
        let mut bounds = Bounds::default();
        self.limits.iter().for_each(|setting| bounds.set(*setting));
        bounds.schema
    }
}

fn on_schemas(text: &str) -> Result<Setting, String> {
    let setting: Setting = text.parse().map_err(|error: LimitError| error.to_string())?;
    let name = setting.limit().name;
    if Limits::describe(name).is_some() {
        let known: Vec<&str> = SchemaLimits::names().collect();
        return Err(format!(
            "`{name}` is a limit on content, which is not read here: there are {}",
            known.join(", ")
        ));
    }
    Ok(setting)
}

/// The long help: what there is to set.
fn explained(limits: impl Iterator<Item = &'static Limit>) -> String {
    let mut text = String::from(
        "Set a limit; may be repeated, and the last value counts. Real files reach none of the defaults. What reaches a \
         limit is refused, and the finding names the limit. Numbers of bytes may end in KiB, MiB or GiB:\n",
    );
    for limit in limits {
        let default = match limit.unit {
            Unit::Bytes => bytes(limit.default),
            Unit::Count => limit.default.to_string(),
        };
        text.push_str(&format!("\n- {} ({default}): {}", limit.name, limit.counts));
    }
    text
}

/// A number of bytes in the greatest unit that divides it.
fn bytes(number: u64) -> String {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let whole = units.into_iter().find(|(_, size)| number > 0 && number.is_multiple_of(*size));
    whole.map_or_else(|| format!("{number} bytes"), |(unit, size)| format!("{}{unit}", number / size))
}
