//! Replays: content made as a draft says, with what depends on it solved for; and leaves of it changed in place.

use std::sync::Arc;

use crate::layout::ty::Range;
use crate::layout::{AttrId, Body, IntFormat, Layout, Role};
use crate::limits;
use crate::schema::ast::Endian;
use crate::walk::read;

use super::draft::Fields;
use super::entropy::Entropy;
use super::failure::Failure;
use super::miss::{misses, numbers};
use super::sums::{Covering, write_all};
use super::tree::{NodeId, Shape, Tree, Within};
use super::weights::Weights;
use super::{Generator, Try};

/// Content of which leaves are changed in place. There are many of them: what is small stays in the processor.
#[derive(Debug, Default)]
pub(crate) struct Base {
    file: Vec<u8>,
    /// Where leaves are in it: their first byte, and how many there are.
    leaves: Vec<(u32, u32)>,
    fields: Vec<Field>,
    /// How many of the fields, the first ones, have leaves that nothing but checksums depends on. The others are integers
    /// that something else depends on, or that must be certain ones.
    free: usize,
    sums: Vec<Covering>,
}

/// A field of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    bound: bool,
    attr: AttrId,
    /// How it is written, if it is an integer.
    integer: Option<(IntFormat, Endian)>,
    /// Its leaves end before this one; they begin where those of the field before end.
    end: usize,
}

impl Base {
    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        size_of::<Base>()
            + self.file.len()
            + self.leaves.len() * size_of::<(u32, u32)>()
            + self.fields.len() * size_of::<Field>()
            + self.sums.len() * size_of::<Covering>()
    }

    /// A leaf of some of its fields: which field, and where it is. Rare fields are worth as much as those that there are
    /// many of.
    fn leaf(&self, rows: std::ops::Range<usize>, entropy: &mut Entropy) -> Option<(Field, usize, usize)> {
        let row = rows.start + entropy.row(rows.len());
        let field = self.fields.get(row).filter(|_| row < rows.end)?;
        let start = row.checked_sub(1).and_then(|row| self.fields.get(row)).map_or(0, |field| field.end);
        let (at, len) = self.leaves.get(start + entropy.row(field.end - start))?;
        Some((*field, usize::try_from(*at).ok()?, usize::try_from(*len).ok()?))
    }
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

    /// The first file that was replayed last, such that leaves of it can be changed in place; nothing if it has checksums for which that
    /// cannot be said.
    pub(crate) fn keep(&mut self) -> Option<Base> {
        let object = self.tree.roots.first().copied().flatten()?;
        let mut weights = Weights::default();
        let attempt = Try { seed: 0, number: 0, thrift: 0, goal: None, draft: &[], gap: None };
        let mut run = self.run(attempt, &mut weights, limits::GENERATED_STEPS);
        let stream = run.stream_of(run.tree.objects[object].segment);
        let sums = run.coverings(stream).ok()?;
        let tree = &self.tree;
        let mut all = Vec::new();
        for id in tree.nodes.ids().filter(|id| is_in_file(tree, *id)) {
            let Some(free) = self.is_free(tree, id) else { continue };
            let node = &tree.nodes[id];
            let integer = match node.shape {
                Shape::Int(format, endian) => Some((format, endian)),
                _ => None,
            };
            let leaf = (u32::try_from(node.at).ok()?, u32::try_from(node.bits / 8).ok()?);
            all.push((Field { bound: !free, attr: node.attr, integer, end: 0 }, leaf));
        }
        all.sort_by_key(|(field, _)| (field.bound, field.attr));
        let mut base = Base { file: self.files.first()?.clone(), sums, ..Base::default() };
        for (field, leaf) in all {
            base.leaves.push(leaf);
            let end = base.leaves.len();
            match base.fields.last_mut() {
                Some(last) if Field { end: 0, ..*last } == field => last.end = end,
                _ => base.fields.push(Field { end, ..field }),
            }
        }
        base.free = base.fields.partition_point(|field| !field.bound);
        Some(base)
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
        &self,
        base: &Base,
        change: Change,
        seed: u64,
        values: &[i128],
        out: &mut Vec<u8>,
    ) -> bool {
        let layout = &self.plan.layout;
        let mut entropy = Entropy::new(seed, 1);
        if base.file.is_empty() {
            return false;
        }
        out.clone_from(&base.file);
        let (rows, times) = match change {
            Change::Free(times) => (0..base.free, times),
            Change::Bound => (base.free..base.fields.len(), 1),
        };
        let mut wrong_sum = None;
        for _ in 0..times {
            let Some((field, at, len)) = base.leaf(rows.clone(), &mut entropy) else { return false };
            let Some(place) = out.get_mut(at..at.saturating_add(len)) else { continue };
            if layout.attrs[field.attr].checksum.is_some() {
                wrong_sum = Some(at);
            } else if let Some((format, endian)) = field.integer
                && let Some(now) = read::integer(place, format, endian)
            {
                let Range { min, max } = Range::of_bytes(format.bytes, format.signed);
                let value = number(&mut entropy, now, (min, max), values);
                if change == Change::Bound && value == now {
                    return false;
                }
                super::emit::put(place, 0, value, len, endian);
            } else {
                let row = entropy.row(place.len());
                if let Some(byte) = place.get_mut(row) {
                    *byte ^= u8::try_from(entropy.within(1, 255)).unwrap_or(1);
                }
            }
        }
        let summed = write_all(layout, &base.sums, out, |_, _| {}).is_ok();
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
