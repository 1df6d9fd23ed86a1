//! The consumer of channel files in Rust: a loader as a careful kernel driver would write it, and an
//! interpreter. It shares no code with the gate, and trusts no byte.
//!
//! It is what the driver in `fuzz/driver` is, for tests that ask what content does and for cargo-fuzz: where that
//! one reads behind its inputs, this one panics.

mod build;
mod cursor;
mod evaluate;
mod event;
mod lead;
mod load;

use sha2::{Digest, Sha256};

pub use build::Build;
pub use evaluate::{Outcome, Step};
pub use event::{Event, Site, Value};
pub use lead::Lead;
pub use load::load;

/// Bytes of text that one load checks, counted anew for each operand that names them: operands may share strings, and
/// a small file could ask for the same long one again and again.
pub const MAX_CHECKED_TEXT: u64 = 64 << 20;

/// Why the consumer does not take a content set or an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Fewer bytes than a part needs.
    #[error("{needed} bytes needed at {at}, where the region ends")]
    Short {
        /// In bytes from the start of the region.
        at: usize,
        /// In bytes.
        needed: usize,
    },
    /// A value that the consumer has no use for.
    #[error("{what} is {value}")]
    Value {
        /// What the value is for.
        what: &'static str,
        /// The value.
        value: u64,
    },
    /// Another first word than the format's.
    #[error("another magic number")]
    Magic,
    /// The bytes are not those that were released.
    #[error("checksum {stated:#010x} stated, {computed:#010x} computed")]
    Checksum {
        /// What the file says.
        stated: u32,
        /// What its bytes give.
        computed: u32,
    },
    /// Text that is not in its encoding.
    #[error("text at {at} is not in its encoding")]
    Text {
        /// In bytes from the start of the region, or of the text.
        at: usize,
    },
    /// Bytes that no count covers.
    #[error("{left} bytes left at {at}")]
    Left {
        /// In bytes from the start of the region.
        at: usize,
        /// In bytes.
        left: usize,
    },
}

/// A content set as the consumer keeps it; texts stay where they are in the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content<'a> {
    channel_number: u32,
    types: Vec<Type<'a>>,
    instances: Vec<Instance<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Type<'a> {
    id: u16,
    name: &'a str,
    kinds: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Instance<'a> {
    id: u32,
    type_index: usize,
    flags: u16,
    confidence: u8,
    criteria: Vec<Criterion<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Criterion<'a> {
    field_index: u16,
    kind: u8,
    operand: Operand<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand<'a> {
    Nothing,
    Range(u64, u64),
    Text(&'a str),
}

/// One access of the interpreter to the inputs of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dereference {
    /// Index of the instance in the file.
    pub instance: usize,
    /// Index of the criterion in the instance.
    pub criterion: usize,
    /// Index into the inputs.
    pub index: u64,
    /// How many inputs there are.
    pub supplied: u64,
}

impl Dereference {
    /// Whether it reads what nobody supplied.
    pub fn beyond(&self) -> bool {
        self.index >= self.supplied
    }
}

impl Content<'_> {
    /// What some event makes the interpreter dereference.
    ///
    /// `supply` gives the number of inputs for a type's name, `None` for a type that the build does
    /// not know, whose instances it leaves alone. An event that does not match a criterion ends its instance, so
    /// each event by itself may read less; each criterion is taken as read by some event.
    pub fn reads(&self, supply: impl Fn(&str) -> Option<u64>) -> Vec<Dereference> {
        let mut read = Vec::new();
        for (i, instance) in self.instances.iter().enumerate() {
            let kind = self.types.get(instance.type_index);
            let Some(supplied) = kind.and_then(|kind| supply(kind.name)) else { continue };
            let evaluated = instance.criteria.iter().enumerate().filter(|(_, c)| c.kind != 0);
            read.extend(evaluated.map(|(c, criterion)| {
                let index = u64::from(criterion.field_index);
                Dereference { instance: i, criterion: c, index, supplied }
            }));
        }
        read
    }

    /// A digest of all that has an effect: equal digests mean equal behaviour, whatever the bytes.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut number = |value: u64| hash.update(value.to_le_bytes());
        let text = |value: &str, number: &mut dyn FnMut(u64)| {
            number(value.len() as u64);
            value.bytes().for_each(|byte| number(byte.into()));
        };
        number(self.channel_number.into());
        number(self.instances.len() as u64);
        for instance in &self.instances {
            number(instance.id.into());
            number(instance.flags.into());
            number(instance.confidence.into());
            if let Some(Type { id, name, kinds }) = self.types.get(instance.type_index) {
                number((*id).into());
                text(name, &mut number);
                number(kinds.len() as u64);
                kinds.iter().for_each(|&kind| number(kind.into()));
            }
            number(instance.criteria.len() as u64);
            for criterion in &instance.criteria {
                number(criterion.field_index.into());
                number(criterion.kind.into());
                match &criterion.operand {
                    Operand::Nothing => {}
                    Operand::Range(lo, hi) => [*lo, *hi].into_iter().for_each(&mut number),
                    Operand::Text(value) => text(value, &mut number),
                }
            }
        }
        hash.finalize().into()
    }
}

/// Runs a case (`fuzz/driver/case.ksy`): loads its content and causes its event in a build; says each step before it
/// is taken.
///
/// # Errors
///
/// Says why the consumer does not take the content or the event.
///
/// # Panics
///
/// When the content makes an unchecked build read an input that is not there.
pub fn run_case(build: &Build, case: &[u8], trace: impl FnMut(Step)) -> Result<Outcome, Rejected> {
    let [definitions, channel, event] = parts(case)?;
    let content = load(definitions, channel)?;
    let event = Event::read(event)?;
    Ok(content.evaluate(build, &event, trace))
}

/// The parts of a case: definitions, channel file, event.
///
/// # Errors
///
/// There are not three of them, or something is left.
pub fn parts(case: &[u8]) -> Result<[&[u8]; 3], Rejected> {
    let mut at = cursor::Cursor::new(case);
    let parts = [at.part()?, at.part()?, at.part()?];
    at.end()?;
    Ok(parts)
}

/// The bytes of a case.
pub fn case(definitions: &[u8], channel: &[u8], event: &[u8]) -> Vec<u8> {
    let part = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes(), bytes].concat();
    [definitions, channel, event].map(part).concat()
}
