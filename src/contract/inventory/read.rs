//! An export in CSV → [`Inventory`]: rows are added up while they are read.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read};

use csv::ByteRecord;

use super::{Columns, Inventory, InventoryError, Machines, RowError};
use crate::contract::version::Version;
use crate::limits::{INVENTORY_BUILDS, INVENTORY_ROW};

/// Rows that an error lists.
const LISTED: usize = 10;

/// Reads an inventory: UTF-8, a row of headings, commas between values, `"` around those that need it. A byte order mark
/// and line ends of either kind are fine; rows of the same build are added up, and other columns are passed over.
///
/// ```
/// use bootgate::contract::{Columns, inventory};
/// let text = b"Host,Version,Count\r\na,7.15,3\r\nb,\"7.15\",2\r\n";
/// let inventory = inventory::read("export.csv", text, &Columns::default()).unwrap();
/// assert_eq!((inventory.builds.len(), inventory.total()), (1, 5));
/// ```
///
/// # Errors
///
/// Everything that keeps it from being read as a whole: a row that is passed over could be the build that nobody
/// answers for.
pub fn read(name: &str, bytes: &[u8], columns: &Columns) -> Result<Inventory, InventoryError> {
    let left = Cell::new(INVENTORY_ROW);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(Metered { rest: bytes, left: &left });
    let too_long = |line| InventoryError::RowTooLong { name: name.to_owned(), line, limit: INVENTORY_ROW };
    let headings = reader.byte_headers().map_err(|_| too_long(1))?.clone();
    let columns = Found::new(name, &headings, columns)?;
    let mut rows = Rows { last: (0, 1), ..Rows::default() };
    let mut record = ByteRecord::new();
    loop {
        left.set(INVENTORY_ROW);
        let begin = begin(bytes, reader.position());
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return Err(too_long(begin.1)),
        }
        rows.add(&columns, headings.len(), &record, begin);
        if rows.builds.len() > INVENTORY_BUILDS {
            return Err(InventoryError::TooManyBuilds { name: name.to_owned(), limit: INVENTORY_BUILDS });
        }
    }
    rows.finish(name, bytes)
}

/// Where the next row begins, and its line: the reader passes over empty lines without a word.
fn begin(bytes: &[u8], position: &csv::Position) -> (usize, u64) {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let ends = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let (count, lines) = ends.fold((0, 0), |(n, lines), byte| (n + 1, lines + u64::from(*byte == b'\n')));
    (at.saturating_add(count), position.line().saturating_add(lines))
}

/// Bytes of which only so many are read for one row.
struct Metered<'a> {
    rest: &'a [u8],
    left: &'a Cell<usize>,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 && !self.rest.is_empty() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = buffer.len().min(left);
        let read = self.rest.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left.set(left - read);
        Ok(read)
    }
}

/// The columns that are looked at, by their numbers.
struct Found {
    version: (usize, String),
    platform: Option<(usize, String)>,
    count: Option<(usize, String)>,
}

impl Found {
    fn new(name: &str, headings: &ByteRecord, columns: &Columns) -> Result<Found, InventoryError> {
        let headings: Vec<String> = headings
            .iter()
            .map(|heading| String::from_utf8_lossy(heading.trim_ascii()).into_owned())
            .collect();
        if headings.is_empty() {
            return Err(InventoryError::Empty { name: name.to_owned() });
        }
        let find = |purpose: &'static str, asked: &Option<String>, needed: bool| {
            let column = asked.as_deref().unwrap_or(purpose);
            let same = |heading: &String| match asked {
                Some(asked) => heading == asked,
                None => heading.eq_ignore_ascii_case(purpose),
            };
            let found: Vec<usize> =
                (0..).zip(&headings).filter(|(_, h)| same(h)).map(|(row, _)| row).collect();
            match *found.as_slice() {
                [row] => Ok(Some((row, column.to_owned()))),
                [] if asked.is_none() && !needed => Ok(None),
                [] => Err(InventoryError::ColumnMissing {
                    name: name.to_owned(),
                    column: column.to_owned(),
                    purpose,
                    headings: headings.clone(),
                }),
                _ => Err(InventoryError::ColumnTwice {
                    name: name.to_owned(),
                    column: column.to_owned(),
                    times: found.len(),
                }),
            }
        };
        let version = find("version", &columns.version, true)?;
        let platform = find("platform", &columns.platform, false)?;
        let count = find("count", &columns.count, false)?;
        // A needed column was found, or there was an error.
        let version = version.unwrap_or_default();
        Ok(Found { version, platform, count })
    }
}

/// What was read so far.
#[derive(Default)]
struct Rows {
    /// The number of machines, and the first line that names the build.
    builds: BTreeMap<(Version, Option<String>), (u64, u64)>,
    /// The first rows that cannot be read.
    wrong: Vec<(u64, RowError)>,
    /// How many there are.
    total_wrong: u64,
    /// Where the last row begins, and its line.
    last: (usize, u64),
}

impl Rows {
    fn add(&mut self, columns: &Found, width: usize, record: &ByteRecord, begin: (usize, u64)) {
        self.last = begin;
        let line = begin.1;
        match row(columns, width, record) {
            Ok((_, 0)) => {}
            Ok((build, count)) => {
                let (sum, _) = self.builds.entry(build).or_insert((0, line));
                *sum = sum.saturating_add(count);
            }
            Err(error) => {
                self.total_wrong += 1;
                if self.wrong.len() < LISTED {
                    self.wrong.push((line, error));
                }
            }
        }
    }

    fn finish(self, name: &str, bytes: &[u8]) -> Result<Inventory, InventoryError> {
        let name = name.to_owned();
        // The reader takes the rest of the file for a quoted value, and with it rows that nobody would miss.
        let (start, line) = self.last;
        let quotes = bytes.get(start..).unwrap_or_default().iter().filter(|byte| **byte == b'"').count();
        if !quotes.is_multiple_of(2) {
            return Err(InventoryError::Unclosed { name, line });
        }
        if self.total_wrong > 0 {
            return Err(InventoryError::Rows { name, rows: self.wrong, total: self.total_wrong });
        }
        if self.builds.is_empty() {
            return Err(InventoryError::NoMachines { name });
        }
        let machines = |((version, platform), (count, line))| Machines { version, platform, count, line };
        Ok(Inventory { name, builds: self.builds.into_iter().map(machines).collect() })
    }
}

/// The build and the number of machines of one row.
fn row(
    columns: &Found,
    width: usize,
    record: &ByteRecord,
) -> Result<((Version, Option<String>), u64), RowError> {
    if record.len() != width {
        return Err(RowError::Values { found: record.len(), expected: width });
    }
    let text = |(row, column): &(usize, String)| {
        let bytes = record.get(*row).unwrap_or_default().trim_ascii();
        std::str::from_utf8(bytes).map_err(|_| RowError::NotText { column: column.clone() })
    };
    let version = text(&columns.version)?;
    if version.is_empty() {
        return Err(RowError::NoVersion { column: columns.version.1.clone() });
    }
    let number = Version::parse(version).ok_or_else(|| RowError::Version { found: version.to_owned() })?;
    let platform = columns.platform.as_ref().map(text).transpose()?.filter(|platform| !platform.is_empty());
    let count = match columns.count.as_ref().map(text).transpose()? {
        Some(count) => {
            let plain = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
            let wrong = || RowError::Count { found: count.to_owned() };
            if plain { count.parse().map_err(|_| wrong())? } else { return Err(wrong()) }
        }
        None => 1,
    };
    Ok(((number, platform.map(str::to_owned)), count))
}
