//! Near misses: content that is right but for one thing, which the check refuses with one code.
//!
//! A set is made as always. Then one leaf, one byte or the end of a file is changed, and checksums are computed as if
//! that had been meant: only what is wrong in a checksum has a wrong checksum.

use crate::codes;
use crate::encoding::Encoding;
use crate::layout::{Attr, AttrId, Body, Layout, Role, RootId, Terminator, ValidKind};
use crate::table::Id;
use crate::walk::Value;
use crate::walk::memory::Memory;

use super::choose::domain;
use super::facts::leaf;
use super::properties::{distinct, file_name, place};
use super::run::Run;
use super::tree::{Cell, NodeId, Scope, Shape};

/// Leaves of one field that are tried.
const LEAVES: usize = 4;

/// One way to be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// A byte of fixed bytes.
    Magic(AttrId),
    /// A checksum.
    Checksum(AttrId),
    /// A value just outside of what is allowed.
    Value(AttrId),
    /// A number of elements or of bytes, by so much.
    Number(AttrId, i128),
    /// A position behind the end.
    Position(AttrId),
    /// Bytes that are no text.
    Text(AttrId),
    /// A text without its end.
    Unterminated(AttrId),
    /// A file with a byte more, or less.
    Length(RootId, bool),
    /// A file without bytes.
    Empty(RootId),
}

/// A near miss that there may be.
#[derive(Clone, Debug)]
pub struct Miss {
    /// A name that can be that of a file.
    pub name: String,
    /// What is wrong, in words.
    pub wrong: String,
    pub(super) how: Wrong,
    /// The code that it must have; any one where it depends on what follows.
    pub(super) code: Option<&'static str>,
}

/// A near miss that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Its files, in the order of the plan's.
    pub files: Vec<Vec<u8>>,
    /// The one code that the check refuses it with.
    pub code: &'static str,
    /// Whether it is refused only where bytes that are not described once are errors: by default they are notes.
    pub strict: bool,
}

/// Every way to be wrong in one thing.
pub fn misses(layout: &Layout) -> Vec<Miss> {
    let mut all = Vec::new();
    let numbers = numbers(layout);
    for (id, attr) in layout.attrs.entries() {
        let Some(name) = place(layout, attr) else { continue };
        let mut add = |word: &str, wrong: String, how, code| {
            all.push(Miss { name: file_name(&format!("{word}-{name}")), wrong, how, code });
        };
        of_body(&name, id, attr, &mut add);
        if attr.checksum.is_some() {
            let wrong = format!("the checksum `{name}` is off by one bit");
            add("checksum", wrong, Wrong::Checksum(id), Some(codes::CHECKSUM_MISMATCH));
        }
        if let Some(valid) = &attr.valid
            && matches!(attr.body, Body::Int(_) | Body::Bits(..))
        {
            let word = if matches!(valid.kind, ValidKind::InEnum(_)) { "no-member" } else { "value" };
            let wrong = format!("`{name}` has a value that is just not allowed");
            add(word, wrong, Wrong::Value(id), Some(codes::VALUE_NOT_VALID));
        }
        for (role, leaf) in &numbers {
            match role {
                _ if *leaf != id => {}
                Role::Position => {
                    let wrong = format!("`{name}` points behind the end");
                    add("position", wrong, Wrong::Position(id), Some(codes::POSITION_OUTSIDE));
                }
                role => {
                    let what = if *role == Role::Count { "count" } else { "size" };
                    for (by, word) in [(1, "more"), (-1, "less")] {
                        let wrong = format!("`{name}` says one {word} than there is");
                        add(&format!("{what}-one-{word}"), wrong, Wrong::Number(id, by), None);
                    }
                }
            }
        }
    }
    for (id, root) in layout.roots.entries() {
        let mut add = |word: &str, wrong: &str, how, code| {
            let wrong = format!("`{}` {wrong}", root.name);
            all.push(Miss { name: file_name(&format!("{word}-{}", root.name)), wrong, how, code });
        };
        add("trailing", "has one byte too many", Wrong::Length(id, true), Some(codes::TRAILING_BYTES));
        add("cut", "lacks its last byte", Wrong::Length(id, false), None);
        add("empty", "has no bytes", Wrong::Empty(id), None);
    }
    distinct(all.iter_mut().map(|miss| &mut miss.name));
    all
}

fn of_body(
    name: &str,
    id: AttrId,
    attr: &Attr,
    add: &mut impl FnMut(&str, String, Wrong, Option<&'static str>),
) {
    match &attr.body {
        Body::Contents(bytes) if !bytes.is_empty() => {
            let wrong = format!("the first byte of `{name}` is another one");
            add("magic", wrong, Wrong::Magic(id), Some(codes::CONTENTS_MISMATCH));
        }
        Body::Str(Encoding::Utf8 | Encoding::Ascii) => {
            let wrong = format!("`{name}` has a byte that its encoding does not have");
            add("text", wrong, Wrong::Text(id), Some(codes::ENCODING_ERROR));
        }
        _ => {}
    }
    if matches!(attr.body, Body::Str(_) | Body::Bytes)
        && attr.terminator.as_ref().is_some_and(|Terminator { eos_error, .. }| *eos_error)
    {
        let wrong = format!("`{name}` has no end");
        add("unterminated", wrong, Wrong::Unterminated(id), Some(codes::TERMINATOR_MISSING));
    }
}

/// The fields that say how many there are of something, or where it is.
pub(super) fn numbers(layout: &Layout) -> Vec<(Role, AttrId)> {
    let roles = [Role::Count, Role::Size, Role::Position];
    let used = layout.uses.iter().filter(|used| used.attr.is_some() && roles.contains(&used.role));
    let mut numbers: Vec<(Role, AttrId)> = Vec::new();
    for (role, attr) in used.filter_map(|used| Some((used.role, leaf(layout, used.expr, 8)?))) {
        if matches!(layout.attrs[attr].body, Body::Int(_) | Body::Bits(..))
            && !numbers.contains(&(role, attr))
        {
            numbers.push((role, attr));
        }
    }
    numbers
}

impl Run<'_> {
    /// The ways in which the tree at hand can be wrong in one thing: each is written, and taken back.
    pub(super) fn miss(&mut self, wrong: &Wrong, files: &mut Vec<Vec<u8>>) -> Vec<Vec<Vec<u8>>> {
        match wrong {
            Wrong::Length(root, longer) => {
                let Some(object) = self.tree.roots.get(root.row()).copied().flatten() else {
                    return Vec::new();
                };
                let stream = self.stream_of(self.tree.objects[object].segment);
                let (size, fixed) = (self.tree.size(stream), self.tree.streams[stream].fixed);
                let Some(changed) = (if *longer { size.checked_add(1) } else { size.checked_sub(1) }) else {
                    return Vec::new();
                };
                self.tree.streams[stream].fixed = Some(changed);
                let made = self.emit(files).is_ok();
                self.tree.streams[stream].fixed = fixed;
                if made { vec![files.clone()] } else { Vec::new() }
            }
            Wrong::Empty(root) => {
                if self.emit(files).is_err() {
                    return Vec::new();
                }
                if let Some(file) = files.get_mut(root.row()) {
                    file.clear();
                }
                vec![files.clone()]
            }
            Wrong::Magic(attr)
            | Wrong::Checksum(attr)
            | Wrong::Value(attr)
            | Wrong::Number(attr, _)
            | Wrong::Position(attr)
            | Wrong::Text(attr)
            | Wrong::Unterminated(attr) => {
                let nodes = self.tree.nodes.entries().filter(|(_, node)| node.attr == *attr);
                let leaves = nodes.filter(|(_, node)| !matches!(node.shape, Shape::Mark | Shape::Region(_)));
                let leaves: Vec<NodeId> = leaves.map(|(id, _)| id).take(LEAVES).collect();
                leaves.into_iter().filter_map(|node| self.miss_leaf(wrong, node, files)).collect()
            }
        }
    }

    fn miss_leaf(&mut self, wrong: &Wrong, id: NodeId, files: &mut Vec<Vec<u8>>) -> Option<Vec<Vec<u8>>> {
        let (value, raw) = (self.tree.nodes[id].value, self.tree.nodes[id].raw);
        if let Wrong::Checksum(_) = wrong {
            self.emit(files).ok()?;
            let at = self.tree.nodes[id].at;
            let stream = self.buffer_of(self.stream_of(self.tree.nodes[id].segment));
            let super::tree::Within::File(root) = self.tree.streams[stream].within else { return None };
            let byte = files.get_mut(root.row())?.get_mut(at)?;
            *byte ^= 1;
            return Some(files.clone());
        }
        self.spoil(wrong, id)?;
        let made = self.emit(files).is_ok().then(|| files.clone());
        self.tree.nodes[id].value = value;
        self.tree.nodes[id].raw = raw;
        made
    }

    /// Changes a leaf.
    fn spoil(&mut self, wrong: &Wrong, id: NodeId) -> Option<()> {
        match wrong {
            Wrong::Magic(_) => self.patch(id, |bytes| {
                let byte = bytes.first_mut()?;
                *byte ^= 0x20;
                Some(())
            }),
            Wrong::Text(_) => self.patch(id, |bytes| {
                let byte = bytes.first_mut().filter(|byte| byte.is_ascii_alphanumeric())?;
                *byte = 0xff;
                Some(())
            }),
            Wrong::Unterminated(_) => self.patch(id, |bytes| {
                let byte = bytes.last_mut()?;
                *byte = b'x';
                Some(())
            }),
            Wrong::Number(_, by) => {
                let Value::Int(n) = self.tree.nodes[id].value else { return None };
                self.overwrite(id, n.checked_add(*by)?)
            }
            Wrong::Position(_) => {
                let range = domain(self.tree.nodes[id].shape)?;
                self.overwrite(id, range.max)
            }
            Wrong::Value(attr) => {
                let wrong = self.not_allowed(*attr, id)?;
                self.overwrite(id, wrong)
            }
            Wrong::Checksum(_) | Wrong::Length(..) | Wrong::Empty(_) => None,
        }
    }

    /// Gives a leaf another value, whatever its constraint says.
    pub(super) fn overwrite(&mut self, id: NodeId, n: i128) -> Option<()> {
        let range = domain(self.tree.nodes[id].shape)?;
        if n < range.min || range.max < n {
            return None;
        }
        self.tree.nodes[id].value = Value::Int(n);
        Some(())
    }

    fn patch(&mut self, id: NodeId, change: impl FnOnce(&mut [u8]) -> Option<()>) -> Option<()> {
        let mut bytes = self.tree.bytes(self.tree.nodes[id].raw).to_vec();
        change(&mut bytes)?;
        self.tree.nodes[id].raw = self.tree.compute(&bytes);
        Some(())
    }

    /// A value that a constraint does not allow, as near to one that it allows as can be.
    pub(super) fn not_allowed(&mut self, attr: AttrId, id: NodeId) -> Option<i128> {
        let layout = self.layout;
        let node = &self.tree.nodes[id];
        let Value::Int(now) = node.value else { return None };
        let range = domain(node.shape)?;
        let scope = Scope {
            it: Cell::Node(id),
            index: node.index,
            segment: Some(node.segment),
            ..Scope::of(node.object)
        };
        let kind = &layout.attrs[attr].valid.as_ref()?.kind;
        let mut near: Vec<i128> = Vec::new();
        if let ValidKind::Range(min, max) = kind {
            for (bound, step) in [(max, 1), (min, -1)] {
                if let Some(bound) = bound
                    && let Ok(Value::Int(n)) = self.eval(*bound, &scope, true)
                {
                    near.push(n.saturating_add(step));
                }
            }
        }
        if let ValidKind::InEnum(of) = kind {
            near.extend(layout.enums[*of].members.last().map(|(value, _)| value.saturating_add(1)));
        }
        near.extend((1..=16).flat_map(|by| [now.saturating_add(by), now.saturating_sub(by)]));
        near.push(range.max);
        near.retain(|n| range.min <= *n && *n <= range.max && *n != now);
        near.into_iter().find(|n| {
            // The leaf has the value while its constraint is looked at: it may name itself.
            self.tree.nodes[id].value = Value::Int(*n);
            let held = self.holds(kind, Value::Int(*n), &scope, true);
            self.tree.nodes[id].value = Value::Int(now);
            held == Ok(false)
        })
    }
}
