//! Lists of builds, as people read them.

use super::manifest::Manifest;
use super::version::Version;

/// The most builds that are listed one by one.
const LISTED: usize = 6;

/// The name of each build: its version, and its platform where the list has that version more than once.
pub fn build_names(builds: &[&Manifest]) -> Vec<String> {
    let name = |build: &&Manifest| {
        let same = builds.iter().filter(|other| other.number == build.number).count();
        build_name(&build.number, build.platform(), same == 1)
    };
    builds.iter().map(name).collect()
}

/// The name of a build; one that is alone in having its version needs no platform to be told from others.
pub(super) fn build_name(version: &Version, platform: Option<&str>, alone: bool) -> String {
    match platform {
        Some(platform) if !alone => format!("{version} ({platform})"),
        _ => version.to_string(),
    }
}

/// The builds in a few words: `7.11, 7.15`, or `60 builds`. Which ones is said where a report lists them.
pub fn builds_text(names: &[String]) -> String {
    match names {
        [] => "no builds".to_owned(),
        few if few.len() <= LISTED => few.join(", "),
        many => format!("{} builds", many.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Sources;

    fn manifest(text: &str) -> Manifest {
        Manifest::parse(&mut Sources::default(), "m.toml", text).unwrap()
    }

    #[test]
    fn few_builds_are_listed_and_many_are_counted() {
        let build = |version: String, platform: &str| {
            manifest(&format!(
                "build = {{ version = '{version}', platform = '{platform}' }}\nstate = 'fielded'\n"
            ))
        };
        let names = |builds: &[Manifest]| build_names(&builds.iter().collect::<Vec<_>>());
        let text = |builds: &[Manifest]| builds_text(&names(builds));
        let many: Vec<Manifest> = (0..60).map(|n| build(format!("7.{}", 60 - n), "x64")).collect();
        assert_eq!(text(&[]), "no builds");
        assert_eq!(text(&many[..2]), "7.60, 7.59");
        assert_eq!(text(&many), "60 builds");
        let two = [
            build("7.15".to_owned(), "x64"),
            build("7.15".to_owned(), "arm64"),
            build("8".to_owned(), "x64"),
        ];
        assert_eq!(text(&two), "7.15 (x64), 7.15 (arm64), 8");
    }
}
