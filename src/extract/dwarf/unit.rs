//! The entries of DWARF as a graph of types.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use gimli::{
    AttributeValue, DW_AT_bit_size, DW_AT_byte_size, DW_AT_const_value, DW_AT_data_bit_offset,
    DW_AT_decl_file, DW_AT_decl_line, DW_AT_declaration, DW_AT_name, DW_AT_signature, DW_AT_type, DwTag,
    Dwarf, EndianSlice, RunTimeEndian, Unit, UnitHeader, UnitOffset, UnitSectionOffset, UnitType, constants,
};

use super::dimension;
use crate::extract::error::ExtractError;
use crate::extract::graph::{Field, Graph, Node, Record};

/// How DWARF is read.
pub(super) type Reader<'d> = EndianSlice<'d, RunTimeEndian>;
/// One entry.
pub(super) type Entry<'d> = gimli::DebuggingInformationEntry<Reader<'d>>;

/// Units that are kept parsed.
const PARSED: usize = 64;

/// The units of one file, found by offset and by signature.
pub(super) struct Units<'d> {
    pub(super) dwarf: &'d Dwarf<Reader<'d>>,
    /// The name of the file.
    pub(super) name: &'d str,
    pub(super) headers: Vec<UnitHeader<Reader<'d>>>,
    signatures: HashMap<u64, usize>,
    parsed: RefCell<HashMap<usize, Rc<Unit<Reader<'d>>>>>,
    others: Rc<Others<'d>>,
}

/// Further files that entries of one lead to: what `dwz` moved into one of its own, type units of a `.dwp`.
#[derive(Default)]
pub(super) struct Others<'d> {
    pub(super) files: Vec<Units<'d>>,
    /// File and unit of each type unit.
    signatures: HashMap<u64, (usize, usize)>,
}

impl<'d> Others<'d> {
    pub(super) fn new(files: Vec<Units<'d>>) -> Others<'d> {
        let mut signatures = HashMap::new();
        for (file, units) in files.iter().enumerate() {
            signatures
                .extend(units.signatures.iter().map(|(signature, unit)| (*signature, (file + 1, *unit))));
        }
        Others { files, signatures }
    }
}

/// An entry, or one dimension of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id {
    /// The file: 0 for the one that is asked, else one of the others.
    pub(super) file: usize,
    /// The row of the unit.
    pub(super) unit: usize,
    pub(super) offset: UnitOffset,
    /// Which dimension, from the outermost.
    pub(super) dimension: usize,
}

impl<'d> Units<'d> {
    pub(super) fn new(
        dwarf: &'d Dwarf<Reader<'d>>,
        name: &'d str,
        others: Rc<Others<'d>>,
    ) -> Result<Units<'d>, ExtractError> {
        let broken = |error: gimli::Error| ExtractError::damaged(name, ".debug_info", error);
        let mut headers = Vec::new();
        let mut info = dwarf.units();
        while let Some(header) = info.next().map_err(broken)? {
            headers.push(header);
        }
        let mut types = dwarf.type_units();
        while let Some(header) = types.next().map_err(broken)? {
            headers.push(header);
        }
        let mut signatures = HashMap::new();
        for (row, header) in headers.iter().enumerate() {
            if let UnitType::Type { type_signature, .. } | UnitType::SplitType { type_signature, .. } =
                header.type_()
            {
                signatures.insert(type_signature.0, row);
            }
        }
        Ok(Units { dwarf, name, headers, signatures, parsed: RefCell::default(), others })
    }

    pub(super) fn broken(&self, error: gimli::Error) -> ExtractError {
        ExtractError::damaged(self.name, "its DWARF", self.dwarf.format_error(error))
    }

    /// A file by its number.
    pub(super) fn file(&self, file: usize) -> &Units<'d> {
        file.checked_sub(1).and_then(|row| self.others.files.get(row)).unwrap_or(self)
    }

    /// A unit with its abbreviations.
    pub(super) fn unit(&self, row: usize) -> Result<Rc<Unit<Reader<'d>>>, ExtractError> {
        if let Some(unit) = self.parsed.borrow().get(&row) {
            return Ok(Rc::clone(unit));
        }
        let Some(header) = self.headers.get(row).copied() else {
            return Err(ExtractError::damaged(self.name, ".debug_info", "a unit is not there"));
        };
        let unit = Rc::new(self.dwarf.unit(header).map_err(|error| self.broken(error))?);
        let mut parsed = self.parsed.borrow_mut();
        if parsed.len() >= PARSED {
            parsed.clear();
        }
        parsed.insert(row, Rc::clone(&unit));
        Ok(unit)
    }

    /// The entry that a reference leads to; `None` for one that leads to no type of this file.
    pub(super) fn follow(
        &self,
        from: Id,
        value: AttributeValue<Reader<'d>>,
    ) -> Result<Option<Id>, ExtractError> {
        let file = self.file(from.file);
        let at = |number: usize, file: &Units<'d>, offset: gimli::DebugInfoOffset| {
            file.row_of(offset).map(|(unit, offset)| Id { file: number, unit, offset, dimension: 0 })
        };
        Ok(match value {
            AttributeValue::UnitRef(offset) => Some(Id { offset, dimension: 0, ..from }),
            AttributeValue::DebugInfoRef(offset) => at(from.file, file, offset),
            AttributeValue::DebugInfoRefSup(offset) => at(1, self.file(1), offset),
            AttributeValue::DebugTypesRef(signature) => {
                let own = file.signatures.get(&signature.0).map(|unit| (from.file, *unit));
                let found = own.or_else(|| self.others.signatures.get(&signature.0).copied());
                found.and_then(|(number, unit)| {
                    let offset = match self.file(number).headers.get(unit)?.type_() {
                        UnitType::Type { type_offset, .. } | UnitType::SplitType { type_offset, .. } => {
                            type_offset
                        }
                        _ => return None,
                    };
                    Some(Id { file: number, unit, offset, dimension: 0 })
                })
            }
            _ => None,
        })
    }

    fn row_of(&self, offset: gimli::DebugInfoOffset) -> Option<(usize, UnitOffset)> {
        // Headers of `.debug_info` come first, in the order of their offsets.
        let start = |header: &UnitHeader<Reader<'d>>| header.debug_info_offset().map(|offset| offset.0);
        let rows =
            self.headers.partition_point(|header| start(header).is_some_and(|start| start <= offset.0));
        let row = rows.checked_sub(1)?;
        let within = offset.to_unit_offset(self.headers.get(row)?)?;
        Some((row, within))
    }

    fn entry(&self, id: Id) -> Result<(Rc<Unit<Reader<'d>>>, Entry<'d>), ExtractError> {
        let file = self.file(id.file);
        let unit = file.unit(id.unit)?;
        let entry = unit.entry(id.offset).map_err(|error| file.broken(error))?;
        Ok((unit, entry))
    }

    /// A text attribute.
    pub(super) fn text(
        &self,
        unit: &Unit<Reader<'d>>,
        entry: &Entry<'d>,
        name: gimli::DwAt,
    ) -> Result<Option<String>, ExtractError> {
        let Some(value) = entry.attr_value(name) else { return Ok(None) };
        let text = self.dwarf.attr_string(unit, value).map_err(|error| self.broken(error))?;
        Ok(Some(text.to_string_lossy().into_owned()))
    }

    /// The type of an entry.
    pub(super) fn type_of(&self, id: Id, entry: &Entry<'d>) -> Result<Option<Id>, ExtractError> {
        entry.attr_value(DW_AT_type).map_or(Ok(None), |value| self.follow(id, value))
    }

    /// The source file that declares an entry, and where in it, as `sensor.c:12`.
    pub(super) fn declared(&self, unit: &Unit<Reader<'d>>, entry: &Entry<'d>) -> (Option<String>, String) {
        let line = entry.attr_value(DW_AT_decl_line).and_then(|line| line.udata_value());
        let file = match entry.attr_value(DW_AT_decl_file) {
            Some(AttributeValue::FileIndex(index)) => Some(index),
            Some(value) => value.udata_value(),
            None => None,
        };
        let program = unit.line_program.as_ref();
        let listed = file.and_then(|file| program?.header().file(file)).map(|file| file.path_name());
        let listed = listed.and_then(|name| self.dwarf.attr_string(unit, name).ok());
        let name = listed.or(unit.name).map(|name| name.to_string_lossy().into_owned());
        let shown = name.clone().unwrap_or_else(|| self.name.to_owned());
        let place = line.map_or_else(|| shown.clone(), |line| format!("{shown}:{line}"));
        (name, place)
    }

    fn record(&self, id: Id, entry: &Entry<'d>, unit: &Unit<Reader<'d>>) -> Result<Node<Id>, ExtractError> {
        let file = self.file(id.file);
        let signature = entry.attr_value(DW_AT_signature);
        if let Some(target) = signature.map_or(Ok(None), |signature| self.follow(id, signature))? {
            return Ok(Node::Alias(Some(target)));
        }
        let word = if entry.tag() == constants::DW_TAG_union_type { "union" } else { "struct" };
        let complete = !flag(entry, DW_AT_declaration) && !entry.has_attr(DW_AT_signature);
        let name = file.text(unit, entry, DW_AT_name)?;
        let size = number(entry, DW_AT_byte_size);
        let mut fields = Vec::new();
        for child in self.children(id, unit)? {
            let tag = child.tag();
            let base = tag == constants::DW_TAG_inheritance;
            // What is `static` is no part of the record; it is there as a member in DWARF 4.
            if !(base || tag == constants::DW_TAG_member) || flag(&child, constants::DW_AT_external) {
                continue;
            }
            let Some(ty) = self.type_of(id, &child)? else { continue };
            let name = if base { None } else { file.text(unit, &child, DW_AT_name)? };
            let bits =
                number(&child, DW_AT_bit_size).or_else(|| child.attr_value(DW_AT_data_bit_offset).map(|_| 0));
            fields.push(Field { name, ty, bits });
        }
        Ok(Node::Record(Record { word, name, size, complete, fields }))
    }

    /// The entries directly below one.
    fn children(&self, id: Id, unit: &Unit<Reader<'d>>) -> Result<Vec<Entry<'d>>, ExtractError> {
        let file = self.file(id.file);
        let broken = |error| file.broken(error);
        let mut tree = unit.entries_tree(Some(id.offset)).map_err(broken)?;
        let mut children = tree.root().map_err(broken)?.children();
        let mut entries = Vec::new();
        while let Some(child) = children.next().map_err(broken)? {
            if entries.len() >= crate::limits::MEMBERS {
                return Err(ExtractError::damaged(self.name, "its DWARF", "one type has too many members"));
            }
            entries.push(child.entry().clone());
        }
        Ok(entries)
    }

    fn array(&self, id: Id, entry: &Entry<'d>, unit: &Unit<Reader<'d>>) -> Result<Node<Id>, ExtractError> {
        let mut dimensions = Vec::new();
        for child in self.children(id, unit)? {
            match child.tag() {
                constants::DW_TAG_subrange_type | constants::DW_TAG_generic_subrange => {
                    dimensions.push(dimension::count(&child, unit));
                }
                constants::DW_TAG_enumeration_type => dimensions.push(None),
                _ => {}
            }
        }
        let count = dimensions.get(id.dimension).copied().flatten();
        let element = if id.dimension + 1 < dimensions.len() {
            Some(Id { dimension: id.dimension + 1, ..id })
        } else {
            self.type_of(id, entry)?
        };
        Ok(match element {
            Some(element) => Node::Array { element, count },
            None => Node::Plain { what: "an array without an element type", size: None },
        })
    }

    fn enumerators(&self, id: Id, unit: &Unit<Reader<'d>>) -> Result<Vec<(String, i128)>, ExtractError> {
        let file = self.file(id.file);
        let mut members = Vec::new();
        for child in self.children(id, unit)? {
            let value = child.attr_value(DW_AT_const_value).and_then(constant);
            if let (constants::DW_TAG_enumerator, Some(value)) = (child.tag(), value) {
                members.extend(file.text(unit, &child, DW_AT_name)?.map(|name| (name, value)));
            }
        }
        Ok(members)
    }
}

impl Graph for Units<'_> {
    type Id = Id;

    fn node(&self, id: Id) -> Result<Node<Id>, ExtractError> {
        let (unit, entry) = self.entry(id)?;
        let size = number(&entry, DW_AT_byte_size);
        let address = Some(u64::from(unit.encoding().address_size));
        Ok(match entry.tag() {
            constants::DW_TAG_structure_type
            | constants::DW_TAG_class_type
            | constants::DW_TAG_union_type
            | constants::DW_TAG_interface_type => self.record(id, &entry, &unit)?,
            constants::DW_TAG_array_type => self.array(id, &entry, &unit)?,
            constants::DW_TAG_enumeration_type => match entry.attr_value(DW_AT_signature) {
                Some(signature) => Node::Alias(self.follow(id, signature)?),
                None => Node::Enum { size, members: self.enumerators(id, &unit)? },
            },
            constants::DW_TAG_pointer_type
            | constants::DW_TAG_reference_type
            | constants::DW_TAG_rvalue_reference_type => {
                Node::Pointer { to: self.type_of(id, &entry)?, size: size.or(address) }
            }
            constants::DW_TAG_base_type => Node::Plain { what: "a number", size },
            constants::DW_TAG_subroutine_type | constants::DW_TAG_subprogram => {
                Node::Plain { what: "a function", size: None }
            }
            tag if is_alias(tag) => Node::Alias(self.type_of(id, &entry)?),
            _ => Node::Plain { what: "a type that is not known", size },
        })
    }

    fn place(&self, id: Id) -> String {
        match self.entry(id) {
            Ok((unit, entry)) => self.file(id.file).declared(&unit, &entry).1,
            Err(_) => self.name.to_owned(),
        }
    }
}

fn is_alias(tag: DwTag) -> bool {
    matches!(
        tag,
        constants::DW_TAG_typedef
            | constants::DW_TAG_const_type
            | constants::DW_TAG_volatile_type
            | constants::DW_TAG_restrict_type
            | constants::DW_TAG_atomic_type
            | constants::DW_TAG_packed_type
            | constants::DW_TAG_shared_type
            | constants::DW_TAG_immutable_type
            | constants::DW_TAG_template_alias
    )
}

/// The value of a constant attribute.
pub(super) fn constant(value: AttributeValue<Reader<'_>>) -> Option<i128> {
    match value {
        AttributeValue::Data1(value) => Some(value.into()),
        AttributeValue::Data2(value) => Some(value.into()),
        AttributeValue::Data4(value) => Some(value.into()),
        AttributeValue::Data8(value) | AttributeValue::Udata(value) => Some(value.into()),
        AttributeValue::Sdata(value) => Some(value.into()),
        _ => None,
    }
}

fn number(entry: &Entry<'_>, name: gimli::DwAt) -> Option<u64> {
    entry.attr_value(name).and_then(constant).and_then(|value| u64::try_from(value).ok())
}

/// Whether a flag is set.
pub(super) fn flag(entry: &Entry<'_>, name: gimli::DwAt) -> bool {
    matches!(entry.attr_value(name), Some(AttributeValue::Flag(true)))
}

/// The offset of a unit, for the order in which they are read.
pub(super) fn position(header: &UnitHeader<Reader<'_>>) -> u64 {
    let UnitSectionOffset(offset) = header.offset();
    u64::try_from(offset).unwrap_or(u64::MAX)
}
