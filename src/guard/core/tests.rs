//! What the machine promises step by step; `tests/guard_states.rs` tries every order of them.

use super::*;

/// A storage in memory that does as it is told.
#[derive(Default)]
struct Memory {
    record: Option<State>,
    backup: Option<Backup>,
    shown: Option<SetDigest>,
    damaged: Vec<SetDigest>,
    unjudged: bool,
    unreadable: bool,
    read_only: bool,
    copies: Vec<SetDigest>,
}

#[derive(Debug, PartialEq, Eq)]
struct NoRoom;

impl Storage for Memory {
    type Error = NoRoom;

    fn load(&mut self) -> Loaded {
        match &self.record {
            _ if self.unreadable => Loaded::Unreadable,
            Some(state) => Loaded::Found(state.clone()),
            None if self.backup.is_none() => Loaded::Absent,
            None => Loaded::Damaged,
        }
    }

    fn save(&mut self, state: &State) -> Result<(), NoRoom> {
        if self.read_only {
            return Err(NoRoom);
        }
        self.record = Some(state.clone());
        Ok(())
    }

    fn check(&mut self, entry: &Entry) -> Check {
        match () {
            () if !self.copies.contains(&entry.set) => Check::Missing,
            () if self.damaged.contains(&entry.set) => Check::Damaged,
            () if self.unjudged => Check::Unjudged,
            () => Check::Passed,
        }
    }

    fn present(&mut self, set: Option<SetDigest>) -> Result<(), NoRoom> {
        self.shown = set;
        Ok(())
    }

    fn back_up(&mut self, backup: &Backup) -> Result<(), NoRoom> {
        self.backup = Some(*backup);
        Ok(())
    }

    fn rescue(&mut self) -> Rescue {
        let mut rescue = Rescue { backup: self.backup, ..Rescue::default() };
        for (slot, set) in rescue.copies.iter_mut().zip(&self.copies) {
            *slot = Some(*set);
        }
        rescue
    }

    fn sweep(&mut self, state: &State) {
        self.copies.retain(|set| state.entry(*set).is_some());
    }
}

const A: SetDigest = SetDigest([0xa; 32]);
const B: SetDigest = SetDigest([0xb; 32]);
const C: SetDigest = SetDigest([0xc; 32]);

fn at(boot: u8, uptime: u64) -> Moment {
    Moment { boot: Some(BootId([boot; 16])), uptime }
}

fn staged(memory: &mut Memory, set: SetDigest, serial: u64) {
    memory.copies.push(set);
    stage(memory, NewSet { set, verdict: [1; 32], serial: Some(serial) }).unwrap();
}

/// A is good, then B; both in boot 1.
fn two_good() -> Memory {
    let mut memory = Memory::default();
    for (set, serial) in [(A, 1), (B, 2)] {
        staged(&mut memory, set, serial);
        activate(&mut memory, set, When::Now, at(1, 0)).unwrap();
        commit(&mut memory, 1, at(1, 600)).unwrap();
    }
    memory
}

fn standing(memory: &Memory, set: SetDigest) -> Standing {
    memory.record.as_ref().unwrap().entry(set).unwrap().standing
}

#[test]
fn what_crashes_after_each_boot_is_left_after_two_and_stays_in_quarantine() {
    let mut memory = two_good();
    staged(&mut memory, C, 3);
    activate(&mut memory, C, When::NextBoot, at(1, 700)).unwrap();
    assert_eq!(memory.shown, Some(B), "it is not let to the consumer before the next boot");
    shutdown(&mut memory, at(1, 800)).unwrap();
    for (boot_number, loaded) in [(2, C), (3, C), (4, B), (5, B)] {
        let booted = boot(&mut memory, at(boot_number, 5));
        assert_eq!((booted.set, memory.shown), (Some(loaded), Some(loaded)), "boot {boot_number}");
        if boot_number >= 4 {
            shutdown(&mut memory, at(boot_number, 50)).unwrap();
        }
    }
    assert_eq!(standing(&memory, C), Standing::Quarantined(Reason::UncleanEnds));
    let refused = activate(&mut memory, C, When::Now, at(5, 60));
    assert_eq!(refused, Err(Failure::Refused(Refusal::Set(Why::Quarantined))));
    let again = stage(&mut memory, NewSet { set: C, verdict: [1; 32], serial: None });
    assert_eq!(
        again,
        Err(Failure::Refused(Refusal::Set(Why::Quarantined))),
        "staging it again does not help"
    );
    release(&mut memory, C).unwrap();
    activate(&mut memory, C, When::Now, at(5, 60)).unwrap();
    assert_eq!(memory.shown, Some(C));
}

#[test]
fn a_boot_does_not_reset_the_count() {
    let mut memory = two_good();
    staged(&mut memory, C, 3);
    activate(&mut memory, C, When::Now, at(1, 700)).unwrap();
    boot(&mut memory, at(2, 5));
    shutdown(&mut memory, at(2, 90)).unwrap();
    boot(&mut memory, at(3, 5));
    let booted = boot(&mut memory, at(4, 5));
    assert_eq!(booted.set, Some(B), "one unclean end, a clean run, and another unclean end are two");
}

#[test]
fn power_cuts_in_a_row_condemn_no_good_set_and_do_not_block_the_boot() {
    let mut memory = two_good();
    let mut loaded = Vec::new();
    for boot_number in 2..10 {
        let booted = boot(&mut memory, at(boot_number, 5));
        loaded.push(booted.set.unwrap());
    }
    // Two with the later one, two with the earlier one, and then whichever has had fewer, the later one first.
    assert_eq!(loaded, [B, A, A, B, A, B, A, B]);
    assert_eq!((standing(&memory, A), standing(&memory, B)), (Standing::Good, Standing::Good));
}

#[test]
fn a_soak_and_a_clean_end_forgive_earlier_power_cuts() {
    let mut memory = two_good();
    boot(&mut memory, at(2, 5));
    commit(&mut memory, 1, at(2, 605)).unwrap();
    shutdown(&mut memory, at(2, 700)).unwrap();
    boot(&mut memory, at(3, 5));
    let entry = *memory.record.as_ref().unwrap().entry(B).unwrap();
    assert_eq!((entry.unclean, entry.since), (1, 0), "forgiven, and not forgotten");
    assert_eq!(boot(&mut memory, at(4, 5)).set, Some(B));
}

#[test]
fn a_set_that_ended_uncleanly_since_its_activation_cannot_become_good_until_it_is_activated_again() {
    let mut memory = two_good();
    staged(&mut memory, C, 3);
    activate(&mut memory, C, When::Now, at(1, 700)).unwrap();
    boot(&mut memory, at(2, 5));
    assert_eq!(commit(&mut memory, 9, at(2, 900)), Err(Failure::Refused(Refusal::Spoiled)));
    activate(&mut memory, C, When::Now, at(2, 1000)).unwrap();
    let early = commit(&mut memory, 9, at(2, 1500));
    assert_eq!(early, Err(Failure::Refused(Refusal::Soak { seconds: 500, needed: 600 })));
    let idle = commit(&mut memory, 0, at(2, 1600));
    assert_eq!(idle, Err(Failure::Refused(Refusal::Events { events: 0, needed: 1 })));
    let state = commit(&mut memory, 9, at(2, 1600)).unwrap();
    assert_eq!(state.good, [Some(C), Some(B)]);
    assert_eq!(memory.copies, [B, C], "the third is forgotten");
}

#[test]
fn the_same_boot_is_counted_once() {
    let mut memory = two_good();
    boot(&mut memory, at(2, 5));
    let booted = boot(&mut memory, at(2, 9));
    assert_eq!(booted.set, Some(B));
    assert_eq!(memory.record.as_ref().unwrap().entry(B).unwrap().unclean, 1);
    // Without a name for the boot nobody knows that it is the same: the safe side is to count.
    boot(&mut memory, Moment { boot: None, uptime: 12 });
    assert_eq!(memory.record.as_ref().unwrap().entry(B).unwrap().unclean, 2);
}

#[test]
fn nothing_below_the_floor_is_gone_back_to() {
    let mut memory = two_good();
    floor(&mut memory, 2).unwrap();
    let refused = floor(&mut memory, 3);
    assert_eq!(refused, Err(Failure::Refused(Refusal::Floor { set: B, serial: 2 })));
    let back = rollback(&mut memory, When::Now, at(1, 700));
    assert_eq!(back, Err(Failure::Refused(Refusal::NothingToGoBackTo)));
    for boot_number in 2..8 {
        assert_eq!(boot(&mut memory, at(boot_number, 5)).set, Some(B), "a forced reset is no downgrade");
    }
    let old = stage(&mut memory, NewSet { set: C, verdict: [0; 32], serial: Some(1) });
    assert_eq!(old, Err(Failure::Refused(Refusal::Set(Why::BelowFloor))));
}

#[test]
fn a_lost_record_leads_to_the_last_good_set_and_to_nothing_that_is_unknown() {
    let mut memory = two_good();
    floor(&mut memory, 1).unwrap();
    staged(&mut memory, C, 3);
    memory.record = None;
    let booted = boot(&mut memory, at(2, 5));
    assert_eq!((booted.set, booted.state.floor), (Some(B), 1));
    assert_eq!(booted.state.good, [Some(B), Some(A)]);
    assert_eq!(standing(&memory, C), Standing::Quarantined(Reason::RecordLost));
    release(&mut memory, C).unwrap();
    staged(&mut memory, C, 3);
    assert_eq!(standing(&memory, C), Standing::Staged);
}

#[test]
fn on_a_disk_that_takes_no_write_only_what_is_good_is_loaded() {
    let mut memory = two_good();
    staged(&mut memory, C, 3);
    activate(&mut memory, C, When::Now, at(1, 700)).unwrap();
    memory.read_only = true;
    let booted = boot(&mut memory, at(2, 5));
    assert_eq!(booted.set, Some(B));
    assert!(matches!(booted.unsaved, Some(Unsaved::Storage(NoRoom))));
    memory.unreadable = true;
    let booted = boot(&mut memory, at(3, 5));
    assert_eq!(booted.set, Some(B), "the backup says which");
    assert!(matches!(booted.unsaved, Some(Unsaved::Unreadable)));
}

#[test]
fn a_gate_that_cannot_be_asked_lets_good_sets_pass_and_no_others() {
    let mut memory = two_good();
    staged(&mut memory, C, 3);
    activate(&mut memory, C, When::Now, at(1, 700)).unwrap();
    memory.unjudged = true;
    assert_eq!(boot(&mut memory, at(2, 5)).set, Some(B));
    let refused = activate(&mut memory, C, When::Now, at(2, 9));
    assert_eq!(refused, Err(Failure::Refused(Refusal::Set(Why::Unjudged))));
}

#[test]
fn damaged_copies_are_passed_over_and_with_none_left_the_machine_comes_up_without_content() {
    let mut memory = two_good();
    memory.damaged = vec![B];
    assert_eq!(boot(&mut memory, at(2, 5)).set, Some(A));
    memory.damaged = vec![A, B];
    let booted = boot(&mut memory, at(3, 5));
    assert_eq!((booted.set, memory.shown), (None, None));
    memory.damaged.clear();
    assert_eq!(boot(&mut memory, at(4, 5)).set, Some(A), "nothing was forgotten meanwhile");
}

#[test]
fn the_set_with_the_lowest_serial_makes_room_and_one_with_a_history_does_not() {
    let mut memory = two_good();
    staged(&mut memory, C, 3);
    activate(&mut memory, C, When::Now, at(1, 700)).unwrap();
    boot(&mut memory, at(2, 5));
    rollback(&mut memory, When::Now, at(2, 9)).unwrap();
    for serial in 4..60 {
        let set = SetDigest([u8::try_from(serial).unwrap() + 0x40; 32]);
        staged(&mut memory, set, serial);
    }
    let state = memory.record.unwrap();
    assert_eq!(state.entry(C).unwrap().unclean, 1, "unclean ends are not lost by staging others");
    assert_eq!(state.entries().filter(|entry| entry.standing == Standing::Staged).count(), STAGED);
}

#[test]
fn the_same_content_keeps_its_serial() {
    let mut memory = two_good();
    let other = stage(&mut memory, NewSet { set: B, verdict: [1; 32], serial: Some(9) });
    assert_eq!(other, Err(Failure::Refused(Refusal::Serial { known: 2 })));
}

#[test]
fn a_full_record_is_read_as_it_was_written_and_no_change_of_a_byte_panics() {
    let mut state =
        State { active: Some(A), next: Some(B), good: [Some(C), Some(A)], floor: 7, ..State::default() };
    state.run = Some(Run { set: A, boot: Some(BootId([7; 16])), since: 9, soaked: true });
    for (at, slot) in state.entries.iter_mut().enumerate() {
        let byte = u8::try_from(at).unwrap();
        *slot = Some(Entry {
            set: SetDigest([byte; 32]),
            verdict: [byte; 32],
            serial: u64::MAX,
            attempts: u32::MAX,
            unclean: 3,
            since: 2,
            standing: Standing::Quarantined(Reason::RecordLost),
        });
    }
    for _ in 0..LOG + 5 {
        state.note(What::Skipped(Why::Uncounted), Some(A), Some(B));
    }
    let mut payload: Payload = [0; PAYLOAD_BYTES];
    state.encode(&mut payload);
    assert_eq!(State::decode(&payload), Ok(state));
    for at in 0..PAYLOAD_BYTES {
        for value in [0, 1, 0xff] {
            let mut changed = payload;
            changed[at] = value;
            let _ = State::decode(&changed);
        }
    }
    payload[8] = 2;
    assert_eq!(State::decode(&payload), Err(Invalid::Version(2)));
    payload[0] = b'B';
    assert_eq!(State::decode(&payload), Err(Invalid::Magic));
}

#[test]
fn every_event_has_a_number_in_the_record() {
    let mut state = State::default();
    let whys = [
        Why::UncleanEnds,
        Why::Quarantined,
        Why::BelowFloor,
        Why::Refused,
        Why::Unjudged,
        Why::Damaged,
        Why::Missing,
        Why::Uncounted,
    ];
    let others = [
        What::Staged,
        What::Dropped,
        What::Activated,
        What::Planned,
        What::RolledBack,
        What::Booted,
        What::Nothing,
        What::FellBack,
        What::LeastUnclean,
        What::Unclean,
        What::Clean,
        What::Quarantined,
        What::Released,
        What::Committed,
        What::Floor,
        What::Policy,
        What::Recovered,
    ];
    for what in others.into_iter().chain(whys.map(What::Skipped)) {
        state.note(what, Some(A), None);
    }
    let mut payload: Payload = [0; PAYLOAD_BYTES];
    state.encode(&mut payload);
    assert_eq!(State::decode(&payload).unwrap().log, state.log);
}
