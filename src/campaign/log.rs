//! The log of a guest: one record, of the input that is being used. It is memory that is a file of the host as well, and it is
//! written before the input is used, so that nothing is lost when the guest's own memory is.

/// Bytes of a log; a page less is room for an input.
pub const BYTES: u64 = 32 << 20;
const MAGIC: [u8; 8] = *b"BGINPUT1";
/// Bytes before the input: the magic number, and four numbers of 8 bytes.
pub(super) const HEAD: usize = 40;

/// What a log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Inputs that were begun since the guest started.
    pub begun: u64,
    /// Inputs that nothing came of, as far as the guest says so: it does for inputs that are tried one by one.
    pub ended: u64,
    /// The last one that was begun.
    pub input: Vec<u8>,
}

/// Makes a record.
pub fn write(out: &mut Vec<u8>, begun: u64, ended: u64, input: &[u8]) {
    out.clear();
    out.extend_from_slice(&MAGIC);
    for number in [begun, ended, input.len() as u64, u64::from(crc32fast::hash(input))] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(input);
}

/// How many inputs were begun and ended, by the head of a log; nothing if there is no record in it.
pub fn counts(log: &[u8]) -> Option<(u64, u64)> {
    head(log).map(|(begun, ended, ..)| (begun, ended))
}

/// How many bytes the record of a log has, by its head; nothing if there is no record in it.
pub fn len(log: &[u8]) -> Option<u64> {
    head(log).and_then(|(_, _, len, _)| len.checked_add(HEAD as u64)).filter(|len| *len <= BYTES)
}

/// The record of a log; nothing if there is none, or not a whole one.
pub fn read(log: &[u8]) -> Option<Record> {
    let (begun, ended, len, sum) = head(log)?;
    let input = log.get(HEAD..HEAD.checked_add(usize::try_from(len).ok()?)?)?;
    (u64::from(crc32fast::hash(input)) == sum).then(|| Record { begun, ended, input: input.to_vec() })
}

fn head(log: &[u8]) -> Option<(u64, u64, u64, u64)> {
    let numbers = log.strip_prefix(&MAGIC)?.get(..HEAD - MAGIC.len())?;
    let mut numbers =
        numbers.chunks_exact(8).map(|n| n.iter().rev().fold(0, |all, b| all << 8 | u64::from(*b)));
    Some((numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let mut log = Vec::new();
        write(&mut log, 7, 6, b"input");
        let record = Record { begun: 7, ended: 6, input: b"input".to_vec() };
        assert_eq!(read(&log), Some(record.clone()));
        // What a longer input left behind it.
        log.extend_from_slice(b"of before");
        assert_eq!(read(&log), Some(record));
        assert_eq!(counts(&log), Some((7, 6)));
        assert_eq!(len(&log), Some(45));
    }

    #[test]
    fn what_was_not_written_whole_is_no_record() {
        let mut log = Vec::new();
        write(&mut log, 1, 0, b"input");
        for end in 0..log.len() {
            assert_eq!(read(&log[..end]), None, "{end}");
        }
        log[HEAD] ^= 1;
        assert_eq!(read(&log), None);
        assert_eq!(read(&[]), None);
    }
}
