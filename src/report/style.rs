//! Styles of text reports, all empty when there is to be no colour.

use std::fmt;

use annotate_snippets::Renderer;
use annotate_snippets::renderer::{
    AnsiColor, DEFAULT_CONTEXT_STYLE, DEFAULT_EMPHASIS_STYLE, DEFAULT_ERROR_STYLE, DEFAULT_LINE_NUM_STYLE,
    DEFAULT_NOTE_STYLE, DEFAULT_WARNING_STYLE, Style,
};

use crate::finding::{Outcome, Severity};

/// Which style a piece of text has, whether or not there is colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Styles {
    color: bool,
}

impl Styles {
    pub(super) fn new(color: bool) -> Self {
        Styles { color }
    }

    fn pick(self, style: Style) -> Style {
        if self.color { style } else { Style::new() }
    }

    /// The word that a finding begins with, and the bytes that it is about.
    pub(super) fn severity(self, severity: Severity) -> Style {
        self.pick(match severity {
            Severity::Error => DEFAULT_ERROR_STYLE,
            Severity::Warning => DEFAULT_WARNING_STYLE,
            Severity::Note => DEFAULT_NOTE_STYLE,
        })
    }

    /// Offsets, arrows and bars.
    pub(super) fn gutter(self) -> Style {
        self.pick(DEFAULT_LINE_NUM_STYLE)
    }

    /// Marks and what they say.
    pub(super) fn mark(self) -> Style {
        self.pick(DEFAULT_CONTEXT_STYLE)
    }

    /// Messages and the words before a fact.
    pub(super) fn strong(self) -> Style {
        self.pick(DEFAULT_EMPHASIS_STYLE)
    }

    /// The first word of the summary.
    pub(super) fn outcome(self, outcome: Outcome) -> Style {
        self.pick(match outcome {
            Outcome::Passed => AnsiColor::BrightGreen.on_default().bold(),
            Outcome::Refused | Outcome::NotRun => DEFAULT_ERROR_STYLE,
        })
    }

    /// The renderer of source lines in these styles.
    pub(super) fn renderer(self) -> Renderer {
        if self.color { Renderer::styled() } else { Renderer::plain() }
    }
}

/// A piece of text in a style.
pub(super) struct Painted<T>(pub(super) Style, pub(super) T);

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:#}", self.0, self.1, self.0)
    }
}
