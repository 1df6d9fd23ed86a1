use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// The sections of a page, in order.
const SECTIONS: [&str; 4] = ["## What it says", "## Why it matters", "## Example", "## What to do"];

#[test]
fn names_are_unique_and_kebab_case() {
    let names: BTreeSet<&str> = ALL.iter().map(|c| c.name).collect();
    assert_eq!(names.len(), ALL.len());
    for name in names {
        let words_are_plain =
            name.split('-').all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()));
        assert!(words_are_plain, "{name}");
    }
}

#[test]
fn registry_and_pages_are_the_same_set() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codes/pages");
    let pages: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let codes: BTreeSet<String> = ALL.iter().map(|c| format!("{}.md", c.name)).collect();
    assert_eq!(pages, codes);
}

#[test]
fn every_page_has_its_title_and_its_four_sections_with_text() {
    for code in ALL {
        let mut lines = code.page.lines();
        assert_eq!(lines.next(), Some(format!("# {}", code.name).as_str()));
        let headings: Vec<&str> = code.page.lines().filter(|l| l.starts_with("## ")).collect();
        assert_eq!(headings, SECTIONS, "{}", code.name);
        for section in code.page.split("\n## ").skip(1) {
            let (title, body) = section.split_once('\n').unwrap();
            assert!(body.trim().len() > 20, "{}: {title}", code.name);
        }
        let lines = code.page.lines().count();
        assert!((10..=36).contains(&lines), "{} has {lines} lines", code.name);
        // What the program prints is shown as it is; `tests/codes.rs` compares it.
        let prose = code.page.split("```").step_by(2);
        assert!(prose.flat_map(str::lines).all(|l| l.len() <= 100), "{} has long lines", code.name);
    }
}

#[test]
fn summaries_are_single_lines_without_a_full_stop() {
    for code in ALL {
        assert!(!code.summary.ends_with('.') && !code.summary.contains('\n'), "{}", code.name);
        assert!(code.summary.starts_with(|c: char| c.is_ascii_uppercase()), "{}", code.name);
    }
}

#[test]
fn the_list_names_every_code_once_under_its_blame() {
    let mut out = Vec::new();
    write_list(&mut out).unwrap();
    let list = String::from_utf8(out).unwrap();
    let listed: Vec<&str> =
        list.lines().filter_map(|l| l.strip_prefix("  ")).filter_map(|l| l.split(' ').next()).collect();
    let all: Vec<&str> = ALL.iter().map(|c| c.name).collect();
    assert_eq!(listed, all, "the registry is in the order of the groups");
}

#[test]
fn a_page_is_written_with_one_line_end_behind_it() {
    let mut out = Vec::new();
    write_page(find(USAGE).unwrap(), &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    assert!(page.starts_with("# usage\n") && page.ends_with('\n') && !page.ends_with("\n\n"));
}
