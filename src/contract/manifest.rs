//! Manifests: what is true of one build, with the evidence for it.

use std::collections::BTreeMap;

use super::error::{At, ContractError};
use super::table::{Reader, Table};
use super::text::Text;
use super::version::Version;
use super::words::{Beyond, Evidence, State};
use crate::span::{SourceId, Sources, Span};

/// One build of the consumer.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file.
    pub source: SourceId,
    /// Its version, as written.
    pub version: Text,
    /// Its version, to be compared.
    pub number: Version,
    /// What it is built for, such as `windows-x64`.
    pub platform: Option<Text>,
    /// The build's own name for itself, such as a build id.
    pub id: Option<Text>,
    /// SHA-256 of the binary, 64 hexadecimal digits as written.
    pub sha256: Option<Text>,
    /// Where it is in its life.
    pub state: State,
    /// What it supplies; a capacity that is not here is one that this build does not know.
    pub capacities: BTreeMap<String, Capacity>,
}

/// How much a build supplies of one thing.
#[derive(Clone, Debug)]
pub struct Capacity {
    /// The name, as written.
    pub name: Text,
    /// How many elements there are: the greatest index that is supplied is one less.
    pub value: u64,
    /// What the number rests on.
    pub evidence: Evidence,
    /// What the build does with a read beyond it.
    pub beyond: Beyond,
    /// The number's whole entry.
    pub span: Span,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// ```
    /// use bootgate::contract::{Evidence, Manifest};
    /// use bootgate::span::Sources;
    ///
    /// let text = r#"
    /// build = { version = "7.15", platform = "windows-x64" }
    /// state = "fielded"
    /// capacity."inputs.ipc" = { value = 20, evidence = "emitted" }
    /// "#;
    /// let manifest = Manifest::parse(&mut Sources::default(), "7.15.build.toml", text).unwrap();
    /// let supply = &manifest.capacities["inputs.ipc"];
    /// assert_eq!(supply.value, 20);
    /// assert!(supply.evidence >= Evidence::Emitted);
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file, in the order of the places; only errors of syntax if there are any.
    pub fn parse(sources: &mut Sources, name: &str, text: &str) -> Result<Self, Vec<ContractError>> {
        let (mut reader, document) = Reader::open(sources, name, text)?;
        let root = Table::root(&mut reader, "the manifest", &document, &["build", "state", "capacity"]);
        let manifest = manifest(&mut reader, &root);
        reader.finish(manifest)
    }

    /// The platform, or nothing.
    pub fn platform(&self) -> Option<&str> {
        self.platform.as_ref().map(|platform| platform.value.as_str())
    }

    /// The place of the version.
    pub(super) fn at(&self) -> At {
        At { span: self.version.span, key: "/build/version".to_owned() }
    }
}

/// `None` only where an error was reported; what comes after it is read all the same.
fn manifest(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> Option<Manifest> {
    let build = root.child_required(reader, "build", &["version", "platform", "id", "sha256"]);
    let build = build.and_then(|table| {
        let version = table.text(reader, "version");
        let platform = table.text_optional(reader, "platform");
        let id = table.text_optional(reader, "id");
        let sha256 = table.text_optional(reader, "sha256");
        if let Some(digest) = &sha256
            && !is_sha256(&digest.value)
        {
            let at = table.at_text("sha256", digest);
            reader.errors.push(ContractError::Digest { found: digest.value.clone(), at });
        }
        let version = version?;
        let number = Version::parse(&version.value);
        if number.is_none() {
            let at = table.at_text("version", &version);
            reader.errors.push(ContractError::Version { found: version.value.clone(), at });
        }
        Some((version, number?, platform, id, sha256))
    });
    let state = root.word(reader, "state");
    let capacities = capacities(reader, root);
    let (version, number, platform, id, sha256) = build?;
    Some(Manifest { source: reader.source, version, number, platform, id, sha256, state: state?, capacities })
}

fn capacities(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> BTreeMap<String, Capacity> {
    let mut capacities = BTreeMap::new();
    for name in root.names(reader, "capacity").map(|(_, names)| names).unwrap_or_default() {
        let Some(table) = name.capacity(reader, &["value", "evidence", "beyond"]) else { continue };
        let value = table.number(reader, "value");
        let evidence = table.word(reader, "evidence");
        let beyond = table.word_or(reader, "beyond", Beyond::Fault);
        if let (Some(value), Some(evidence)) = (value, evidence) {
            let key = name.name.value.clone();
            let span = table.at.span;
            capacities.insert(key, Capacity { name: name.name, value, evidence, beyond, span });
        }
    }
    capacities
}

fn is_sha256(digest: &str) -> bool {
    digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit())
}
