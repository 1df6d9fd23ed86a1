use super::*;
use crate::codes;
use crate::report::fixture;

fn builds(number: usize) -> Vec<Build> {
    (0..number).map(|n| Build { name: format!("7.{n}"), state: "fielded" }).collect()
}

fn finding(code: &'static str, severity: Severity, builds: &[&str]) -> Finding {
    let builds = builds.iter().map(|&build| build.to_owned()).collect();
    Finding { builds, ..Finding::new(code, severity, Blame::Content, format!("{code} of <this> & \"that\"")) }
}

fn row(name: &str, findings: Vec<Finding>, builds: &[Build]) -> Row {
    Row::new(&fixture::set(name, findings), builds, &[])
}

fn written(tables: Vec<Table>, form: Form) -> String {
    let mut out = Vec::new();
    let matrix = Matrix { tables, problems: Vec::new() };
    write(&matrix, &Sources::default(), form, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn table(builds: Vec<Build>, sets: Vec<Row>) -> Table {
    Table { consumer: "sensor".into(), builds, sets }
}

/// Sixty builds of which each makes something else of sixty sets.
fn diagonal() -> Table {
    let builds = builds(60);
    let sets = (0..60).map(|n| {
        let own = builds[n].name.as_str();
        row(
            &format!("sets/a-rather-long-name/{n}"),
            vec![finding(codes::RULE_FAILED, Severity::Error, &[own])],
            &builds,
        )
    });
    table(builds.clone(), sets.collect())
}

#[test]
fn the_weightiest_finding_of_a_build_is_its_cell() {
    let builds = builds(5);
    let unfit = Finding::new(codes::CAPACITY_MISSING, Severity::Error, Blame::Contract, "none");
    let unfit = Finding { builds: vec!["7.4".into()], ..unfit };
    let findings = vec![
        finding(codes::DEAD_READ, Severity::Warning, &["7.1", "7.2"]),
        finding(codes::READ_BEYOND_SUPPLY, Severity::Error, &["7.2"]),
        finding(codes::DECLARED_NOT_SUPPLIED, Severity::Note, &["7.3"]),
    ];
    let row = Row::new(&fixture::set("a", findings), &builds, std::slice::from_ref(&unfit));
    let cells: Vec<(&str, &[usize])> =
        row.cells.iter().map(|cell| (cell.state.name(), cell.reasons.as_slice())).collect();
    assert_eq!(
        cells,
        [("passes", &[][..]), ("dead", &[0]), ("refused", &[1, 0]), ("passes", &[]), ("not-judged", &[2])]
    );
    let all = Row::new(
        &fixture::set("a", vec![finding(codes::CHECKSUM_MISMATCH, Severity::Error, &[])]),
        &builds,
        &[],
    );
    assert!(all.cells.iter().all(|cell| cell.state == State::Refused));
}

#[test]
fn builds_that_make_the_same_of_every_set_are_one_column() {
    let builds = builds(60);
    let late: Vec<&str> = builds[30..].iter().map(|build| build.name.as_str()).collect();
    let sets = vec![
        row("sets/a", vec![finding(codes::READ_BEYOND_SUPPLY, Severity::Error, &late)], &builds),
        row("sets/b", Vec::new(), &builds),
    ];
    snapbox::assert_data_eq!(
        written(vec![table(builds, sets)], Form::Text),
        snapbox::str![[r#"
sensor: 2 sets against 60 builds

  a  30 builds: 7.0 to 7.29
  b  30 builds: 7.30 to 7.59

          a  b
  sets/a  .  R
  sets/b  .  .

read-beyond-supply: read-beyond-supply of <this> & "that"
  sets/a
    30 builds: 7.30 to 7.59

cells: 90 pass (.), 30 refused (R)


"#]]
    );
}

#[test]
fn text_fits_a_terminal_however_builds_differ() {
    let text = written(vec![diagonal()], Form::Text);
    let widest = text.lines().filter(|line| line.starts_with("  ")).map(|line| line.chars().count()).max();
    assert!(widest.unwrap() <= 110, "{widest:?}\n{text}");
    assert!(text.contains("3600") || text.contains("3540 pass (.), 60 refused (R)"), "{text}");
}

#[test]
fn many_sets_that_every_build_takes_are_counted() {
    let builds = builds(2);
    let sets = (0..500).map(|n| {
        let findings =
            if n == 7 { vec![finding(codes::DEAD_READ, Severity::Warning, &["7.1"])] } else { Vec::new() };
        row(&format!("sets/{n:03}"), findings, &builds)
    });
    let text = written(vec![table(builds.clone(), sets.collect())], Form::Text);
    assert!(text.contains("sets/007") && !text.contains("sets/008"), "{text}");
    assert!(text.contains("and 499 more sets that every build takes"), "{text}");
}

#[test]
fn json_has_every_cell_and_is_read_back_as_it_was() {
    let text = written(vec![diagonal()], Form::Json);
    let document: json::Document = serde_json::from_str(&text).unwrap();
    assert_eq!((document.format.as_str(), document.version), ("bootgate-matrix", 1));
    let sets = &document.tables[0].sets;
    assert_eq!((sets.len(), sets[3].cells.len()), (60, 60));
    assert_eq!((sets[3].cells[3].state.as_str(), sets[3].cells[4].state.as_str()), ("refused", "passes"));
    assert_eq!(sets[3].reasons[0].code, "rule-failed");
    assert_eq!(
        document,
        json::Document::new(&Matrix { tables: vec![diagonal()], problems: Vec::new() }, &Sources::default())
    );
}

/// What an attribute or a tag could be made of does not come through, from whatever part of the matrix.
#[test]
fn html_shows_hostile_names_as_text() {
    let hostile = "<script>alert(1)</script>\" onload='x' & \u{1b}[2J\u{202e}";
    let builds = vec![Build { name: hostile.into(), state: "candidate" }];
    let mut bad = finding(codes::READ_BEYOND_SUPPLY, Severity::Error, &[hostile]);
    bad.message = hostile.into();
    let table = Table {
        consumer: hostile.into(),
        builds: builds.clone(),
        sets: vec![row(hostile, vec![bad], &builds)],
    };
    let page = written(vec![table], Form::Html);
    let body = page.split_once("</style>").unwrap().1;
    assert!(!body.contains("<script") && !body.contains("onload='") && !body.contains('\u{1b}'), "{body}");
    assert!(body.contains(
        "&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp; \\u{1b}[2J\\u{202e}"
    ));
    assert!(
        !page.contains("http://") && !page.contains("https://") && !page.contains("src="),
        "nothing from elsewhere"
    );
}

#[test]
fn html_says_in_words_what_it_shows_in_colour() {
    let page = written(vec![diagonal()], Form::Html);
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert_eq!(page.matches("<span class=\"vh\">passes</span>").count(), 3540);
    assert_eq!(page.matches("R<span class=\"vh\">efused</span>").count(), 60);
    assert_eq!(page.matches("<th scope=\"row\">").count(), 60);
    assert_eq!(page.matches("<th scope=\"col\">").count(), 61);
    assert!(page.contains("<caption"));
    for tag in ["table", "tr", "td", "th", "dl", "dt", "dd", "div", "body", "html"] {
        let open = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(open, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}
