//! Layout → code.

use super::reach::Reaches;
use super::{Code, Op, Pc, Pool, QueryCode, Task, TypeCode, What};
use crate::layout::query::Query;
use crate::layout::ty::Ty;
use crate::layout::{AttrId, Body, Cover, ExprId, Extent, Layout, ObjectOrder, Parent, Repeat, TypeId};
use crate::table::Id;

/// What to lower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which instances are evaluated though nothing asks for them.
    pub instances: Forced,
    /// Whether a list that breaks off is known as far as it was read, as `ks-debug` has it; else it is unknown, since
    /// what is said of a part need not hold of the whole.
    pub partial: bool,
}

/// Which instances are evaluated though nothing asks for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forced {
    /// None: an instance is evaluated when an expression asks for it.
    None,
    /// Those that are read from the file, and those with a `valid`. A calculated value that nobody asks for does
    /// no harm.
    #[default]
    Read,
    /// All of them.
    All,
}

/// Lowers a layout and its queries.
pub fn lower(layout: &Layout, options: Options) -> Code {
    let (attrs, slots) = super::keep::slots(layout);
    let lowering = Lowering {
        layout,
        reaches: Reaches::of(layout, true),
        ups: Reaches::of(layout, false),
        code: Code { attrs, partial: options.partial, ..Code::default() },
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
            self.order(id);
            for attr in &ty.seq {
                self.field(*attr);
            }
            let finish = self.here();
            self.op(Op::Finish);
            let slots = slots.get(id.row()).copied().unwrap_or(0);
            let tasks = self.tasks(id, options);
            let params = ty.params.iter().map(|param| self.code.attrs[*param].slot).collect();
            self.code.types.push(TypeCode { entry, finish, slots, params, top: ty.top, tasks });
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
                let exprs: Vec<ExprId> = match &checksum.covers {
                    Cover::Range { start, end } => start.iter().chain(end).copied().collect(),
                    Cover::Fields(_) => Vec::new(),
                };
                let reach = self.reaches.all(&exprs, ty.root);
                tasks.push(Task { what: What::Checksum(*attr), reach });
            }
        }
        for attr in &ty.instances {
            let parsed = !matches!(self.layout.attrs[*attr].body, Body::Value(_));
            let checked = self.layout.attrs[*attr].valid.is_some();
            let forced = match options.instances {
                Forced::None => false,
                Forced::Read => parsed || checked,
                Forced::All => true,
            };
            if forced {
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
            let bodies = self.layout.attrs.iter().flat_map(|attr| attr.body.alternatives());
            bodies.filter(|body| matches!(body, Body::Object(t, _) if *t == ty)).count()
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
        let odd = matches!(attr.body, Body::Switch { .. }) && attr.body.alternatives().any(takes_arguments)
            || attr.repeat != Repeat::Once && takes_arguments(&attr.body)
            || matches!(&attr.body, Body::Object(_, args) if args.iter().any(|arg| !self.is_plain(*arg)))
            || matches!(attr.parent, Parent::Other(_))
            || attr.process.as_ref().is_some_and(|process| !process.args.is_empty());
        attr.pos.is_none() || repeats || odd || attr.valid.is_some() || self.ups.looks_out(attr)
    }

    /// Whether two equal values of an expression mean the same.
    fn is_plain(&self, expr: ExprId) -> bool {
        let ty = &self.layout.exprs[expr].ty;
        matches!(ty, Ty::Int(_) | Ty::Bool | Ty::Str | Ty::Bytes | Ty::Enum(_))
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

    /// The byte order that objects of a type calculate.
    fn order(&mut self, id: TypeId) {
        let layout = self.layout;
        let ObjectOrder::Calculated { on, cases } = &layout.types[id].order else { return };
        self.expr(*on);
        let mut ends = Vec::new();
        let mut default = None;
        for (case, endian) in cases {
            let Some(case) = case else {
                default = Some(*endian);
                continue;
            };
            self.expr(*case);
            let next = self.hole();
            self.op(Op::Order(Some(*endian)));
            ends.push(self.hole());
            let here = self.here();
            self.fill(next, Op::Case(here));
        }
        self.op(Op::Drop);
        self.op(Op::Order(default));
        let here = self.here();
        for end in ends {
            self.fill(end, Op::Jump(here));
        }
    }

    fn field(&mut self, id: AttrId) {
        if self.layout.attrs[id].aligned {
            self.op(Op::Align);
        }
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
}

fn takes_arguments(body: &Body) -> bool {
    matches!(body, Body::Object(_, args) if !args.is_empty())
}
