//! The two passes: one that stops at anything there is to say, and one that stops at the first error.
//!
//! They are those of `check`, and count memory as it does: where a note makes `check` walk again and remember places,
//! the second pass here does the same, so that a limit that is reached is reached in both.

use std::ops::ControlFlow;

use super::Body;
use super::answers::Answers;
use super::question::Weight;
use crate::finding::Severity;
use crate::layout::QueryId;
use crate::span::ByteRange;
use crate::table::Id;
use crate::walk::{self, At, Cause, Observer, Setting, Store, Trouble, Value};

/// Why a set is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code of the finding that `check` has for it.
    pub code: &'static str,
    /// The file, by its row among the plan's roles.
    pub file: usize,
    /// The bytes of that file that it is about.
    pub range: ByteRange,
    /// What was found, in a few words, and which question of the contract it is about.
    pub what: String,
}

pub(super) fn judge(body: &Body, files: &[&[u8]], setting: Setting<'_>) -> Result<(), Refusal> {
    let mut silence = Pass::new(body, false);
    if walk::walk(&body.code, files, setting, &mut silence) {
        return Ok(());
    }
    let mut errors = Pass::new(body, true);
    walk::walk(&body.code, files, setting, &mut errors);
    errors.refusal.map_or(Ok(()), Err)
}

/// One pass. That both are of one type keeps the walk in the program once.
struct Pass<'b> {
    body: &'b Body,
    /// Whether it goes on at what is no error.
    second: bool,
    answers: Answers<'b>,
    refusal: Option<Refusal>,
}

impl<'b> Pass<'b> {
    fn new(body: &'b Body, second: bool) -> Self {
        Pass { body, second, answers: Answers::new(body, second), refusal: None }
    }

    fn refuse(&mut self, code: &'static str, what: String, at: &At) -> ControlFlow<()> {
        self.refusal = Some(Refusal { code, file: at.file.row(), range: at.range, what });
        ControlFlow::Break(())
    }
}

impl Observer for Pass<'_> {
    fn places(&self) -> bool {
        self.second
    }

    fn trouble(&mut self, trouble: Trouble, _: Cause, at: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        let undescribed = &self.body.undescribed;
        let severity = match trouble {
            Trouble::Trailing => undescribed.trailing,
            Trouble::Unreferenced => undescribed.unreferenced,
            Trouble::Overlapping => undescribed.overlapping,
            _ => Severity::Error,
        };
        if self.second && severity < Severity::Error {
            return ControlFlow::Continue(());
        }
        let what = match &trouble {
            Trouble::UnexpectedEnd { needed, available } => {
                format!("{needed} bytes are needed, and {available} left")
            }
            Trouble::Position { position, size } => format!("position {position} of {size} bytes"),
            Trouble::Index { index, len } => format!("index {index} of {len}"),
            Trouble::Limit(name, value) => format!("`{name}` is at most {value}"),
            _ => String::new(),
        };
        self.refuse(trouble.code(), what, &at)
    }

    fn answer(
        &mut self,
        query: QueryId,
        _: usize,
        values: &[Value],
        at: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        match self.answers.weigh(query, values, &at, store) {
            Weight::Fine => ControlFlow::Continue(()),
            Weight::Told if self.second => ControlFlow::Continue(()),
            Weight::Told => ControlFlow::Break(()),
            Weight::Refused(code, what) => {
                let asked = self.body.asked.get(query.row()).map_or("", |asked| asked.at.as_str());
                let asked = format!("asked at {}", asked.escape_debug());
                let what = if what.is_empty() { asked } else { format!("{what}, {asked}") };
                self.refuse(code, what, &at)
            }
        }
    }

    fn skipped(&mut self, _: Cause) {}

    fn held(&self) -> u64 {
        self.answers.held
    }
}
