//! A backtracking matcher as engines have them, which counts its steps: groups, alternatives, repeats, classes.

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{AssertionKind, Ast, RepetitionKind, RepetitionRange};
use regex_syntax::hir::translate::Translator;
use regex_syntax::hir::{Class, HirKind};

use crate::check::cost::{Matching, dialect};

/// Steps until there is a match or it is certain that there is none; at most so many.
pub(super) fn steps(expression: &str, text: &str, matching: Matching, most: u64) -> u64 {
    run(expression, text, matching, most).0
}

/// Whether there is a match that so many steps find.
pub(super) fn matches(expression: &str, text: &str, matching: Matching, most: u64) -> bool {
    run(expression, text, matching, most).1
}

fn run(expression: &str, text: &str, matching: Matching, most: u64) -> (u64, bool) {
    let plain = dialect::plain(expression).unwrap().text;
    let tree = Parser::new().parse(&plain).unwrap();
    let text: Vec<char> = text.chars().collect();
    let mut run = Run { plain: &plain, text: &text, steps: 0, most };
    let whole = matching == Matching::Whole;
    for start in 0..=text.len() {
        let found = run.go(&tree, start, &mut |run, at| !whole || at == run.text.len());
        if found || run.steps >= most || matching != Matching::Search {
            return (run.steps, found);
        }
    }
    (run.steps, false)
}

struct Run<'t> {
    plain: &'t str,
    text: &'t [char],
    steps: u64,
    most: u64,
}

type Then<'a, 't> = &'a mut dyn FnMut(&mut Run<'t>, usize) -> bool;

impl<'t> Run<'t> {
    fn go(&mut self, tree: &Ast, at: usize, then: Then<'_, 't>) -> bool {
        self.steps += 1;
        if self.steps >= self.most {
            return false;
        }
        match tree {
            Ast::Empty(_) => then(self, at),
            Ast::Assertion(assertion) => {
                let holds = match assertion.kind {
                    AssertionKind::StartLine => at == 0,
                    AssertionKind::EndLine => at == self.text.len(),
                    _ => panic!("{assertion:?} is not for these tests"),
                };
                holds && then(self, at)
            }
            Ast::Group(group) => self.go(&group.ast, at, then),
            Ast::Alternation(alternation) => alternation.asts.iter().any(|b| self.go(b, at, then)),
            Ast::Concat(concat) => self.all(&concat.asts, at, then),
            Ast::Repetition(r) => {
                let (least, most) = match &r.op.kind {
                    RepetitionKind::ZeroOrOne => (0, Some(1)),
                    RepetitionKind::ZeroOrMore => (0, None),
                    RepetitionKind::OneOrMore => (1, None),
                    RepetitionKind::Range(RepetitionRange::Exactly(n)) => (*n, Some(*n)),
                    RepetitionKind::Range(RepetitionRange::AtLeast(n)) => (*n, None),
                    RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
                };
                self.repeat(&r.ast, least, most, r.greedy, at, then)
            }
            leaf => self.text.get(at).is_some_and(|c| self.takes(leaf, *c)) && then(self, at + 1),
        }
    }

    fn takes(&self, leaf: &Ast, c: char) -> bool {
        match leaf {
            Ast::Literal(literal) => literal.c == c,
            Ast::Dot(_) => c != '\n',
            class => match Translator::new().translate(self.plain, class).unwrap().kind() {
                HirKind::Literal(literal) => literal.0[..] == *c.to_string().as_bytes(),
                HirKind::Class(Class::Unicode(class)) => class.iter().any(|r| r.start() <= c && c <= r.end()),
                kind => panic!("{kind:?} is not for these tests"),
            },
        }
    }

    fn all(&mut self, parts: &[Ast], at: usize, then: Then<'_, 't>) -> bool {
        match parts {
            [] => then(self, at),
            [first, rest @ ..] => self.go(first, at, &mut |run, at| run.all(rest, at, then)),
        }
    }

    fn repeat(
        &mut self,
        sub: &Ast,
        least: u32,
        most: Option<u32>,
        greedy: bool,
        at: usize,
        then: Then<'_, 't>,
    ) -> bool {
        if most == Some(0) || (!greedy && least == 0 && then(self, at)) {
            return most == Some(0) && then(self, at) || most != Some(0);
        }
        let again = self.go(sub, at, &mut |run, next| {
            if next == at && least == 0 {
                // A round of nothing is the last one.
                return then(run, next);
            }
            run.repeat(sub, least.saturating_sub(1), most.map(|m| m - 1), greedy, next, then)
        });
        again || (greedy && least == 0 && then(self, at))
    }
}
