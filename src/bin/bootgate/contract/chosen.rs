//! The manifest that a build is held against: one that is named, that of a version, or the one with its digest.

use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::contract::{self, Manifest, RawContract, Requirement};
use bootgate::disk::text;
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::limits::TEXT_BYTES;
use bootgate::span::Sources;
use bootgate::verify::Identity;

/// Which manifest it is.
#[derive(Debug, clap::Args)]
pub(super) struct ChosenArguments {
    /// The build's manifest.
    #[arg(long, value_name = "FILE", conflicts_with = "build")]
    manifest: Option<PathBuf>,
    /// The build, such as `7.15`: its manifest is among those of the contract. Without this and --manifest it is the
    /// one that has the binary's digest or build id.
    #[arg(long, value_name = "REQ")]
    build: Option<String>,
}

impl ChosenArguments {
    /// Finds the manifest.
    pub(super) fn find(
        &self,
        contract: &Path,
        raw: &RawContract,
        identity: Identity<'_>,
        sources: &mut Sources,
    ) -> Result<Manifest, Vec<Finding>> {
        let texts = match &self.manifest {
            Some(path) => {
                let text = text(path, TEXT_BYTES, None).map_err(|finding| vec![*finding])?;
                vec![(path.display().to_string(), text)]
            }
            None => matching(contract, raw)?,
        };
        let manifests = contract::parse_all(sources, raw, &texts)
            .map_err(|errors| errors.into_iter().map(Finding::from).collect::<Vec<_>>())?;
        let requirement = self.build.as_deref().map(Requirement::parse).transpose();
        let requirement = requirement.map_err(|error| vec![error.into()])?;
        let is_meant = |manifest: &&Manifest| match &requirement {
            Some(requirement) => requirement.matches(manifest),
            None => self.manifest.is_some() || is_of(manifest, identity),
        };
        let mut chosen: Vec<&Manifest> = manifests.iter().filter(is_meant).collect();
        // `7.15` is also said of 7.15.1; the build itself is meant if it is there.
        if chosen.len() > 1 {
            let exact = self.build.as_deref().and_then(contract::Version::parse);
            if chosen.iter().filter(|m| Some(&m.number) == exact.as_ref()).count() == 1 {
                chosen.retain(|m| Some(&m.number) == exact.as_ref());
            }
        }
        match chosen.as_slice() {
            [only] => Ok((*only).clone()),
            several => Err(vec![self.unclear(several, &manifests)]),
        }
    }

    fn unclear(&self, chosen: &[&Manifest], all: &[Manifest]) -> Finding {
        let (code, message) = match (&self.build, chosen.len()) {
            (Some(build), 0) => (codes::BUILD_NO_MATCH, format!("no build matches `{build}`")),
            (Some(build), many) => {
                (codes::USAGE, format!("{many} builds match `{build}`, and a binary is of one"))
            }
            (None, 0) => {
                (codes::BUILD_NO_MATCH, "no manifest has the digest or the build id of this binary".into())
            }
            (None, many) => {
                (codes::USAGE, format!("{many} manifests have the digest or the build id of this binary"))
            }
        };
        let mut finding = Finding::new(code, Severity::Error, Blame::Environment, message);
        let listed: Vec<&Manifest> = if chosen.is_empty() { all.iter().collect() } else { chosen.to_vec() };
        finding.notes.push(format!("there are {}", contract::builds_text(&contract::build_names(&listed))));
        finding.help = Some(
            "name the manifest (`--manifest FILE`), or write it with `bootgate contract extract`".into(),
        );
        finding
    }
}

fn is_of(manifest: &Manifest, identity: Identity<'_>) -> bool {
    let same = |claimed: Option<&contract::Text>, actual: Option<&str>| {
        claimed.zip(actual).is_some_and(|(claimed, actual)| claimed.value.eq_ignore_ascii_case(actual))
    };
    same(manifest.sha256.as_ref(), Some(identity.sha256)) || same(manifest.id.as_ref(), identity.id)
}

fn matching(contract: &Path, raw: &RawContract) -> Result<Vec<(String, String)>, Vec<Finding>> {
    let mut texts = Vec::new();
    let mut problems = Vec::new();
    for (path, text) in contract::read_manifests(contract, &raw.builds.value) {
        match text {
            Ok(text) => texts.push((path.display().to_string(), text)),
            Err(error) => {
                let message = format!("cannot read the manifest `{}`: {error}", path.display());
                problems.push(Finding::new(
                    codes::FILE_UNREADABLE,
                    Severity::Error,
                    Blame::Environment,
                    message,
                ));
            }
        }
    }
    if problems.is_empty() { Ok(texts) } else { Err(problems) }
}
