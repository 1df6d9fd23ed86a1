//! The configuration of a campaign: which module, how content gets to it, what it starts from. See [`CampaignConfig`].

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::plan::{Argument, Cause, Open, Through};
use crate::codes;
use crate::config::{ConfigError, Located, Reader, Table, absolute};
use crate::finding::{Blame, Finding, Severity};
use crate::input::{Hold, open_with};
use crate::limits;
use crate::span::{SourceId, Sources};

const ROOT: &[&str] = &["module", "content", "event", "limits", "x86"];
const MODULE: &[&str] = &["file", "parameters", "reload", "files"];
const CONTENT: &[&str] = &[
    "through",
    "path",
    "open",
    "name",
    "request",
    "argument",
    "schema",
    "import-paths",
    "contract",
    "seeds",
];
const EVENT: &[&str] = &["cause", "path", "request", "argument", "text", "command"];
const LIMITS: &[&str] = &["seconds", "runs", "crashes", "panics", "bytes", "hang-seconds"];
const X86: &[&str] = &["file"];

/// A campaign as it is configured. Paths are those of the host, but for those that a driver is reached by.
///
/// ```
/// use bootgate::campaign::CampaignConfig;
/// use bootgate::campaign::plan::{Open, Through};
///
/// let text = r#"
/// [module]
/// file = "sensor.ko"
/// [content]
/// through = "write"
/// path = "/dev/sensor"
/// schema = "case.ksy"
/// seeds = "seeds"
/// "#;
/// let source = bootgate::span::Sources::default().add("sensor.toml", text);
/// let config = bootgate::campaign::parse(text, source, "campaigns".as_ref()).unwrap();
/// assert_eq!(config.content, Through::Write { path: "/dev/sensor".into(), open: Open::Each });
/// assert_eq!(config.module.value, std::path::Path::new("campaigns/sensor.ko"));
/// ```
#[derive(Clone, Debug)]
pub struct CampaignConfig {
    /// The module, built for the kernel that it is fuzzed in.
    pub module: Located<PathBuf>,
    /// What it is loaded with.
    pub parameters: String,
    /// Whether it is loaded for each content.
    pub reload: bool,
    /// Files for the guest: where they are there, and here.
    pub files: Vec<(String, Located<PathBuf>)>,
    /// How content is handed over.
    pub content: Through,
    /// What makes the driver use it.
    pub event: Option<Cause>,
    /// The schema of the content.
    pub schema: Located<PathBuf>,
    /// Folders that are searched for what it imports by an absolute name.
    pub import_paths: Vec<Located<PathBuf>>,
    /// A contract, for its numbers.
    pub contract: Option<Located<PathBuf>>,
    /// The folder of the content that the campaign starts from.
    pub seeds: Located<PathBuf>,
    /// When it ends.
    pub limits: CampaignLimits,
    /// The module built for a virtual machine, in which crashes are seen once more.
    pub x86: Option<Located<PathBuf>>,
}

/// When a campaign ends, and what one input may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CampaignLimits {
    /// After this time.
    pub time: Duration,
    /// After so many executions; 0 for no end.
    pub runs: u64,
    /// After so many different crashes; 0 for no end.
    pub crashes: u64,
    /// After so many crashes, different or not; 0 for no end.
    pub panics: u64,
    /// Bytes of the longest input.
    pub bytes: u64,
    /// An input that takes longer hangs.
    pub hang: Duration,
}

impl Default for CampaignLimits {
    fn default() -> Self {
        CampaignLimits {
            time: Duration::from_secs(60 * 60),
            runs: 0,
            crashes: 0,
            panics: 0,
            bytes: 64 << 10,
            hang: Duration::from_secs(10),
        }
    }
}

/// Reads the configuration at `path`.
///
/// # Errors
///
/// Everything that is wrong with it, blamed on the environment.
pub fn load(path: &Path, sources: &mut Sources) -> Result<CampaignConfig, Vec<Finding>> {
    let limit = u64::try_from(limits::TEXT_BYTES).unwrap_or(u64::MAX);
    let content = open_with(path, Hold::Private, limit).map_err(|error| vec![error.to_finding()])?;
    let name = path.display().to_string();
    let text = std::str::from_utf8(&content).map_err(|error| {
        let message = format!("`{name}` is not UTF-8 after {} bytes", error.valid_up_to());
        vec![Finding::new(codes::CONFIG_INVALID, Severity::Error, Blame::Environment, message)]
    })?;
    let source = sources.add(name, text);
    let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    parse(text, source, root).map_err(|errors| errors.iter().map(ConfigError::to_finding).collect())
}

/// Reads a configuration that lies in the folder `root`.
///
/// # Errors
///
/// All that is wrong with it, in the order of the text.
pub fn parse(text: &str, source: SourceId, root: &Path) -> Result<CampaignConfig, Vec<ConfigError>> {
    let mut reader = Reader::new(source);
    let config = reader.syntax(text).and_then(|table| campaign(&mut reader, &table, root));
    match (config, reader.finish()) {
        (Some(config), Ok(())) => Ok(config),
        (_, Err(errors)) => Err(errors),
        // Something that is required is missing, and that was said.
        (None, Ok(())) => Err(Vec::new()),
    }
}

fn campaign(reader: &mut Reader, table: &Spanned<DeTable<'_>>, root: &Path) -> Option<CampaignConfig> {
    let entries = table.get_ref();
    let top = Table { entries, title: "the configuration", span: reader.span(table.span()), key: "" };
    reader.only(top, ROOT);
    let file = |text: Located<String>| Located {
        value: absolute(root, Path::new(&text.value)),
        span: text.span,
        key: text.key,
    };

    let module = reader.required_table(top, "module", "[module]", "/module");
    let content = reader.required_table(top, "content", "[content]", "/content");
    let event = entries.get("event").and_then(|value| reader.table(value, "[event]", "/event"));
    let limits = entries.get("limits").and_then(|value| reader.table(value, "[limits]", "/limits"));
    let x86 = entries.get("x86").and_then(|value| reader.table(value, "[x86]", "/x86"));

    let event = event.and_then(|table| cause(reader, table));
    let limits = limits.map_or_else(CampaignLimits::default, |table| campaign_limits(reader, table));
    let x86 = x86.and_then(|table| {
        reader.only(table, X86);
        reader.required(table, "file").map(file)
    });
    let module = module.map(|table| {
        reader.only(table, MODULE);
        let parameters = reader.string(table, "parameters").map(|text| text.value).unwrap_or_default();
        let reload = reader.flag(table, "reload");
        (reader.required(table, "file").map(file), parameters, reload, files(reader, table))
    });
    let content = content.map(|table| {
        reader.only(table, CONTENT);
        let through = through(reader, table);
        let schema = reader.required(table, "schema").map(file);
        let import_paths = reader.strings(table, "import-paths").into_iter().map(file).collect();
        let contract = reader.string(table, "contract").map(file);
        (through, schema, import_paths, contract, reader.required(table, "seeds").map(file))
    });
    let (module, parameters, reload, files) = module?;
    let files = files.into_iter().map(|(there, here)| (there, file(here))).collect();
    let (content, schema, import_paths, contract, seeds) = content?;
    let content = content?;
    let reload = reload || matches!(content, Through::Parameter { .. });
    let (module, schema, seeds) = (module?, schema?, seeds?);
    Some(CampaignConfig {
        module,
        parameters,
        reload,
        files,
        content,
        event,
        schema,
        import_paths,
        contract,
        seeds,
        limits,
        x86,
    })
}

/// `files = { "/bin/tool" = "tool" }`, in the order of their names.
fn files(reader: &mut Reader, table: Table<'_>) -> Vec<(String, Located<String>)> {
    let Some(value) = table.entries.get("files") else { return Vec::new() };
    let Some(files) = reader.table(value, "`files`", "/module/files") else { return Vec::new() };
    let mut made: Vec<_> = files
        .entries
        .iter()
        .filter_map(|(there, here)| {
            let key = format!("/module/files/{}", there.get_ref());
            Some((there.get_ref().to_string(), reader.text(here, there.get_ref(), key)?))
        })
        .collect();
    made.sort_by(|(a, _), (b, _)| a.cmp(b));
    made
}

fn through(reader: &mut Reader, table: Table<'_>) -> Option<Through> {
    let through = reader.choice(table, "through", &["write", "ioctl", "firmware", "parameter"])?;
    let needs = |reader: &mut Reader, key| reader.required(table, key).map(|text| text.value);
    match through {
        "write" => {
            let (path, open) = (needs(reader, "path"), open(reader, table));
            Some(Through::Write { path: path?, open: open? })
        }
        "ioctl" => {
            let (path, request) = (needs(reader, "path"), request(reader, table));
            let argument = argument(reader, table);
            Some(Through::Ioctl { path: path?, request: request?, argument: argument? })
        }
        "firmware" => Some(Through::Firmware { name: needs(reader, "name")? }),
        _ => Some(Through::Parameter { name: needs(reader, "name")? }),
    }
}

fn cause(reader: &mut Reader, table: Table<'_>) -> Option<Cause> {
    reader.only(table, EVENT);
    let cause = reader.choice(table, "cause", &["write", "read", "ioctl", "command"])?;
    if cause == "command" {
        let words = reader.strings(table, "command");
        if !table.entries.contains_key("command") {
            reader.missing(table, "command");
        }
        return Some(Cause::Command { words: words.into_iter().map(|word| word.value).collect() });
    }
    let path = reader.required(table, "path").map(|text| text.value);
    let bytes = reader.string(table, "text").map(|text| text.value.into_bytes()).unwrap_or_default();
    match cause {
        "write" => Some(Cause::Write { path: path?, bytes }),
        "read" => Some(Cause::Read { path: path? }),
        _ => {
            let (request, argument) = (request(reader, table), argument(reader, table));
            Some(Cause::Ioctl { path: path?, request: request?, argument: argument?, bytes })
        }
    }
}

/// The number of an ioctl, which the driver's header computes with `_IOW` and its like.
fn request(reader: &mut Reader, table: Table<'_>) -> Option<u64> {
    if !table.entries.contains_key("request") {
        reader.missing(table, "request");
    }
    reader.number(table, "request", 0..=u64::from(u32::MAX))
}

fn argument(reader: &mut Reader, table: Table<'_>) -> Option<Argument> {
    if !table.entries.contains_key("argument") {
        return Some(Argument::Bytes);
    }
    let argument = reader.choice(table, "argument", &["bytes", "buffer"])?;
    Some(if argument == "bytes" { Argument::Bytes } else { Argument::Buffer })
}

fn open(reader: &mut Reader, table: Table<'_>) -> Option<Open> {
    if !table.entries.contains_key("open") {
        return Some(Open::Each);
    }
    let open = reader.choice(table, "open", &["each", "once"])?;
    Some(if open == "each" { Open::Each } else { Open::Once })
}

fn campaign_limits(reader: &mut Reader, table: Table<'_>) -> CampaignLimits {
    reader.only(table, LIMITS);
    let default = CampaignLimits::default();
    let any = 1..=u64::from(u32::MAX);
    let mut number = |key, range: &std::ops::RangeInclusive<u64>, otherwise| {
        reader.number(table, key, range.clone()).unwrap_or(otherwise)
    };
    CampaignLimits {
        time: Duration::from_secs(number("seconds", &any, default.time.as_secs())),
        runs: number("runs", &any, default.runs),
        crashes: number("crashes", &any, default.crashes),
        panics: number("panics", &any, default.panics),
        bytes: number("bytes", &(1..=16 << 20), default.bytes),
        hang: Duration::from_secs(number("hang-seconds", &(1..=3600), default.hang.as_secs())),
    }
}

impl Reader {
    /// One of some words; it has to be there.
    fn choice(
        &mut self,
        table: Table<'_>,
        key: &'static str,
        known: &[&'static str],
    ) -> Option<&'static str> {
        let text = self.required(table, key)?;
        let found = known.iter().find(|word| **word == text.value).copied();
        if found.is_none() {
            let (value, known, span) = (text.value, known.to_vec(), text.span);
            self.errors.push(ConfigError::Choice { key, value, known, span });
        }
        found
    }

    fn required_table<'a>(
        &mut self,
        table: Table<'a>,
        key: &'static str,
        title: &'static str,
        place: &'a str,
    ) -> Option<Table<'a>> {
        match table.entries.get(key) {
            Some(value) => self.table(value, title, place),
            None => {
                self.missing(table, key);
                None
            }
        }
    }

    fn missing(&mut self, table: Table<'_>, key: &'static str) {
        self.errors.push(ConfigError::Missing { key, table: table.title, span: table.span });
    }

    fn flag(&mut self, table: Table<'_>, key: &str) -> bool {
        let Some(value) = table.entries.get(key) else { return false };
        match value.get_ref() {
            DeValue::Boolean(flag) => *flag,
            _ => {
                self.wrong_type(value, key, "true or false");
                false
            }
        }
    }

    fn number(
        &mut self,
        table: Table<'_>,
        key: &'static str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        let value = table.entries.get(key)?;
        let Some(number) = value.get_ref().as_integer() else {
            self.wrong_type(value, key, "a whole number");
            return None;
        };
        let found = u64::from_str_radix(number.as_str(), number.radix()).ok().filter(|n| range.contains(n));
        if found.is_none() {
            let (value, span) = (number.to_string(), self.span(value.span()));
            self.errors.push(ConfigError::Number { key, value, range, span });
        }
        found
    }
}
