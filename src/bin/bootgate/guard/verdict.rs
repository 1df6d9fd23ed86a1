//! The verdict that a set is stored with: made here, or brought along, and signed where the store has a key.

use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::guard::store::SetFile;
use bootgate::input::{Hold, open_with};
use bootgate::limits::VERDICT_BYTES;
use bootgate::verdict::{Keys, Passed, envelope};

use super::place::unusable;

/// Which verdict.
#[derive(Debug, clap::Args)]
pub(super) struct VerdictArguments {
    /// Store the set with this verdict, which `bootgate check --verdict` made of the same bytes: as it was written, or
    /// in a signed DSSE envelope.
    #[arg(long, value_name = "FILE")]
    verdict: Option<PathBuf>,
}

/// The keys of a store that has a file of them.
pub(super) fn keys(file: std::io::Result<Option<Vec<u8>>>) -> Result<Option<Keys>, Box<Finding>> {
    let help = "put the public key there again (PEM), or take the file away if signatures are not asked for";
    let wrong = |why: String| unusable(format!("`key.pub` in the store cannot be used: {why}"), help);
    let Some(bytes) = file.map_err(|error| wrong(error.to_string()))? else { return Ok(None) };
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is no text".into()))?;
    Keys::from_pem(&text).map(Some).map_err(|error| wrong(error.to_string()))
}

impl VerdictArguments {
    /// The verdict that was brought along for these files, if one was; one that must be signed must be brought.
    pub(super) fn brought(
        &self,
        keys: Option<&Keys>,
        files: &[SetFile<'_>],
    ) -> Result<Option<Vec<u8>>, Box<Finding>> {
        let Some(path) = &self.verdict else {
            let Some(_) = keys else { return Ok(None) };
            let message = "the store has a public key, so a set needs a signed verdict";
            let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
            finding.help =
                Some("sign what `bootgate check --verdict` wrote, and name it: `--verdict FILE`".into());
            return Err(Box::new(finding));
        };
        let content =
            open_with(path, Hold::Private, VERDICT_BYTES).map_err(|error| Box::new(error.to_finding()))?;
        believed(&content, keys, files).map_err(|why| not_believed(path, &why))?;
        Ok(Some(content.to_vec()))
    }
}

fn believed(bytes: &[u8], keys: Option<&Keys>, files: &[SetFile<'_>]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
    let payload = match keys {
        Some(keys) => envelope::open(text, keys).map_err(|error| error.to_string())?,
        None if envelope::is_envelope(text) => envelope::unsigned(text).map_err(|error| error.to_string())?,
        None => text.as_bytes().to_vec(),
    };
    let files: Vec<(&str, Digest)> = files.iter().map(|file| (file.name, Digest::of(file.bytes))).collect();
    Passed::read(&payload).and_then(|passed| passed.covers(&files)).map_err(|error| error.to_string())
}

fn not_believed(path: &Path, why: &str) -> Box<Finding> {
    let message = format!("the verdict `{}` does not let this set pass: {why}", path.display());
    Box::new(Finding::new(codes::VERDICT_NOT_BELIEVED, Severity::Error, Blame::Content, message))
}
