use proptest::prelude::*;

use super::*;

fn span(start: u32, end: u32) -> Span {
    Span { source: SourceId(0), start, end }
}

fn label(start: u32, end: u32, text: &str, primary: bool) -> Label {
    Label { span: span(start, end), text: text.into(), key: None, primary }
}

fn plain(labels: &[Label], sources: &Sources) -> Option<Drawn> {
    draw(labels, sources, Severity::Error, Styles::new(false))
}

#[test]
fn spans_are_brought_into_the_text() {
    assert_eq!(clamp("abc", span(1, 2)), 1..2);
    assert_eq!(clamp("abc", span(1, 99)), 1..3);
    assert_eq!(clamp("abc", span(99, 100)), 3..3);
    assert_eq!(clamp("abc", span(u32::MAX, 0)), 3..3);
    assert_eq!(clamp("", span(5, 9)), 0..0);
}

#[test]
fn reversed_and_empty_spans_point_at_one_character() {
    assert_eq!(clamp("abc", span(2, 1)), 2..3);
    assert_eq!(clamp("a😀c", span(1, 1)), 1..5);
    assert_eq!(clamp("ab\nc", span(2, 2)), 2..2);
}

#[test]
fn spans_inside_a_character_grow_to_hold_it() {
    assert_eq!(clamp("aäb", span(2, 2)), 1..3);
    assert_eq!(clamp("a😀b", span(3, 4)), 1..5);
}

#[test]
fn spans_over_several_lines_keep_the_first() {
    assert_eq!(clamp("seq:  \r\n  - id: a\n", span(0, 17)), 0..4);
}

#[test]
fn spans_on_nothing_point_behind_the_text_before() {
    assert_eq!(clamp("a\nb\r\n", span(5, 5)), 3..3);
    assert_eq!(clamp("a: 1  \n\n\nb", span(8, 9)), 4..4);
    assert_eq!(clamp("\n\nabc", span(0, 5)), 0..0);
}

#[test]
fn hostile_spans_are_drawn() {
    let mut sources = Sources::default();
    sources.add("s.ksy", "größe: 1\r\n\tname: \u{1b}[2J\u{9b}\u{202e}x\n");
    sources.add("empty.ksy", "");
    let mut labels = vec![
        label(900, 1000, "out of range", true),
        label(7, 2, "reversed", false),
        label(3, 4, "in a character", true),
        label(0, 40, "everything", false),
    ];
    let mut empty = label(0, 7, "in an empty source", false);
    empty.span.source = SourceId(1);
    labels.push(empty);
    let drawn = plain(&labels, &sources).unwrap();
    for text in ["out of range", "reversed", "in a character", "everything", "in an empty source"] {
        assert!(drawn.text.contains(text), "{text} is not in\n{}", drawn.text);
    }
    assert!(!drawn.text.contains(|c| c != '\n' && escape::is_unsafe(c)), "{}", drawn.text);
}

#[test]
fn labels_without_a_source_are_not_drawn_but_kept() {
    let labels = [label(0, 1, "lost", true), label(0, 1, "", false)];
    assert_eq!(plain(&labels, &Sources::default()), None);
    let lost: Vec<&str> = homeless(&labels, &Sources::default()).map(|l| l.text.as_str()).collect();
    assert_eq!(lost, ["lost"]);
}

#[test]
fn the_file_of_the_primary_label_comes_first() {
    let mut sources = Sources::default();
    sources.add("first.ksy", "a: 1\n");
    sources.add("second.toml", "b = 2\n");
    let mut primary = label(0, 1, "asks", true);
    primary.span.source = SourceId(1);
    let drawn = plain(&[label(0, 1, "context", false), primary], &sources).unwrap();
    assert!(drawn.text.find("second.toml") < drawn.text.find("first.ksy"), "{}", drawn.text);
    assert!(drawn.text.find("--> second.toml:1:1").is_some(), "{}", drawn.text);
}

proptest! {
    #[test]
    fn any_text_and_any_spans_are_drawn_with_the_stated_gutter(
        text in "([a-zä😀\t ]{0,12}(\n|\r\n|\r|\u{1b}|\u{9b})){0,120}",
        spans in prop::collection::vec((0u32..2000, 0u32..2000, any::<bool>(), "[a-z ]{0,9}"), 1..5),
    ) {
        let mut sources = Sources::default();
        sources.add("s.ksy", text);
        let labels: Vec<Label> = spans.iter().map(|(s, e, p, t)| label(*s, *e, t, *p)).collect();
        let drawn = plain(&labels, &sources).unwrap();
        for line in drawn.text.lines() {
            let bar = line.find(['|', '>', '=']).or(line.find("..."));
            prop_assert!(bar.is_some_and(|bar| bar <= drawn.gutter + 2), "{:?}", drawn);
        }
        let arrow = format!("{:w$}--> s.ksy", "", w = drawn.gutter);
        prop_assert!(drawn.text.starts_with(&arrow), "{:?}", drawn);
    }
}
