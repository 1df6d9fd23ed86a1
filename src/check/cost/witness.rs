//! The text that makes a matcher pay, put together from the pumps of the ambiguity.

use std::collections::BTreeSet;
use std::ops::Range;

use super::alphabet::Alphabet;
use super::ambiguity::{Ambiguity, Pump};
use super::automaton::{Automaton, Pos, either};
use super::components::path;
use super::graph::{Graph, Node, Where};
use super::{Budget, Cost, Matching, NotBounded, Witness};
use crate::table::Id;

/// How often each pump stands in the text that is held against the expression.
const TRIED: usize = 3;

/// Writes texts for the pumps of a graph.
pub(super) struct Writer<'w> {
    pub(super) automaton: &'w Automaton,
    pub(super) alphabet: &'w Alphabet,
    pub(super) graph: &'w Graph,
    pub(super) matching: Matching,
}

impl Writer<'_> {
    /// The cost, and a text that shows it if it is more than linear.
    pub(super) fn write(
        &self,
        ambiguity: &Ambiguity,
        budget: &mut Budget,
    ) -> Result<(Cost, Option<Witness>), NotBounded> {
        let (cost, pumps) = match ambiguity {
            Ambiguity::Exponential(pump) => (Cost::Exponential, std::slice::from_ref(pump)),
            Ambiguity::Polynomial(pumps) => {
                // So many paths end at each offset.
                let degree = u32::try_from(pumps.len()).unwrap_or(u32::MAX).saturating_add(1);
                (Cost::Polynomial(degree), pumps.as_slice())
            }
        };
        let Some(first) = pumps.first() else { return Ok((cost, None)) };
        let mut before = self.lead(first.from, budget)?;
        let mut parts: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        let mut at = first.to;
        for (row, pump) in pumps.iter().enumerate() {
            if row > 0 {
                before = self.way([at], pump.from, budget)?.unwrap_or_default();
            }
            at = pump.to;
            let again = before.is_empty() && parts.last().is_some_and(|(_, known)| *known == pump.symbols);
            if !again {
                parts.push((std::mem::take(&mut before), pump.symbols.clone()));
            }
        }
        let end = self.end(&parts);
        let text = |symbols: &[usize]| {
            symbols.iter().filter_map(|s| self.alphabet.shown.get(*s)).collect::<String>()
        };
        let pumps_text = parts.iter().map(|(before, pump)| (text(before), text(pump))).collect();
        let parts = self.parts(pumps);
        Ok((cost, Some(Witness { parts, pumps: pumps_text, end: text(&end) })))
    }

    /// Where the loops are written.
    fn parts(&self, pumps: &[Pump]) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        for members in pumps.iter().flat_map(|pump| &pump.loops) {
            let places: Vec<Pos> = members
                .iter()
                .filter_map(|node| match self.graph.vertices[*node].at {
                    Where::After(pos) => Some(pos),
                    Where::Begin | Where::Scan => None,
                })
                .collect();
            if places.is_empty() {
                continue;
            }
            let part = self.automaton.smallest_loop(&places).map(|l| l.range.clone());
            let ranges = || places.iter().map(|pos| &self.automaton.positions[*pos].range);
            let all = || {
                let start = ranges().map(|range| range.start).min().unwrap_or(0);
                start..ranges().map(|range| range.end).max().unwrap_or(start)
            };
            let part = part.unwrap_or_else(all);
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.sort_by_key(|part| (part.start, part.end));
        parts
    }

    /// A text that leads to a vertex.
    fn lead(&self, to: Node, budget: &mut Budget) -> Result<Vec<usize>, NotBounded> {
        if let Some(way) = self.way(self.graph.starts.iter().copied().take(1), to, budget)? {
            return Ok(way);
        }
        // From a place on the spine, and to that place as the automaton goes.
        let goal = to.row();
        let starts = self.graph.starts.iter().map(|start| start.row());
        let follow = |node: usize, out: &mut Vec<usize>| self.follow(node, out);
        let Some(way) = path(starts, |node| node == goal, follow, budget)? else { return Ok(Vec::new()) };
        let mut symbols = match way.first().map(|start| self.graph.vertices[Node::new(*start)].at) {
            Some(Where::After(pos)) => self.lead_to_place(pos, budget)?,
            _ => Vec::new(),
        };
        symbols.extend(self.symbols(&way));
        Ok(symbols)
    }

    fn lead_to_place(&self, to: Pos, budget: &mut Budget) -> Result<Vec<usize>, NotBounded> {
        let starts = self.automaton.whole.first.iter().map(|entry| entry.to.row());
        let follow = |pos: usize, out: &mut Vec<usize>| {
            let next = self.automaton.after(Pos::new(pos)).map(|(to, _)| to);
            out.extend(next.filter(|to| self.symbol(*to).is_some()).map(Id::row));
        };
        let way = path(starts, |pos| pos == to.row(), follow, budget)?.unwrap_or_default();
        Ok(way.into_iter().filter_map(|pos| self.symbol(Pos::new(pos))).collect())
    }

    fn symbol(&self, pos: Pos) -> Option<usize> {
        self.alphabet.sets[self.automaton.positions[pos].set].first()
    }

    fn way(
        &self,
        from: impl IntoIterator<Item = Node>,
        to: Node,
        budget: &mut Budget,
    ) -> Result<Option<Vec<usize>>, NotBounded> {
        let goal = to.row();
        let follow = |node: usize, out: &mut Vec<usize>| self.follow(node, out);
        let way = path(from.into_iter().map(Id::row), |node| node == goal, follow, budget)?;
        Ok(way.map(|way| self.symbols(&way)))
    }

    fn follow(&self, node: usize, out: &mut Vec<usize>) {
        out.extend(self.graph.after(Node::new(node)).map(Id::row));
    }

    /// The symbols of a way, without the one that leads to its first vertex.
    fn symbols(&self, way: &[usize]) -> Vec<usize> {
        let label = |node: &usize| self.graph.vertices[Node::new(*node)].label.first();
        way.iter().skip(1).filter_map(label).collect()
    }

    /// An end with which the text does not match; none at all where none of one character is found.
    fn end(&self, parts: &[(Vec<usize>, Vec<usize>)]) -> Vec<usize> {
        let mut state = self.begin();
        for (before, pump) in parts {
            for symbol in before.iter().chain(std::iter::repeat_n(pump, TRIED).flatten()) {
                state = self.next(&state, *symbol);
            }
        }
        if !self.ends(&state) {
            return Vec::new();
        }
        let fails = |symbol: &usize| !self.ends(&self.next(&state, *symbol));
        (0..self.alphabet.shown.len()).find(fails).into_iter().collect()
    }

    fn begin(&self) -> BTreeSet<Option<Pos>> {
        BTreeSet::from([None])
    }

    /// The places after one more character; `None` is the start of the text, or of a search.
    fn next(&self, state: &BTreeSet<Option<Pos>>, symbol: usize) -> BTreeSet<Option<Pos>> {
        let takes = |pos: &Pos| self.alphabet.sets[self.automaton.positions[*pos].set].contains(symbol);
        let mut next = BTreeSet::new();
        for at in state {
            match at {
                Some(pos) => {
                    next.extend(self.automaton.after(*pos).map(|(to, _)| to).filter(takes).map(Some))
                }
                None => {
                    let ways = |e: &&super::automaton::Entry| either(e.free, e.start) > 0;
                    let entries = self.automaton.whole.first.iter().filter(ways);
                    next.extend(entries.map(|entry| entry.to).filter(takes).map(Some));
                }
            }
        }
        if self.matching == Matching::Search {
            next.insert(None);
        }
        next
    }

    fn ends(&self, state: &BTreeSet<Option<Pos>>) -> bool {
        self.automaton.whole.last.iter().any(|exit| state.contains(&Some(exit.from)))
    }
}
