//! The contract as it is written: every key read, paths and expressions not yet understood.

use std::collections::BTreeMap;

use super::error::{At, ContractError};
use super::kinds::{self, Kind, Question};
use super::origin::{self, Origin};
use super::table::{Reader, Table};
use super::text::Text;
use super::words::{Evidence, Unlisted};
use crate::span::{SourceId, Sources};

/// A contract, before its paths and expressions are typed against the schemas.
#[derive(Clone, Debug)]
pub struct RawContract {
    /// The file.
    pub source: SourceId,
    /// Name of the consumer.
    pub consumer: Text,
    /// Pattern of the manifests' paths, relative to the contract.
    pub builds: Text,
    /// What to do about a build without a manifest.
    pub unlisted: Unlisted,
    /// Path of the file of fields that are accepted without a question, relative to the contract.
    pub coverage: Option<Text>,
    /// Path of what shipped content has exercised, relative to the contract.
    pub baseline: Option<Text>,
    /// The files of a content set, in the order as written; at least one.
    pub files: Vec<RawFile>,
    /// The capacities by name.
    pub capacities: BTreeMap<String, RawCapacity>,
    /// What it asks of content: by kind, then in the order as written.
    pub questions: Vec<Question>,
}

/// One file of a content set.
#[derive(Clone, Debug)]
pub struct RawFile {
    /// Its name in paths and expressions: lower-case letters, digits and `_`, a letter first.
    pub role: Text,
    /// Path of its schema, relative to the contract.
    pub schema: Text,
}

/// A number that every build has a value of, or does not know.
#[derive(Clone, Debug)]
pub struct RawCapacity {
    /// Its name, such as `inputs.ipc`.
    pub name: Text,
    /// Where in the binary it can be found, such as `debug:ipc_ctx.inputs`.
    pub from: Option<Origin>,
    /// The weakest evidence that a read may rest on.
    pub needs: Evidence,
}

/// Reads a contract.
///
/// ```
/// use bootgate::contract;
/// use bootgate::span::Sources;
///
/// let text = r#"
/// [contract]
/// consumer = "sensor"
/// builds = "builds/*.build.toml"
///
/// [files]
/// channel = "channel_file.ksy"
///
/// [[rule]]
/// at = "channel"
/// asert = "true"
/// "#;
/// let errors = contract::parse(&mut Sources::default(), "sensor.contract.toml", text).unwrap_err();
/// assert_eq!(errors[0].to_string(), "`assert` is missing in `[[rule]]`");
/// assert_eq!(errors[1].to_string(), "`because` is missing in `[[rule]]`");
/// assert_eq!(errors[2].help().as_deref(), Some("did you mean `assert`?"));
/// ```
///
/// # Errors
///
/// Everything that is wrong with the file, in the order of the places; only errors of syntax if there are any.
pub fn parse(sources: &mut Sources, name: &str, text: &str) -> Result<RawContract, Vec<ContractError>> {
    let (mut reader, document) = Reader::open(sources, name, text)?;
    let root = Table::root(&mut reader, "the contract", &document, kinds::KEYS);
    let contract = contract(&mut reader, &root);
    reader.finish(contract)
}

/// `None` only where an error was reported; the tables after it are read all the same.
fn contract(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> Option<RawContract> {
    let head =
        root.child_required(reader, "contract", &["consumer", "builds", "unlisted", "coverage", "baseline"]);
    let head = head.map(|table| {
        let consumer = table.text(reader, "consumer");
        let builds = table.text(reader, "builds");
        if let Some(glob) = &builds
            && let Err(reason) = super::files::pattern(&glob.value)
        {
            let at = table.at_text("builds", glob);
            reader.errors.push(ContractError::Glob { glob: glob.value.clone(), reason, at });
        }
        let unlisted = table.word_or(reader, "unlisted", Unlisted::Refuse);
        let coverage = table.text_optional(reader, "coverage");
        (consumer, builds, unlisted, coverage, table.text_optional(reader, "baseline"))
    });
    let files = files(reader, root);
    let capacities = capacities(reader, root);
    let questions = kinds::read_all(reader, root);
    let (consumer, builds, unlisted, coverage, baseline) = head?;
    if baseline.is_none() {
        for question in &questions {
            if let Kind::Growth(_) | Kind::Novel(_) = question.kind {
                let (table, at) = (question.kind.table(), question.place.clone());
                reader.errors.push(ContractError::NoBaseline { table, at });
            }
        }
    }
    Some(RawContract {
        source: reader.source,
        consumer: consumer?,
        builds: builds?,
        unlisted,
        coverage,
        baseline,
        files,
        capacities,
        questions,
    })
}

fn files(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> Vec<RawFile> {
    if !root.has(reader, "files") {
        return Vec::new();
    }
    let Some((at, names)) = root.names(reader, "files") else { return Vec::new() };
    if names.is_empty() {
        reader.errors.push(ContractError::NoFiles { at });
    }
    let mut files = Vec::new();
    for name in names {
        let role = &name.name.value;
        if !is_identifier(role) {
            reader.errors.push(ContractError::RoleName { role: role.clone(), at: name.at() });
        }
        if let Some(schema) = name.text(reader) {
            files.push(RawFile { role: name.name, schema });
        }
    }
    files
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn capacities(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> BTreeMap<String, RawCapacity> {
    let mut capacities = BTreeMap::new();
    for name in root.names(reader, "capacity").map(|(_, names)| names).unwrap_or_default() {
        let Some(table) = name.capacity(reader, &["from", "needs"]) else { continue };
        let from = table.text_optional(reader, "from").and_then(|text| {
            let wrong = origin::parse(text);
            wrong
                .map_err(|((reason, range), text)| {
                    let at = At { span: text.sub(range), ..table.at_text("from", &text) };
                    reader.errors.push(ContractError::Origin { reason, at });
                })
                .ok()
        });
        let needs = table.word_or(reader, "needs", Evidence::Declared);
        let key = name.name.value.clone();
        capacities.insert(key, RawCapacity { name: name.name, from, needs });
    }
    capacities
}
