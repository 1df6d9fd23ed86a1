//! Questions of a contract, sent to the part of the binary that can answer.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::dwarf::{self, Located};
use super::error::{ExtractError, LookupError};
use super::files::Extras;
use super::image::{Format, Image};
use super::inquiry::Answers;
use super::{Binary, Found, btf, pdb};
use crate::contract::Evidence;
use crate::contract::origin::{Origin, Question, Source};
use crate::finding::Finding;

/// Why a question has no answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The debug information does not know.
    Lookup(LookupError),
    /// There is no debug information to ask; the same for all questions to it.
    Source(Rc<ExtractError>),
}

impl From<&Failure> for Finding {
    fn from(failure: &Failure) -> Finding {
        match failure {
            Failure::Lookup(error) => Finding::from(error),
            Failure::Source(error) => Finding::from(&**error),
        }
    }
}

/// Debug information that is there.
enum Kind {
    Dwarf(Located),
    Btf,
    Pdb,
}

impl Kind {
    /// What a source means for a binary.
    fn choose(source: Source, image: &Image<'_>, extras: &Extras<'_>) -> Result<Kind, ExtractError> {
        match source {
            Source::Dwarf => dwarf::locate(image, extras).map(Kind::Dwarf),
            Source::Btf => Ok(Kind::Btf),
            Source::Pdb => Ok(Kind::Pdb),
            Source::Debug | Source::Note => match (image.format, dwarf::locate(image, extras)) {
                (_, Ok(located)) if image.format == Format::Elf || matches!(located, Located::Own) => {
                    Ok(Kind::Dwarf(located))
                }
                (Format::Pe, _) => Ok(Kind::Pdb),
                // What is in the way of one kind is told only where there is no other.
                (_, Err(ExtractError::NoDebugInfo { .. })) if btf::is_there(image) => Ok(Kind::Btf),
                (_, located) => located.map(Kind::Dwarf),
            },
        }
    }

    fn ask(
        &self,
        image: &Image<'_>,
        extras: &Extras<'_>,
        questions: &[&Question],
    ) -> Result<Answers, ExtractError> {
        match self {
            Kind::Dwarf(located) => dwarf::ask(image, located, extras, questions),
            Kind::Btf => btf::ask(image, extras, questions),
            Kind::Pdb => pdb::ask(image, extras, questions),
        }
    }
}

/// Asks a PDB without its binary: a number and its place for each question.
///
/// # Errors
///
/// The PDB cannot be read.
pub fn ask_pdb(name: &str, bytes: &[u8], questions: &[&Question]) -> Result<Answers, ExtractError> {
    pdb::within(name, bytes, None, questions)
}

impl Binary<'_> {
    /// Asks the debug information of the build; the answers are in the order of the questions. What comes from
    /// types is evidence *storage*. [`Source::Note`] is not asked here.
    pub fn ask(&self, extras: &Extras<'_>, origins: &[&Origin]) -> Vec<Result<Found, Failure>> {
        let mut rows: BTreeMap<Source, Vec<usize>> = BTreeMap::new();
        for (row, origin) in origins.iter().enumerate() {
            rows.entry(origin.source).or_default().push(row);
        }
        let mut answers: Vec<Option<Result<Found, Failure>>> = origins.iter().map(|_| None).collect();
        for (source, rows) in rows {
            let questions: Vec<&Question> =
                rows.iter().filter_map(|row| origins.get(*row)).map(|origin| &origin.question).collect();
            let heard = Kind::choose(source, &self.image, extras)
                .and_then(|kind| kind.ask(&self.image, extras, &questions));
            let heard: Vec<Result<Found, Failure>> = match heard {
                Ok(heard) => heard.into_iter().map(found).collect(),
                Err(error) => {
                    let error = Rc::new(error);
                    rows.iter().map(|_| Err(Failure::Source(Rc::clone(&error)))).collect()
                }
            };
            for (row, answer) in rows.into_iter().zip(heard) {
                if let Some(place) = answers.get_mut(row) {
                    *place = Some(answer);
                }
            }
        }
        answers.into_iter().flatten().collect()
    }
}

fn found(answer: Result<(u64, String), LookupError>) -> Result<Found, Failure> {
    let (value, place) = answer.map_err(Failure::Lookup)?;
    Ok(Found { value, evidence: Evidence::Storage, beyond: None, place })
}
