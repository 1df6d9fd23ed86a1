use proptest::prelude::*;

use super::*;

const SECTION: &str = ".note.bootgate";

fn read(bytes: &[u8], little: bool) -> Result<Vec<Supply>, EmittedError> {
    super::read([(SECTION, bytes)], little)
}

/// A record as the header writes it.
fn record(little: bool, kind: u32, version: u32, beyond: u32, count: u64, name: &[u8]) -> Vec<u8> {
    let space = (name.len() / 4 + 1) * 4;
    let low = u32::try_from(count & 0xffff_ffff).unwrap();
    let high = u32::try_from(count >> 32).unwrap();
    let head = [9, u32::try_from(20 + space).unwrap(), kind];
    let body = [version, beyond, low, high, u32::try_from(name.len()).unwrap()];
    let mut bytes = Vec::new();
    let word = |word: &u32| if little { word.to_le_bytes() } else { word.to_be_bytes() };
    bytes.extend(head.iter().flat_map(word));
    bytes.extend(b"bootgate\0\0\0\0");
    bytes.extend(body.iter().flat_map(word));
    bytes.extend(name);
    bytes.resize(bytes.len() + space - name.len(), 0);
    bytes
}

fn plain(count: u64, name: &str) -> Vec<u8> {
    record(true, 1, 1, 0, count, name.as_bytes())
}

fn supply(name: &str, count: u64, beyond: Option<Beyond>, offset: usize) -> Supply {
    Supply { name: name.to_owned(), count, beyond, place: format!("`{SECTION}` at 0x{offset:x}") }
}

#[test]
fn records_are_read_in_order_with_their_places() {
    let bytes = [plain(20, "inputs.ipc"), record(true, 1, 1, 2, u64::MAX, b"a")].concat();
    let expected =
        [supply("inputs.ipc", 20, None, 0), supply("a", u64::MAX, Some(Beyond::NoMatch), 24 + 20 + 12)];
    assert_eq!(read(&bytes, true).unwrap(), expected);
    assert_eq!(read(&[], true).unwrap(), []);
}

#[test]
fn the_byte_order_is_that_of_the_binary() {
    let bytes = record(false, 1, 1, 1, 1 << 40, b"inputs");
    assert_eq!(read(&bytes, false).unwrap(), [supply("inputs", 1 << 40, Some(Beyond::Fault), 0)]);
    assert!(read(&bytes, true).is_err());
}

#[test]
fn padding_and_notes_of_others_are_skipped() {
    let other = [4u32, 3, 7].iter().flat_map(|word| word.to_le_bytes()).chain(*b"GNU\0abc\0");
    let bytes: Vec<u8> = other.chain([0; 12]).chain(plain(3, "a")).chain([0; 7]).collect();
    assert_eq!(read(&bytes, true).unwrap(), [supply("a", 3, None, 20 + 12)]);
}

#[test]
fn what_two_call_sites_say_alike_is_there_once() {
    let bytes = [plain(20, "a"), record(true, 1, 1, 1, 20, b"a"), plain(20, "a")].concat();
    assert_eq!(read(&bytes, true).unwrap(), [supply("a", 20, Some(Beyond::Fault), 0)]);
}

#[test]
fn call_sites_that_contradict_each_other_are_both_shown() {
    let bytes = [plain(20, "a"), plain(5, "b"), plain(21, "a")].concat();
    let error = read(&bytes, true).unwrap_err();
    let [first, second] = [(20, 0), (21, 96)].map(|(n, at)| Box::new(supply("a", n, None, at)));
    assert_eq!(error, EmittedError::Conflict { first, second });
    let finding = Finding::from(&error);
    assert_eq!(
        finding.found.as_deref(),
        Some("20 (`.note.bootgate` at 0x0) and 21 (`.note.bootgate` at 0x60)")
    );
    let bytes = [record(true, 1, 1, 1, 20, b"a"), record(true, 1, 1, 2, 20, b"a")].concat();
    assert!(matches!(read(&bytes, true), Err(EmittedError::Conflict { .. })));
}

#[test]
fn what_is_not_known_is_not_guessed() {
    for (kind, version) in [(2, 1), (1, 2), (1, 0)] {
        let bytes = record(true, kind, version, 0, 20, b"a");
        assert_eq!(
            read(&bytes, true),
            Err(EmittedError::Unknown { section: SECTION, offset: 0, kind, version })
        );
    }
}

#[test]
fn sections_that_contradict_each_other_are_both_shown() {
    let (first, second) = (plain(20, "a"), plain(21, "a"));
    let error = super::read([(SECTION, &first[..]), (".notes", &second[..])], true).unwrap_err();
    assert!(matches!(error, EmittedError::Conflict { second, .. } if second.place == "`.notes` at 0x0"));
}

#[test]
fn more_records_than_anybody_writes_are_refused() {
    let bytes = plain(20, "a").repeat(SUPPLIES + 1);
    assert_eq!(read(&bytes, true), Err(EmittedError::TooMany { section: SECTION }));
    assert_eq!(read(&bytes[48..], true).unwrap().len(), 1);
}

#[test]
fn damage_is_told_with_its_place() {
    let with = |beyond, name: &[u8]| [plain(1, "x"), record(true, 1, 1, beyond, 20, name)].concat();
    let reason = |bytes: &[u8]| match read(bytes, true) {
        Err(EmittedError::Damaged { offset: 48, reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(&with(0, b"\xff")), "its name is not UTF-8 text");
    assert_eq!(reason(&with(0, b"")), "its name is empty");
    assert_eq!(reason(&with(3, b"a")), "what it says of reads beyond is not known");
    let whole = with(0, b"a");
    assert_eq!(reason(&whole[..whole.len() - 9]), "it ends after the section");
    let mut long = whole.clone();
    long[48 + 24 + 16] = 200;
    assert_eq!(reason(&long), "its parts are longer than the whole");
}

#[test]
fn a_section_may_be_cut_between_records_alone() {
    let bytes = [plain(20, "inputs.ipc"), plain(14, "inputs.process")].concat();
    for end in 1..bytes.len() {
        let cut = read(&bytes[..end], true);
        assert_eq!(cut.is_ok(), end == 56, "{end}: {cut:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_give_records_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200), little: bool) {
        if let Ok(supplies) = read(&bytes, little) {
            prop_assert!(supplies.len() <= bytes.len() / 44);
        }
    }

    #[test]
    fn one_changed_byte_gives_records_or_an_error(at in 0..96usize, byte: u8) {
        let mut bytes = [plain(20, "inputs.ipc"), plain(2, "bb")].concat();
        bytes[at % 96] = byte;
        if let Ok(supplies) = read(&bytes, true) {
            prop_assert!(supplies.len() <= 2);
            prop_assert!(supplies.iter().all(|s| !s.name.is_empty()));
        }
    }

    #[test]
    fn what_is_written_is_read(count: u64, beyond in 0..3u32, name in "[a-z.é]{1,40}", little: bool) {
        let bytes = record(little, 1, 1, beyond, count, name.as_bytes());
        let beyond = [None, Some(Beyond::Fault), Some(Beyond::NoMatch)][beyond as usize];
        prop_assert_eq!(read(&bytes, little).unwrap(), [supply(&name, count, beyond, 0)]);
    }
}
