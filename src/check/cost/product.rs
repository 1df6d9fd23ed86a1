//! Several paths at a time over the same text: pairs and triples of vertices.

use std::collections::HashMap;

use super::alphabet::Symbols;
use super::graph::{Graph, Node};

/// Some vertices with the numbers that they have among themselves.
pub(super) struct Members {
    pub(super) nodes: Vec<Node>,
    rows: HashMap<Node, usize>,
}

impl Members {
    pub(super) fn new(nodes: Vec<Node>) -> Members {
        let rows = nodes.iter().enumerate().map(|(row, node)| (*node, row)).collect();
        Members { nodes, rows }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn row(&self, node: Node) -> Option<usize> {
        self.rows.get(&node).copied()
    }

    fn node(&self, row: usize) -> Option<Node> {
        self.nodes.get(row).copied()
    }
}

/// Two paths within one part of the graph.
pub(super) struct Pairs<'g> {
    pub(super) graph: &'g Graph,
    pub(super) part: Members,
}

impl Pairs<'_> {
    pub(super) fn count(&self) -> usize {
        self.part.len().saturating_mul(self.part.len())
    }

    pub(super) fn id(&self, a: Node, b: Node) -> Option<usize> {
        Some(self.part.row(a)? * self.part.len() + self.part.row(b)?)
    }

    pub(super) fn nodes(&self, id: usize) -> Option<(Node, Node)> {
        let len = self.part.len().max(1);
        Some((self.part.node(id / len)?, self.part.node(id % len)?))
    }

    /// The symbols that lead to a pair.
    pub(super) fn label(&self, id: usize) -> Symbols {
        let label = |node| self.graph.vertices[node].label;
        self.nodes(id).map_or(Symbols::NONE, |(a, b)| label(a).and(&label(b)))
    }

    pub(super) fn successors(&self, id: usize, out: &mut Vec<usize>) {
        let Some((a, b)) = self.nodes(id) else { return };
        for a in self.graph.after(a) {
            for b in self.graph.after(b) {
                if let Some(next) = self.id(a, b)
                    && !self.label(next).is_empty()
                {
                    out.push(next);
                }
            }
        }
    }
}

/// Three paths: one that stays in a first part, one that leads from it to a last part, one that stays in the last.
pub(super) struct Triples<'g> {
    pub(super) graph: &'g Graph,
    pub(super) first: Members,
    pub(super) between: Members,
    pub(super) last: Members,
}

impl Triples<'_> {
    pub(super) fn count(&self) -> usize {
        self.first.len().saturating_mul(self.between.len()).saturating_mul(self.last.len())
    }

    pub(super) fn id(&self, a: Node, b: Node, c: Node) -> Option<usize> {
        let row = self.first.row(a)? * self.between.len() + self.between.row(b)?;
        Some(row * self.last.len() + self.last.row(c)?)
    }

    fn nodes(&self, id: usize) -> Option<(Node, Node, Node)> {
        let (row, c) = (id / self.last.len().max(1), id % self.last.len().max(1));
        let (a, b) = (row / self.between.len().max(1), row % self.between.len().max(1));
        Some((self.first.node(a)?, self.between.node(b)?, self.last.node(c)?))
    }

    /// The symbols that lead to a triple.
    pub(super) fn label(&self, id: usize) -> Symbols {
        let label = |node| self.graph.vertices[node].label;
        self.nodes(id).map_or(Symbols::NONE, |(a, b, c)| label(a).and(&label(b)).and(&label(c)))
    }

    /// What follows a triple. With `back`, a path that came to the last part may begin again: then a way from
    /// `(p, p, q)` to `(p, q, q)` is a cycle, and all pairs of `p` and `q` are looked for at once (Allauzen, Mohri and
    /// Rastogi, *General algorithms for testing the ambiguity of finite automata*, 2008).
    pub(super) fn successors(&self, id: usize, back: bool, out: &mut Vec<usize>) {
        let Some((a, b, c)) = self.nodes(id) else { return };
        if back && b == c {
            out.extend(self.id(a, a, c));
        }
        for next_a in self.graph.after(a) {
            for next_c in self.graph.after(c) {
                let label = |node: Node| self.graph.vertices[node].label;
                if self.first.row(next_a).is_none()
                    || self.last.row(next_c).is_none()
                    || label(next_a).and(&label(next_c)).is_empty()
                {
                    continue;
                }
                for arc in &self.graph.arcs[b] {
                    if !self.leaves(a, b, next_a, arc.to, arc.many) {
                        continue;
                    }
                    if let Some(next) = self.id(next_a, arc.to, next_c)
                        && !self.label(next).is_empty()
                    {
                        out.push(next);
                    }
                }
            }
        }
    }

    /// There is one spine: whoever is on it goes along, or leaves it by another way.
    fn leaves(&self, a: Node, b: Node, next_a: Node, next_b: Node, many: bool) -> bool {
        let vertices = &self.graph.vertices;
        if !vertices[b].spine {
            return true;
        }
        let same = vertices[next_a].at == vertices[next_b].at;
        a == b && if vertices[next_b].spine { same } else { !same || many }
    }
}
