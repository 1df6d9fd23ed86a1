//! What the guard promises, each as a function of a step and what became of it.

use bootgate::guard::core::{Check, Reason, Standing};

use super::{Disk, ENDS, Operation, Record, SETS, Step, Taken, World, serial};

type Invariant = fn(&World, Step, &Taken) -> Option<String>;

/// What a step breaks.
pub(crate) fn invariants(before: &World, step: Step, taken: &Taken) -> Vec<String> {
    let all: [Invariant; 9] = [
        the_machine_comes_up_with_content,
        only_what_was_verified_is_activated,
        nothing_below_the_floor_is_activated,
        what_is_in_quarantine_stays_there,
        an_attempt_is_counted_before_the_consumer_may_load,
        a_set_is_left_after_its_unclean_ends,
        what_was_left_is_in_quarantine,
        a_good_set_is_not_condemned,
        nothing_is_good_without_a_soak,
    ];
    all.iter().filter_map(|invariant| invariant(before, step, taken)).collect()
}

fn shown(taken: &Taken) -> impl Iterator<Item = (usize, Option<&Record>)> {
    taken.presented.iter().filter_map(|(set, record)| Some(((*set)?, record.as_ref())))
}

/// After each boot that could write the link, the consumer sees a set if there is a good one whose bytes are whole.
fn the_machine_comes_up_with_content(_: &World, step: Step, taken: &Taken) -> Option<String> {
    if step.0 != Operation::Boot || matches!(step.1, Disk::Cut(_) | Disk::AllReadOnly) {
        return None;
    }
    let durable = &taken.world.durable;
    let (good, floor) = match (&durable.record, durable.backup) {
        (Some(record), _) => (record.good, record.floor),
        (None, Some((floor, good))) => (good, floor),
        (None, None) => ([None; 2], 0),
    };
    // The record may have forgotten what a commit acknowledged; then it is the backup that must not.
    let forgotten = good == [None; 2];
    let good = if forgotten { taken.world.ghost.good } else { good };
    let healthy = |set: &usize| durable.copies[*set] == Some(true) && serial(*set) >= floor;
    let could = good.into_iter().flatten().find(healthy)?;
    durable.link.is_none().then(|| format!("nothing is loaded, and set {could} is good and whole"))
}

/// The consumer sees no set that did not pass in this very operation.
fn only_what_was_verified_is_activated(_: &World, _: Step, taken: &Taken) -> Option<String> {
    let passed = |set| taken.checked.contains(&(set, Check::Passed));
    let (set, _) =
        shown(taken).find(|(set, _)| !passed(*set) || taken.world.durable.copies[*set] != Some(true))?;
    Some(format!("set {set} was activated and was not verified"))
}

fn nothing_below_the_floor_is_activated(before: &World, _: Step, taken: &Taken) -> Option<String> {
    let (set, _) = shown(taken).find(|(set, _)| serial(*set) < before.ghost.floor)?;
    Some(format!("set {set} is below the floor {}", before.ghost.floor))
}

/// Until the operator releases it.
fn what_is_in_quarantine_stays_there(before: &World, _: Step, taken: &Taken) -> Option<String> {
    let (set, _) = shown(taken).find(|(set, _)| before.ghost.quarantined[*set])?;
    Some(format!("set {set} was in quarantine"))
}

/// Of what has not proved itself; a good set is loaded even where nothing can be written.
fn an_attempt_is_counted_before_the_consumer_may_load(_: &World, _: Step, taken: &Taken) -> Option<String> {
    let uncounted = |(set, record): &(usize, Option<&Record>)| match record {
        Some(record) => !record.good(*set) && record.run.map(|run| run.0) != Some(*set),
        None => !taken.world.durable.backup.is_some_and(|(_, good)| good.contains(&Some(*set))),
    };
    let (set, _) = shown(taken).find(uncounted)?;
    Some(format!("set {set} was loaded, and no record says so"))
}

/// One that has not proved itself is not loaded any more; a good one only where no good one that could be loaded has
/// fewer.
fn a_set_is_left_after_its_unclean_ends(before: &World, step: Step, taken: &Taken) -> Option<String> {
    if step.0 != Operation::Boot {
        return None;
    }
    let ends = |set: usize| before.ghost.unclean[set];
    let (set, record) = shown(taken).find(|(set, _)| ends(*set) >= ENDS)?;
    let record = record?;
    if !record.good(set) {
        return Some(format!("set {set} ended uncleanly {} times and was loaded again", ends(set)));
    }
    let could =
        |other: &usize| taken.world.durable.copies[*other] == Some(true) && serial(*other) >= record.floor;
    let better = record.good.into_iter().flatten().filter(could).find(|other| ends(*other) < ends(set))?;
    Some(format!("set {set} was loaded, and set {better} is good with fewer unclean ends"))
}

/// So that it is not staged and activated again by somebody who does not know.
fn what_was_left_is_in_quarantine(_: &World, step: Step, taken: &Taken) -> Option<String> {
    let record = taken.world.durable.record.as_ref().filter(|_| step == (Operation::Boot, Disk::Works))?;
    let left = |set: &usize| {
        let waits = record.entries[*set].is_some_and(|known| known.standing == Standing::Staged);
        waits && taken.world.ghost.unclean[*set] >= ENDS
    };
    let set = (0..SETS).find(left)?;
    Some(format!("set {set} was left, and is not in quarantine"))
}

/// Whatever the power does, a good set is not put in quarantine; only the loss of the record makes it unknown.
fn a_good_set_is_not_condemned(before: &World, _: Step, taken: &Taken) -> Option<String> {
    let (before, after) = (before.durable.record.as_ref()?, taken.world.durable.record.as_ref()?);
    let condemned = |set: &usize| {
        let ends = Standing::Quarantined(Reason::UncleanEnds);
        before.good(*set) && after.entries[*set].is_some_and(|known| known.standing == ends)
    };
    let set = (0..SETS).find(condemned)?;
    Some(format!("set {set} was good and is in quarantine"))
}

/// And not after an unclean end since it was activated.
fn nothing_is_good_without_a_soak(before: &World, step: Step, taken: &Taken) -> Option<String> {
    let is = |world: &World, set: usize| world.durable.record.as_ref().is_some_and(|r| r.good(set));
    let from_backup = before.durable.record.is_none();
    let set = (0..SETS).find(|set| is(&taken.world, *set) && !is(before, *set) && !from_backup)?;
    let committed = step.0 == Operation::Commit { soaked: true } && before.durable.link == Some(set);
    (!committed || before.ghost.spoiled).then(|| format!("set {set} is good without a soak"))
}
