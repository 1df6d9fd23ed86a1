//! Parts of a graph in which each node leads to each other, and shortest paths; without recursion.

use std::collections::{HashMap, VecDeque};

use super::{Budget, NotBounded};

/// The number of a node that was not reached.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The part that each node is in, by Tarjan's algorithm: a part has a lower number than those that lead to it.
///
/// `successors` adds what follows a node to a list.
pub(super) fn components(
    count: usize,
    roots: impl IntoIterator<Item = usize>,
    mut successors: impl FnMut(usize, &mut Vec<usize>),
    budget: &mut Budget,
) -> Result<Vec<u32>, NotBounded> {
    budget.spend(count)?;
    let mut state = State { part: vec![NOWHERE; count], low: vec![NOWHERE; count], ..State::default() };
    for root in roots {
        if get(&state.low, root) != NOWHERE {
            continue;
        }
        let mut open = vec![state.enter(root, &mut successors, budget)?];
        while let Some(frame) = open.last_mut() {
            let node = frame.node;
            if let Some(next) = frame.rest.pop() {
                if get(&state.low, next) == NOWHERE {
                    open.push(state.enter(next, &mut successors, budget)?);
                } else if get(&state.part, next) == NOWHERE {
                    state.lower(node, get(&state.low, next));
                }
                continue;
            }
            let index = frame.index;
            open.pop();
            let low = get(&state.low, node);
            if low == index {
                state.close(node);
            }
            if let Some(above) = open.last() {
                state.lower(above.node, low);
            }
        }
    }
    Ok(state.part)
}

#[derive(Default)]
struct State {
    part: Vec<u32>,
    low: Vec<u32>,
    stack: Vec<usize>,
    entered: u32,
    parts: u32,
}

struct Frame {
    node: usize,
    index: u32,
    rest: Vec<usize>,
}

impl State {
    fn enter(
        &mut self,
        node: usize,
        successors: &mut impl FnMut(usize, &mut Vec<usize>),
        budget: &mut Budget,
    ) -> Result<Frame, NotBounded> {
        let index = self.entered;
        self.entered += 1;
        self.stack.push(node);
        if let Some(low) = self.low.get_mut(node) {
            *low = index;
        }
        let mut rest = Vec::new();
        successors(node, &mut rest);
        budget.spend(rest.len() + 1)?;
        Ok(Frame { node, index, rest })
    }

    fn lower(&mut self, node: usize, to: u32) {
        if let Some(low) = self.low.get_mut(node) {
            *low = (*low).min(to);
        }
    }

    fn close(&mut self, node: usize) {
        while let Some(member) = self.stack.pop() {
            if let Some(part) = self.part.get_mut(member) {
                *part = self.parts;
            }
            if member == node {
                break;
            }
        }
        self.parts += 1;
    }
}

fn get(table: &[u32], row: usize) -> u32 {
    table.get(row).copied().unwrap_or(0)
}

/// The nodes of a shortest path from any of some nodes to a goal: the one it begins at, and those after it.
pub(super) fn path(
    from: impl IntoIterator<Item = usize>,
    goal: impl Fn(usize) -> bool,
    mut successors: impl FnMut(usize, &mut Vec<usize>),
    budget: &mut Budget,
) -> Result<Option<Vec<usize>>, NotBounded> {
    let mut before: HashMap<usize, Option<usize>> = HashMap::new();
    let mut open = VecDeque::new();
    for node in from {
        if before.insert(node, None).is_none() {
            open.push_back(node);
        }
    }
    let mut next = Vec::new();
    while let Some(node) = open.pop_front() {
        if goal(node) {
            let mut nodes = vec![node];
            let mut at = node;
            while let Some(Some(known)) = before.get(&at) {
                nodes.push(*known);
                at = *known;
            }
            nodes.reverse();
            return Ok(Some(nodes));
        }
        next.clear();
        successors(node, &mut next);
        budget.spend(next.len() + 1)?;
        for to in &next {
            if !before.contains_key(to) {
                before.insert(*to, Some(node));
                open.push_back(*to);
            }
        }
    }
    Ok(None)
}
