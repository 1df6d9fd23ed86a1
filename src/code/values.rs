//! Expressions → operations that leave their value on the stack.

use super::lower::Lowering;
use super::{Expect, Op};
use crate::layout::ty::Ty;
use crate::layout::{ExprId, ExprKind};
use crate::schema::expr::Binary;

impl Lowering<'_> {
    /// Lowers an expression; the host's stack is bounded by the depth of its tree.
    pub(super) fn expr(&mut self, id: ExprId) {
        let expr = &self.layout.exprs[id];
        match &expr.kind {
            ExprKind::Int(value) => self.int(*value),
            ExprKind::Float(value) => self.op(Op::Float(*value)),
            ExprKind::Bool(value) => self.op(Op::Bool(*value)),
            ExprKind::Str(text) => {
                let constant = self.pool.add(text.as_bytes());
                self.op(Op::Str(constant));
            }
            ExprKind::Bytes(bytes) => {
                let constant = self.pool.add(bytes);
                self.op(Op::Bytes(constant));
            }
            ExprKind::It => self.op(Op::It),
            ExprKind::Index => self.op(Op::Index),
            ExprKind::This => self.op(Op::This),
            ExprKind::Parent(base) => self.after(*base, Op::Parent),
            ExprKind::Root(root) => self.op(Op::Root(*root)),
            ExprKind::Top(base) => self.after(*base, Op::Top),
            ExprKind::Io(base) => self.after(*base, Op::Io),
            ExprKind::Attr(base, attr) => self.after(*base, Op::Get(*attr)),
            ExprKind::Cast(base, ty) => self.after(*base, Op::Cast(*ty)),
            ExprKind::Retype(base) => {
                let expect = match expr.ty {
                    Ty::Bytes => Expect::Bytes,
                    Ty::Str => Expect::Str,
                    Ty::Float => Expect::Float,
                    _ => Expect::Any,
                };
                self.after(*base, Op::Expect(expect));
            }
            ExprKind::Unary(op, a) => self.after(*a, Op::Unary(*op)),
            ExprKind::Intern(a) => self.after(*a, Op::Intern),
            ExprKind::Blank(a) => self.after(*a, Op::Blank),
            ExprKind::Binary(op @ (Binary::And | Binary::Or), a, b) => {
                self.expr(*a);
                let hole = self.hole();
                self.expr(*b);
                let here = self.here();
                self.fill(hole, if *op == Binary::And { Op::And(here) } else { Op::Or(here) });
            }
            ExprKind::Binary(op, a, b) => {
                self.expr(*a);
                self.after(*b, Op::Binary(*op));
            }
            ExprKind::Subscript(a, b) => {
                self.expr(*a);
                self.after(*b, Op::Subscript);
            }
            ExprKind::Choice(c, a, b) => {
                self.expr(*c);
                let choose = self.hole();
                self.expr(*a);
                let jump = self.hole();
                let otherwise = self.here();
                self.expr(*b);
                let end = self.here();
                self.fill(choose, Op::Choose(otherwise, end));
                self.fill(jump, Op::Jump(end));
            }
            ExprKind::List(items) => {
                for item in items {
                    self.expr(*item);
                }
                self.op(Op::List(u32::try_from(items.len()).unwrap_or(u32::MAX)));
            }
            ExprKind::Method(method, base, args) => {
                self.expr(*base);
                for arg in args {
                    self.expr(*arg);
                }
                self.op(Op::Method(*method, u8::try_from(args.len()).unwrap_or(u8::MAX)));
            }
            ExprKind::Capacity(id) => self.op(Op::Capacity(*id)),
        }
    }

    fn after(&mut self, base: ExprId, op: Op) {
        self.expr(base);
        self.op(op);
    }

    fn int(&mut self, value: i128) {
        if let Ok(small) = i64::try_from(value) {
            self.op(Op::Int(small));
        } else {
            let row = u32::try_from(self.code.wide.len()).unwrap_or(u32::MAX);
            self.code.wide.push(value);
            self.op(Op::Wide(row));
        }
    }
}
