//! Bytes and texts: values that fit their room, their encoding, their terminator and what is asked of them.

use crate::encoding::Encoding;
use crate::layout::{ExprId, Process, ValidKind};
use crate::walk::memory::Memory;
use crate::walk::{Slice, Value};

use super::failure::{Failure, Made, Why};
use super::make::Site;
use super::process;
use super::region::Room;
use super::run::Run;
use super::tree::{Cell, Scope, Shape, Tree};

/// Values that are tried before a field is given up.
const TRIES: u32 = 16;

impl Run<'_> {
    /// Fixed bytes.
    pub(super) fn contents(&mut self, site: Site, bytes: &[u8]) -> Made<Cell> {
        let field = &self.layout.attrs[site.attr];
        let raw = match &field.process {
            None => bytes.to_vec(),
            Some(process) => self.encoded(site, process, bytes)?,
        };
        if raw.len() != bytes.len() {
            return Err(Failure::of(Why::Size, site.attr));
        }
        self.written(site, &raw, Value::Pending, bytes)
    }

    /// Bytes as they are in the file, for a value.
    fn encoded(&mut self, site: Site, process: &Process, value: &[u8]) -> Made<Vec<u8>> {
        let mut args = Vec::new();
        for arg in &process.args {
            let value = self.eval(*arg, &site.scope(), true).map_err(|stop| stop.fail(site.attr, *arg))?;
            args.push(value);
        }
        process::undo(process, &args, value, self.tree).ok_or(Failure::of(Why::Process, site.attr))
    }

    /// Bytes, or a text.
    pub(super) fn bytes(&mut self, site: Site, text: Option<Encoding>) -> Made<Cell> {
        let room = self.extent(site)?;
        let Room::Open(id) = room else { return self.bytes_in(site, text, room) };
        let trail = self.tree.trail.len();
        match self.bytes_in(site, text, room) {
            Err(Failure { why: Why::Expression, .. }) => {
                // No short value does, as where it is a number of sectors: then the size comes first.
                self.tree.undo(trail);
                self.eval(id, &site.scope(), true).map_err(|stop| stop.fail(site.attr, id))?;
                let room = self.extent(site)?;
                self.bytes_in(site, text, room)
            }
            made => made,
        }
    }

    fn bytes_in(&mut self, site: Site, text: Option<Encoding>, room: Room) -> Made<Cell> {
        let layout = self.layout;
        let field = &layout.attrs[site.attr];
        let ends = field.terminator.as_ref();
        let fills = ends.is_some() || field.pad_right.is_some();
        let deflates = field.process.as_ref().is_some_and(|p| process::resizes(&p.kind));
        let radix = self.facts.attr(site.attr).radix;
        if let (Room::Exactly(size), Some(_), Some(_), None) = (room, text, radix, &field.process)
            && size > 0
        {
            let tail = u64::from(fills && size > 1);
            return self.digits(site, size - tail, tail);
        }
        if field.checksum.is_some() {
            let Room::Exactly(size) = room else { return Err(Failure::of(Why::Checksum, site.attr)) };
            let node = self.node(site, Shape::Bytes, size.saturating_mul(8))?;
            self.tree.sums.push(node);
            return Ok(Cell::Node(node));
        }
        let (exact, most) = match room {
            Room::Exactly(size) if deflates => (None, size.saturating_sub(process::deflated(0))),
            Room::Exactly(size) if fills => (None, size),
            Room::Exactly(size) => (Some(size), size),
            Room::Open(_) | Room::Rest | Room::Free => {
                let left = self.room(site.segment).unwrap_or(self.most / 4);
                (None, left.min(16).saturating_sub(ends.map_or(0, |t| t.bytes.len() as u64)))
            }
        };
        let mut tries = 0;
        let (value, plain, raw, follows) = loop {
            // What does not come to a size that can be said is not tried again.
            let drafted = if tries == 0 {
                let tail = ends.map_or(0, |t| t.bytes.len() as u64);
                let left = self.room(site.segment).unwrap_or(self.most / 4).saturating_sub(tail);
                let most = if matches!(room, Room::Exactly(_)) { most } else { left };
                self.drafted_bytes(site, text, exact, most)
            } else {
                None
            };
            let drafted = drafted.and_then(|plain| Some((self.taken(site, text, &plain)?, plain)));
            let drafted = drafted.or_else(|| self.offered_bytes(site, text, exact));
            let (value, plain) = match drafted {
                Some(drafted) => drafted,
                None => self.value(site, text, exact, most)?,
            };
            let (raw, follows) = self.around(site, room, &plain)?;
            tries += 1;
            match room {
                Room::Open(id) if self.comes_to(id, raw.len(), site) => break (value, plain, raw, follows),
                // A size that its field cannot say is none.
                Room::Open(id) if tries >= TRIES => {
                    return Err(Failure::of(Why::Expression, site.attr).at(id));
                }
                Room::Open(_) => {}
                _ => break (value, plain, raw, follows),
            }
        };
        let cell = self.written(site, &raw, value, &plain)?;
        if room == Room::Rest {
            let stream = self.stream_of(site.segment);
            self.tree.streams[stream].ended = true;
            self.tree.streams[stream].absorbs = true;
        }
        if let Some(bytes) = follows {
            self.expect(site, &bytes)?;
        }
        Ok(cell)
    }

    /// Whether an expression comes to a number of bytes, now that it is decided.
    fn comes_to(&mut self, id: ExprId, len: usize, site: Site) -> bool {
        let len = i128::try_from(len).unwrap_or(i128::MAX);
        self.solve(id, Value::Int(len), &site.scope())
    }

    /// The bytes of a value with what is put around them, and what must follow them.
    fn around(&mut self, site: Site, room: Room, plain: &[u8]) -> Made<(Vec<u8>, Option<Vec<u8>>)> {
        let layout = self.layout;
        let field = &layout.attrs[site.attr];
        let ends = field.terminator.as_ref();
        let fills = ends.is_some() || field.pad_right.is_some();
        let deflates = field.process.as_ref().is_some_and(|p| process::resizes(&p.kind));
        let mut raw = match &field.process {
            // A terminator and what fills up are outside of what is processed.
            Some(process) => self.encoded(site, process, plain)?,
            None => plain.to_vec(),
        };
        let mut follows = None;
        if let Some(terminator) = ends {
            let len = terminator.bytes.len();
            if terminator.include && field.process.is_none() && raw.ends_with(&terminator.bytes) {
                raw.truncate(raw.len() - len);
            }
            let fits = match room {
                Room::Exactly(size) => raw.len() as u64 + len as u64 <= size,
                _ => self.room(site.segment).is_none_or(|room| raw.len() as u64 + len as u64 <= room),
            };
            match (fits, room) {
                (true, Room::Free) if !terminator.consume => follows = Some(terminator.bytes.clone()),
                (true, _) => raw.extend_from_slice(&terminator.bytes),
                (false, _) => {}
            }
        }
        if let Room::Exactly(size) = room {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            if raw.len() > size {
                return Err(Failure::of(Why::Size, site.attr));
            }
            if raw.len() < size && !fills && !deflates {
                return Err(Failure::of(Why::Text, site.attr));
            }
            raw.resize(size, field.pad_right.unwrap_or(0));
        }
        Ok((raw, follows))
    }

    /// Digits that are decided later: something reads them as a number.
    fn digits(&mut self, site: Site, size: u64, tail: u64) -> Made<Cell> {
        let node = self.node(site, Shape::Digits, size.saturating_mul(8))?;
        if tail > 0 {
            let field = &self.layout.attrs[site.attr];
            let fill = match &field.terminator {
                Some(terminator) => terminator.bytes.clone(),
                None => vec![field.pad_right.unwrap_or(0)],
            };
            let end = self.node(site, Shape::Bytes, tail.saturating_mul(8))?;
            let raw = self.tree.compute(&fill);
            self.tree.nodes[end].raw = raw;
            self.tree.nodes[end].value = Value::Absent;
        }
        Ok(Cell::Node(node))
    }

    /// A decided node with these bytes; its value is what they are decoded to.
    fn written(&mut self, site: Site, raw: &[u8], value: Value, plain: &[u8]) -> Made<Cell> {
        let before = self.tree.here(site.segment);
        let node = self.node(site, Shape::Bytes, (raw.len() as u64).saturating_mul(8))?;
        self.tree.nodes[node].raw = self.tree.compute(raw);
        let value = match value {
            Value::Pending => Value::Bytes(self.tree.compute(plain)),
            value => value,
        };
        self.tree.nodes[node].value = value;
        self.overlaid(node, before)?;
        // The value is kept apart from the node: it is known.
        Ok(Cell::Is(self.tree.nodes[node].value))
    }

    /// A value and its bytes, before anything is put around them.
    fn value(
        &mut self,
        site: Site,
        text: Option<Encoding>,
        exact: Option<u64>,
        most: u64,
    ) -> Made<(Value, Vec<u8>)> {
        let layout = self.layout;
        let field = &layout.attrs[site.attr];
        let scope = site.scope();
        let mut wanted: Vec<Slice> = Vec::new();
        match field.valid.as_ref().map(|v| &v.kind) {
            Some(ValidKind::Eq(expr)) => {
                let value = self.eval(*expr, &scope, true).map_err(|stop| stop.fail(site.attr, *expr))?;
                wanted.extend(slice(value));
            }
            Some(ValidKind::AnyOf(items)) => {
                for item in items {
                    let value = self.eval(*item, &scope, true).map_err(|stop| stop.fail(site.attr, *item))?;
                    wanted.extend(slice(value));
                }
            }
            _ => {}
        }
        let must = !wanted.is_empty();
        if !must {
            let fact = self.facts.attr(site.attr);
            let constants = fact.constants.iter().filter_map(|value| slice(*value));
            wanted.extend(
                constants.filter(|c| exact.is_none_or(|n| text.is_some_and(|t| t.unit() > 1) || c.len == n)),
            );
        }
        let often = if self.facts.attr(site.attr).always { 97 } else { 70 };
        for _ in 0..TRIES {
            let plain = if !wanted.is_empty() && (must || self.entropy.percent(often)) {
                let row = self.entropy.row(wanted.len());
                let chosen = wanted.get(row).copied().unwrap_or(Tree::slice(0, 0));
                match text {
                    Some(encoding) => encoding.encode(self.tree.text(chosen)),
                    None => Some(self.tree.bytes(chosen).to_vec()),
                }
            } else {
                self.any(site, text, exact, most)
            };
            let Some(plain) = plain else { continue };
            let len = plain.len() as u64;
            if exact.is_some_and(|n| n != len)
                || exact.is_none() && must && len > most.max(len.min(self.most))
            {
                continue;
            }
            if let Some(value) = self.taken(site, text, &plain) {
                return Ok((value, plain));
            }
        }
        Err(Failure::of(if must { Why::Value } else { Why::Text }, site.attr))
    }

    /// The value of bytes that a field can have.
    fn taken(&mut self, site: Site, text: Option<Encoding>, plain: &[u8]) -> Option<Value> {
        let value = self.decoded(text, plain)?;
        self.is_fine(site, value, &site.scope()).then_some(value)
    }

    /// The value that bytes are decoded to.
    pub(super) fn decoded(&mut self, text: Option<Encoding>, plain: &[u8]) -> Option<Value> {
        Some(match text {
            None => Value::Bytes(self.tree.compute(plain)),
            Some(encoding) => {
                let decoded = encoding.decode(plain).ok()?.into_owned();
                Value::Str(self.tree.compute(decoded.as_bytes()))
            }
        })
    }

    /// Whether a constraint allows a value.
    pub(super) fn is_fine(&mut self, site: Site, value: Value, scope: &Scope) -> bool {
        let layout = self.layout;
        let Some(valid) = &layout.attrs[site.attr].valid else { return true };
        let scope = Scope { it: Cell::Is(value), ..*scope };
        // The constraint may name the very field.
        let row = self.row(site.object, site.attr);
        let before = self.tree.cell(row);
        if layout.attrs[site.attr].repeat == crate::layout::Repeat::Once {
            self.tree.set_cell(row, Cell::Is(value));
        }
        let held = self.holds(&valid.kind, value, &scope, true);
        self.tree.set_cell(row, before);
        held == Ok(true)
    }

    /// Any bytes, or any text, without what would end or fill it.
    fn any(&mut self, site: Site, text: Option<Encoding>, exact: Option<u64>, most: u64) -> Option<Vec<u8>> {
        let field = &self.layout.attrs[site.attr];
        let unit = text.map_or(1, |encoding| u64::from(encoding.unit()));
        let short = if self.is_late() { 4 } else { 12 };
        let len = match exact {
            Some(exact) => exact,
            None => {
                let units = most.min(short * unit) / unit;
                // Most fields that may be empty are not.
                let some = self.entropy.below(units + 1);
                (if some == 0 && units > 0 && self.entropy.percent(80) { 1 } else { some }) * unit
            }
        };
        let len = usize::try_from(len).ok()?;
        let fills = |byte: u8| {
            field.pad_right == Some(byte)
                || field.terminator.as_ref().is_some_and(|t| t.bytes.contains(&byte))
        };
        let unit = usize::try_from(unit).unwrap_or(1);
        if let Some(encoding) = text {
            let mut letters = String::new();
            while letters.len() * unit < len {
                let letter = self.letter();
                if !fills(letter) {
                    letters.push(char::from(letter));
                } else if fills(b'a') && fills(b'b') {
                    return None;
                }
            }
            return encoding.encode(&letters);
        }
        let plain = (0..len).map(|_| {
            let byte = u8::try_from(self.entropy.below(256)).unwrap_or(0);
            if fills(byte) || byte == 0 { self.letter() } else { byte }
        });
        Some(plain.collect())
    }
}

/// The bytes of a value.
fn slice(value: Value) -> Option<Slice> {
    match value {
        Value::Str(slice) | Value::Bytes(slice) => Some(slice),
        _ => None,
    }
}
