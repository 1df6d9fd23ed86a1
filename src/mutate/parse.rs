//! Bytes to a draft: what a seed consists of, as the walker reads it.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::check::Plan;
use crate::r#gen::draft::{Draft, Fields};
use crate::layout::{AttrId, Body, Layout, QueryId, Repeat};
use crate::limits::Limits;
use crate::walk::events::{Aloud, Event, Events, Spot, Turn};
use crate::walk::{At, Cause, ObjectId, Observer, Store, Trouble, Value, walk};

/// What a file consists of; nothing if it is not of the schema: a part of it cannot be read.
pub(super) fn parse(plan: &Plan, data: &[u8], limits: &Limits) -> Option<Arc<Fields>> {
    let mut reader = Reader { layout: &plan.layout, open: Vec::new(), root: None, failed: false };
    let ended = walk(&plan.code, &[data], plan.setting(limits), &mut reader);
    reader.root.filter(|_| ended && !reader.failed)
}

/// What is being read.
enum Open {
    Object(ObjectId, Option<AttrId>, Fields),
    List(AttrId, Vec<Draft>),
}

struct Reader<'l> {
    layout: &'l Layout,
    open: Vec<Open>,
    root: Option<Arc<Fields>>,
    failed: bool,
}

impl Reader<'_> {
    fn add(&mut self, attr: AttrId, draft: Draft) {
        match self.open.last_mut() {
            Some(Open::List(of, items)) if *of == attr => items.push(draft),
            Some(Open::Object(_, _, fields)) => fields.fields.push((attr, draft)),
            _ => {}
        }
    }

    fn value(&mut self, attr: AttrId, value: Value, store: &Store<'_, '_>) {
        if let (Value::Object(id), Some(Open::Object(open, ..))) = (value, self.open.last())
            && id == *open
        {
            if let Some(Open::Object(_, _, fields)) = self.open.pop() {
                self.add(attr, Draft::Object(Arc::new(fields)));
            }
            return;
        }
        let draft = match value {
            Value::Absent => Draft::Absent,
            Value::Int(n) => Draft::Int(n),
            Value::Float(n) => Draft::Float(n),
            Value::Bool(set) => Draft::Bool(set),
            Value::Str(slice) => Draft::Str(store.bytes(slice).into()),
            Value::Bytes(slice) => Draft::Bytes(store.bytes(slice).into()),
            Value::Unknown(_) => {
                self.failed = true;
                Draft::Open
            }
            Value::Pending | Value::Busy | Value::Object(_) | Value::Array(_) | Value::Stream(_) => {
                Draft::Open
            }
        };
        self.add(attr, draft);
    }
}

impl Observer for Reader<'_> {
    const EVENTS: bool = true;

    fn trouble(&mut self, trouble: Trouble, _: Cause, _: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        self.failed |= matches!(trouble, Trouble::Limit(..));
        ControlFlow::Continue(())
    }

    fn answer(&mut self, _: QueryId, _: usize, _: &[Value], _: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, _: Cause) {}

    fn events(&mut self) -> Option<&mut dyn Events> {
        Some(self)
    }
}

impl Events for Reader<'_> {
    fn begins(&mut self, object: ObjectId, _: Spot, store: &Store<'_, '_>) -> Aloud {
        let owner = store.get(object);
        self.open.push(Open::Object(object, owner.attr, Fields { ty: owner.ty, fields: Vec::new() }));
        // Only the whole file is walked ahead of what is told: what is in it may need its last field.
        if owner.attr.is_none() { Aloud::AfterSilence } else { Aloud::Yes }
    }

    fn turn(&mut self, attr: AttrId, value: Option<Value>) -> Turn {
        match value {
            _ if self.failed || matches!(self.layout.attrs[attr].body, Body::Value(_)) => Turn::Skip,
            Some(Value::Unknown(_) | Value::Absent | Value::Busy) => Turn::Tell,
            _ => Turn::Read,
        }
    }

    fn is_leaf(&self, attr: AttrId) -> bool {
        let attr = &self.layout.attrs[attr];
        attr.repeat == Repeat::Once && !matches!(attr.body, Body::Object(..) | Body::Switch { .. })
    }

    fn tell(&mut self, event: Event, store: &Store<'_, '_>) {
        match event {
            Event::List { attr, .. } => self.open.push(Open::List(attr, Vec::new())),
            Event::Value { attr, value, .. } => self.value(attr, value, store),
            Event::ListEnd { .. } => {
                if let Some(Open::List(attr, items)) = self.open.pop() {
                    self.add(attr, Draft::List(Arc::new(items)));
                }
            }
            Event::Failed { .. } => self.failed = true,
            Event::Fields { object } => self.failed |= store.failed(object).is_some(),
            Event::Before { attr, .. } => self.add(attr, Draft::Open),
            Event::End { .. } => {
                if let Some(Open::Object(_, None, fields)) = self.open.pop() {
                    self.root = Some(Arc::new(fields));
                }
            }
        }
    }

    fn is_done(&self) -> bool {
        self.failed
    }
}
