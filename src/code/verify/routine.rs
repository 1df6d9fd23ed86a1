//! One routine: what is on the stack and at hand before each of its operations.

use std::collections::BTreeMap;

use super::{Unsound, in_pool, row};
use crate::code::{Check, Code, Constant, Op, ParentOf, Pc, Process, Span, Terminator};
use crate::layout::{AttrId, QueryId, TypeId};
use crate::table::Id;

/// What a routine is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object(TypeId),
    Instance(AttrId),
    Checksum(AttrId),
    Query(QueryId),
}

/// What is known before an operation. Where two ways meet, both must have come to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
struct State {
    /// Values of this routine on the stack.
    height: u32,
    /// Whether the value at hand is one of this element.
    it: bool,
    /// The field that began.
    field: Option<AttrId>,
    /// Where the elements of a loop begin.
    head: Option<Pc>,
    /// Where the region that is open ends.
    region: Option<Pc>,
    /// Whether the element is complete.
    read: bool,
}

/// What comes after an operation, and where else the walk can go on.
struct After {
    next: Option<State>,
    jumps: [Option<(Pc, State)>; 2],
}

type Step<T = ()> = Result<T, &'static str>;

/// The pass over all routines.
pub(super) struct Routine<'c> {
    code: &'c Code,
    capacities: usize,
    /// Which operations belong to a routine that was looked at.
    seen: Vec<bool>,
    /// How many values each query answers with.
    pub(super) answers: Vec<u8>,
    kind: Kind,
    finish: Option<Pc>,
}

const NOT_THERE: &str = "names what is not there";
const TAKES: &str = "takes a value that is not there";
const ELSEWHERE: &str = "does not belong there";
const HEIGHT: &str = "leaves values behind";

impl<'c> Routine<'c> {
    pub(super) fn new(code: &'c Code, capacities: usize) -> Self {
        let kind = Kind::Object(TypeId::new(0));
        let (seen, answers) = (vec![false; code.ops.len()], vec![0; code.queries.len()]);
        Routine { code, capacities, seen, answers, kind, finish: None }
    }

    /// Looks at a routine from its entry to its end: no operation of it belongs to another one.
    pub(super) fn run(&mut self, kind: Kind, entry: Pc) -> Result<(), Unsound> {
        self.kind = kind;
        self.finish = match kind {
            Kind::Object(ty) => self.code.types.find(ty).map(|ty| ty.finish),
            _ => None,
        };
        let mut ahead: BTreeMap<Pc, State> = BTreeMap::from([(entry, State::default())]);
        let mut finished = self.finish.is_none();
        while let Some((pc, state)) = ahead.pop_first() {
            let wrong = |what| Unsound::Op(what, pc);
            let at = pc as usize;
            let op = *self.code.ops.get(at).ok_or(wrong(NOT_THERE))?;
            let seen = self.seen.get_mut(at).ok_or(wrong(NOT_THERE))?;
            if std::mem::replace(seen, true) {
                return Err(wrong("belongs to two routines"));
            }
            finished |= self.finish == Some(pc);
            let After { next, jumps } = self.step(op, pc, state).map_err(wrong)?;
            let behind = pc.checked_add(1).ok_or(wrong(NOT_THERE))?;
            for (to, state) in
                next.map(|state| (behind, state)).into_iter().chain(jumps.into_iter().flatten())
            {
                if to < behind {
                    return Err(wrong("goes back"));
                }
                if *ahead.entry(to).or_insert(state) != state {
                    return Err(wrong("comes to a place in two ways that differ"));
                }
            }
        }
        if finished { Ok(()) } else { Err(Unsound::Op("is an end that is never reached", entry)) }
    }

    fn step(&mut self, op: Op, pc: Pc, mut s: State) -> Step<After> {
        let mut jumps = [None, None];
        let mut ends = false;
        match op {
            Op::Int(_) | Op::Float(_) | Op::Bool(_) | Op::Index | Op::This | Op::Absent => s.put(1),
            Op::Wide(row) => {
                self.code.wide.get(row as usize).ok_or(NOT_THERE)?;
                s.put(1);
            }
            Op::Str(constant) => {
                let text = in_pool(self.code, constant).ok_or(NOT_THERE)?;
                std::str::from_utf8(text).map_err(|_| "has a text that is none")?;
                s.put(1);
            }
            Op::Bytes(constant) => self.constant(constant).map(|()| s.put(1))?,
            Op::It => s.needs(s.it).map(|()| s.put(1))?,
            Op::Root(root) => self.code.roots.find(root).map(|_| s.put(1)).ok_or(NOT_THERE)?,
            Op::Capacity(id) if id.row() < self.capacities => s.put(1),
            Op::Capacity(_) => return Err(NOT_THERE),
            Op::Parent | Op::Top | Op::Io | Op::Expect(_) | Op::Unary(_) | Op::Intern | Op::Blank => {
                s.map(1)?
            }
            Op::Get(attr) => self.code.attrs.find(attr).ok_or(NOT_THERE).and_then(|_| s.map(1))?,
            Op::Cast(ty) => self.code.types.find(ty).ok_or(NOT_THERE).and_then(|_| s.map(1))?,
            Op::Binary(_) | Op::Subscript => s.map(2)?,
            Op::List(count) => s.map(count)?,
            Op::Method(_, count) => s.map(u32::from(count) + 1)?,
            Op::Jump(to) => {
                jumps = [Some((to, s)), None];
                ends = true;
            }
            Op::Choose(otherwise, end) => {
                jumps[1] = Some((end, s));
                s.take(1)?;
                jumps[0] = Some((otherwise, s));
            }
            Op::And(end) | Op::Or(end) => {
                jumps[0] = Some((end, s));
                s.take(1)?;
            }
            Op::Case(next) => {
                s.take(1)?;
                jumps[0] = Some((next, s));
                s.take(1)?;
            }
            Op::Drop => s.take(1)?,
            Op::Return => {
                s.needs(!matches!(self.kind, Kind::Object(_)) && s.field.is_none() && s.head.is_none())?;
                ends = true;
            }
            Op::Finish => {
                s.needs(self.finish == Some(pc) && s.field.is_none() && s.height == 0)?;
                ends = true;
            }
            Op::Set => {
                s.take(1)?;
                let routine = matches!(self.kind, Kind::Checksum(_) | Kind::Query(_));
                s.needs(s.height == 0 && !s.read && s.region.is_none() && (routine || s.field.is_some()))?;
                s.it = true;
            }
            Op::When(_) | Op::Each(_) | Op::EachNext(_) | Op::Answer(..) => {
                jumps[0] = self.query(op, pc, &mut s)?
            }
            Op::SetOrReturn => {
                s.take(1)?;
                let routine = matches!(self.kind, Kind::Checksum(_) | Kind::Query(_));
                s.needs(routine && s.height == 0 && s.head.is_none())?;
                s.it = true;
            }
            Op::Place(attr) => {
                let Kind::Checksum(own) = self.kind else { return Err(ELSEWHERE) };
                let owner = |attr| self.code.attrs.find(attr).map(|attr| attr.owner);
                let placed = self.code.attrs.find(attr).is_some_and(|attr| attr.place.is_some());
                s.needs(placed && owner(attr) == owner(own))?;
                s.put(2);
            }
            Op::Checksum(attr, _, ranges) => {
                s.needs(self.kind == Kind::Checksum(attr) && s.it)?;
                s.take(2 * u32::from(ranges))?;
            }
            Op::Order(_) => s.needs(matches!(self.kind, Kind::Object(_)) && s.field.is_none())?,
            op => jumps[0] = self.field(op, pc, &mut s)?,
        }
        Ok(After { next: (!ends).then_some(s), jumps })
    }

    /// Operations of queries.
    fn query(&mut self, op: Op, pc: Pc, s: &mut State) -> Step<Option<(Pc, State)>> {
        let Kind::Query(query) = self.kind else { return Err(ELSEWHERE) };
        match op {
            Op::When(to) => {
                s.take(1)?;
                Ok(Some((to, *s)))
            }
            Op::Each(end) => {
                s.take(1)?;
                s.needs(s.head.is_none() && s.height == 0)?;
                let after = State { it: false, ..*s };
                (s.head, s.it) = (pc.checked_add(1), true);
                Ok(Some((end, after)))
            }
            Op::EachNext(body) => {
                s.needs(s.head == Some(body) && s.height == 0)?;
                (s.head, s.it) = (None, false);
                Ok(None)
            }
            Op::Answer(answered, count) => {
                s.take(u32::from(count))?;
                s.needs(answered == query && s.height == 0)?;
                // A query that answers here and there answers with as many.
                let known = row(&mut self.answers, query).ok_or(NOT_THERE)?;
                s.needs(*known == 0 || *known == count)?;
                *known = count;
                Ok(None)
            }
            _ => Err(ELSEWHERE),
        }
    }

    /// Operations of fields.
    fn field(&self, op: Op, pc: Pc, s: &mut State) -> Step<Option<(Pc, State)>> {
        let instance = matches!(self.kind, Kind::Instance(_));
        if !instance && !matches!(self.kind, Kind::Object(_)) {
            return Err(ELSEWHERE);
        }
        // Between the field's beginning and the value of its element.
        let reading = s.field.is_some() && !s.it && !s.read;
        let beginning = reading && s.head.is_none() && s.region.is_none();
        match op {
            Op::Align => return Ok(None),
            Op::Begin(attr) => {
                let code = self.code.attrs.find(attr).ok_or(NOT_THERE)?;
                let own = match self.kind {
                    Kind::Object(ty) => code.owner == ty && !code.instance,
                    _ => self.kind == Kind::Instance(attr),
                };
                s.needs(own && s.field.is_none() && s.height == 0)?;
                s.field = Some(attr);
            }
            Op::If(to) => {
                s.take(1)?;
                s.needs(beginning && s.height == 0)?;
                return Ok(Some((to, State::default())));
            }
            Op::Times(end) | Op::Eos(end) => {
                s.take(u32::from(matches!(op, Op::Times(_))))?;
                s.needs(beginning && s.height == 0)?;
                let after = State { read: true, ..*s };
                s.head = pc.checked_add(1);
                return Ok(Some((end, after)));
            }
            Op::Repeat => {
                s.needs(beginning && s.height == 0)?;
                s.head = pc.checked_add(1);
            }
            Op::Next(body) | Op::Until(body) => {
                s.take(u32::from(matches!(op, Op::Until(_))))?;
                s.needs(s.head == Some(body) && s.read && s.height == 0)?;
                s.head = None;
            }
            Op::Stream | Op::Seek => {
                s.take(1)?;
                s.needs(instance && beginning)?;
            }
            Op::Memo(count) => s.needs(instance && reading && s.height >= u32::from(count))?,
            Op::Region(span, close) => {
                s.take(u32::from(span == Span::Operand))?;
                s.needs(reading && s.region.is_none() && span != Span::Terminated)?;
                return Ok(Some((close, s.open(close))));
            }
            Op::Within(close) => {
                s.take(1)?;
                s.needs(reading && s.region.is_none())?;
                return Ok(Some((close, s.open(close))));
            }
            Op::Close => {
                s.needs(s.region == Some(pc) && s.height == 1)?;
                s.region = None;
            }
            Op::Enter(ty, count, parent) => {
                self.code.types.find(ty).ok_or(NOT_THERE)?;
                s.take(u32::from(count) + u32::from(parent == ParentOf::Operand))?;
                s.needs(reading)?;
                s.put(1);
            }
            Op::ReadInt(format) => s.reads(reading && matches!(format.bytes, 1 | 2 | 4 | 8), 0)?,
            Op::ReadBits(bits, ..) => s.reads(reading && (1..=64).contains(&bits), 0)?,
            Op::ReadFloat(bytes, _) => s.reads(reading && matches!(bytes, 4 | 8), 0)?,
            Op::ReadBytes(span, terminator) => {
                terminator.map_or(Ok(()), |terminator| self.terminator(terminator))?;
                let fits = (span == Span::Terminated) == terminator.is_some();
                s.reads(reading && fits, u32::from(span == Span::Operand))?;
            }
            Op::Contents(span, expected) => {
                self.constant(expected)?;
                s.reads(reading, u32::from(span == Span::Operand))?;
            }
            Op::Strip(_) | Op::Decode(_) => s.reads(reading, 1)?,
            Op::Same(expected) => self.constant(expected).and_then(|()| s.reads(reading, 1))?,
            Op::Terminate(terminator) => self.terminator(terminator).and_then(|()| s.reads(reading, 1))?,
            Op::Process(Process::Zlib) => s.reads(reading, 1)?,
            Op::Process(Process::Xor | Process::RotateLeft | Process::RotateRight) => s.reads(reading, 2)?,
            Op::Process(Process::Custom(row, count)) => {
                self.code.processes.get(row as usize).ok_or(NOT_THERE)?;
                s.reads(reading, u32::from(count) + 1)?;
            }
            Op::Check(check) => {
                s.take(match check {
                    Check::AnyOf(count) => count,
                    Check::InEnum(id) => self.code.enums.find(id).map(|_| 0).ok_or(NOT_THERE)?,
                    Check::Eq | Check::Min | Check::Max | Check::Holds => 1,
                })?;
                s.needs(s.it)?;
            }
            Op::Element(attr) => {
                // What ends a loop is computed from the element, before it is dropped.
                let height = u32::from(matches!(self.code.ops.get(pc as usize + 1), Some(Op::Until(_))));
                s.needs(s.field == Some(attr) && s.it && s.region.is_none() && s.height == height)?;
                (s.it, s.read) = (false, true);
            }
            Op::Store(attr) => {
                s.needs(s.field == Some(attr) && s.read && s.head.is_none())?;
                if s.height > 0 {
                    return Err(HEIGHT);
                }
                *s = State::default();
            }
            _ => return Err(ELSEWHERE),
        }
        Ok(None)
    }

    fn constant(&self, constant: Constant) -> Step {
        in_pool(self.code, constant).map(|_| ()).ok_or(NOT_THERE)
    }

    fn terminator(&self, terminator: Terminator) -> Step {
        in_pool(self.code, terminator.bytes).filter(|bytes| !bytes.is_empty()).map(|_| ()).ok_or(NOT_THERE)
    }
}

impl State {
    fn put(&mut self, count: u32) {
        self.height = self.height.saturating_add(count);
    }

    fn take(&mut self, count: u32) -> Step {
        self.height = self.height.checked_sub(count).ok_or(TAKES)?;
        Ok(())
    }

    /// Takes so many values and puts one.
    fn map(&mut self, count: u32) -> Step {
        self.take(count).map(|()| self.put(1))
    }

    /// The same for what reads a field.
    fn reads(&mut self, reading: bool, count: u32) -> Step {
        self.needs(reading).and_then(|()| self.map(count))
    }

    fn needs(&self, fits: bool) -> Step {
        if fits { Ok(()) } else { Err(ELSEWHERE) }
    }

    /// A region begins; gives what is known where it ends.
    fn open(&mut self, close: Pc) -> State {
        self.region = Some(close);
        State { height: 1, ..*self }
    }
}
