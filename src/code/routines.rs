//! Routines that compare and ask: checksums and queries.

use super::Op;
use super::lower::Lowering;
use crate::layout::query::{Query, Target};
use crate::layout::{AttrId, Cover, Method, QueryId};

impl Lowering<'_> {
    pub(super) fn checksum(&mut self, id: AttrId) {
        let Some(checksum) = &self.layout.attrs[id].checksum else { return };
        self.op(Op::This);
        self.op(Op::Get(id));
        // A checksum that is not there asks for nothing.
        self.op(Op::SetOrReturn);
        let ranges = match &checksum.covers {
            Cover::Range { start, end } => {
                match start {
                    Some(start) => self.expr(*start),
                    None => self.op(Op::Int(0)),
                }
                match end {
                    Some(end) => self.expr(*end),
                    None => {
                        self.op(Op::This);
                        self.op(Op::Io);
                        self.op(Op::Method(Method::StreamSize, 0));
                    }
                }
                1
            }
            Cover::Fields(fields) => {
                fields.iter().for_each(|field| self.op(Op::Place(*field)));
                u8::try_from(fields.len()).unwrap_or(u8::MAX)
            }
        };
        self.op(Op::Checksum(id, checksum.own_bytes, ranges));
        self.op(Op::Return);
    }

    pub(super) fn query(&mut self, id: QueryId, query: &Query) {
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
                } else if query.absent {
                    self.op(Op::Set);
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
