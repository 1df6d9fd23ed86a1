//! Settings from the environment; what is wrong with them ends the engine before its first mutant.

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::process::exit;

use bootgate::finding::{Finding, Run};
use bootgate::limits::Bounds;
use bootgate::mutate::{Mutator, Options, Unfit, imports, load};
use bootgate::report::{self, Format, TextOptions};
use bootgate::span::Sources;

/// What `BOOTGATE_SCHEMA`, `BOOTGATE_CONTRACT` and `BOOTGATE_IMPORTS` come to; ends the process where they come to nothing.
pub(crate) fn mutator() -> Mutator<'static> {
    let Some(schema) = path("BOOTGATE_SCHEMA") else {
        stop(
            "BOOTGATE_SCHEMA is not set: it is to name the schema (a Kaitai Struct `.ksy` file) of what is fuzzed",
        );
    };
    let imports = imports();
    if let Some(folder) = imports.iter().find(|folder| !folder.is_dir()) {
        stop(&format!(
            "BOOTGATE_IMPORTS: `{}` is no folder, so nothing can be imported from it",
            folder.display()
        ));
    }
    let bounds = Bounds::default();
    // Both live as long as the process, as the engine's own state does.
    let sources: &'static mut Sources = Box::leak(Box::default());
    let contract = path("BOOTGATE_CONTRACT");
    let (plan, numbers) = match load(sources, &schema, contract.as_deref(), &imports, &bounds.schema) {
        Ok(loaded) => loaded,
        Err(findings) => refuse(findings, sources),
    };
    let (plan, sources): (&'static _, &'static Sources) = (Box::leak(Box::new(plan)), sources);
    let options = Options { numbers, limits: bounds.content, ..Options::default() };
    match Mutator::new(plan, sources, options) {
        Ok(mutator) => mutator,
        Err(Unfit::Unsatisfied(why)) => refuse(vec![why.finding(plan, sources)], sources),
        Err(error) => stop(&format!("{}: {error}", schema.display())),
    }
}

/// A path in a variable; one that is empty is as good as none.
fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn refuse(problems: Vec<Finding>, sources: &Sources) -> ! {
    let run = Run { problems, ..Run::default() };
    let mut text = Vec::new();
    let _ = report::write(&run, sources, Format::Text, TextOptions::default(), &mut text);
    let _ = std::io::stderr().write_all(&text);
    stop("no mutator without a schema that content can be made by; see above")
}

fn stop(why: &str) -> ! {
    eprintln!("bootgate-mutator: {why}");
    exit(2)
}
