//! Events: the inputs that a call site hands over (`fuzz/driver/event.ksy`).

use super::Rejected;
use super::cursor::Cursor;

/// Where in the consumer's code an event is caused: one place for a template type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// A process starts.
    Process = 0,
    /// A file is used.
    File = 1,
    /// A message goes from one process to another.
    Ipc = 2,
}

/// One input of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// The input has no value: no criterion but a wildcard matches it.
    Absent,
    /// Mostly UTF-8, which no kernel promises.
    Text(&'a [u8]),
    /// A number, flags or a time.
    Number(u64),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// Where.
    pub site: Site,
    /// The inputs, in the order in which the call site fills them in; it may fill in more or fewer.
    pub values: Vec<Value<'a>>,
}

impl Site {
    /// All of them, with the names of their template types.
    pub const NAMED: [(&str, Site); 3] =
        [("process", Site::Process), ("file", Site::File), ("ipc", Site::Ipc)];

    /// The one for a template type.
    pub fn of(name: &str) -> Option<Site> {
        Site::NAMED.into_iter().find(|(known, _)| *known == name).map(|(_, site)| site)
    }
}

impl<'a> Event<'a> {
    /// Reads an event.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn read(file: &'a [u8]) -> Result<Event<'a>, Rejected> {
        let mut at = Cursor::new(file);
        let site = match at.u8_in("call site", 0, 2)? {
            0 => Site::Process,
            1 => Site::File,
            _ => Site::Ipc,
        };
        let count = at.u8_in("number of values", 0, 64)?;
        let values = (0..count).map(|_| read_value(&mut at)).collect::<Result<_, _>>()?;
        at.end()?;
        Ok(Event { site, values })
    }

    /// The bytes of the event.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.site as u8, u8::try_from(self.values.len()).unwrap_or(u8::MAX)];
        for value in &self.values {
            let number;
            let (kind, data): (u8, &[u8]) = match value {
                Value::Absent => (0, &[]),
                Value::Text(text) => (1, text),
                Value::Number(value) => {
                    number = value.to_le_bytes();
                    (2, &number)
                }
            };
            bytes.push(kind);
            bytes.extend(u16::try_from(data.len()).unwrap_or(u16::MAX).to_le_bytes());
            bytes.extend(data);
        }
        bytes
    }
}

fn read_value<'a>(at: &mut Cursor<'a>) -> Result<Value<'a>, Rejected> {
    let kind = at.u8_in("kind of a value", 0, 2)?;
    let (least, most) = match kind {
        0 => (0, 0),
        1 => (0, 1024),
        _ => (8, 8),
    };
    let length = at.u16_in("length of a value", least, most)?;
    Ok(match kind {
        0 => Value::Absent,
        1 => Value::Text(at.take(length.into())?),
        _ => Value::Number(at.u64()?),
    })
}
