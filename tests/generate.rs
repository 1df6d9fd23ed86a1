//! The generator on schemas that were not written for it: the gallery of a Kaitai suite.
//!
//! `cargo test --test generate -- --nocapture` shows what could not be made, and why. The suite is that of `conform`.

#[cfg(test)]
#[allow(dead_code)]
#[path = "conform/suite.rs"]
mod suite;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use bootgate::check::{Plan, passes};
    use bootgate::codes;
    use bootgate::finding::{Blame, Finding, Severities, Severity};
    use bootgate::r#gen::{Generator, Options};
    use bootgate::limits::{Limits, SchemaLimits};
    use bootgate::schema::{self, Files, Search};
    use bootgate::span::Sources;
    use rayon::prelude::*;

    use super::suite::{Found, Suite, VARIABLE};

    /// Of so many of the gallery's schemas files were made that the check passes, when this was written.
    const MADE: usize = 168;
    /// Files of each.
    const SEEDS: u64 = 3;

    struct Disk;

    impl Files for Disk {
        fn find(&self, path: &Path) -> Option<PathBuf> {
            std::fs::canonicalize(path).ok().filter(|found| found.is_file())
        }

        fn text(&self, path: &Path) -> Result<String, Box<Finding>> {
            std::fs::read_to_string(path).map_err(|error| {
                Finding::new(codes::FILE_UNREADABLE, Severity::Error, Blame::Environment, error.to_string())
                    .into()
            })
        }
    }

    /// What was made of a schema, or why nothing was.
    fn make(suite: &Suite, path: &Path) -> Result<(), String> {
        let mut sources = Sources::default();
        let (limits, imports) = (SchemaLimits::default(), [suite.folder("gallery")]);
        let search = Search { files: &Disk, import_paths: &imports, limits: &limits };
        let schema = schema::load(&mut sources, path, search).map_err(|finding| finding.message)?;
        let plan = Plan::of_schema(schema, Severities::default()).map_err(|f| f[0].message.clone())?;
        let said = |unsatisfied: bootgate::r#gen::Unsatisfied| {
            let finding = unsatisfied.finding(&plan, &sources);
            format!(
                "{}: {}",
                finding.message,
                finding.found.or(finding.notes.first().cloned()).unwrap_or_default()
            )
        };
        let mut generator = Generator::new(&plan, &sources, Options::default()).map_err(said)?;
        for seed in 0..SEEDS {
            let files = generator.generate(seed).map_err(said)?.0;
            let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
            assert!(passes(&plan, &sources, &files, &Limits::default()), "{path:?}: made, and refused");
        }
        Ok(())
    }

    #[test]
    fn most_formats_of_the_gallery_are_made() {
        let suite = match Suite::find() {
            Found::Suite(suite) if suite.folder("gallery").is_dir() => suite,
            Found::Suite(_) => return println!("not run: the suite has no folder gallery"),
            Found::Nothing(path) => {
                return println!("not run: no Kaitai suite at {}; set {VARIABLE}", path.display());
            }
            Found::Wrong(path) => panic!("{VARIABLE} names {}, which is no folder", path.display()),
        };
        let schemas = suite.files("gallery", "ksy", true).unwrap();
        let made: Vec<(String, Result<(), String>)> =
            schemas.par_iter().map(|path| (suite.name(path), make(&suite, path))).collect();
        let count = made.iter().filter(|(_, result)| result.is_ok()).count();
        for (name, why) in made.iter().filter_map(|(name, result)| Some((name, result.as_ref().err()?))) {
            println!("not made: {name}: {why}");
        }
        println!("made: files of {count} of {} schemas", made.len());
        assert!(schemas.len() < MADE || count >= MADE, "files of {count} schemas, not of {MADE}");
    }
}
