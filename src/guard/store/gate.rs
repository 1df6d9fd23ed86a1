//! Who is asked whether a set may be loaded.

/// One file of a set, in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetFile<'b> {
    /// Its name, by which the consumer opens it.
    pub name: &'b str,
    /// Its bytes, of which the digest was or will be taken.
    pub bytes: &'b [u8],
}

/// What a gate says of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The consumer can take it.
    Passed,
    /// It cannot.
    Refused,
    /// The gate lacks something, and does not know.
    Unjudged,
}

/// A gate: what a plan says of bytes.
pub trait Gate {
    /// Judges the files of one set, which come in the order of their names.
    fn judge(&self, files: &[SetFile<'_>]) -> Judgement;

    /// What a judgement goes by besides the bytes, as a short plain name: a gate of the same name says the same of the same
    /// bytes. `None` where that cannot be promised.
    fn identity(&self) -> Option<String> {
        None
    }
}

/// A gate for those who have no plan: it knows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoGate;

impl Gate for NoGate {
    fn judge(&self, _: &[SetFile<'_>]) -> Judgement {
        Judgement::Unjudged
    }
}
