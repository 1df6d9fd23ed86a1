use snapbox::{assert_data_eq, str};

use super::*;
use crate::finding::Excerpt;
use crate::report::fixture as fx;

/// The picture as the text report draws it, without what stands around it.
fn drawn(place: Place, size: u64) -> String {
    let run = crate::finding::Run {
        units: vec![fx::file("a.bin", size, vec![fx::at(place)])],
        ..crate::finding::Run::default()
    };
    let mut out = Vec::new();
    let options = crate::report::TextOptions::default();
    crate::report::write(&run, &fx::sources(), crate::report::Format::Text, options, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let rows: Vec<&str> = text.lines().skip(3).take_while(|l| !l.is_empty()).collect();
    rows.join("\n")
}

#[test]
fn a_range_within_a_row_has_its_marks_beneath_it() {
    let marks = vec![fx::mark(0x26, 0x27, "kind = 3"), fx::mark(0x24, 0x26, "index = 20")];
    assert_data_eq!(
        drawn(fx::place(fx::range(0x24, 0x2a), marks, 0, 0x40), 0x40),
        str![[r##"
0010 | 10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f  |................|
0020 | 20 21 22 23 24 25 26 27  28 29 2a 2b 2c 2d 2e 2f  | !"#$%&'()*+,-./|
     |             ^^^^^^^^^^^^^^^^^^
     |             ----- index = 20
     |                   -- kind = 3
0030 | 30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f  |0123456789:;<=>?|
"##]]
    );
}

#[test]
fn a_mark_that_is_the_whole_range_needs_no_line_of_its_own() {
    let marks = vec![fx::mark(0x24, 0x26, "kind = 9")];
    assert_data_eq!(
        drawn(fx::place(fx::range(0x24, 0x26), marks, 0x20, 0x10), 0x40),
        str![[r##"
0020 | 20 21 22 23 24 25 26 27  28 29 2a 2b 2c 2d 2e 2f  | !"#$%&'()*+,-./|
     |             ^^^^^ kind = 9
"##]]
    );
}

#[test]
fn marks_over_several_rows_say_their_words_at_their_end() {
    let marks = vec![fx::mark(0x0e, 0x22, "name"), fx::mark(0x1e, 0x20, "length = 2")];
    assert_data_eq!(
        drawn(fx::place(fx::range(0x08, 0x26), marks, 0, 0x30), 0x30),
        str![[r##"
0000 | 00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|
     |                          ^^^^^^^^^^^^^^^^^^^^^^^
     |                                            -----
0010 | 10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f  |................|
     | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     | ------------------------------------------------
     |                                            ----- length = 2
0020 | 20 21 22 23 24 25 26 27  28 29 2a 2b 2c 2d 2e 2f  | !"#$%&'()*+,-./|
     | ^^^^^^^^^^^^^^^^^
     | ----- name
"##]]
    );
}

#[test]
fn the_middle_of_a_long_range_is_left_out_but_not_its_marks() {
    let marks = vec![fx::mark(0x84, 0x86, "here")];
    assert_data_eq!(
        drawn(fx::place(fx::range(0x18, 0x1e4), marks, 0, 0x200), 0x200),
        str![[r##"
0000 | 00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|
0010 | 10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f  |................|
     |                          ^^^^^^^^^^^^^^^^^^^^^^^
0020 | 20 21 22 23 24 25 26 27  28 29 2a 2b 2c 2d 2e 2f  | !"#$%&'()*+,-./|
     | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
 ... | 80 more bytes
0080 | 80 81 82 83 84 85 86 87  88 89 8a 8b 8c 8d 8e 8f  |................|
     | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     |             ----- here
 ... | 336 more bytes
01e0 | e0 e1 e2 e3 e4 e5 e6 e7  e8 e9 ea eb ec ed ee ef  |................|
     | ^^^^^^^^^^^
01f0 | f0 f1 f2 f3 f4 f5 f6 f7  f8 f9 fa fb fc fd fe ff  |................|
"##]]
    );
}

#[test]
fn a_single_row_is_never_left_out() {
    let marks = vec![fx::mark(0x44, 0x46, "here")];
    let lines = picture(&fx::place(fx::range(0x10, 0xf0), marks, 0, 0x100), None);
    let offsets: Vec<u64> = lines
        .iter()
        .filter_map(|l| if let Line::Bytes { offset, .. } = l { Some(*offset) } else { None })
        .collect();
    assert_eq!(offsets, [0, 0x10, 0x20, 0x30, 0x40, 0xe0, 0xf0]);
    assert!(lines.contains(&Line::Gap(0x90)));
}

#[test]
fn the_end_of_a_file_in_the_middle_of_a_row() {
    assert_data_eq!(
        drawn(fx::place(fx::range(0x1f3, 0x1f3), vec![], 0x1e0, 0x13), 0x1f3),
        str![[r#"
01e0 | e0 e1 e2 e3 e4 e5 e6 e7  e8 e9 ea eb ec ed ee ef  |................|
01f0 | f0 f1 f2                                          |...             |
     |          ^ end of file
"#]]
    );
}

#[test]
fn the_end_of_a_file_at_the_end_of_a_row() {
    assert_data_eq!(
        drawn(fx::place(fx::range(0x200, 0x200), vec![], 0x1e0, 0x20), 0x200),
        str![[r#"
01e0 | e0 e1 e2 e3 e4 e5 e6 e7  e8 e9 ea eb ec ed ee ef  |................|
01f0 | f0 f1 f2 f3 f4 f5 f6 f7  f8 f9 fa fb fc fd fe ff  |................|
     |                                                  ^ end of file
"#]]
    );
}

#[test]
fn an_empty_file() {
    assert_data_eq!(
        drawn(fx::place(fx::range(0, 0), vec![], 0, 0), 0),
        str![[r#"
0000 |                                                   |                |
     | ^ end of file
"#]]
    );
}

#[test]
fn what_a_field_lacks_is_underlined_and_counted() {
    assert_data_eq!(
        drawn(fx::place(fx::range(0x1f0, 0x238), vec![], 0x1e0, 0x13), 0x1f3),
        str![[r#"
01e0 | e0 e1 e2 e3 e4 e5 e6 e7  e8 e9 ea eb ec ed ee ef  |................|
01f0 | f0 f1 f2                                          |...             |
     | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
 ... | 56 more bytes past the end of the file
"#]]
    );
}

#[test]
fn a_range_that_is_longer_than_its_excerpt_is_not_called_past_the_end() {
    let lines = picture(&fx::place(fx::range(0x10, 0x1000), vec![], 0, 0x40), Some(0x2000));
    assert_eq!(lines.last(), Some(&Line::Beyond { bytes: 0xfc0, end_of_file: false }));
}

#[test]
fn offsets_of_large_files_keep_their_columns() {
    let at = 0x1_0000_0024;
    assert_data_eq!(
        drawn(fx::place(fx::range(at, at + 2), vec![], at - 0x14, 0x20), 1 << 40),
        str![[r##"
100000010 | 10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f  |................|
100000020 | 20 21 22 23 24 25 26 27  28 29 2a 2b 2c 2d 2e 2f  | !"#$%&'()*+,-./|
          |             ^^^^^
"##]]
    );
}

#[test]
fn an_excerpt_that_begins_within_a_row_leaves_its_start_blank() {
    assert_data_eq!(
        drawn(fx::place(fx::range(0x24, 0x26), vec![], 0x22, 6), 0x40),
        str![[r##"
0020 |       22 23 24 25 26 27                           |  "#$%&'        |
     |             ^^^^^
"##]]
    );
}

#[test]
fn no_place_makes_the_picture_long_or_fails() {
    let ends = [0, 1, 15, 16, 17, 0x1f3, u64::MAX - 1, u64::MAX];
    for start in ends {
        for end in ends {
            for (from, len) in
                [(0, 0), (0, 40), (16, 16), (u64::MAX - 3, 3), (u64::MAX, 0), (u64::MAX - 2, 9)]
            {
                let bytes = vec![0; len];
                let place = Place {
                    file: 7,
                    path: None,
                    range: fx::range(start, end),
                    decoded: None,
                    marks: vec![fx::mark(end, start, "reversed"), fx::mark(start, end, "same")],
                    excerpt: Some(Excerpt { start: from, bytes }),
                };
                let lines = picture(&place, Some(start));
                assert!(lines.len() < 40, "{place:?}");
            }
        }
    }
}
