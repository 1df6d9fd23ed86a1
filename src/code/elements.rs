//! The elements of a field: loops, sizes, bytes, constraints.

use super::lower::Lowering;
use super::{Check, Op, ParentOf, Process, Span, Terminator};
use crate::layout::ty::Ty;
use crate::layout::{Attr, AttrId, Body, ExprId, Extent, Parent, Repeat, ValidKind};
use crate::schema::ast::ProcessKind;

impl Lowering<'_> {
    /// The elements of a field: one, or a loop.
    pub(super) fn elements(&mut self, id: AttrId, shared: bool) {
        let attr = &self.layout.attrs[id];
        let mut start = None;
        match attr.repeat {
            Repeat::Once => {}
            Repeat::Times(count) => {
                self.expr(count);
                if shared {
                    self.op(Op::Memo(1));
                }
                start = Some(self.hole());
            }
            Repeat::Eos => {
                if shared {
                    self.op(Op::Memo(0));
                }
                start = Some(self.hole());
            }
            Repeat::Until(_) => self.op(Op::Repeat),
        }
        let body = self.here();
        self.element(id, shared && attr.repeat == Repeat::Once);
        match attr.repeat {
            Repeat::Once => self.op(Op::Element(id)),
            Repeat::Until(until) => {
                self.expr(until);
                self.op(Op::Element(id));
                self.op(Op::Until(body));
            }
            Repeat::Times(_) | Repeat::Eos => {
                self.op(Op::Element(id));
                self.op(Op::Next(body));
            }
        }
        if let Some(hole) = start {
            let here = self.here();
            let times = matches!(attr.repeat, Repeat::Times(_));
            self.fill(hole, if times { Op::Times(here) } else { Op::Eos(here) });
        }
    }

    /// One element: what is passed to it, its size, its bytes, its constraint.
    fn element(&mut self, id: AttrId, shared: bool) {
        let attr = &self.layout.attrs[id];
        let mut operands = self.arguments(attr, &attr.body);
        let span = match attr.extent {
            Extent::Size(size) => {
                self.expr(size);
                operands += 1;
                Some(Span::Operand)
            }
            Extent::Eos => Some(Span::Rest),
            Extent::Free => None,
        };
        if let Body::Switch { on, cases, default } = &attr.body {
            self.expr(*on);
            if shared {
                self.op(Op::Memo(operands.saturating_add(1)));
            }
            let mut ends = Vec::new();
            for (case, body) in cases {
                self.expr(*case);
                let next = self.hole();
                self.body(id, body, span);
                ends.push(self.hole());
                let here = self.here();
                self.fill(next, Op::Case(here));
            }
            self.op(Op::Drop);
            self.body(id, default, span);
            let here = self.here();
            for end in ends {
                self.fill(end, Op::Jump(here));
            }
        } else {
            if shared {
                self.op(Op::Memo(operands));
            }
            self.body(id, &attr.body, span);
        }
        self.op(Op::Set);
        self.valid(id);
    }

    /// What is passed to an object, below its size on the stack; gives how many values that is.
    fn arguments(&mut self, attr: &Attr, body: &Body) -> u8 {
        let Body::Object(_, args) = body else { return 0 };
        for arg in args {
            self.expr(*arg);
        }
        if let Parent::Other(parent) = attr.parent {
            self.expr(parent);
        }
        u8::try_from(args.len() + usize::from(matches!(attr.parent, Parent::Other(_)))).unwrap_or(u8::MAX)
    }

    /// What an element consists of; its size is on the stack where the span says so.
    fn body(&mut self, id: AttrId, body: &Body, span: Option<Span>) {
        let layout = self.layout;
        let attr = &layout.attrs[id];
        let switched = matches!(attr.body, Body::Switch { .. });
        match body {
            Body::Bytes => self.bytes(attr, span),
            Body::Str(encoding) => {
                self.bytes(attr, span);
                self.op(Op::Decode(*encoding));
            }
            Body::Contents(bytes) if attr.process.is_none() => {
                let constant = self.pool.add(bytes);
                self.op(Op::Contents(span.unwrap_or(Span::Terminated), constant));
            }
            Body::Contents(bytes) => {
                let span = span.unwrap_or_else(|| {
                    // As many as the value has, whatever the process: so does the Kaitai compiler.
                    self.op(Op::Int(i64::try_from(bytes.len()).unwrap_or(i64::MAX)));
                    Span::Operand
                });
                self.bytes(attr, Some(span));
                let constant = self.pool.add(bytes);
                self.op(Op::Same(constant));
            }
            Body::Value(value) => self.expr(*value),
            Body::Int(format) => self.op(Op::ReadInt(*format)),
            Body::Bits(bits, endian) => {
                let truth = *bits == 1 && attr.element == Ty::Bool;
                self.op(Op::ReadBits(*bits, *endian, truth));
            }
            Body::Float(bytes, order) => self.op(Op::ReadFloat(*bytes, *order)),
            Body::Object(ty, args) => {
                let parent = match attr.parent {
                    _ if layout.types[*ty].top != layout.types[attr.owner].top => ParentOf::Nobody,
                    Parent::User => ParentOf::User,
                    Parent::Nobody => ParentOf::Nobody,
                    Parent::Other(_) => ParentOf::Operand,
                };
                let decoded = attr.process.is_some() || attr.terminator.is_some() || attr.pad_right.is_some();
                let region = match span {
                    _ if decoded => {
                        self.bytes(attr, span);
                        Some((None, self.hole()))
                    }
                    Some(span) => Some((Some(span), self.hole())),
                    None => None,
                };
                if switched {
                    self.arguments(attr, body);
                }
                let count = u8::try_from(args.len()).unwrap_or(u8::MAX);
                self.op(Op::Enter(*ty, count, parent));
                if let Some((span, hole)) = region {
                    let here = self.here();
                    self.fill(hole, span.map_or(Op::Within(here), |span| Op::Region(span, here)));
                    self.op(Op::Close);
                }
            }
            Body::Switch { .. } | Body::Nothing | Body::Param => {
                // The case that a switch does not have: its bytes are taken all the same.
                if span.is_some() {
                    self.bytes(attr, span);
                    self.op(Op::Drop);
                }
                self.op(Op::Absent);
            }
        }
    }

    /// The bytes of a field: taken, stripped, cut at the terminator, processed.
    fn bytes(&mut self, attr: &Attr, span: Option<Span>) {
        let terminator = attr.terminator.as_ref().map(|terminator| Terminator {
            bytes: self.pool.add(&terminator.bytes),
            consume: terminator.consume,
            include: terminator.include,
            eos_error: terminator.eos_error,
        });
        let span = span.unwrap_or(Span::Terminated);
        match span {
            Span::Terminated => self.op(Op::ReadBytes(span, terminator)),
            span => {
                self.op(Op::ReadBytes(span, None));
                // What is a terminator as well is cut there, where it may be part of the value.
                let ends = |pad: u8| attr.terminator.as_ref().is_some_and(|t| t.bytes == [pad]);
                if let Some(pad) = attr.pad_right.filter(|pad| !ends(*pad)) {
                    self.op(Op::Strip(pad));
                }
                if let Some(terminator) = terminator {
                    self.op(Op::Terminate(terminator));
                }
            }
        }
        let Some(process) = &attr.process else { return };
        for arg in &process.args {
            self.expr(*arg);
        }
        let op = match &process.kind {
            ProcessKind::Xor => Process::Xor,
            ProcessKind::RotateLeft => Process::RotateLeft,
            ProcessKind::RotateRight => Process::RotateRight,
            ProcessKind::Zlib => Process::Zlib,
            ProcessKind::Custom(name) => {
                let row = u32::try_from(self.code.processes.len()).unwrap_or(u32::MAX);
                self.code.processes.push(name.clone());
                Process::Custom(row, u8::try_from(process.args.len()).unwrap_or(u8::MAX))
            }
        };
        self.op(Op::Process(op));
    }

    fn valid(&mut self, id: AttrId) {
        let Some(valid) = &self.layout.attrs[id].valid else { return };
        match &valid.kind {
            ValidKind::Eq(expr) => self.check(*expr, Check::Eq),
            ValidKind::Range(min, max) => {
                for (expr, check) in [(min, Check::Min), (max, Check::Max)] {
                    if let Some(expr) = expr {
                        self.check(*expr, check);
                    }
                }
            }
            ValidKind::AnyOf(items) => {
                for item in items {
                    self.expr(*item);
                }
                let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
                self.op(Op::Check(Check::AnyOf(count)));
            }
            ValidKind::Expr(expr) => self.check(*expr, Check::Holds),
            ValidKind::InEnum(id) => self.op(Op::Check(Check::InEnum(*id))),
        }
    }

    fn check(&mut self, expr: ExprId, check: Check) {
        self.expr(expr);
        self.op(Op::Check(check));
    }
}
