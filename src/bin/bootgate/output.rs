//! How a result is written, which several commands let choose.

use std::io::{self, Write};

use bootgate::finding::{Outcome, Run};
use bootgate::report::{self, Format, TextOptions};
use bootgate::span::Sources;

use crate::contract::table::Extraction;
use crate::{NOT_RUN, REFUSED};

/// How to write a result.
#[derive(Default, Debug, clap::Args)]
pub(crate) struct OutputArguments {
    /// How to write the result.
    #[arg(long, value_enum, default_value_t = Style::Text)]
    format: Style,
    /// Show notes in full.
    #[arg(long, short)]
    verbose: bool,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = When::Auto)]
    color: When,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Style {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON document, version 1.
    Json,
    /// GitHub workflow annotations.
    Github,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum When {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl When {
    /// What that comes to for a stream.
    pub(crate) fn choice(self, stream: &impl anstream::stream::RawStream) -> anstream::ColorChoice {
        match self {
            When::Auto => anstream::AutoStream::choice(stream),
            When::Always => anstream::ColorChoice::Always,
            When::Never => anstream::ColorChoice::Never,
        }
    }
}

/// The exit code of a run.
pub(crate) fn exit_code(run: &Run) -> u8 {
    match run.outcome() {
        Outcome::Passed => 0,
        Outcome::Refused => REFUSED,
        Outcome::NotRun => NOT_RUN,
    }
}

impl OutputArguments {
    /// Whether the result is for people.
    pub(crate) fn is_text(&self) -> bool {
        self.format == Style::Text
    }

    /// How to write it.
    pub(crate) fn style(&self) -> Style {
        self.format
    }

    /// Whether to show everything in full.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Whether a program reads the result.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Style::Json
    }

    /// Writes a run, and gives the exit code.
    pub(crate) fn write(&self, run: &Run, sources: &Sources) -> io::Result<u8> {
        self.write_with(run, sources, None)
    }

    /// Writes a run with what was extracted from a build, and gives the exit code.
    pub(crate) fn write_with(
        &self,
        run: &Run,
        sources: &Sources,
        extraction: Option<Extraction<'_>>,
    ) -> io::Result<u8> {
        let format = match self.format {
            Style::Text => Format::Text,
            Style::Json => Format::Json,
            Style::Github => Format::Github,
        };
        let choice = self.color.choice(&io::stdout());
        let color = !matches!(choice, anstream::ColorChoice::Never) && format == Format::Text;
        let mut out = io::BufWriter::new(anstream::AutoStream::new(io::stdout().lock(), choice));
        let options = TextOptions { color, verbose: self.verbose };
        match (extraction, format) {
            (Some(extraction), Format::Json) => extraction.write_json(run, sources, &mut out)?,
            (Some(extraction), Format::Text) => {
                extraction.write_text(&mut out)?;
                report::write(run, sources, format, options, &mut out)?;
            }
            _ => report::write(run, sources, format, options, &mut out)?,
        }
        out.flush()?;
        Ok(exit_code(run))
    }
}

/// Writes a text as it is.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
