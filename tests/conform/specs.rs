//! The specs: content is walked, and each assertion evaluated on its top-level object.

use std::fs;
use std::path::Path;

use crate::engine::{self, Fault, Problem, Question, Reply};
use crate::kst::{self, Assert, Exception, Expected, Spec};
use crate::processes;
use crate::suite::Suite;
use crate::tally::{Report, Verdict};

/// Runs one spec.
pub(crate) fn run(suite: &Suite, path: &Path) -> Report {
    match attempt(suite, path) {
        Ok(report) => report,
        Err(why) => Verdict::Failed(why).into(),
    }
}

fn attempt(suite: &Suite, path: &Path) -> Result<Report, String> {
    let read = |path: &Path| fs::read(path).map_err(|e| format!("cannot read {}: {e}", suite.name(path)));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| "not UTF-8".to_string());
    let spec = kst::read(&text(read(path)?)?)?;
    let formats = suite.folder("formats");
    let format = formats.join(format!("{}.ksy", spec.id));
    let schema = engine::yaml(&text(read(&format)?)?).map_err(|e| format!("{}: {e}", suite.name(&format)))?;
    if let Some(name) = processes::missing(&schema) {
        return Ok(Verdict::Skipped(format!("needs the custom process `{name}`")).into());
    }
    let content = read(&suite.folder("src").join(&spec.data))?;
    let also: Vec<_> = spec.imports.iter().map(|name| formats.join(format!("{name}.ksy"))).collect();
    let questions: Vec<Question<'_>> = spec.asserts.iter().map(question).collect();
    let refused = |problems: Vec<Problem>| {
        let errors: Vec<_> = problems.iter().filter(|p| !p.warning).collect();
        format!("the schema is refused: {}", Problem::summary(&errors))
    };
    let outcome = engine::ask(&format, &suite.imports, &also, &content, &questions).map_err(refused)?;
    let mut failures = Vec::new();
    let mut remarks = Vec::new();
    whole(&spec, &outcome.faults, processes::is_debug(&schema), &mut failures, &mut remarks);
    for (assert, reply) in spec.asserts.iter().zip(&outcome.replies) {
        failures.extend(single(assert, reply, &mut remarks).err());
    }
    let verdict = match failures.split_first() {
        None => Verdict::Passed,
        Some((first, [])) => Verdict::Failed(first.clone()),
        Some((first, more)) => Verdict::Failed(format!("{first} (and {} more)", more.len())),
    };
    Ok(Report { verdict, remarks })
}

fn question(assert: &Assert) -> Question<'_> {
    let expected = match &assert.outcome {
        Expected::Value(text) => Some(text.as_str()),
        Expected::Null | Expected::Exception(_) => None,
    };
    Question { actual: &assert.actual, expected }
}

/// Holds what reading the fields stumbled over against what the spec says of the whole.
///
/// With `ks-debug` an object is made before it is read, so that assertions see what there was up to an error.
fn whole(spec: &Spec, faults: &[Fault], debug: bool, failures: &mut Vec<String>, remarks: &mut Vec<String>) {
    match (&spec.exception, faults.first()) {
        (Some(exception), fault) => failures.extend(thrown(exception, fault, remarks).err()),
        (None, Some(fault)) if !debug || spec.asserts.is_empty() => {
            failures.push(format!("walk: {}", fault.text))
        }
        (None, Some(fault)) => remarks.push(format!("partly read, with `ks-debug`: {}", fault.text)),
        (None, None) => {}
    }
}

/// Holds one reply against its assertion.
fn single(assert: &Assert, reply: &Reply, remarks: &mut Vec<String>) -> Result<(), String> {
    let name = &assert.actual;
    if let Some(why) = &reply.refused {
        return Err(format!("`{name}` cannot be asked: {why}"));
    }
    if let Expected::Exception(exception) = &assert.outcome {
        return thrown(exception, reply.faults.first(), remarks).map_err(|why| format!("`{name}`: {why}"));
    }
    match (&assert.outcome, reply.faults.first()) {
        (Expected::Null, Some(fault)) if fault.absent => return Ok(()),
        (_, Some(fault)) => return Err(format!("`{name}`: {}", fault.text)),
        (_, None) => {}
    }
    let Some(actual) = reply.values.first() else {
        return Err(format!("`{name}` has no value"));
    };
    let expected = match &assert.outcome {
        Expected::Value(_) => {
            reply.values.get(1).ok_or(format!("`{name}`: what is expected has no value"))?
        }
        _ => &crate::plain::Plain::Null,
    };
    if !actual.is(expected) {
        return Err(format!("`{name}` is {actual}, expected {expected}"));
    }
    // A number may be expected of an enum, where it has no such member.
    match (reply.enums.first().cloned().flatten(), reply.enums.get(1).cloned().flatten()) {
        (ours, Some(theirs)) if ours.as_ref() != Some(&theirs) => {
            let ours = ours.unwrap_or("no enum".to_string());
            Err(format!("`{name}` is of {ours}, expected {theirs}"))
        }
        _ => Ok(()),
    }
}

/// Whether the first fault is what must be thrown: a parser throws once.
fn thrown(exception: &Exception, fault: Option<&Fault>, remarks: &mut Vec<String>) -> Result<(), String> {
    let Some(fault) = fault else { return Err(format!("expected {}, nothing is wrong", exception.kind)) };
    if fault.kind != Some(exception.kind.as_str()) {
        return Err(format!("expected {}, ours: {}", exception.kind, fault.text));
    }
    if let Some(argument) = exception.argument.as_ref().filter(|argument| !fault.types.contains(argument)) {
        let ours = fault.types.join(" or ");
        return Err(format!("expected {}<{argument}>, ours is of {ours}: {}", exception.kind, fault.text));
    }
    let Some(message) = &exception.message else { return Ok(()) };
    if fault.numbers.is_empty() {
        remarks.push(format!("nothing to compare with the message `{message}`"));
        return Ok(());
    }
    let numbers: Vec<i128> =
        message.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
    if numbers == fault.numbers {
        return Ok(());
    }
    Err(format!("expected `{message}`, ours: {}", fault.text))
}
