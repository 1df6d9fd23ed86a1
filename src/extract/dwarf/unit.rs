//! The entries of DWARF as a graph of types.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use gimli::{
    AttributeValue, DW_AT_bit_size, DW_AT_byte_size, DW_AT_const_value, DW_AT_count, DW_AT_data_bit_offset,
    DW_AT_decl_file, DW_AT_decl_line, DW_AT_declaration, DW_AT_lower_bound, DW_AT_name, DW_AT_signature,
    DW_AT_type, DW_AT_upper_bound, DwTag, Dwarf, EndianSlice, RunTimeEndian, Unit, UnitHeader, UnitOffset,
    UnitSectionOffset, UnitType, constants,
};

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
    /// What `dwz` moved into a file of its own.
    sup: Option<Box<Units<'d>>>,
}

/// An entry, or one dimension of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id {
    /// Whether it is in the file that `dwz` made.
    pub(super) sup: bool,
    /// The row of the unit.
    pub(super) unit: usize,
    pub(super) offset: UnitOffset,
    /// Which dimension, from the outermost.
    pub(super) dimension: usize,
}

impl<'d> Units<'d> {
    pub(super) fn new(dwarf: &'d Dwarf<Reader<'d>>, name: &'d str) -> Result<Units<'d>, ExtractError> {
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
            if let UnitType::Type { type_signature, .. } | UnitType::SplitType { type_signature, .. } = header.type_() {
                signatures.insert(type_signature.0, row);
            }
        }
        let sup = dwarf.sup().map(|sup| Units::new(sup, name).map(Box::new)).transpose()?;
        Ok(Units { dwarf, name, headers, signatures, parsed: RefCell::default(), sup })
    }

    pub(super) fn broken(&self, error: gimli::Error) -> ExtractError {
        ExtractError::damaged(self.name, "its DWARF", self.dwarf.format_error(error))
    }

    pub(super) fn in_sup(&self) -> Option<&Units<'d>> {
        self.sup.as_deref()
    }

    fn file(&self, id: Id) -> &Units<'d> {
        if id.sup { self.sup.as_deref().unwrap_or(self) } else { self }
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
    pub(super) fn follow(&self, from: Id, value: AttributeValue<Reader<'d>>) -> Result<Option<Id>, ExtractError> {
        let file = self.file(from);
        let at = |sup: bool, file: &Units<'d>, offset: gimli::DebugInfoOffset| {
            file.row_of(offset).map(|(unit, offset)| Id { sup, unit, offset, dimension: 0 })
        };
        Ok(match value {
            AttributeValue::UnitRef(offset) => Some(Id { offset, dimension: 0, ..from }),
            AttributeValue::DebugInfoRef(offset) => at(from.sup, file, offset),
            AttributeValue::DebugInfoRefSup(offset) => {
                self.sup.as_ref().and_then(|sup| at(true, sup, offset))
            }
            AttributeValue::DebugTypesRef(signature) => match file.signatures.get(&signature.0) {
                Some(&unit) => {
                    let header = file.headers.get(unit);
                    let offset = header.and_then(|header| match header.type_() {
                        UnitType::Type { type_offset, .. } | UnitType::SplitType { type_offset, .. } => {
                            Some(type_offset)
                        }
                        _ => None,
                    });
                    offset.map(|offset| Id { sup: from.sup, unit, offset, dimension: 0 })
                }
                None => None,
            },
            _ => None,
        })
    }

    fn row_of(&self, offset: gimli::DebugInfoOffset) -> Option<(usize, UnitOffset)> {
        // Headers of `.debug_info` come first, in the order of their offsets.
        let start = |header: &UnitHeader<Reader<'d>>| header.debug_info_offset().map(|offset| offset.0);
        let rows = self.headers.partition_point(|header| start(header).is_some_and(|start| start <= offset.0));
        let row = rows.checked_sub(1)?;
        let within = offset.to_unit_offset(self.headers.get(row)?)?;
        Some((row, within))
    }

    fn entry(&self, id: Id) -> Result<(Rc<Unit<Reader<'d>>>, Entry<'d>), ExtractError> {
        let file = self.file(id);
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
        let file = self.file(id);
        if let Some(signature) = entry.attr_value(DW_AT_signature)
            && let Some(target) = file.follow(id, signature)?
        {
            return Ok(Node::Alias(Some(target)));
        }
        let word = if entry.tag() == constants::DW_TAG_union_type { "union" } else { "struct" };
        let complete = !flag(entry, DW_AT_declaration);
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
            let bits = number(&child, DW_AT_bit_size)
                .or_else(|| child.attr_value(DW_AT_data_bit_offset).map(|_| 0));
            fields.push(Field { name, ty, bits });
        }
        Ok(Node::Record(Record { word, name, size, complete, fields }))
    }

    /// The entries directly below one.
    fn children(&self, id: Id, unit: &Unit<Reader<'d>>) -> Result<Vec<Entry<'d>>, ExtractError> {
        let file = self.file(id);
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
                    dimensions.push(count(&child, unit));
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
        let file = self.file(id);
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
                Some(signature) => Node::Alias(self.file(id).follow(id, signature)?),
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
            Ok((unit, entry)) => self.file(id).declared(&unit, &entry).1,
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

/// How many elements a dimension has; `None` where that is not a constant, or not said.
fn count(entry: &Entry<'_>, unit: &Unit<Reader<'_>>) -> Option<u64> {
    if let Some(value) = entry.attr_value(DW_AT_count) {
        return constant(value).and_then(|count| u64::try_from(count).ok());
    }
    let upper = constant(entry.attr_value(DW_AT_upper_bound)?)?;
    // Compilers write the last index before the first element as all ones of some width.
    let upper = if upper == i128::from(u32::MAX) || upper == i128::from(u64::MAX) { -1 } else { upper };
    let lower = match entry.attr_value(DW_AT_lower_bound) {
        Some(value) => constant(value)?,
        None => i128::from(default_lower(unit)),
    };
    u64::try_from(upper.checked_sub(lower)?.checked_add(1)?).ok()
}

/// The first index of arrays in the language of a unit.
fn default_lower(unit: &Unit<Reader<'_>>) -> u8 {
    let language = unit.entries().next_dfs().ok().flatten().and_then(|root| root.attr_value(constants::DW_AT_language));
    match language {
        Some(AttributeValue::Language(language)) => language
            .default_lower_bound()
            .and_then(|bound| u8::try_from(bound).ok())
            .unwrap_or(0),
        _ => 0,
    }
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
