//! What definitions declare, against what the build that they are released with supplies.
//!
//! Finding 1 of the published root cause analysis: 21 fields were declared, 20 inputs supplied, and no one compared
//! the two when the sensor was built. To supply more than is declared does no harm.
//!
//! Gives `declared-not-supplied`, `evidence-too-weak` and `declared-not-checked`.

use super::shown;
use crate::check::{Declaration, Plan, Setup, declarations};
use crate::codes;
use crate::contract::{Evidence, Kind, Manifest, Question, RawContract, Say, Selected, Word, capacity_key};
use crate::extract::capacities::Shown;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::limits::Limits;
use crate::schema::ast::Bundle;
use crate::span::Sources;

/// Where a number is that the binary does not show.
const MANIFEST: &str = "the manifest";

/// The part of a contract that can be asked of some of the files of a set.
#[derive(Clone, Debug)]
pub struct Given {
    /// The contract with these files alone, and what it says of what they declare.
    pub contract: RawContract,
    /// Declarations that are in other files.
    pub unasked: Vec<Question>,
}

/// Takes out of a contract what needs other files than these.
pub fn for_definitions(contract: &RawContract, roles: &[&str]) -> Given {
    let mut asked = contract.clone();
    asked.files.retain(|file| roles.contains(&file.role.value.as_str()));
    let (known, unasked) = std::mem::take(&mut asked.questions)
        .into_iter()
        .filter(|question| matches!(question.kind, Kind::Declared(_)))
        .partition(|question| roles.contains(&role(question)));
    asked.questions = known;
    Given { contract: asked, unasked }
}

/// The file that a question is about.
fn role(question: &Question) -> &str {
    question.at.value.split(['.', '[']).next().unwrap_or_default().trim()
}

/// Holds what is declared against what a build shows; `files` and `schemas` are those of the given files.
///
/// # Errors
///
/// What is wrong with schemas or contract.
pub fn declared(
    given: &Given,
    schemas: &[Bundle],
    manifest: &Manifest,
    all: &[Shown],
    sources: &Sources,
    files: &[&[u8]],
    (setup, limits): (Setup, &Limits),
) -> Result<Vec<Finding>, Vec<Finding>> {
    let mut findings: Vec<Finding> = given.unasked.iter().map(unasked).collect();
    if given.contract.questions.is_empty() {
        return Ok(findings);
    }
    let selected = Selected::all([manifest], Say::Refuses);
    let plan = Plan::of_contract(given.contract.clone(), schemas, &selected, setup)?;
    let (declarations, problems) = declarations(&plan, sources, files, limits);
    findings.extend(problems);
    for declaration in declarations {
        let Some(row) = given.contract.questions.get(declaration.row) else { continue };
        findings.extend(one(&given.contract, row, &declaration, manifest, all));
    }
    Ok(findings)
}

fn one(
    contract: &RawContract,
    row: &Question,
    declaration: &Declaration,
    manifest: &Manifest,
    all: &[Shown],
) -> Option<Finding> {
    let Declaration { capacity: name, count, place, .. } = declaration;
    let claimed = manifest.capacities.get(name);
    let found = shown(all, name).and_then(|shown| shown.found.as_ref());
    // What is only seen when the build runs is not in its binary.
    let (value, evidence, where_) = match (found, claimed) {
        (Some(found), Some(claimed))
            if claimed.evidence > found.evidence && found.evidence < Evidence::Emitted =>
        {
            (claimed.value, claimed.evidence, MANIFEST.to_owned())
        }
        (Some(found), _) => (found.value, found.evidence, found.place.clone()),
        (None, Some(claimed)) => (claimed.value, claimed.evidence, MANIFEST.to_owned()),
        (None, None) => {
            let message = format!("`{name}` is declared, and this build has none of it");
            let mut finding =
                Finding::new(codes::DECLARED_NOT_SUPPLIED, Severity::Warning, Blame::Consumer, message);
            finding.found = Some(format!("{count} declared"));
            finding.places.push(place.clone());
            finding.labels.push(label(row));
            finding.notes.push(
                "content of this kind is lost on this build, or worse, by what the contract says".into(),
            );
            return Some(finding);
        }
    };
    let mut finding = if *count > i128::from(value) {
        let message = format!("more is declared than `{name}` supplies");
        let mut finding =
            Finding::new(codes::DECLARED_NOT_SUPPLIED, Severity::Error, Blame::Consumer, message);
        finding.expected = Some(format!("at most {value}: so many are supplied, says {where_}"));
        finding.help = Some(format!(
            "let the build supply {count}, or declare {value}: content may use what is declared"
        ));
        finding
    } else {
        let needs = contract.capacities.get(name).filter(|capacity| evidence < capacity.needs)?;
        let message = format!("nothing good enough is known of `{name}`");
        let mut finding = Finding::new(codes::EVIDENCE_TOO_WEAK, Severity::Error, Blame::Consumer, message);
        finding.expected = Some(format!(
            "evidence `{}` or better; {value} is `{}`, says {where_}",
            needs.needs.word(),
            evidence.word()
        ));
        finding.help = Some("state the number at the call site: `bootgate contract header`".into());
        finding
    };
    finding.found = Some(format!("{count} declared"));
    finding.places.push(place.clone());
    finding.labels.push(label(row));
    if let Some(claimed) = claimed {
        let key = Some(capacity_key(name));
        finding.labels.push(Label { span: claimed.span, text: String::new(), key, primary: false });
    }
    Some(finding)
}

fn label(question: &Question) -> Label {
    let (part, text) = question.kind.subject();
    let key = Some(format!("{}/{part}", question.place.key));
    Label { span: text.span, text: question.because.value.clone(), key, primary: true }
}

fn unasked(row: &Question) -> Finding {
    let path = &row.at.value;
    let role = role(row);
    let message = format!("what `{path}` declares was not compared with what the build supplies");
    let mut finding =
        Finding::new(codes::DECLARED_NOT_CHECKED, Severity::Warning, Blame::Environment, message);
    finding.labels.push(Label {
        span: row.at.span,
        text: row.because.value.clone(),
        key: Some(format!("{}/at", row.place.key)),
        primary: true,
    });
    finding.help = Some(format!("name the file that is released with this build: `--content {role}=FILE`"));
    finding
}
