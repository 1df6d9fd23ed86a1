//! `bootgate verdict …`: verdicts that were made, and whether they are to be believed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Run, Severity, Unit};
use bootgate::input::{Content, Hold, open_with};
use bootgate::limits::{FILE_BYTES, KEY_BYTES, VERDICT_BYTES};
use bootgate::span::Sources;
use bootgate::verdict::{Keys, Passed, envelope};

use crate::output::OutputArguments;

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Hold a signed verdict against a public key, and against the files that it is to be about.
    Verify(Arguments),
}

/// The arguments of `bootgate verdict verify`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Nothing is signed here: `openssl` and the tools of a release process do that. The envelope is DSSE with \
    the payload type application/vnd.in-toto+json.\n\nExit codes: 0 believed, 1 not believed, 2 could not run."
)]
pub(crate) struct Arguments {
    /// The verdict, in a DSSE envelope.
    verdict: PathBuf,
    /// The public keys, one of which must have signed it: ed25519, in PEM (SubjectPublicKeyInfo).
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The files of a set that it must let pass: `ROLE=FILE`.
    #[arg(value_name = "ROLE=FILE")]
    files: Vec<String>,
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs a command and gives the exit code.
pub(crate) fn run(command: &Command) -> io::Result<u8> {
    let Command::Verify(arguments) = command;
    let findings = match verified(arguments) {
        Ok(what) if !arguments.output.is_json() => {
            writeln!(io::stdout().lock(), "{}: {what}", arguments.verdict.display())?;
            return Ok(0);
        }
        Ok(_) => Vec::new(),
        Err(finding) => vec![*finding],
    };
    let name = arguments.verdict.display().to_string();
    let run = match findings.first() {
        Some(finding) if finding.blame != Blame::Content => Run { problems: findings, ..Run::default() },
        _ => Run { units: vec![Unit { name, findings, ..Unit::default() }], ..Run::default() },
    };
    arguments.output.write(&run, &Sources::default())
}

fn verified(arguments: &Arguments) -> Result<String, Box<Finding>> {
    let keys = keys(&arguments.key)?;
    let content = read(&arguments.verdict, VERDICT_BYTES)?;
    let mut files = Vec::new();
    for argument in &arguments.files {
        let Some((role, path)) = argument.split_once('=') else {
            let message = format!("`{}` names no role", argument.escape_debug());
            let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
            finding.help = Some("write `ROLE=FILE`, with the roles of the contract".into());
            return Err(Box::new(finding));
        };
        files.push((role, read(Path::new(path), FILE_BYTES)?.sha256()));
    }
    believed(&content, &keys, &files).map_err(|why| {
        let message = format!("the verdict `{}` is not believed: {why}", arguments.verdict.display());
        Box::new(Finding::new(codes::VERDICT_NOT_BELIEVED, Severity::Error, Blame::Content, message))
    })
}

/// What a verdict says, in a few words.
fn believed(bytes: &[u8], keys: &Keys, files: &[(&str, Digest)]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
    let payload = envelope::open(text, keys).map_err(|error| error.to_string())?;
    let passed = Passed::read(&payload).map_err(|error| error.to_string())?;
    let (good, all) = passed.count();
    if files.is_empty() {
        return Ok(format!("signed; {good} of {all} sets passed"));
    }
    passed.covers(files).map_err(|error| error.to_string())?;
    Ok("signed, and these files passed".to_owned())
}

fn keys(path: &Path) -> Result<Keys, Box<Finding>> {
    let content = read(path, KEY_BYTES)?;
    let text = std::str::from_utf8(&content).map_err(|_| "it is no text".to_owned());
    text.and_then(|text| Keys::from_pem(text).map_err(|error| error.to_string())).map_err(|why| {
        let message = format!("the key `{}` cannot be used: {why}", path.display());
        let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
        finding.help = Some("`openssl pkey -in KEY -pubout` writes one that can".into());
        Box::new(finding)
    })
}

fn read(path: &Path, limit: u64) -> Result<Content, Box<Finding>> {
    open_with(path, Hold::Private, limit).map_err(|error| Box::new(error.to_finding()))
}
