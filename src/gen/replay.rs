//! Replays: content made as a draft says, with what depends on it solved for; and leaves of it changed in place.

use std::sync::Arc;

use crate::layout::{AttrId, Body, Layout, Role, RootId};
use crate::limits;
use crate::table::Id;
use crate::walk::Value;

use super::choose::domain;
use super::draft::Fields;
use super::entropy::Entropy;
use super::failure::Failure;
use super::miss::{misses, numbers};
use super::tree::{NodeId, Shape, Tree, Within};
use super::weights::Weights;
use super::{Generator, Try};

/// Content of which leaves are changed in place.
#[derive(Debug, Default)]
pub(crate) struct Base {
    tree: Tree,
    files: Vec<Vec<u8>>,
    /// Leaves that nothing but checksums depends on, by field.
    free: Vec<(AttrId, Vec<NodeId>)>,
    /// Integers that something else depends on, or that must be certain ones, by field.
    bound: Vec<(AttrId, Vec<NodeId>)>,
}

/// What is done to leaves in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// So many that are free.
    Free(u64),
    /// One that is not, with nothing repaired but the checksums, if it is none.
    Bound,
}

impl Generator<'_> {
    /// The files that come of drafts, one for each; what these leave open is chosen by the seed. With a gap, so many
    /// bytes are left before what gets a place after so many others.
    pub(crate) fn replay(
        &mut self,
        draft: &[Arc<Fields>],
        gap: Option<(u64, u64)>,
        seed: u64,
    ) -> Result<&[Vec<u8>], Failure> {
        let mut weights = std::mem::take(&mut self.weights);
        let attempt = Try { seed, number: 0, thrift: 0, goal: None, draft, gap };
        let made = self.try_once(attempt, &mut weights, &mut limits::GENERATED_STEPS.clone());
        self.weights = weights;
        made.map(|()| self.files.as_slice())
    }

    /// The files that were made last.
    pub(crate) fn files(&self) -> &[Vec<u8>] {
        &self.files
    }

    /// Keeps what was replayed last, so that leaves of it can be changed in place.
    pub(crate) fn keep(&mut self, base: &mut Base) {
        std::mem::swap(&mut self.tree, &mut base.tree);
        base.files.clone_from(&self.files);
        let tree = &base.tree;
        for node in tree.nodes.ids().filter(|node| is_in_file(tree, *node)) {
            let fields = match self.is_free(tree, node) {
                Some(true) => &mut base.free,
                Some(false) => &mut base.bound,
                None => continue,
            };
            let attr = tree.nodes[node].attr;
            match fields.iter_mut().find(|(known, _)| *known == attr) {
                Some((_, leaves)) => leaves.push(node),
                None => fields.push((attr, vec![node])),
            }
        }
    }

    /// Whether a leaf can have any value without anything else to be changed but checksums; nothing if it is not one
    /// that is changed in place.
    fn is_free(&self, tree: &Tree, id: NodeId) -> Option<bool> {
        let node = &tree.nodes[id];
        let field = &self.plan.layout.attrs[node.attr];
        let fact = self.facts.attr(node.attr);
        let free = field.valid.is_none() && field.checksum.is_none() && !fact.asked && !fact.ruled;
        match (node.shape, &field.body) {
            (Shape::Int(..), _) => Some(free),
            (Shape::Bytes, Body::Bytes) => {
                let plain =
                    field.terminator.is_none() && field.pad_right.is_none() && field.process.is_none();
                (free && plain && node.bits > 0).then_some(true)
            }
            _ => None,
        }
    }

    /// The kept content with leaves changed in place, and the checksums that this comes to.
    pub(crate) fn vary(
        &mut self,
        base: &mut Base,
        change: Change,
        seed: u64,
        values: &[i128],
        out: &mut Vec<u8>,
    ) -> bool {
        let mut entropy = Entropy::new(seed, 1);
        let mark = base.tree.data.len();
        let Some(file) = base.files.first() else { return false };
        out.clone_from(file);
        let (fields, times) = match change {
            Change::Free(times) => (&base.free, times),
            Change::Bound => (&base.bound, 1),
        };
        let mut wrong_sum = None;
        for _ in 0..times {
            // Rare fields are worth as much as those that there are many of.
            let Some((_, leaves)) = fields.get(entropy.row(fields.len())) else { return false };
            let Some(id) = leaves.get(entropy.row(leaves.len())).copied() else { return false };
            let node = &base.tree.nodes[id];
            let (at, shape) = (node.at, node.shape);
            let size = usize::try_from(node.bits / 8).unwrap_or(0);
            let Some(place) = out.get_mut(at..at.saturating_add(size)) else { continue };
            if self.plan.layout.attrs[node.attr].checksum.is_some() {
                wrong_sum = Some(at);
            } else if let (Shape::Int(_, endian), Some(range), Value::Int(now)) =
                (shape, domain(shape), node.value)
            {
                let value = number(&mut entropy, now, (range.min, range.max), values);
                if change == Change::Bound && value == now {
                    return false;
                }
                super::emit::put(place, 0, value, size, endian);
            } else {
                let row = entropy.row(place.len());
                if let Some(byte) = place.get_mut(row) {
                    *byte ^= u8::try_from(entropy.within(1, 255)).unwrap_or(1);
                }
            }
        }
        if base.tree.sums.is_empty() {
            return true;
        }
        std::mem::swap(&mut self.tree, &mut base.tree);
        let mut weights = Weights::default();
        let mut run = self.run(
            Try { seed, number: 0, thrift: 0, goal: None, draft: &[], gap: None },
            &mut weights,
            limits::GENERATED_STEPS,
        );
        let summed = run.sum_up(RootId::new(0), out).is_ok();
        std::mem::swap(&mut self.tree, &mut base.tree);
        base.tree.data.truncate(mark);
        if let Some(byte) = wrong_sum.and_then(|at| out.get_mut(at)) {
            *byte ^= 1 << entropy.below(8);
        }
        summed
    }

    /// What was replayed last, with one thing wrong in it: a count, a size, a position, a checksum, a value.
    pub(crate) fn unrepaired(&mut self, seed: u64) -> Option<Vec<Vec<u8>>> {
        let mut entropy = Entropy::new(seed, 2);
        let layout = &self.plan.layout;
        let (mut files, mut weights) = (std::mem::take(&mut self.files), Weights::default());
        let attempt = Try { seed, number: 0, thrift: 0, goal: None, draft: &[], gap: None };
        if self.wrongs.is_empty() {
            self.wrongs = misses(layout).into_iter().map(|miss| miss.how).collect();
        }
        let wrongs = std::mem::take(&mut self.wrongs);
        let mut run = self.run(attempt, &mut weights, limits::GENERATED_STEPS);
        let mut made = None;
        for _ in 0..8 {
            let Some(wrong) = wrongs.get(entropy.row(wrongs.len())) else { break };
            let all = run.miss(wrong, &mut files);
            let row = entropy.row(all.len());
            if let Some(files) = all.into_iter().nth(row) {
                made = Some(files);
                break;
            }
        }
        (self.files, self.wrongs) = (files, wrongs);
        made
    }
}

/// Whether a leaf is in bytes that are as they are in the file, and that nothing else describes.
fn is_in_file(tree: &Tree, id: NodeId) -> bool {
    let mut at = tree.segments[tree.nodes[id].segment].stream;
    loop {
        let stream = &tree.streams[at];
        at = match stream.within {
            _ if stream.overlays > 0 => return false,
            Within::File(_) => return true,
            Within::Region(node) => tree.segments[tree.nodes[node].segment].stream,
            Within::Wrapped(_) => return false,
        };
    }
}

/// The fields that say how many there are of something, or where it is.
pub(crate) fn number_fields(layout: &Layout) -> Vec<(Role, AttrId)> {
    numbers(layout)
}

/// Another number: a boundary, a power of two, a neighbour, one of some values, or any.
pub(crate) fn number(entropy: &mut Entropy, now: i128, (min, max): (i128, i128), values: &[i128]) -> i128 {
    let kinds = if values.is_empty() { 6 } else { 8 };
    let value = match entropy.below(kinds) {
        0 => min,
        1 => max,
        2 => now.saturating_add(1),
        3 => now.saturating_sub(1),
        4 => (1i128 << entropy.below(64)).saturating_sub(i128::from(entropy.below(2))),
        5 => entropy.within(min, max),
        _ => {
            let near = i128::from(entropy.below(3)) - 1;
            values.get(entropy.row(values.len())).copied().unwrap_or(now).saturating_add(near)
        }
    };
    if value < min || max < value { entropy.within(min, max) } else { value }
}

impl super::run::Run<'_> {
    /// Computes the checksums of a file that was written before.
    fn sum_up(&mut self, root: RootId, out: &mut [u8]) -> super::failure::Made {
        let Some(object) = self.tree.roots.get(root.row()).copied().flatten() else { return Ok(()) };
        let stream = self.stream_of(self.tree.objects[object].segment);
        self.sums(stream, out)
    }

    /// A text or bytes that a field should be, as bytes; `exact` is how many there must be, `most` how many may.
    pub(super) fn drafted_bytes(
        &mut self,
        site: super::make::Site,
        text: Option<crate::encoding::Encoding>,
        exact: Option<u64>,
        most: u64,
    ) -> Option<Vec<u8>> {
        use super::draft::Draft;
        let mut plain = match (self.drafted(site.object, site.attr, site.index)?, text) {
            (Draft::Bytes(bytes), None) => bytes.to_vec(),
            (Draft::Str(bytes), Some(encoding)) => encoding.encode(std::str::from_utf8(bytes).ok()?)?,
            _ => return None,
        };
        let field = &self.layout.attrs[site.attr];
        let most = usize::try_from(exact.unwrap_or(most)).ok()?;
        let unit = text.map_or(1, |encoding| usize::from(encoding.unit())).max(1);
        if plain.len() > most {
            if matches!(text, Some(crate::encoding::Encoding::Utf8)) {
                let fits = |at: &usize| std::str::from_utf8(plain.get(..*at).unwrap_or_default()).is_ok();
                let most = (most.saturating_sub(3)..=most).rev().find(fits)?;
                plain.truncate(most);
            } else {
                plain.truncate(most / unit * unit);
            }
        }
        while exact.is_some() && plain.len() < most {
            let letter = char::from(self.letter());
            match text {
                None => plain.push(u8::try_from(letter).ok()?),
                Some(encoding) => plain.extend(encoding.encode(letter.encode_utf8(&mut [0; 4]))?),
            }
        }
        if let Some(terminator) = &field.terminator {
            let len = terminator.bytes.len().max(1);
            let ends = if terminator.include { plain.len().saturating_sub(len) } else { plain.len() };
            let inner = plain.get(..ends).unwrap_or_default();
            if inner.windows(len).step_by(unit).any(|bytes| bytes == terminator.bytes) {
                return None;
            }
        }
        if field.pad_right.is_some() && plain.last().copied() == field.pad_right {
            return None;
        }
        Some(plain)
    }
}
