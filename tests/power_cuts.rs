//! The power fails at every step of the store, on a disk that drops, reorders and tears what was not flushed.
//!
//! The plain run makes 500 cuts. The recorded one:
//!
//! ```console
//! POWER_CUTS=10000 cargo test --release --test power_cuts -- --nocapture
//! ```
//!
//! A failure names its seed: `POWER_CUTS_SEED=SEED POWER_CUTS=20 cargo test --test power_cuts` lives that life again.

#[cfg(test)]
#[path = "support/blocks.rs"]
mod blocks;

#[cfg(test)]
#[path = "support/cuts.rs"]
mod cuts;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bootgate::guard::store::Site;

    use super::cuts::{Machine, Tally};

    /// Cuts in the life of one machine; each seed is one.
    const LIFE: u64 = 20;

    fn number(name: &str, default: u64) -> u64 {
        std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|e| panic!("{name}: {e}")))
    }

    #[test]
    fn the_next_boot_comes_up_with_a_set_that_passed_the_gate() {
        let (cuts, first) = (number("POWER_CUTS", 500), number("POWER_CUTS_SEED", 1));
        let mut tally = Tally::default();
        let mut synced = BTreeSet::new();
        let mut seed = first;
        while tally.cuts < cuts {
            let mut machine = Machine::new(seed, None);
            if let Err(broken) = machine.live(LIFE, &mut tally) {
                panic!("seed {seed}, within {} cuts: {broken}", tally.cuts);
            }
            synced.extend(machine.synced());
            seed += 1;
        }
        println!("seeds {first} to {}: {tally:?}", seed - 1);
        assert!(tally.cuts >= cuts && tally.torn_records > 0 && tally.during_boot > 0, "{tally:?}");
        assert!(tally.fell_back > 0 && tally.lost_records > 0, "{tally:?}");
        assert_eq!(synced, BTreeSet::from(Site::ALL), "every site was reached");
    }

    /// A site whose sync is left out breaks a promise within a few lives.
    #[test]
    fn every_sync_is_needed() {
        for site in Site::ALL {
            let broken = (1..=200).find_map(|seed| {
                let mut tally = Tally::default();
                let broken = Machine::new(seed, Some(site)).live(LIFE, &mut tally).err()?;
                Some((seed, tally.cuts, broken))
            });
            let (seed, cuts, broken) = broken.unwrap_or_else(|| panic!("nothing breaks without {site:?}"));
            println!("without {site:?}: seed {seed}, cut {cuts}: {broken}");
        }
    }
}
