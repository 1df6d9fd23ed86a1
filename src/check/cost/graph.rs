//! The part of an automaton in which a matcher can get lost: what has not yet succeeded, and the way to it.
//!
//! Of all the paths that a matcher tries, at most one ends well, and it is the last. From a place where the match may
//! end at once the matcher never goes back, so no such place is on a path that fails. The graph has each place at
//! most twice: on paths that fail, and on the *spine*, the one path on which it was already possible to end. Failing
//! paths leave the spine and never come back to it.

use std::collections::HashMap;

use super::alphabet::{Alphabet, Symbols};
use super::automaton::{Automaton, Pos, either};
use super::{Budget, Matching, NotBounded};
use crate::table::{Id, Table, ids};

ids! {
    /// A vertex of the graph.
    Node;
}

/// Where a matcher is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Where {
    /// At the start of the text.
    Begin,
    /// Somewhere in the text, about to begin.
    Scan,
    /// After the character of a place.
    After(Pos),
}

/// A vertex.
pub(super) struct Vertex {
    pub(super) at: Where,
    pub(super) spine: bool,
    /// The symbols that lead here.
    pub(super) label: Symbols,
}

/// An edge.
#[derive(Clone, Copy)]
pub(super) struct Arc {
    pub(super) to: Node,
    /// There is more than one way to take it.
    pub(super) many: bool,
}

/// The failing paths of an automaton.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) vertices: Table<Node, Vertex>,
    pub(super) arcs: Table<Node, Vec<Arc>>,
    /// Where paths begin. What leads to a place on the spine is not in the graph.
    pub(super) starts: Vec<Node>,
}

impl Graph {
    /// The failing paths of an automaton.
    pub(super) fn of(
        automaton: &Automaton,
        alphabet: &Alphabet,
        matching: Matching,
        budget: &mut Budget,
    ) -> Result<Graph, NotBounded> {
        let mut safe = vec![false; automaton.positions.len()];
        if matching != Matching::Whole {
            for exit in automaton.whole.last.iter().filter(|exit| exit.clean) {
                if let Some(safe) = safe.get_mut(exit.from.row()) {
                    *safe = true;
                }
            }
        }
        let start_safe = matching != Matching::Whole && automaton.whole.clean;
        let search = matching == Matching::Search && !start_safe;
        let mut maker = Maker {
            automaton,
            alphabet,
            safe: &safe,
            search: search && automaton.whole.first.iter().any(|entry| entry.free > 0),
            known: HashMap::new(),
            graph: Graph::default(),
        };
        let begin = maker.node(Where::Begin, start_safe);
        maker.graph.starts.push(begin);
        for pos in automaton.positions.ids() {
            if !maker.is_safe(pos) {
                continue;
            }
            let start = maker.node(Where::After(pos), true);
            maker.graph.starts.push(start);
        }
        // Nodes are added while their list is gone through.
        while let Some(node) = maker.next() {
            maker.arcs(node);
            budget.spend(maker.graph.arcs[node].len() + 1)?;
        }
        Ok(maker.graph)
    }

    /// What follows a vertex.
    pub(super) fn after(&self, node: Node) -> impl Iterator<Item = Node> {
        self.arcs[node].iter().map(|arc| arc.to)
    }
}

struct Maker<'g> {
    automaton: &'g Automaton,
    alphabet: &'g Alphabet,
    safe: &'g [bool],
    search: bool,
    known: HashMap<(Where, bool), Node>,
    graph: Graph,
}

impl Maker<'_> {
    fn is_safe(&self, pos: Pos) -> bool {
        self.safe.get(pos.row()).is_some_and(|safe| *safe)
    }

    fn node(&mut self, at: Where, spine: bool) -> Node {
        let label = match at {
            Where::Begin => Symbols::NONE,
            Where::Scan => self.alphabet.all,
            Where::After(pos) => self.alphabet.sets[self.automaton.positions[pos].set],
        };
        let vertices = &mut self.graph.vertices;
        *self.known.entry((at, spine)).or_insert_with(|| vertices.push(Vertex { at, spine, label }))
    }

    /// The first vertex whose edges are not known yet.
    fn next(&mut self) -> Option<Node> {
        let next = self.graph.arcs.next();
        self.graph.vertices.find(next)?;
        Some(self.graph.arcs.push(Vec::new()))
    }

    fn arcs(&mut self, node: Node) {
        let Vertex { at, spine, .. } = self.graph.vertices[node];
        let follow: Vec<(Pos, u8)> = match at {
            Where::Begin => {
                let entries = self.automaton.whole.first.iter();
                entries.map(|entry| (entry.to, either(entry.free, entry.start))).collect()
            }
            Where::Scan => {
                let entries = self.automaton.whole.first.iter();
                entries.filter(|entry| entry.free > 0).map(|entry| (entry.to, entry.free)).collect()
            }
            Where::After(pos) => self.automaton.after(pos).collect(),
        };
        let mut arcs = Vec::new();
        for (to, ways) in follow {
            if self.alphabet.sets[self.automaton.positions[to].set].is_empty() {
                continue;
            }
            let many = ways > 1;
            if spine {
                arcs.push(Arc { to: self.node(Where::After(to), true), many });
            }
            if !self.is_safe(to) {
                arcs.push(Arc { to: self.node(Where::After(to), false), many });
            }
        }
        if at == Where::Scan || (at == Where::Begin && self.search) {
            arcs.push(Arc { to: self.node(Where::Scan, false), many: false });
        }
        self.graph.arcs[node] = arcs;
    }
}
