//! Lists of builds, as people read them.

use super::manifest::Manifest;

/// The most builds that are listed one by one.
const LISTED: usize = 6;

/// The name of each build: its version, and its platform where the list has that version more than once.
pub fn build_names(builds: &[&Manifest]) -> Vec<String> {
    let name = |build: &&Manifest| {
        let same = builds.iter().filter(|other| other.number == build.number).count();
        match build.platform() {
            Some(platform) if same > 1 => format!("{} ({platform})", build.number),
            _ => build.number.to_string(),
        }
    };
    builds.iter().map(name).collect()
}

/// The builds in a few words: `7.11, 7.15`, or `60 builds, 7.10 to 8.0`.
pub fn builds_text(builds: &[&Manifest]) -> String {
    let lowest = builds.iter().map(|build| &build.number).min();
    let highest = builds.iter().map(|build| &build.number).max();
    let (Some(lowest), Some(highest)) = (lowest, highest) else { return "no builds".to_owned() };
    match builds.len() {
        ..=LISTED => build_names(builds).join(", "),
        many if lowest == highest => format!("{many} builds of {lowest}"),
        many => format!("{many} builds, {lowest} to {highest}"),
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
        let text = |builds: &[Manifest]| builds_text(&builds.iter().collect::<Vec<_>>());
        let many: Vec<Manifest> = (0..60).map(|n| build(format!("7.{}", 60 - n), "x64")).collect();
        assert_eq!(text(&[]), "no builds");
        assert_eq!(text(&many[..2]), "7.60, 7.59");
        assert_eq!(text(&many), "60 builds, 7.1 to 7.60");
        let two = [
            build("7.15".to_owned(), "x64"),
            build("7.15".to_owned(), "arm64"),
            build("8".to_owned(), "x64"),
        ];
        assert_eq!(text(&two), "7.15 (x64), 7.15 (arm64), 8");
        let same: Vec<Manifest> = (0..7).map(|n| build("7.15".to_owned(), &format!("p{n}"))).collect();
        assert_eq!(text(&same), "7 builds of 7.15");
    }
}
