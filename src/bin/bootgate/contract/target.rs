//! The manifest that an extraction is for: one that is there, or a new one by the contract's pattern.

use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::contract::{self, Manifest, RawContract, State, Version};
use bootgate::disk::text;
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::limits::TEXT_BYTES;
use bootgate::span::Sources;

/// Which build it is, and where its manifest is.
#[derive(Debug, clap::Args)]
pub(crate) struct TargetArguments {
    /// The version of the build, such as 7.15.1; of a manifest that is there already it is known.
    #[arg(long, value_name = "V", value_parser = version)]
    version: Option<String>,
    /// What the build is for, such as windows-x64.
    #[arg(long, value_name = "P", value_parser = blank)]
    pub(crate) platform: Option<String>,
    /// Where the build is in its life; a new manifest is that of a candidate.
    #[arg(long, value_enum, value_name = "S")]
    state: Option<Life>,
    /// Write this manifest, rather than one that the contract's `builds` matches.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Life {
    /// Built, not yet released.
    Candidate,
    /// Released, and takes content.
    Fielded,
    /// Released, and can no longer receive content.
    Unreachable,
}

fn version(text: &str) -> Result<String, String> {
    let known = Version::parse(text).map(|_| text.to_owned());
    known.ok_or_else(|| {
        "a version is numbers with dots between, such as 7.15.0.2, and may end like -rc1".into()
    })
}

fn blank(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("it is blank".into()) } else { Ok(text.to_owned()) }
}

/// A manifest that is there: its text, and what it says.
type Old = (String, Manifest);

/// A manifest to be written.
pub(super) struct Target {
    pub(super) path: PathBuf,
    pub(super) version: String,
    pub(super) platform: Option<String>,
    pub(super) state: Option<State>,
    /// Its text and what it says, if it is there.
    pub(super) old: Option<Old>,
}

impl TargetArguments {
    /// Finds the manifest.
    pub(super) fn find(
        &self,
        contract: &Path,
        raw: &RawContract,
        sources: &mut Sources,
    ) -> Result<Target, Vec<Finding>> {
        let state = self.state.map(|state| match state {
            Life::Candidate => State::Candidate,
            Life::Fielded => State::Fielded,
            Life::Unreachable => State::Unreachable,
        });
        let (path, old) = match &self.manifest {
            Some(path) => (path.clone(), self.named(path, sources)?),
            None => self.matching(contract, raw, sources)?,
        };
        let known = old.as_ref().map(|(_, manifest)| manifest);
        let version = known.map(|manifest| manifest.version.value.clone()).or_else(|| self.version.clone());
        let Some(version) = version else {
            return Err(vec![usage(
                "a new manifest needs the version of its build".into(),
                "name it: `--version 7.15`",
            )]);
        };
        let platform =
            known.and_then(Manifest::platform).map(str::to_owned).or_else(|| self.platform.clone());
        Ok(Target { path, version, platform, state, old })
    }

    /// The manifest that was named, if it is there; it must be that of the build.
    fn named(&self, path: &Path, sources: &mut Sources) -> Result<Option<Old>, Vec<Finding>> {
        if !path.exists() {
            return Ok(None);
        }
        let text = text(path, TEXT_BYTES, None).map_err(|finding| vec![*finding])?;
        let (text, manifest) = parse(path, text, sources)?;
        let name = path.display();
        if let Some(version) = &self.version
            && Version::parse(version).as_ref() != Some(&manifest.number)
        {
            let message = format!("`{name}` is the manifest of {}, not of {version}", manifest.version.value);
            return Err(vec![usage(
                message,
                "leave `--version` out, or name another file after `--manifest`",
            )]);
        }
        if let (Some(wanted), Some(platform)) = (&self.platform, manifest.platform())
            && wanted != platform
        {
            let message = format!("`{name}` is the manifest of a build for {platform}, not for {wanted}");
            return Err(vec![usage(
                message,
                "leave `--platform` out, or name another file after `--manifest`",
            )]);
        }
        Ok(Some((text, manifest)))
    }

    /// The manifest of this version and platform among those of the contract, or where a new one belongs.
    fn matching(
        &self,
        contract: &Path,
        raw: &RawContract,
        sources: &mut Sources,
    ) -> Result<(PathBuf, Option<Old>), Vec<Finding>> {
        let glob = &raw.builds.value;
        let Some(version) = &self.version else {
            let help = "name the build, `--version 7.15`, or its manifest, `--manifest FILE`";
            return Err(vec![usage("it is not said which build this is".into(), help)]);
        };
        let number = Version::parse(version);
        let mut problems = Vec::new();
        let mut found = Vec::new();
        for (path, text) in contract::read_manifests(contract, glob) {
            let text = text.map_err(|error| {
                let message = format!("cannot read the manifest `{}`: {error}", path.display());
                vec![Finding::new(codes::FILE_UNREADABLE, Severity::Error, Blame::Environment, message)]
            });
            match text.and_then(|text| parse(&path, text, sources)) {
                Ok((text, manifest)) if Some(&manifest.number) == number.as_ref() => {
                    found.push((path, text, manifest));
                }
                Ok(_) => {}
                Err(findings) => problems.extend(findings),
            }
        }
        // A manifest that cannot be read may be the one that is looked for.
        if !problems.is_empty() {
            return Err(problems);
        }
        let same = |manifest: &Manifest| match &self.platform {
            Some(platform) => manifest.platform() == Some(platform),
            None => true,
        };
        found.retain(|(_, _, manifest)| same(manifest));
        match (found.len(), found.pop()) {
            (1, Some((path, text, manifest))) => return Ok((path, Some((text, manifest)))),
            (0, _) | (_, None) => {}
            (many, Some(_)) => {
                let message = format!("{many} manifests are for {version}");
                return Err(vec![usage(message, "say for which platform: `--platform P`")]);
            }
        }
        let file = |name: &str| contract.parent().unwrap_or(Path::new("")).join(glob.replacen('*', name, 1));
        let single = glob.matches('*').count() == 1 && !glob.contains(['?', '[', '{', '\\']);
        let plain = file(version);
        let path = match &self.platform {
            Some(platform) if plain.exists() => file(&format!("{version}-{platform}")),
            _ => plain,
        };
        if !single || path.exists() {
            let message = format!("`{glob}` does not say what a new manifest for {version} is called");
            return Err(vec![usage(message, "name it: `--manifest FILE`")]);
        }
        Ok((path, None))
    }
}

fn parse(path: &Path, text: String, sources: &mut Sources) -> Result<Old, Vec<Finding>> {
    let manifest = Manifest::parse(sources, &path.display().to_string(), &text);
    let manifest = manifest.map_err(|errors| errors.into_iter().map(Finding::from).collect::<Vec<_>>())?;
    Ok((text, manifest))
}

fn usage(message: String, help: &str) -> Finding {
    let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
    finding.help = Some(help.into());
    finding
}
