//! A walk over the named things of a unit: which of them somebody asked for.

use std::collections::HashMap;

use gimli::{
    DW_AT_const_value, DW_AT_declaration, DW_AT_name, DW_AT_specification, EntriesTreeNode, Unit, UnitOffset,
    constants,
};

use super::unit::{Entry, Id, Reader, Units, constant, flag};
use crate::contract::origin::Kind;
use crate::extract::error::ExtractError;
use crate::extract::inquiry::{Inquiry, Offer};
use crate::limits::SCOPES;

/// Offers every named type, variable and constant of a unit.
pub(super) fn unit(
    units: &Units<'_>,
    number: usize,
    row: usize,
    inquiry: &mut Inquiry,
) -> Result<(), ExtractError> {
    let file = units.file(number);
    let unit = file.unit(row)?;
    let mut scan = Scan { units, file, unit: &unit, number, row, inquiry, declared: HashMap::new() };
    let broken = |error| file.broken(error);
    let mut tree = unit.entries_tree(None).map_err(broken)?;
    scan.children(tree.root().map_err(broken)?, "", 0)
}

struct Scan<'s, 'd> {
    /// The file that ids are counted from.
    units: &'s Units<'d>,
    /// The file that the unit is in.
    file: &'s Units<'d>,
    unit: &'s Unit<Reader<'d>>,
    row: usize,
    number: usize,
    inquiry: &'s mut Inquiry,
    /// Names of variables that were declared in a scope and may be defined outside.
    declared: HashMap<UnitOffset, String>,
}

impl<'d> Scan<'_, 'd> {
    fn children(
        &mut self,
        node: EntriesTreeNode<'_, '_, Reader<'d>>,
        scope: &str,
        depth: usize,
    ) -> Result<(), ExtractError> {
        let mut children = node.children();
        loop {
            let file = self.file;
            let Some(child) = children.next().map_err(|error| file.broken(error))? else { return Ok(()) };
            let entry = child.entry();
            let tag = entry.tag();
            if !is_known(tag) {
                continue;
            }
            let own = self.file.text(self.unit, entry, DW_AT_name)?;
            // What is in an anonymous namespace, and in a block of a function, is in the scope around it.
            let name = match (&own, scope) {
                (None, scope) => scope.to_owned(),
                (Some(own), "") => own.clone(),
                (Some(own), scope) => format!("{scope}::{own}"),
            };
            self.entry(entry, &name, own.is_some())?;
            let entered = match own {
                Some(_) => is_scope(tag) && self.inquiry.enters(&name),
                None => matches!(tag, constants::DW_TAG_namespace | constants::DW_TAG_lexical_block),
            };
            let entered = entered || tag == constants::DW_TAG_namespace && self.inquiry.suggesting;
            // The enumerators of a plain enumeration are in the scope around it.
            if tag == constants::DW_TAG_enumeration_type && self.inquiry.wants_constants() {
                self.enumerators(entry.offset(), scope, &name)?;
            } else if entered && depth < SCOPES {
                self.children(child, &name, depth + 1)?;
            }
        }
    }

    fn entry(&mut self, entry: &Entry<'d>, name: &str, named: bool) -> Result<(), ExtractError> {
        let id = Id { file: self.number, unit: self.row, offset: entry.offset(), dimension: 0 };
        let kind = match entry.tag() {
            constants::DW_TAG_structure_type | constants::DW_TAG_class_type => Kind::Struct,
            constants::DW_TAG_union_type => Kind::Union,
            constants::DW_TAG_enumeration_type => Kind::Enum,
            constants::DW_TAG_typedef | constants::DW_TAG_base_type => Kind::Typedef,
            // A member is a variable of its own only where it is `static`.
            constants::DW_TAG_member if !flag(entry, constants::DW_AT_external) => return Ok(()),
            constants::DW_TAG_variable | constants::DW_TAG_constant | constants::DW_TAG_member => {
                return self.variable(entry, id, name, named);
            }
            _ => return Ok(()),
        };
        if !named || !self.inquiry.wants(name) {
            return Ok(());
        }
        // What stands for a type unit says where that is.
        if flag(entry, DW_AT_declaration) && !entry.has_attr(constants::DW_AT_signature) {
            let (_, place) = self.file.declared(self.unit, entry);
            self.inquiry.declaration(name, &place);
            return Ok(());
        }
        self.offer(entry, name, kind, false, Some(id), None)
    }

    fn variable(&mut self, entry: &Entry<'d>, id: Id, name: &str, named: bool) -> Result<(), ExtractError> {
        // A definition outside its scope names its declaration.
        let specified = match entry.attr_value(DW_AT_specification) {
            Some(gimli::AttributeValue::UnitRef(offset)) => self.declared.get(&offset).cloned(),
            _ => None,
        };
        let name = specified.as_deref().unwrap_or(name);
        if !(named || specified.is_some()) || !self.inquiry.wants(name) {
            return Ok(());
        }
        let declared = flag(entry, DW_AT_declaration);
        if declared {
            self.declared.insert(entry.offset(), name.to_owned());
        }
        let value = entry.attr_value(DW_AT_const_value).and_then(constant);
        let value = value.ok_or_else(|| "is a variable without a value in the debug information".to_owned());
        let ty = self.units.type_of(id, entry)?;
        // A definition may leave its type to its declaration.
        self.offer(entry, name, Kind::Variable, declared, ty, Some(&value))
    }

    fn offer(
        &mut self,
        entry: &Entry<'d>,
        name: &str,
        kind: Kind,
        declared: bool,
        ty: Option<Id>,
        value: Option<&Result<i128, String>>,
    ) -> Result<(), ExtractError> {
        let (file, place) = self.file.declared(self.unit, entry);
        let unit = self.unit.name.map(|name| name.to_string_lossy().into_owned());
        let files: Vec<&str> = [file.as_deref(), unit.as_deref()].into_iter().flatten().collect();
        let offer = Offer { name, kind, declared, files: &files, place: &place };
        if let Some(value) = value {
            self.inquiry.constant(value, offer);
        }
        match ty {
            Some(ty) => self.inquiry.offer(self.units, ty, offer),
            None => Ok(()),
        }
    }

    /// The enumerators of an enumeration, as constants: of an `enum class` they are in its scope too.
    fn enumerators(&mut self, offset: UnitOffset, scope: &str, own: &str) -> Result<(), ExtractError> {
        let file = self.file;
        let broken = |error| file.broken(error);
        let mut tree = self.unit.entries_tree(Some(offset)).map_err(broken)?;
        let mut children = tree.root().map_err(broken)?.children();
        while let Some(child) = children.next().map_err(broken)? {
            let entry = child.entry();
            let value = entry.attr_value(DW_AT_const_value).and_then(constant);
            let (Some(value), Some(name)) = (value, file.text(self.unit, entry, DW_AT_name)?) else {
                continue;
            };
            let mut names = vec![if scope.is_empty() { name.clone() } else { format!("{scope}::{name}") }];
            if own != scope {
                names.push(format!("{own}::{name}"));
            }
            for name in names {
                if self.inquiry.wants(&name) {
                    self.offer(entry, &name, Kind::Enum, false, None, Some(&Ok(value)))?;
                }
            }
        }
        Ok(())
    }
}

fn is_known(tag: gimli::DwTag) -> bool {
    is_scope(tag)
        || matches!(
            tag,
            constants::DW_TAG_enumeration_type
                | constants::DW_TAG_typedef
                | constants::DW_TAG_base_type
                | constants::DW_TAG_variable
                | constants::DW_TAG_constant
                | constants::DW_TAG_member
        )
}

/// What names can be in: a function too, for its `static` tables and local arrays.
fn is_scope(tag: gimli::DwTag) -> bool {
    matches!(
        tag,
        constants::DW_TAG_namespace
            | constants::DW_TAG_module
            | constants::DW_TAG_structure_type
            | constants::DW_TAG_class_type
            | constants::DW_TAG_union_type
            | constants::DW_TAG_subprogram
            | constants::DW_TAG_lexical_block
    )
}
