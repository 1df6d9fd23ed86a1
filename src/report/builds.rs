//! Builds as people read them: how many, and which ranges.

use super::escape;

/// Builds that are listed one by one.
const LISTED: usize = 6;
/// Ranges that are listed before the rest is only counted.
const RANGES: usize = 12;

/// Builds by name; when there are many, how many, and the ranges of `fleet`, the ordered names of all builds, that they
/// make up: `58 builds: 7.10 to 7.30, 7.33, 7.40 to 8.0`. No range goes over a build that is not among them.
pub(super) fn text(builds: &[String], fleet: &[String]) -> String {
    let names = builds.len();
    if names <= LISTED {
        return builds.iter().map(|name| escape::line(name)).collect::<Vec<_>>().join(", ");
    }
    format!("{names} builds: {}", ranges(builds, fleet))
}

/// The ranges alone.
pub(super) fn ranges(builds: &[String], fleet: &[String]) -> String {
    let mut runs: Vec<Vec<&str>> = Vec::new();
    let mut open = false;
    for name in fleet {
        let chosen = builds.contains(name);
        match runs.last_mut().filter(|_| open && chosen) {
            Some(run) => run.push(name),
            None if chosen => runs.push(vec![name]),
            None => {}
        }
        open = chosen;
    }
    // A name that no contract knows is in no range.
    runs.extend(builds.iter().filter(|name| !fleet.contains(name)).map(|name| vec![name.as_str()]));
    let hidden: usize = runs.iter().skip(RANGES).map(Vec::len).sum();
    let mut shown: Vec<String> = runs.iter().take(RANGES).map(|run| range(run)).collect();
    if hidden > 0 {
        shown.push(format!("and {hidden} more"));
    }
    shown.join(", ")
}

fn range(run: &[&str]) -> String {
    match run {
        [first, _, .., last] => format!("{} to {}", escape::line(first), escape::line(last)),
        few => few.iter().map(|name| escape::line(name)).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet() -> Vec<String> {
        (10..70).map(|minor| format!("7.{minor}")).collect()
    }

    fn without(missing: &[&str]) -> Vec<String> {
        fleet().into_iter().filter(|name| !missing.contains(&name.as_str())).collect()
    }

    #[test]
    fn a_range_goes_over_no_build_that_is_not_among_them() {
        assert_eq!(text(&fleet(), &fleet()), "60 builds: 7.10 to 7.69");
        assert_eq!(text(&without(&["7.31"]), &fleet()), "59 builds: 7.10 to 7.30, 7.32 to 7.69");
        let holes = without(&["7.31", "7.33", "7.36"]);
        assert_eq!(text(&holes, &fleet()), "57 builds: 7.10 to 7.30, 7.32, 7.34, 7.35, 7.37 to 7.69");
    }

    #[test]
    fn few_builds_are_listed() {
        assert_eq!(text(&[], &fleet()), "");
        assert_eq!(text(&fleet()[..6], &fleet()), "7.10, 7.11, 7.12, 7.13, 7.14, 7.15");
        assert_eq!(text(&fleet()[..7], &fleet()), "7 builds: 7.10 to 7.16");
        assert_eq!(text(&["a\u{1b}[2J".to_owned()], &[]), "a\\u{1b}[2J");
    }

    #[test]
    fn what_would_take_many_ranges_is_counted() {
        let every_other: Vec<String> = fleet().into_iter().step_by(2).collect();
        let text = text(&every_other, &fleet());
        assert!(text.starts_with("30 builds: 7.10, 7.12, "), "{text}");
        assert!(text.ends_with("7.32, and 18 more"), "{text}");
    }

    #[test]
    fn builds_that_the_contract_does_not_have_are_listed_one_by_one() {
        let unknown: Vec<String> = (0..7).map(|n| format!("9.{n}")).collect();
        assert_eq!(text(&unknown, &fleet()), "7 builds: 9.0, 9.1, 9.2, 9.3, 9.4, 9.5, 9.6");
    }
}
