//! How many failing paths one text can have.
//!
//! Exponentially many, if a part of the graph has two ways to go round with the same text. Else a power of the length:
//! from a loop to another one, while a text goes round in both, there are as many ways as the text goes round, and
//! such steps one after the other multiply.

use std::collections::HashMap;

use super::components::{NOWHERE, components, path};
use super::graph::{Graph, Node};
use super::product::{Members, Pairs, Triples};
use super::{Budget, NotBounded};
use crate::table::Id;

/// A text that goes round in two ways, or in a loop and on to the next.
pub(super) struct Pump {
    /// Where it begins.
    pub(super) from: Node,
    /// Where it ends: the same place, or one in the next loop.
    pub(super) to: Node,
    /// The symbols of the text.
    pub(super) symbols: Vec<usize>,
    /// The vertices of each loop that takes part.
    pub(super) loops: Vec<Vec<Node>>,
}

/// How the number of failing paths grows.
pub(super) enum Ambiguity {
    /// As the length to the power of the number of pumps.
    Polynomial(Vec<Pump>),
    /// Exponentially.
    Exponential(Pump),
}

/// Judges a graph.
pub(super) fn judge(graph: &Graph, budget: &mut Budget) -> Result<Ambiguity, NotBounded> {
    let nodes = graph.vertices.len();
    let starts = graph.starts.iter().map(|node| node.row());
    let follow = |node: usize, out: &mut Vec<usize>| {
        out.extend(graph.after(Node::new(node)).map(Id::row));
    };
    let part = components(nodes, starts, follow, budget)?;
    let parts = part.iter().filter(|part| **part != NOWHERE).max().map_or(0, |last| last + 1);
    let mut loops: Vec<Vec<Node>> = vec![Vec::new(); usize::try_from(parts).unwrap_or(0)];
    for (row, part) in part.iter().enumerate() {
        if let Some(members) = usize::try_from(*part).ok().and_then(|part| loops.get_mut(part)) {
            members.push(Node::new(row));
        }
    }
    // What leads to others comes first.
    loops.reverse();
    loops.retain(|members| match members.as_slice() {
        [single] => graph.after(*single).any(|to| to == *single),
        _ => true,
    });
    for members in &loops {
        if members.iter().all(|node| !graph.vertices[*node].spine)
            && let Some(pump) = doubling(graph, members, budget)?
        {
            return Ok(Ambiguity::Exponential(pump));
        }
    }
    longest_chain(graph, &loops, budget)
}

/// Two ways round with the same text, in one part.
fn doubling(graph: &Graph, members: &[Node], budget: &mut Budget) -> Result<Option<Pump>, NotBounded> {
    let pairs = Pairs { graph, part: Members::new(members.to_vec()) };
    let diagonal = members.iter().filter_map(|node| pairs.id(*node, *node));
    let successors = |id: usize, out: &mut Vec<usize>| pairs.successors(id, out);
    for from in members {
        for arc in graph.arcs[*from].iter().filter(|arc| arc.many && pairs.part.row(arc.to).is_some()) {
            // The edge itself, and the way back from it.
            let (Some(start), Some(goal)) = (pairs.id(arc.to, arc.to), pairs.id(*from, *from)) else {
                continue;
            };
            if let Some(way) = path([start], |id| id == goal, successors, budget)? {
                let symbols = symbols(way.into_iter(), |id| pairs.label(id).first());
                let loops = vec![members.to_vec()];
                return Ok(Some(Pump { from: *from, to: *from, symbols, loops }));
            }
        }
    }
    let part = components(pairs.count(), diagonal, successors, budget)?;
    let mut aparts = HashMap::new();
    for (id, part) in part.iter().enumerate().filter(|(_, part)| **part != NOWHERE) {
        if pairs.nodes(id).is_some_and(|(a, b)| a != b) {
            aparts.entry(part).or_insert(id);
        }
    }
    for node in members {
        let Some(home) = pairs.id(*node, *node) else { continue };
        let Some(apart) = part.get(home).and_then(|number| aparts.get(number)).copied() else { continue };
        let out = path([home], |id| id == apart, successors, budget)?;
        let back = path([apart], |id| id == home, successors, budget)?;
        if let (Some(out), Some(back)) = (out, back) {
            let way = out.into_iter().skip(1).chain(back.into_iter().skip(1));
            let symbols = symbols(way, |id| pairs.label(id).first());
            return Ok(Some(Pump { from: *node, to: *node, symbols, loops: vec![members.to_vec()] }));
        }
    }
    Ok(None)
}

/// The longest chain of loops, each with a way to the next over a text that goes round in both.
fn longest_chain(graph: &Graph, loops: &[Vec<Node>], budget: &mut Budget) -> Result<Ambiguity, NotBounded> {
    // Of each loop: how many steps lead to it at most, and the last of them with the loop that it comes from.
    let mut best: Vec<(usize, Option<(usize, Pump)>)> = Vec::new();
    for (row, last) in loops.iter().enumerate() {
        let mut found: (usize, Option<(usize, Pump)>) = (0, None);
        let into = reaching(graph, last, budget)?;
        for (from, first) in loops.iter().take(row).enumerate() {
            let steps = best.get(from).map_or(0, |(steps, _)| *steps);
            if !first.first().is_some_and(|node| has(&into, *node)) {
                continue;
            }
            // Whatever leads to a loop that leads here leads here as well.
            if steps > found.0 {
                found = (steps, None);
            }
            if last.first().is_some_and(|node| graph.vertices[*node].spine) || steps < found.0 {
                continue;
            }
            if let Some(pump) = step(graph, first, last, &into, budget)? {
                found = (steps + 1, Some((from, pump)));
            }
        }
        best.push(found);
    }
    Ok(Ambiguity::Polynomial(chain(best, graph, loops, budget)?))
}

/// The pumps of the longest chain, in their order.
fn chain(
    mut best: Vec<(usize, Option<(usize, Pump)>)>,
    graph: &Graph,
    loops: &[Vec<Node>],
    budget: &mut Budget,
) -> Result<Vec<Pump>, NotBounded> {
    let mut pumps = Vec::new();
    let mut at = (0..best.len()).max_by_key(|row| (best.get(*row).map(|b| b.0), std::cmp::Reverse(*row)));
    while let Some(row) = at {
        let Some((steps, pump)) = best.get_mut(row) else { break };
        let steps = *steps;
        at = match pump.take() {
            Some((from, pump)) => {
                pumps.push(pump);
                Some(from)
            }
            None if steps == 0 => None,
            // No step of its own: an earlier loop that leads here has as many.
            None => {
                let into =
                    loops.get(row).map(|l| reaching(graph, l, budget)).transpose()?.unwrap_or_default();
                let leads = |from: &usize| {
                    best.get(*from).is_some_and(|b| b.0 == steps)
                        && loops.get(*from).and_then(|l| l.first()).is_some_and(|node| has(&into, *node))
                };
                (0..row).find(leads)
            }
        };
    }
    pumps.reverse();
    Ok(pumps)
}

/// Which vertices lead to a part.
fn reaching(graph: &Graph, part: &[Node], budget: &mut Budget) -> Result<Vec<bool>, NotBounded> {
    let mut before: Vec<Vec<Node>> = vec![Vec::new(); graph.vertices.len()];
    for node in graph.vertices.ids() {
        for to in graph.after(node) {
            if let Some(before) = before.get_mut(to.row()) {
                before.push(node);
            }
        }
        budget.spend(graph.arcs[node].len() + 1)?;
    }
    Ok(closure(graph.vertices.len(), part, |node| before.get(node.row()).cloned().unwrap_or_default()))
}

fn closure(count: usize, from: &[Node], next: impl Fn(Node) -> Vec<Node>) -> Vec<bool> {
    let mut seen = vec![false; count];
    let mut open = from.to_vec();
    while let Some(node) = open.pop() {
        if let Some(seen) = seen.get_mut(node.row())
            && !*seen
        {
            *seen = true;
            open.extend(next(node));
        }
    }
    seen
}

fn has(set: &[bool], node: Node) -> bool {
    set.get(node.row()).is_some_and(|has| *has)
}

/// A text that goes round in both of two loops, and from the first to the second.
fn step(
    graph: &Graph,
    first: &[Node],
    last: &[Node],
    into: &[bool],
    budget: &mut Budget,
) -> Result<Option<Pump>, NotBounded> {
    let all = |members: &[Node]| {
        members.iter().fold(super::alphabet::Symbols::NONE, |all, node| all.or(&graph.vertices[*node].label))
    };
    if all(first).and(&all(last)).is_empty() {
        return Ok(None);
    }
    let from = closure(graph.vertices.len(), first, |node| graph.after(node).collect());
    let between = graph.vertices.ids().filter(|node| has(&from, *node) && has(into, *node)).collect();
    let triples = Triples {
        graph,
        first: Members::new(first.to_vec()),
        between: Members::new(between),
        last: Members::new(last.to_vec()),
    };
    let mut roots = Vec::new();
    for p in first {
        roots.extend(last.iter().filter_map(|q| triples.id(*p, *p, *q)));
    }
    let part = components(triples.count(), roots, |id, out| triples.successors(id, true, out), budget)?;
    for p in first {
        for q in last {
            let (Some(start), Some(goal)) = (triples.id(*p, *p, *q), triples.id(*p, *q, *q)) else {
                continue;
            };
            let number = part.get(start).filter(|number| **number != NOWHERE);
            if number.is_none() || number != part.get(goal) {
                continue;
            }
            let successors = |id: usize, out: &mut Vec<usize>| triples.successors(id, false, out);
            if let Some(way) = path([start], |id| id == goal, successors, budget)? {
                let symbols = symbols(way.into_iter().skip(1), |id| triples.label(id).first());
                let loops = vec![first.to_vec(), last.to_vec()];
                return Ok(Some(Pump { from: *p, to: *q, symbols, loops }));
            }
        }
    }
    Ok(None)
}

fn symbols(way: impl Iterator<Item = usize>, symbol: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
    way.filter_map(symbol).collect()
}
