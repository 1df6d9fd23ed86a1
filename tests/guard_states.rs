//! Every interleaving of operation, power cut and reboot to a bounded depth, against the guard's state machine.
//!
//! A world is what is durable, whether the machine is up, and what the search remembers to judge by. From each world
//! every operation is tried, cut off before each of its writes as well as whole, on a disk that takes writes and on
//! one that does not. Worlds that were seen before are not gone into again.

#[cfg(test)]
#[path = "support/worlds/mod.rs"]
mod worlds;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::worlds::{Step, World, invariants};

    /// Explores; gives how many worlds there are, and how many steps were taken.
    fn explore(name: &str, root: World, depth: usize) -> (usize, u64) {
        let mut seen = HashSet::from([root.clone()]);
        let mut frontier = vec![(root, Vec::<Step>::new())];
        let mut steps = 0;
        for _ in 0..depth {
            let mut next = Vec::new();
            for (world, path) in &frontier {
                for step in world.steps() {
                    let Some(taken) = world.take(step) else { continue };
                    steps += 1;
                    let broken = invariants(world, step, &taken);
                    assert!(broken.is_empty(), "{name}: {broken:?}\nafter {path:?}\nand then {step:?}");
                    if seen.insert(taken.world.clone()) {
                        let mut path = path.clone();
                        path.push(step);
                        next.push((taken.world, path));
                    }
                }
            }
            frontier = next;
        }
        (seen.len(), steps)
    }

    fn depth(plain: usize) -> usize {
        let more = std::env::var("GUARD_DEPTH").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        plain + more
    }

    #[test]
    fn no_interleaving_breaks_a_promise() {
        let mut all = (0, 0);
        for (name, root, plain) in [
            ("a new store", World::new(), 6),
            ("one good set", World::with_good(&[0]), 5),
            ("two good sets", World::with_good(&[0, 1]), 5),
            ("two good sets and a bad one that waits", World::with_good(&[0, 1]).with_staged(2), 5),
            ("two good sets after four power cuts", World::with_good(&[0, 1]).with_ends(4), 5),
            ("a bad set in use", World::with_good(&[0, 1]).with_staged(2).with_active(2), 5),
        ] {
            let depth = depth(plain);
            let (worlds, steps) = explore(name, root, depth);
            println!("{name}: {worlds} states within {depth} steps, {steps} transitions");
            assert!(worlds > 100, "{name}: only {worlds}");
            all = (all.0 + worlds, all.1 + steps);
        }
        println!("explored: {} states, {} transitions", all.0, all.1);
    }
}
