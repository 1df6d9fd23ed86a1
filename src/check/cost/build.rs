//! From an expression to its automaton: Glushkov's construction, with the number of ways kept.
//!
//! `(a*)*` has one place and one edge, but two ways to take it: within the inner loop and around the outer one. A
//! matcher tries both, so they are counted.

use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{
    AssertionKind, Ast, ErrorKind, GroupKind, Repetition, RepetitionKind, RepetitionRange,
};

use super::automaton::{Automaton, Entry, Exit, Loop, MANY, Piece, either, times};
use super::dialect::Plain;
use super::leaf::{Leaves, Switches};
use super::{Budget, NotBounded};
use crate::limits;

/// Builds the automaton of an expression.
pub(super) fn build(plain: &Plain, budget: &mut Budget) -> Result<Automaton, NotBounded> {
    let mut parser = ParserBuilder::new().nest_limit(limits::REGEX_NESTING).empty_min_range(true).build();
    let tree = parser.parse(&plain.text).map_err(|error| refused(&error, plain))?;
    let mut builder = Builder { plain, automaton: Automaton::default(), leaves: Leaves::default(), budget };
    builder.automaton.whole = builder.piece(&tree, &mut Switches::default())?;
    Ok(builder.automaton)
}

fn refused(error: &regex_syntax::ast::Error, plain: &Plain) -> NotBounded {
    let range = plain.original(error.span().start.offset..error.span().end.offset);
    match error.kind() {
        ErrorKind::UnsupportedBackreference => NotBounded::NotCovered { what: "back-references", range },
        ErrorKind::UnsupportedLookAround => NotBounded::NotCovered { what: "look-around", range },
        ErrorKind::NestLimitExceeded(limit) => {
            NotBounded::TooLarge { what: "levels of nesting", limit: u64::from(*limit) }
        }
        kind => NotBounded::Syntax { message: kind.to_string(), range },
    }
}

struct Builder<'b> {
    plain: &'b Plain,
    automaton: Automaton,
    leaves: Leaves,
    budget: &'b mut Budget,
}

impl Builder<'_> {
    // The parser's limit on nesting bounds the depth.
    fn piece(&mut self, tree: &Ast, switches: &mut Switches) -> Result<Piece, NotBounded> {
        self.budget.spend(1)?;
        match tree {
            Ast::Empty(_) => Ok(nothing()),
            Ast::Flags(flags) => {
                switches.set(&flags.flags);
                Ok(nothing())
            }
            Ast::Assertion(assertion) => Ok(match assertion.kind {
                AssertionKind::StartLine if !switches.multi_line => at_start(),
                AssertionKind::StartText => at_start(),
                _ => Piece { clean: false, ..nothing() },
            }),
            Ast::Literal(_)
            | Ast::Dot(_)
            | Ast::ClassUnicode(_)
            | Ast::ClassPerl(_)
            | Ast::ClassBracketed(_) => {
                let set = self.leaves.set(&mut self.automaton, self.plain, tree, *switches)?;
                let span = tree.span();
                let pos = self.automaton.place(set, span.start.offset..span.end.offset)?;
                Ok(Piece {
                    first: vec![Entry { to: pos, free: 1, start: 0 }],
                    last: vec![Exit { from: pos, ways: 1, clean: true }],
                    ..Piece::default()
                })
            }
            Ast::Group(group) => {
                let mut inner = *switches;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    inner.set(flags);
                }
                self.piece(&group.ast, &mut inner)
            }
            Ast::Alternation(alternation) => {
                let mut whole = Piece::default();
                for branch in &alternation.asts {
                    let branch = self.piece(branch, switches)?;
                    whole.first.extend(branch.first);
                    whole.last.extend(branch.last);
                    whole.null = either(whole.null, branch.null);
                    whole.null_start = either(whole.null_start, branch.null_start);
                    whole.clean |= branch.clean;
                }
                Ok(whole)
            }
            Ast::Concat(concat) => {
                let mut whole = nothing();
                for part in &concat.asts {
                    let part = self.piece(part, switches)?;
                    whole = self.then(whole, part)?;
                }
                Ok(whole)
            }
            Ast::Repetition(repetition) => self.repetition(repetition, *switches),
        }
    }

    fn then(&mut self, a: Piece, b: Piece) -> Result<Piece, NotBounded> {
        self.automaton.link(&a.last, &b.first, 1, self.budget)?;
        self.budget.spend(a.last.len() + b.first.len())?;
        let mut first = a.first;
        first.extend(b.first.iter().filter_map(|entry| {
            let free = times(a.null, entry.free);
            let start =
                either(times(a.null_start, either(entry.free, entry.start)), times(a.null, entry.start));
            (free + start > 0).then_some(Entry { to: entry.to, free, start })
        }));
        let mut last = b.last;
        last.extend(a.last.iter().filter_map(|exit| {
            let ways = times(exit.ways, b.null);
            (ways > 0).then_some(Exit { from: exit.from, ways, clean: exit.clean && b.clean })
        }));
        Ok(Piece {
            first,
            last,
            null: times(a.null, b.null),
            null_start: either(
                times(a.null_start, either(b.null, b.null_start)),
                times(a.null, b.null_start),
            ),
            clean: a.clean && b.clean,
        })
    }

    fn repetition(&mut self, repetition: &Repetition, switches: Switches) -> Result<Piece, NotBounded> {
        let (least, most) = match &repetition.op.kind {
            RepetitionKind::ZeroOrOne => (0, Some(1)),
            RepetitionKind::ZeroOrMore => (0, None),
            RepetitionKind::OneOrMore => (1, None),
            RepetitionKind::Range(RepetitionRange::Exactly(n)) => (*n, Some(*n)),
            RepetitionKind::Range(RepetitionRange::AtLeast(n)) => (*n, None),
            RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
        };
        if most == Some(0) {
            return Ok(nothing());
        }
        let rows = self.automaton.positions.len();
        let one = self.piece(&repetition.ast, &mut switches.clone())?;
        // Which rounds of `(a?){30}` matched nothing is a choice in itself, and so is which were left out.
        let blank = either(one.null, one.null_start) > 0;
        let wide = |most: u32| most - least.min(most) > limits::UNROLLED || (blank && most > 3);
        let Some(most) = most.filter(|most| !wide(*most)) else {
            let ways = if blank && most.is_some() { MANY } else { 1 };
            // All but the last round are copies, so that `a{2,}` knows its first two.
            let copies = if blank { 0 } else { least.saturating_sub(1) };
            let mut whole = nothing();
            let mut one = (one, rows);
            for _ in 0..copies {
                whole = self.then(whole, one.0)?;
                let rows = self.automaton.positions.len();
                one = (self.piece(&repetition.ast, &mut switches.clone())?, rows);
            }
            let again = self.again(one.0, one.1, repetition, ways)?;
            let again = if least == 0 { optional(again) } else { again };
            return self.then(whole, again);
        };
        let mut one = Some(one);
        let mut whole = nothing();
        let mut rounds = Vec::new();
        for round in 0..most {
            let next = match one.take() {
                Some(one) => one,
                None => self.piece(&repetition.ast, &mut switches.clone())?,
            };
            if round < least {
                whole = self.then(whole, next)?;
            } else {
                rounds.push(next);
            }
        }
        // e{0,3} is (e(e(e)?)?)?: what is left out is left out at the end.
        let mut rest: Option<Piece> = None;
        while let Some(round) = rounds.pop() {
            let inner = match rest {
                Some(rest) => self.then(round, rest)?,
                None => round,
            };
            rest = Some(optional(inner));
        }
        match rest {
            Some(rest) => self.then(whole, rest),
            None => Ok(whole),
        }
    }

    /// One or more rounds.
    fn again(
        &mut self,
        mut one: Piece,
        rows: usize,
        repetition: &Repetition,
        ways: u8,
    ) -> Result<Piece, NotBounded> {
        self.automaton.link(&one.last, &one.first, ways, self.budget)?;
        let span = &repetition.span;
        self.automaton.loops.push(Loop {
            range: span.start.offset..span.end.offset,
            positions: rows..self.automaton.positions.len(),
        });
        // After the last character there may be one more round, of nothing.
        for exit in &mut one.last {
            exit.ways = times(exit.ways, either(1, one.null));
        }
        Ok(one)
    }
}

fn nothing() -> Piece {
    Piece { null: 1, clean: true, ..Piece::default() }
}

fn at_start() -> Piece {
    Piece { null_start: 1, ..Piece::default() }
}

fn optional(piece: Piece) -> Piece {
    Piece { null: either(piece.null, 1), clean: true, ..piece }
}
