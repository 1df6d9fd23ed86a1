//! A dump of a file, held against that of another one: which fields differ from it.
//!
//! Elements of lists are held against those that they are most like, not against those with the same number: after
//! one that was taken out or put in, the others are still the same.

use std::io;

use super::node::{Head, Leaf, Shape, Sink};
use crate::walk::events::Spot;

/// Comparisons of nodes that one file is worth; beyond that, elements are held against those with the same number.
const BUDGET: usize = 1 << 22;

/// A node that was collected, in the order of the tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Which one it is in that order.
    index: usize,
    id: Option<String>,
    /// What it is, whole: nodes are equal whose values are.
    value: String,
    list: bool,
    parts: Vec<Node>,
    /// Nodes in it, itself among them.
    size: usize,
}

/// Collects the nodes of a tree.
#[derive(Default)]
pub(super) struct Collect {
    open: Vec<Node>,
    /// How far in each node is.
    pub(super) levels: Vec<u32>,
    pub(super) root: Option<Node>,
}

impl Collect {
    fn node(&mut self, head: &Head<'_>, value: String, list: bool) -> Node {
        let index = self.levels.len();
        self.levels.push(head.level);
        Node { index, id: head.id.map(str::to_owned), value, list, parts: Vec::new(), size: 1 }
    }

    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(parent) => {
                parent.size += node.size;
                parent.parts.push(node);
            }
            None => self.root = Some(node),
        }
    }
}

impl Sink for Collect {
    fn open(&mut self, head: &Head<'_>, shape: Shape, _: Option<Spot>) -> io::Result<()> {
        let node = self.node(head, head.ty.to_string(), shape == Shape::List);
        self.open.push(node);
        Ok(())
    }

    fn close(&mut self, _: Option<Spot>, _: Option<&str>) -> io::Result<()> {
        if let Some(node) = self.open.pop() {
            self.put(node);
        }
        Ok(())
    }

    fn leaf(&mut self, head: &Head<'_>, leaf: &Leaf<'_>, _: Option<Spot>) -> io::Result<()> {
        let node = self.node(head, format!("{leaf:?}"), false);
        self.put(node);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How a node differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is another value than this node of the other file.
    From(usize),
    /// The other file has no such node.
    New,
    /// A list: the other file's has so many elements.
    Elements(usize),
}

/// What is different, by the numbers of nodes, and how much that is.
pub(super) fn differences(new: &Node, old: &Node) -> (Vec<(usize, Change)>, usize) {
    let mut differ = Differ { left: BUDGET, changes: Vec::new() };
    let cost = differ.cost(new, old);
    differ.left = BUDGET;
    differ.mark(new, old);
    (differ.changes, cost)
}

struct Differ {
    left: usize,
    changes: Vec<(usize, Change)>,
}

impl Differ {
    /// How unlike two nodes are: the number of nodes that differ.
    fn cost(&mut self, new: &Node, old: &Node) -> usize {
        self.left = self.left.saturating_sub(1);
        if new.list != old.list || new.id != old.id || new.parts.is_empty() != old.parts.is_empty() {
            return if same(new, old) { 0 } else { new.size };
        }
        if new.parts.is_empty() {
            return usize::from(new.value != old.value);
        }
        if new.list {
            let pairs = self.pairs(&new.parts, &old.parts);
            return self.paired(&new.parts, &old.parts, &pairs);
        }
        let pairs: Vec<_> = fields(new, old);
        self.paired(&new.parts, &old.parts, &pairs)
    }

    /// The cost of elements that are held against each other so. One that is gone counts as one.
    fn paired(&mut self, new: &[Node], old: &[Node], pairs: &[Option<usize>]) -> usize {
        let mut cost = old.len().saturating_sub(pairs.iter().flatten().count());
        for (node, pair) in new.iter().zip(pairs) {
            cost += match pair.and_then(|pair| old.get(pair)) {
                Some(old) => self.cost(node, old),
                None => node.size,
            };
        }
        cost
    }

    /// Which element each one of a list is held against: the cheapest way that keeps their order.
    fn pairs(&mut self, new: &[Node], old: &[Node]) -> Vec<Option<usize>> {
        let cells = new.len().saturating_mul(old.len());
        if cells > self.left / 8 {
            self.left = 0;
            return (0..new.len()).map(|index| (index < old.len()).then_some(index)).collect();
        }
        let width = old.len() + 1;
        // For each number of elements of both from the start: the least cost.
        let mut table = vec![0usize; (new.len() + 1) * width];
        let mut costs = vec![0usize; cells];
        let at = |row: usize, column: usize| row * width + column;
        let get = |table: &[usize], place: usize| table.get(place).copied().unwrap_or(usize::MAX / 2);
        for column in 1..=old.len() {
            set(&mut table, at(0, column), column);
        }
        for (row, node) in new.iter().enumerate() {
            let above = get(&table, at(row, 0));
            set(&mut table, at(row + 1, 0), above + node.size);
            for (column, other) in old.iter().enumerate() {
                let cost = self.cost(node, other);
                set(&mut costs, row * old.len() + column, cost);
                let both = get(&table, at(row, column)) + cost;
                let gone = get(&table, at(row + 1, column)) + 1;
                let put_in = get(&table, at(row, column + 1)) + node.size;
                set(&mut table, at(row + 1, column + 1), both.min(gone).min(put_in));
            }
        }
        let (mut row, mut column) = (new.len(), old.len());
        let mut pairs = vec![None; new.len()];
        while row > 0 && column > 0 {
            let here = get(&table, at(row, column));
            let cost = get(&costs, (row - 1) * old.len() + column - 1);
            if here == get(&table, at(row - 1, column - 1)) + cost {
                (row, column) = (row - 1, column - 1);
                if let Some(pair) = pairs.get_mut(row) {
                    *pair = Some(column);
                }
            } else if here == get(&table, at(row, column - 1)) + 1 {
                column -= 1;
            } else {
                row -= 1;
            }
        }
        pairs
    }

    fn mark(&mut self, new: &Node, old: &Node) {
        if same(new, old) {
            return;
        }
        if new.list != old.list || new.parts.is_empty() != old.parts.is_empty() || new.id != old.id {
            self.added(new);
        } else if new.parts.is_empty() {
            self.changes.push((new.index, Change::From(old.index)));
        } else {
            let pairs = if new.list { self.pairs(&new.parts, &old.parts) } else { fields(new, old) };
            if new.list && new.parts.len() != old.parts.len() {
                self.changes.push((new.index, Change::Elements(old.parts.len())));
            }
            for (node, pair) in new.parts.iter().zip(pairs) {
                match pair.and_then(|pair| old.parts.get(pair)) {
                    Some(old) => self.mark(node, old),
                    None => self.added(node),
                }
            }
        }
    }

    fn added(&mut self, node: &Node) {
        self.changes.push((node.index, Change::New));
        for part in &node.parts {
            self.added(part);
        }
    }
}

fn set(table: &mut [usize], place: usize, value: usize) {
    if let Some(cell) = table.get_mut(place) {
        *cell = value;
    }
}

/// Fields by their names: of two of one name the first is held against the first.
fn fields(new: &Node, old: &Node) -> Vec<Option<usize>> {
    let mut taken = vec![false; old.parts.len()];
    let find = |node: &Node| {
        let free = |(index, other): &(usize, &Node)| other.id == node.id && taken.get(*index) == Some(&false);
        let found = old.parts.iter().enumerate().find(free).map(|(index, _)| index)?;
        if let Some(taken) = taken.get_mut(found) {
            *taken = true;
        }
        Some(found)
    };
    new.parts.iter().map(find).collect()
}

fn same(new: &Node, old: &Node) -> bool {
    new.value == old.value
        && new.list == old.list
        && new.parts.len() == old.parts.len()
        && new.parts.iter().zip(&old.parts).all(|(new, old)| same(new, old))
}
