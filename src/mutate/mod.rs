//! The mutator: content of a schema, changed at the level of the schema, with what depends on it repaired.
//!
//! A seed is read into a draft. Edits change the draft; the generator makes content of it, and solves for sizes,
//! counts, positions and checksums. See `mutate.md` beside this file.

mod bytes;
mod edits;
mod load;
mod memory;
mod numbers;
mod parse;
mod sites;
#[cfg(test)]
mod tests;
mod trim;

use std::collections::HashSet;
use std::sync::Arc;

use crate::check::Plan;
use crate::r#gen::draft::Fields;
use crate::r#gen::entropy::Entropy;
use crate::r#gen::replay::{Base, Change, number_fields};
use crate::r#gen::{Generator, Options as Generation, Unsatisfied};
use crate::layout::{Attr, AttrId, Body, Layout};
use crate::limits::Limits;
use crate::span::Sources;

use edits::{Context, EDITS};
use memory::Memory;
use sites::Site;

pub use load::{imports, load};
pub use numbers::numbers_of;
pub use trim::Trim;

/// Of a hundred mutants so many have one thing that was not repaired: a size, a count, a position, a checksum, or a
/// value that is not allowed.
pub const UNREPAIRED_PERCENT: u64 = 4;
/// Of a hundred mutants so many are the seed with some leaves changed in place, that nothing else depends on.
pub const IN_PLACE_PERCENT: u64 = 20;
/// Of a hundred of the others, so many are one of the seed's variants, if it has all that a seed may have, else fewer in
/// proportion: it was edited and repaired once, and then leaves of it are changed in place.
const OF_VARIANTS_PERCENT: u64 = 92;
/// Variants that a seed has.
const VARIANTS: usize = 16;
/// Fields that the variants of a seed have together, and bytes: of a large seed there are fewer.
const VARIANT_NODES: usize = 1 << 11;
const VARIANT_BYTES: usize = 1 << 14;
/// About how many bytes a place of a seed takes, with what is there.
const SITE: usize = 200;
/// Times that other edits are tried, where some come to nothing.
const TRIES: u64 = 8;
/// Edits of one mutant: one alone shows most of what it does.
const EDITS_AT_ONCE: [u64; 5] = [1, 1, 1, 2, 4];
/// Of a hundred edits so many are in the last element of a list, where bounds are.
const LAST_PERCENT: u64 = 50;
/// Bytes before a place, where something is moved.
const GAP: u64 = 64;

/// What a mutator does.
#[derive(Clone, Debug)]
pub struct Options {
    /// Of a hundred mutants, so many with one thing unrepaired.
    pub unrepaired: u64,
    /// Of a hundred mutants, so many changed in place only; with 0 each is edited and repaired anew.
    pub in_place: u64,
    /// Bytes that a mutant has at most.
    pub most: usize,
    /// Numbers that leaves are changed to, or next to: those of a contract.
    pub numbers: Vec<i128>,
    /// What one seed may cost to be read.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            unrepaired: UNREPAIRED_PERCENT,
            in_place: IN_PLACE_PERCENT,
            most: 1 << 20,
            numbers: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// What became of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// Other content of the schema.
    Repaired,
    /// Content that is wrong in one thing.
    Unrepaired,
    /// The seed is not of the schema, or nothing else could be made of it: some of its bytes were changed.
    Bytes,
}

/// How often each became of a seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Repaired mutants.
    pub repaired: u64,
    /// Mutants with one thing unrepaired.
    pub unrepaired: u64,
    /// Mutants of seeds that are not of the schema.
    pub foreign: u64,
    /// Mutants whose edits all came to nothing.
    pub stuck: u64,
}

/// A plan that no mutator works by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is for sets of several files.
    #[error("a mutator changes one file, and this is for sets of {0}")]
    Files(usize),
    /// No content can be made by it.
    #[error("no content can be made by it")]
    Unsatisfied(Unsatisfied),
}

/// A seed of the schema, as what it consists of.
struct Draft {
    /// What tells the variants of this seed from those of others.
    key: u64,
    root: Arc<Fields>,
    sites: Vec<Site>,
    /// For each edit the places where it can be made, by field.
    fits: Vec<Vec<Fit>>,
    /// What is changed in place: the seed, if it was made use of, and its variants.
    bases: Vec<Option<Base>>,
}

/// The places of a field where an edit can be made, and those of them that are in the last element of a list.
type Fit = (AttrId, Vec<usize>, Vec<usize>);

/// Changes content of a schema.
///
/// ```
/// use bootgate::check::{Plan, check};
/// use bootgate::finding::Severities;
/// use bootgate::mutate::{Mutant, Mutator, Options};
/// use bootgate::{limits::Limits, span::Sources};
///
/// let mut sources = Sources::default();
/// let text = "{meta: {id: a}, seq: [{id: len, type: u1}, {id: text, size: len}]}";
/// let source = sources.add("a.ksy", text);
/// let plan = Plan::of_schema(bootgate::schema::read(source, text), Severities::default()).unwrap();
/// let mut mutator = Mutator::new(&plan, &sources, Options { unrepaired: 0, ..Options::default() }).unwrap();
/// let mut out = Vec::new();
/// assert_eq!(mutator.mutate(b"\x03abc", 7, 100, &mut out), Mutant::Repaired);
/// assert_eq!(usize::from(out[0]) + 1, out.len());
/// assert!(check(&plan, &sources, &[&out], &Limits::default()).is_empty());
/// ```
pub struct Mutator<'p> {
    plan: &'p Plan,
    generator: Generator<'p>,
    options: Options,
    /// Fields that follow from others: sizes, counts, positions, checksums, fixed bytes.
    derived: HashSet<AttrId>,
    memory: Memory,
    counts: Counts,
}

impl<'p> Mutator<'p> {
    /// A mutator for the content of a plan, which must be for one file.
    ///
    /// # Errors
    ///
    /// The plan is for sets of several files, or no content can be made by it.
    pub fn new(plan: &'p Plan, sources: &'p Sources, options: Options) -> Result<Mutator<'p>, Unfit> {
        if plan.roles.len() != 1 {
            return Err(Unfit::Files(plan.roles.len()));
        }
        let most = u64::try_from(options.most).unwrap_or(u64::MAX);
        let generation = Generation { most, ..Generation::default() };
        let generator = Generator::new(plan, sources, generation).map_err(Unfit::Unsatisfied)?;
        Ok(Mutator {
            plan,
            generator,
            options,
            derived: derived(&plan.layout),
            memory: Memory::default(),
            counts: Counts::default(),
        })
    }

    /// How often each became of a seed up to now.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether content can be read by the schema; what cannot is changed byte by byte only.
    pub fn is_of_schema(&mut self, data: &[u8]) -> bool {
        self.memory.is_of_schema(data).unwrap_or_else(|| {
            let draft = self.take(data);
            let is = draft.is_some();
            self.memory.put(data, draft);
            is
        })
    }

    /// Writes a mutant of `data` to `out`, of at most `max` bytes: always the same for the same data, seed and size.
    pub fn mutate(&mut self, data: &[u8], seed: u64, max: usize, out: &mut Vec<u8>) -> Mutant {
        self.mutant(data, None, seed, max, out)
    }

    /// Writes content with parts of `data` and of `other` to `out`; else as [`Mutator::mutate`].
    pub fn cross(&mut self, data: &[u8], other: &[u8], seed: u64, max: usize, out: &mut Vec<u8>) -> Mutant {
        self.mutant(data, Some(other), seed, max, out)
    }

    /// Writes content that is made of no seed to `out`, of at most `max` bytes; whether there is any so small.
    pub fn anew(&mut self, seed: u64, max: usize, out: &mut Vec<u8>) -> bool {
        for number in 0..TRIES {
            if let Ok((files, _)) = self.generator.generate(Entropy::new(seed, 5 + number).next())
                && let Some(file) = files.first().filter(|file| !file.is_empty() && file.len() <= max)
            {
                out.clone_from(file);
                return true;
            }
        }
        false
    }

    fn mutant(
        &mut self,
        data: &[u8],
        other: Option<&[u8]>,
        seed: u64,
        max: usize,
        out: &mut Vec<u8>,
    ) -> Mutant {
        let mut entropy = Entropy::new(seed, 3);
        let max = max.min(self.options.most);
        let other = other.filter(|other| *other != data);
        let donor = other.map(|other| (other, self.take(other)));
        let mut taken = self.take(data);
        let made = match &mut taken {
            Some(draft) => {
                let donor = donor.as_ref().and_then(|(_, donor)| donor.as_ref());
                let made = self.changed((data, draft), donor, &mut entropy, max, out);
                self.counts.stuck += u64::from(made.is_none());
                made
            }
            None => {
                self.counts.foreign += 1;
                None
            }
        };
        if let Some((other, donor)) = donor {
            self.memory.put(other, donor);
        }
        self.memory.put(data, taken);
        let made = made.unwrap_or_else(|| {
            bytes::change(data, &mut entropy, max, out);
            Mutant::Bytes
        });
        match made {
            Mutant::Repaired => self.counts.repaired += 1,
            Mutant::Unrepaired => self.counts.unrepaired += 1,
            Mutant::Bytes => {}
        }
        made
    }

    /// Takes a seed out of memory, or reads it; nothing if it is not of the schema.
    fn take(&mut self, data: &[u8]) -> Option<Draft> {
        self.memory.take(data).unwrap_or_else(|| {
            let root = parse::parse(self.plan, data, &self.options.limits)?;
            Some(self.drafted(data, root))
        })
    }

    fn drafted(&self, data: &[u8], root: Arc<Fields>) -> Draft {
        let sites = sites::all(&root);
        let mut fits = vec![Vec::<Fit>::new(); EDITS.len()];
        for (row, site) in sites.iter().enumerate() {
            for (edit, places) in EDITS.iter().zip(&mut fits) {
                if (edit.fits)(&self.plan.layout, site) && !self.derived.contains(&site.attr) {
                    let known =
                        places.iter().position(|(attr, ..)| *attr == site.attr).unwrap_or_else(|| {
                            places.push((site.attr, Vec::new(), Vec::new()));
                            places.len() - 1
                        });
                    if let Some((_, rows, last)) = places.get_mut(known) {
                        rows.push(row);
                        last.extend(site.last.then_some(row));
                    }
                }
            }
        }
        let key = u64::from(crc32fast::hash(data)) << 32;
        Draft { key, root, sites, fits, bases: Vec::new() }
    }

    /// A mutant of a seed that was read; nothing if no edit comes to anything.
    fn changed(
        &mut self,
        (data, draft): (&[u8], &mut Draft),
        donor: Option<&Draft>,
        entropy: &mut Entropy,
        max: usize,
        out: &mut Vec<u8>,
    ) -> Option<Mutant> {
        let wrong = entropy.percent(self.options.unrepaired);
        let variant = match self.options.in_place {
            _ if donor.is_some() => None,
            in_place if entropy.percent(in_place) => Some(0),
            0 => None,
            _ => match variants(data, draft) {
                all if entropy.percent(OF_VARIANTS_PERCENT * all as u64 / VARIANTS as u64) => {
                    Some(1 + entropy.row(all))
                }
                _ => None,
            },
        };
        if let Some(variant) = variant {
            // What a variant shows in its structure it shows as it is, or with little else changed.
            let change = match variant {
                _ if wrong => Change::Bound,
                0 => Change::Free(1 + entropy.below(2)),
                _ => Change::Free(entropy.below(2)),
            };
            let made = self.in_place((data, draft), variant, change, entropy.next(), out);
            if made && out.len() <= max && *out != data {
                return Some(if wrong { Mutant::Unrepaired } else { Mutant::Repaired });
            }
        }
        for _ in 0..TRIES {
            if !self.replayed(draft, donor, entropy) {
                continue;
            }
            let file = self.generator.files().first().filter(|file| file.len() <= max && *file != data);
            let Some(file) = file else { continue };
            out.clone_from(file);
            if wrong
                && let Some(files) = self.generator.unrepaired(entropy.next())
                && let Some(file) = files.first().filter(|file| file.len() <= max)
            {
                out.clone_from(file);
                return Some(Mutant::Unrepaired);
            }
            return Some(Mutant::Repaired);
        }
        None
    }

    /// Makes content of the draft with some edits; whether that came to anything.
    fn replayed(&mut self, draft: &Draft, donor: Option<&Draft>, entropy: &mut Entropy) -> bool {
        let root = self.edited(draft, donor, entropy);
        let gap = entropy.percent(5).then(|| (entropy.below(4), 1 + entropy.below(GAP)));
        self.generator.replay(&[root], gap, entropy.next()).is_ok()
    }

    /// Changes leaves of the seed in place (variant 0), or of one of its variants; whether there was anything to change.
    fn in_place(
        &mut self,
        (data, draft): (&[u8], &mut Draft),
        variant: usize,
        change: Change,
        seed: u64,
        out: &mut Vec<u8>,
    ) -> bool {
        if draft.bases.len() <= variant {
            draft.bases.resize_with(variant + 1, || None);
        }
        if draft.bases.get(variant).is_none_or(Option::is_none) {
            let base = self.base((data, draft), variant);
            if let Some(place) = draft.bases.get_mut(variant) {
                *place = Some(base);
            }
        }
        let base = draft.bases.get(variant).and_then(Option::as_ref);
        base.is_some_and(|base| self.generator.vary(base, change, seed, &self.options.numbers, out))
    }

    /// The seed, or a variant of it that is another file, as what is changed in place.
    fn base(&mut self, (data, draft): (&[u8], &Draft), variant: usize) -> Base {
        let mut entropy = Entropy::new(draft.key | variant as u64, 4);
        let made = match variant {
            0 => self.generator.replay(std::slice::from_ref(&draft.root), None, 0).is_ok(),
            _ => (0..TRIES).any(|_| {
                self.replayed(draft, None, &mut entropy)
                    && self.generator.files().first().is_some_and(|file| *file != data)
            }),
        };
        made.then(|| self.generator.keep()).flatten().unwrap_or_default()
    }

    /// A draft with some edits.
    fn edited(&self, draft: &Draft, donor: Option<&Draft>, entropy: &mut Entropy) -> Arc<Fields> {
        let mut root = draft.root.clone();
        let donors: Vec<&[Site]> = match donor {
            Some(donor) => vec![&donor.sites],
            None => vec![&draft.sites],
        };
        let weight = |edit: &edits::Edit, fits: &Vec<_>| match donor {
            _ if fits.is_empty() => 0,
            Some(_) if edit.name != "transplant" => 0,
            _ => edit.weight,
        };
        let weights: Vec<u64> =
            EDITS.iter().zip(&draft.fits).map(|(edit, fits)| weight(edit, fits)).collect();
        let mut made = 0;
        let wanted = EDITS_AT_ONCE.get(entropy.row(EDITS_AT_ONCE.len())).copied().unwrap_or(1);
        for _ in 0..wanted * 4 {
            let row = weighted(weights.iter().copied(), entropy);
            let Some((edit, fits)) = row.and_then(|row| Some((EDITS.get(row)?, draft.fits.get(row)?))) else {
                break;
            };
            let row = weighted(fits.iter().map(|(_, rows, _)| rows.len().isqrt() as u64), entropy);
            let Some((attr, rows, last)) = row.and_then(|row| fits.get(row)) else { continue };
            let rows = if !last.is_empty() && entropy.percent(LAST_PERCENT) { last } else { rows };
            let site = rows.get(entropy.row(rows.len())).and_then(|row| draft.sites.get(*row));
            let Some(place) = site.and_then(|site| sites::at(&mut root, &site.path)) else { continue };
            let mut context = Context {
                layout: &self.plan.layout,
                entropy,
                values: &self.options.numbers,
                donors: &donors,
            };
            made += u64::from((edit.make)(&mut context, *attr, place));
            if made == wanted {
                break;
            }
        }
        root
    }
}

impl Draft {
    /// About how many bytes it takes.
    fn size(&self) -> usize {
        let bases = self.bases.iter().flatten().map(Base::size).sum::<usize>();
        size_of::<Draft>() + self.sites.len() * SITE + bases
    }
}

/// A row, each as likely as its weight says; nothing if none has any.
fn weighted(weights: impl Iterator<Item = u64> + Clone, entropy: &mut Entropy) -> Option<usize> {
    let mut left = entropy.below(weights.clone().sum());
    weights.into_iter().position(|weight| match left.checked_sub(weight) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    })
}

/// How many variants there are of a seed.
fn variants(data: &[u8], draft: &Draft) -> usize {
    let (nodes, bytes) = (draft.sites.len().max(1), data.len().max(1));
    VARIANTS.min(VARIANT_NODES / nodes).min(VARIANT_BYTES / bytes)
}

/// The fields that follow from others.
fn derived(layout: &Layout) -> HashSet<AttrId> {
    let numbers = number_fields(layout).into_iter().map(|(_, attr)| attr);
    let fixed = |attr: &Attr| attr.checksum.is_some() || matches!(attr.body, Body::Contents(_));
    numbers.chain(layout.attrs.entries().filter(|(_, attr)| fixed(attr)).map(|(id, _)| id)).collect()
}
