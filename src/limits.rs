//! Every bound of the program, with its unit.
//!
//! Bounds on schemas and contracts are constants: no real one comes near them. Bounds on content are
//! in [`Limits`], so that a caller can change them; a content limit that is hit is a finding that
//! names it.

/// Bytes in one schema, contract, manifest or configuration text.
pub const TEXT_BYTES: usize = 1 << 20;
/// Bytes in one content file, unless the caller says otherwise.
pub const FILE_BYTES: u64 = 4 << 30;
/// Bytes up to which a content file is read rather than mapped.
pub const READ_BYTES: u64 = 1 << 20;
/// Bytes in one file pattern of the configuration.
pub const PATTERN_BYTES: usize = 4096;
/// Nested collections in a YAML text.
pub const YAML_DEPTH: usize = 64;
/// YAML nodes in a schema, counted after aliases are expanded.
pub const YAML_NODES: usize = 1 << 18;
/// Bytes in the name of a field, a type, an enum or a member; names are repeated in many places.
pub const NAME_BYTES: usize = 128;
/// Names that a misspelled one is compared with.
pub const NAMES_COMPARED: usize = 1000;
/// Bytes in one expression.
pub const EXPRESSION_BYTES: usize = 1 << 16;
/// Levels of one expression that the parser takes on the host's stack: parentheses, lists, signs.
pub const EXPRESSION_NESTING: u32 = 64;
/// Levels of one expression's tree.
pub const EXPRESSION_DEPTH: u32 = 128;
/// Schema errors that are reported in one run.
pub const SCHEMA_ERRORS: usize = 100;
/// Levels of nested type definitions in a schema.
pub const TYPE_DEPTH: usize = 32;
/// Causes that the explaining pass tells apart in one file; later ones end the walk.
pub const TROUBLES: usize = 1000;
/// Places that are kept for one read and key.
pub const PLACES: usize = 16;
/// Distinct byte ranges beyond the contiguous prefix that coverage of one stream may hold.
pub const COVERAGE_RANGES: usize = 1 << 20;

/// Bounds on one walk over content. They count what no lowering changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Elements of repeated fields, in all.
    pub elements: u64,
    /// Elements and instances that consume no input, in all.
    pub empty_elements: u64,
    /// Nested objects.
    pub depth: u32,
    /// Instances that are evaluated, in all.
    pub instances: u64,
    /// Bytes of text and data that are computed rather than taken from the file, in all.
    pub decoded_bytes: u64,
    /// Bytes of texts, checksums and comparisons, and elements of lists, that are looked at one by one, in all:
    /// many small fields may point to the same long text.
    pub scanned_bytes: u64,
    /// Bytes in one content file.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            elements: 1 << 26,
            empty_elements: 1 << 20,
            depth: 4096,
            instances: 1 << 24,
            decoded_bytes: 64 << 20,
            scanned_bytes: 16 << 30,
            file_bytes: FILE_BYTES,
        }
    }
}
