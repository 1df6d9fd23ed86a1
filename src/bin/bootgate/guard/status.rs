//! `bootgate guard status`: what is active, why, what happened, and what to do.

use std::io::{self, Write};

use bootgate::guard::core::{Entry, Event, Loaded, SetDigest, Standing, State, Storage, What, Why};
use bootgate::guard::store::{Gate, NoGate};
use serde::Serialize;

use super::place::{Opened, PlaceArguments};
use super::{tell, words};
use crate::output::OutputArguments;

/// The arguments of `bootgate guard status`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// The status, for programs: format `bootgate-guard`, version 1. Digests are hexadecimal.
#[derive(Debug, Serialize)]
struct Status {
    format: &'static str,
    version: u32,
    set: String,
    store: String,
    /// `found`, `absent`, `damaged` or `unreadable`.
    record: &'static str,
    /// The set to load.
    active: Option<String>,
    /// What the consumer's link leads to.
    presented: Option<String>,
    /// The set from the next boot on.
    next: Option<String>,
    /// The good sets, the latest first.
    good: Vec<String>,
    /// What is in use, and whether a soak was completed with it.
    run: Option<Run>,
    /// The active set ended uncleanly since it was activated.
    spoiled: bool,
    floor: u64,
    policy: Policy,
    boots: u64,
    sets: Vec<Set>,
    /// The last events, oldest first.
    events: Vec<Happened>,
    /// Names in the folder of copies that are none of the guard's.
    foreign: Vec<String>,
    /// What to do, in words.
    to_do: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Run {
    set: String,
    soaked: bool,
}

#[derive(Debug, Serialize)]
struct Policy {
    unclean_ends: u32,
    soak_seconds: u64,
    soak_events: u64,
}

#[derive(Debug, Serialize)]
struct Set {
    set: String,
    verdict: String,
    serial: u64,
    /// `staged`, `good` or `quarantined`.
    standing: &'static str,
    attempts: u32,
    unclean_ends: u32,
    /// Unclean ends that count against it.
    unclean_ends_since: u32,
}

#[derive(Debug, Serialize)]
struct Happened {
    number: u64,
    boot: u64,
    event: &'static str,
    set: Option<String>,
    before: Option<String>,
    words: String,
}

/// Shows it, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { place, output } = arguments;
    let mut opened = match place.open(NoGate, true) {
        Ok(opened) => opened,
        Err(finding) => return tell::refused(output, &place.set, *finding),
    };
    let (record, state) = match opened.store.load() {
        Loaded::Found(state) => ("found", state),
        Loaded::Absent => ("absent", State::default()),
        Loaded::Damaged => ("damaged", State::default()),
        Loaded::Unreadable => ("unreadable", State::default()),
    };
    let status = Status::new(place, &opened, &state, record);
    let mut out = io::BufWriter::new(io::stdout().lock());
    if output.is_json() {
        status.json(&mut out)?
    } else {
        text(&status, &state, &mut out)?
    }
    out.flush()?;
    Ok(0)
}

/// The status of a state that an operation left.
pub(super) fn json<G: Gate>(
    place: &PlaceArguments,
    opened: &Opened<G>,
    state: &State,
    mut out: impl Write,
) -> io::Result<()> {
    Status::new(place, opened, state, "found").json(&mut out)
}

impl Status {
    fn new<G: Gate>(
        place: &PlaceArguments,
        opened: &Opened<G>,
        state: &State,
        record: &'static str,
    ) -> Status {
        let text = |set: SetDigest| set.to_string();
        let (linked, presented) = opened.store.presented(state);
        let foreign = opened.store.foreign();
        let mut to_do = to_do(state, record, opened.store.unreadable());
        if linked && presented.is_none() && record == "found" {
            to_do.push(
                "the consumer's link leads to no set of the record: `bootgate guard boot` puts it right"
                    .into(),
            );
        }
        if !foreign.is_empty() {
            to_do.push(format!("these are none of the guard's, and are left alone: {}", foreign.join(", ")));
        }
        Status {
            format: "bootgate-guard",
            version: 1,
            set: place.set.clone(),
            store: place.shown(),
            record,
            active: state.active.map(text),
            presented: presented.map(text),
            next: state.next.map(text),
            good: state.good.into_iter().flatten().map(text).collect(),
            run: state.run.map(|run| Run { set: run.set.to_string(), soaked: run.soaked }),
            spoiled: state.spoiled,
            floor: state.floor,
            policy: Policy {
                unclean_ends: state.policy.unclean_ends,
                soak_seconds: state.policy.soak_seconds,
                soak_events: state.policy.soak_events,
            },
            boots: state.boots,
            sets: sorted(state).into_iter().map(Set::new).collect(),
            events: state.log.after(0).map(Happened::new).collect(),
            foreign,
            to_do,
        }
    }

    fn json(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        writeln!(out)
    }
}

impl Set {
    fn new(entry: &Entry) -> Set {
        Set {
            set: entry.set.to_string(),
            verdict: SetDigest(entry.verdict).to_string(),
            serial: entry.serial,
            standing: match entry.standing {
                Standing::Staged => "staged",
                Standing::Good => "good",
                Standing::Quarantined(_) => "quarantined",
            },
            attempts: entry.attempts,
            unclean_ends: entry.unclean,
            unclean_ends_since: entry.since,
        }
    }
}

impl Happened {
    fn new(event: &Event) -> Happened {
        Happened {
            number: event.number,
            boot: event.boot,
            event: words::event_name(event.what),
            set: event.set.map(|set| set.to_string()),
            before: event.other.map(|set| set.to_string()),
            words: words::event(event),
        }
    }
}

fn sorted(state: &State) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = state.entries().collect();
    entries.sort_by_key(|entry| (std::cmp::Reverse(entry.serial), entry.set));
    entries
}

fn text(status: &Status, state: &State, out: &mut impl Write) -> io::Result<()> {
    let set = &status.set;
    match state.active.and_then(|set| state.entry(set)) {
        Some(entry) => {
            let (short, known) = (words::short(entry.set), words::standing(entry));
            let seen = match status.presented.as_ref() {
                Some(shown) if *shown == entry.set.to_string() => "the consumer sees it",
                Some(_) => "the consumer sees another one",
                None => "the consumer sees none",
            };
            writeln!(out, "{set}: {short} is active ({known}, serial {}); {seen}", entry.serial)?;
        }
        None => writeln!(out, "{set}: no set is active")?,
    }
    if let Some(next) = state.next {
        writeln!(out, "  from the next boot on: {}", words::short(next))?;
    }
    if let Some(why) = state.log.after(0).filter(|event| is_a_reason(event)).last() {
        writeln!(out, "  why: {} (boot {})", words::event(why), why.boot)?;
    }
    if !status.sets.is_empty() {
        writeln!(out, "sets:")?;
    }
    for entry in sorted(state) {
        let marks = [
            (state.active == Some(entry.set), ", active"),
            (state.run.is_some_and(|run| run.set == entry.set), ", in use"),
            (
                entry.is_good() && state.obstacle(entry) == Some(Why::UncleanEnds),
                ", left for its unclean ends",
            ),
            (state.obstacle(entry) == Some(Why::BelowFloor), ", below the floor"),
        ];
        let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
        let (short, known) = (words::short(entry.set), words::standing(entry));
        writeln!(
            out,
            "  {short}  serial {}: {known}{marks}; {}, {}",
            entry.serial,
            words::count(entry.attempts.into(), "attempt"),
            words::count(entry.unclean.into(), "unclean end"),
        )?;
    }
    let policy = state.policy;
    let ends = words::count(policy.unclean_ends.into(), "unclean end");
    writeln!(out, "floor: {}; a set is left after {ends}", state.floor)?;
    let (seconds, events) =
        (words::count(policy.soak_seconds, "second"), words::count(policy.soak_events, "event"));
    writeln!(out, "soak: {seconds} and {events} without an unclean end")?;
    if !status.events.is_empty() {
        writeln!(out, "what happened, oldest first:")?;
    }
    for event in &status.events {
        writeln!(out, "  boot {}: {}", event.boot, event.words)?;
    }
    if !status.to_do.is_empty() {
        writeln!(out, "what to do:")?;
    }
    for line in &status.to_do {
        writeln!(out, "  - {line}")?;
    }
    Ok(())
}

/// Whether an event says why a set is active.
fn is_a_reason(event: &Event) -> bool {
    matches!(
        event.what,
        What::Activated
            | What::RolledBack
            | What::FellBack
            | What::LeastUnclean
            | What::Nothing
            | What::Recovered
    )
}

fn to_do(state: &State, record: &str, unreadable: Option<String>) -> Vec<String> {
    let mut lines = Vec::new();
    match record {
        "absent" => lines.push("nothing was staged yet: `bootgate guard stage`".to_owned()),
        "damaged" => lines.push(
            "the record is lost: `bootgate guard boot` goes on from its backup, with the last good sets"
                .to_owned(),
        ),
        "unreadable" => lines.push(format!(
            "{}: use the version of bootgate that wrote it, or repair the disk",
            unreadable.unwrap_or_else(|| "the record cannot be read".to_owned())
        )),
        _ => {}
    }
    for entry in sorted(state) {
        let short = words::short(entry.set);
        let active = state.active == Some(entry.set);
        match entry.standing {
            Standing::Quarantined(_) => lines.push(format!(
                "find out why {short} is in quarantine; if it was not the cause: `bootgate guard release {short}`"
            )),
            Standing::Staged if active && state.spoiled => lines.push(format!(
                "{short} ended uncleanly since it was activated, and so cannot become good; if it was not the cause, \
                 `bootgate guard activate {short}` begins a new soak"
            )),
            Standing::Staged if active => lines.push(format!(
                "after the soak, `bootgate guard commit --events COUNT` makes {short} good"
            )),
            Standing::Staged if state.next != Some(entry.set) => {
                lines.push(format!("{short} waits: `bootgate guard activate {short}`"));
            }
            Standing::Good if state.is_worn(entry) && !active => lines.push(format!(
                "{short} was left for its unclean ends; if it was not the cause, `bootgate guard activate {short}`"
            )),
            Standing::Good if state.is_worn(entry) => lines.push(format!(
                "every good set ended uncleanly too often: {short} is hardly the cause, look at power and machine"
            )),
            Standing::Staged | Standing::Good => {}
        }
    }
    lines
}
