//! Layout → code.

use super::reach::Reaches;
use super::{Check, Code, Op, Pc, Pool, QueryCode, Span, Task, TypeCode, What};
use crate::layout::query::{Query, Target};
use crate::layout::{
    AttrId, Body, ExprId, Extent, Layout, Method, QueryId, Repeat, Terminator, TypeId, ValidKind,
};
use crate::table::Id;

/// What to lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether instances are read even when nothing asks for them: those that are read from the file, and
    /// those with a `valid`. A calculated value without one is made only for what asks for it: what nobody
    /// asks for does no harm.
    pub force_instances: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { force_instances: true }
    }
}

/// Lowers a layout and its queries.
pub fn lower(layout: &Layout, options: Options) -> Code {
    let (attrs, slots) = super::keep::slots(layout);
    let lowering = Lowering {
        layout,
        reaches: Reaches::of(layout, true),
        ups: Reaches::of(layout, false),
        code: Code { attrs, ..Code::default() },
        pool: Pool::default(),
    };
    lowering.run(options, &slots)
}

pub(super) struct Lowering<'l> {
    pub(super) layout: &'l Layout,
    reaches: Reaches<'l>,
    ups: Reaches<'l>,
    pub(super) code: Code,
    pub(super) pool: Pool,
}

impl Lowering<'_> {
    fn run(mut self, options: Options, slots: &[u32]) -> Code {
        let layout = self.layout;
        for (id, ty) in layout.types.entries() {
            let entry = self.here();
            for attr in &ty.seq {
                self.field(*attr);
            }
            let finish = self.here();
            self.op(Op::Finish);
            let slots = slots.get(id.row()).copied().unwrap_or(0);
            let tasks = self.tasks(id, options);
            self.code.types.push(TypeCode { entry, finish, slots, tasks });
        }
        for (id, attr) in layout.attrs.entries() {
            if attr.instance {
                self.code.attrs[id].entry = self.here();
                self.code.attrs[id].per_object = self.per_object(id);
                self.instance(id);
            }
            if attr.checksum.is_some() {
                self.code.attrs[id].checksum = self.here();
                self.checksum(id);
            }
        }
        for (id, query) in layout.queries.entries() {
            let entry = self.here();
            self.query(id, query);
            let path = (!self.certain(query)).then(|| query.at.steps.clone());
            let per_class = !query.capacities.is_empty();
            self.code.queries.push(QueryCode { entry, path, per_class });
        }
        for root in layout.roots.iter() {
            self.code.roots.push(root.ty);
        }
        for id in layout.enums.ids() {
            self.code.enums.push(layout.enums[id].members.iter().map(|(value, _)| *value).collect());
        }
        self.code.pool = self.pool.bytes;
        self.code
    }

    /// What runs when the fields of an object of this type are complete.
    fn tasks(&self, id: TypeId, options: Options) -> Vec<Task> {
        let ty = &self.layout.types[id];
        let mut tasks = Vec::new();
        for attr in &ty.seq {
            if let Some(checksum) = &self.layout.attrs[*attr].checksum {
                let exprs: Vec<ExprId> = checksum.start.iter().chain(&checksum.end).copied().collect();
                let reach = self.reaches.all(&exprs, ty.root);
                tasks.push(Task { what: What::Checksum(*attr), reach });
            }
        }
        for attr in &ty.instances {
            let parsed = !matches!(self.layout.attrs[*attr].body, Body::Value(_));
            let checked = self.layout.attrs[*attr].valid.is_some();
            if options.force_instances && (parsed || checked) {
                tasks.push(Task { what: What::Instance(*attr), reach: self.reaches.attr(*attr) });
            }
        }
        for (query, asked) in self.layout.queries.entries() {
            if asked.at.context == id {
                tasks.push(Task { what: What::Query(query), reach: self.reaches.query(asked) });
            }
        }
        tasks
    }

    /// Whether every object of the query's type is on the query's path.
    fn certain(&self, query: &Query) -> bool {
        let users = |ty: TypeId| -> usize {
            let uses = |body: &Body| usize::from(matches!(body, Body::Object(t) if *t == ty));
            let of = |body: &Body| match body {
                Body::Switch { cases, default, .. } => {
                    cases.iter().map(|(_, b)| uses(b)).sum::<usize>() + uses(default)
                }
                body => uses(body),
            };
            self.layout.attrs.iter().map(|attr| of(&attr.body)).sum()
        };
        let mut ty = query.at.context;
        for attr in query.at.steps.iter().rev() {
            if users(ty) != 1 {
                return false;
            }
            ty = self.layout.attrs[*attr].owner;
        }
        users(ty) == 0
    }

    /// Whether the place of an instance in the file does not determine its value.
    fn per_object(&self, id: AttrId) -> bool {
        let attr = &self.layout.attrs[id];
        let sized = attr.extent != Extent::Free;
        let repeats = match attr.repeat {
            Repeat::Once => false,
            Repeat::Eos | Repeat::Times(_) => sized,
            Repeat::Until(_) => true,
        };
        attr.pos.is_none() || repeats || attr.valid.is_some() || self.ups.looks_out(attr)
    }

    pub(super) fn here(&self) -> Pc {
        Pc::try_from(self.code.ops.len()).unwrap_or(Pc::MAX)
    }

    pub(super) fn op(&mut self, op: Op) {
        self.code.ops.push(op);
    }

    /// An operation whose target is not known yet.
    pub(super) fn hole(&mut self) -> usize {
        self.code.ops.push(Op::Return);
        self.code.ops.len() - 1
    }

    pub(super) fn fill(&mut self, hole: usize, op: Op) {
        if let Some(place) = self.code.ops.get_mut(hole) {
            *place = op;
        }
    }

    fn field(&mut self, id: AttrId) {
        self.op(Op::Begin(id));
        let end = self.condition(id);
        self.elements(id, false);
        self.op(Op::Store(id));
        if let Some(hole) = end {
            let here = self.here();
            self.fill(hole, Op::If(here));
        }
    }

    fn condition(&mut self, id: AttrId) -> Option<usize> {
        let condition = self.layout.attrs[id].condition?;
        self.expr(condition);
        Some(self.hole())
    }

    fn instance(&mut self, id: AttrId) {
        let attr = &self.layout.attrs[id];
        self.op(Op::Begin(id));
        let end = self.condition(id);
        if let Some(io) = attr.io {
            self.expr(io);
            self.op(Op::Stream);
        }
        if let Some(pos) = attr.pos {
            self.expr(pos);
            self.op(Op::Seek);
        }
        let shared = attr.pos.is_some() && !self.code.attrs[id].per_object;
        self.elements(id, shared);
        self.op(Op::Store(id));
        if let Some(hole) = end {
            let here = self.here();
            self.fill(hole, Op::If(here));
        }
        self.op(Op::Return);
    }

    /// The elements of a field: one, or a loop.
    fn elements(&mut self, id: AttrId, shared: bool) {
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

    /// One element: its size, its bytes, its constraint.
    fn element(&mut self, id: AttrId, shared: bool) {
        let attr = &self.layout.attrs[id];
        let span = match attr.extent {
            Extent::Size(size) => {
                self.expr(size);
                Some(Span::Operand)
            }
            Extent::Eos => Some(Span::Rest),
            Extent::Free => None,
        };
        let sized = u8::from(span == Some(Span::Operand));
        if let Body::Switch { on, cases, default } = &attr.body {
            self.expr(*on);
            if shared {
                self.op(Op::Memo(sized + 1));
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
                self.op(Op::Memo(sized));
            }
            self.body(id, &attr.body, span);
        }
        self.op(Op::Set);
        self.valid(id);
    }

    /// What an element consists of; its size is on the stack where the span says so.
    fn body(&mut self, id: AttrId, body: &Body, span: Option<Span>) {
        let attr = &self.layout.attrs[id];
        match body {
            Body::Bytes => self.bytes(span, attr.terminator),
            Body::Str(encoding) => {
                self.bytes(span, attr.terminator);
                self.op(Op::Decode(*encoding));
            }
            Body::Contents(bytes) => {
                let constant = self.pool.add(bytes);
                self.op(Op::Contents(span.unwrap_or(Span::Terminated), constant));
            }
            Body::Value(value) => self.expr(*value),
            Body::Object(_) | Body::Int(_) | Body::Float(..) | Body::Switch { .. } | Body::Nothing => {
                let region = span.map(|span| (span, self.hole()));
                match body {
                    Body::Object(ty) => self.op(Op::Enter(*ty)),
                    Body::Int(format) => self.op(Op::ReadInt(*format)),
                    Body::Float(bytes, endian) => self.op(Op::ReadFloat(*bytes, *endian)),
                    _ => self.op(Op::Absent),
                }
                if let Some((span, hole)) = region {
                    let here = self.here();
                    self.fill(hole, Op::Region(span, here));
                    self.op(Op::Close);
                }
            }
        }
    }

    fn bytes(&mut self, span: Option<Span>, terminator: Option<Terminator>) {
        self.op(Op::ReadBytes(span.unwrap_or(Span::Terminated), terminator));
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

    fn checksum(&mut self, id: AttrId) {
        let Some(checksum) = &self.layout.attrs[id].checksum else { return };
        self.op(Op::This);
        self.op(Op::Get(id));
        // A checksum that is not there asks for nothing.
        self.op(Op::SetOrReturn);
        match checksum.start {
            Some(start) => self.expr(start),
            None => self.op(Op::Int(0)),
        }
        match checksum.end {
            Some(end) => self.expr(end),
            None => {
                self.op(Op::This);
                self.op(Op::Io);
                self.op(Op::Method(Method::StreamSize, 0));
            }
        }
        self.op(Op::Checksum(id, checksum.own_bytes));
        self.op(Op::Return);
    }

    fn query(&mut self, id: QueryId, query: &Query) {
        let mut each = None;
        match query.at.value {
            None => {
                self.op(Op::This);
                self.op(Op::Set);
            }
            Some(Target { attr, each: all }) => {
                self.op(Op::This);
                self.op(Op::Get(attr));
                if all {
                    each = Some((self.hole(), self.here()));
                } else {
                    self.op(Op::SetOrReturn);
                }
            }
        }
        let when = query.when.map(|when| {
            self.expr(when);
            self.hole()
        });
        for expr in &query.answer {
            self.expr(*expr);
        }
        self.op(Op::Answer(id, u8::try_from(query.answer.len()).unwrap_or(u8::MAX)));
        if let Some(hole) = when {
            let here = self.here();
            self.fill(hole, Op::When(here));
        }
        if let Some((hole, body)) = each {
            self.op(Op::EachNext(body));
            let here = self.here();
            self.fill(hole, Op::Each(here));
        }
        self.op(Op::Return);
    }
}
