use super::*;
use crate::check::{Plan, Setup};
use crate::contract::{self, Beyond, Manifest, RawContract, Selected};
use crate::schema;
use crate::span::Sources;

const SCHEMA: &str = "{meta: {id: a}, seq: [{id: num, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: num}], \
                      types: {item: {seq: [{id: at, type: u1}, {id: on, type: u1, valid: {max: 1}}]}}}";
const CONTRACT: &str = "contract = { consumer = 'c', builds = '*.toml' }\nfiles = { a = 'a.ksy' }\n\
    capacity.slots = {}\ncapacity.other = {}\n\
    [[read]]\nat = 'a.items[]'\nindex = 'at'\nwhen = 'on == 1'\ncapacity = '\"slots\"'\nbecause = 'it does'\n";

/// A consumer that has so many slots, and says what it reads.
struct Fake {
    slots: u8,
    beyond: Ending,
    says: bool,
}

impl Harness for Fake {
    fn run(&mut self, files: &[Vec<u8>], event: Option<&[u8]>) -> Result<Ran, HarnessError> {
        assert_eq!(event, None);
        let mut output = String::new();
        let mut ending = Ending::Taken;
        for item in files[0][1..].chunks(2).filter(|item| item[1] == 1) {
            let inside = item[0] < self.slots;
            let verb = if inside || self.beyond != Ending::Taken { "reads" } else { "no-match" };
            if self.says {
                output += &format!("[  1.0] bootgate: {verb} slots {}\n", item[0]);
            }
            if !inside && self.beyond != Ending::Taken {
                ending = self.beyond.clone();
                break;
            }
        }
        Ok(Ran { ending, output: output.into(), complaint: String::new() })
    }
}

fn fault(watched: bool) -> Ending {
    Ending::Fault { how: "AddressSanitizer: SEGV".into(), watched }
}

fn contract(sources: &mut Sources) -> RawContract {
    contract::parse(sources, "c.toml", CONTRACT).unwrap()
}

fn observe(harness: &mut dyn Harness, name: &str, most: u64) -> Result<Answer, HarnessError> {
    let mut sources = Sources::default();
    let raw = contract(&mut sources);
    let effort = Effort { runs: 32, most, seed: 0 };
    let text = generous(&raw, &[], name, &effort);
    let build = Manifest::parse(&mut sources, "b.toml", &text).unwrap();
    let source = sources.add("a.ksy", SCHEMA);
    let schema = schema::read(source, SCHEMA);
    let known = raw.capacities.keys().cloned().collect();
    let plan = Plan::of_contract(raw, &[schema], &Selected::fielded([&build]), Setup::default()).unwrap();
    Observer::new(harness, known, None, effort).unwrap().observe(&plan, &sources, name)
}

#[test]
fn the_end_is_found_wherever_it_is() {
    for slots in [1, 2, 3, 20, 21, 64, 200] {
        for (beyond, expected) in [(fault(true), Beyond::Fault), (Ending::Taken, Beyond::NoMatch)] {
            let answer = observe(&mut Fake { slots, beyond, says: true }, "slots", 4096).unwrap();
            let Answer::Observed { value, beyond, .. } = answer else { panic!("{slots}: {answer:?}") };
            assert_eq!((value, beyond), (u64::from(slots), expected));
        }
    }
}

#[test]
fn what_was_not_shown_is_not_said() {
    // All 256 elements that the content can name are there.
    let answer = observe(&mut Fake { slots: u8::MAX, beyond: fault(true), says: true }, "slots", 200);
    assert_eq!(answer.unwrap(), Answer::NoEnd { taken: 200 });
    let answer = observe(&mut Fake { slots: 20, beyond: Ending::Taken, says: false }, "slots", 200).unwrap();
    assert!(matches!(answer, Answer::NotReached { runs: 32.., refused: 0, .. }), "{answer:?}");
    let answer = observe(&mut Fake { slots: 20, beyond: fault(true), says: true }, "other", 200).unwrap();
    assert_eq!(answer, Answer::NotAsked);
}

#[test]
fn a_crash_counts_only_where_a_read_beyond_cannot_have_gone_unnoticed() {
    let error = observe(&mut Fake { slots: 20, beyond: fault(false), says: true }, "slots", 200).unwrap_err();
    assert!(matches!(error, HarnessError::Unwatched { index: 32, .. }), "{error}");
}

#[test]
fn the_first_element_is_the_control() {
    let error = observe(&mut Fake { slots: 0, beyond: fault(true), says: true }, "slots", 200).unwrap_err();
    assert!(matches!(error, HarnessError::Control { .. }), "{error}");
}

/// Crashes whatever it is given.
struct Broken;

impl Harness for Broken {
    fn run(&mut self, _: &[Vec<u8>], _: Option<&[u8]>) -> Result<Ran, HarnessError> {
        Ok(Ran { ending: fault(true), output: Vec::new(), complaint: String::new() })
    }
}

#[test]
fn a_harness_that_crashes_at_all_that_it_is_given_shows_nothing() {
    let error = observe(&mut Broken, "slots", 200).unwrap_err();
    assert!(matches!(error, HarnessError::Crashes { .. }), "{error}");
}

/// Has a hole: element 5 faults, and those behind it are there.
struct Holed(Fake);

impl Harness for Holed {
    fn run(&mut self, files: &[Vec<u8>], event: Option<&[u8]>) -> Result<Ran, HarnessError> {
        let hole = b"reads slots 5\n";
        let mut ran = self.0.run(files, event)?;
        if let Some(at) = ran.output.windows(hole.len()).position(|window| window == hole) {
            ran.output.truncate(at + hole.len());
            ran.ending = fault(true);
        }
        Ok(ran)
    }
}

#[test]
fn an_end_with_something_behind_it_is_none() {
    let answer =
        observe(&mut Holed(Fake { slots: 7, beyond: fault(true), says: true }), "slots", 200).unwrap();
    assert!(matches!(answer, Answer::Contradicted { .. }), "{answer:?}");
}

#[test]
fn lines_are_read_wherever_they_stand_and_wrong_ones_are_refused() {
    let known = ["a b".to_owned()].into();
    let read = |text: &str| lines::read(text.as_bytes(), &known);
    let found = read("hello\ncase: bootgate: reads a b 7\r\nbootgate: no-match a b 8").unwrap();
    let found: Vec<_> = found.iter().map(|line| (line.verb, line.name.as_str(), line.index)).collect();
    assert_eq!(found, [(lines::Verb::Reads, "a b", 7), (lines::Verb::NoMatch, "a b", 8)]);
    for text in ["bootgate: reads", "bootgate: reads 7", "bootgate: writes a b 7", "bootgate: reads a b -1"] {
        assert!(matches!(read(text), Err(HarnessError::Line { error: LineError::Form, .. })), "{text}");
    }
    let error = read("bootgate: reads c 7").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the harness wrote `bootgate: reads c 7`: the contract has no capacity `c`"
    );
}
