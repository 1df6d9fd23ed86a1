//! Every bound of the program, with its unit.
//!
//! Bounds that somebody may have to change are in [`Limits`], for content, and [`SchemaLimits`], for
//! schemas: each has a name, by which it is set and by which findings report it. The rest are
//! constants: no real file comes near them.

mod setting;

pub use setting::{Bounds, Limit, LimitError, Setting, Unit};

/// Bytes in one schema, contract, manifest or configuration text.
pub const TEXT_BYTES: usize = 1 << 20;
/// Bytes in one content file, unless the caller says otherwise.
pub const FILE_BYTES: u64 = 4 << 30;
/// Bytes in one binary or file with debug information: that of a whole Linux kernel has about 1 GiB.
pub const BINARY_BYTES: u64 = 4 << 30;
/// Bytes that all sections of a binary may decompress to, however large it is.
pub const SECTION_BYTES: u64 = 4 << 30;
/// Bytes that all sections of a binary may decompress to, however small it is.
pub const EXPANDED_BYTES: u64 = 64 << 20;
/// How many times the size of a binary its sections may decompress to: debug information reaches about 20.
pub const EXPANSION: u64 = 128;
/// Members and types that are looked at for all questions to one binary.
pub const TYPE_WORK: usize = 1 << 26;
/// Type names and qualifiers, one after the other, that lead to one type of a binary.
pub const TYPE_HOPS: usize = 256;
/// Members of one type of a binary, with those of its anonymous members.
pub const MEMBERS: usize = 1 << 16;
/// Answers to one question about a binary that are told apart.
pub const ANSWERS: usize = 16;
/// Names of a binary that a misspelled one is compared with.
pub const NAMES_SEEN: usize = 1 << 20;
/// Scopes of a binary's debug information, each within the one before.
pub const SCOPES: usize = 64;
/// Records of what a binary states about its supply: one for each call site, and a few for each type.
pub const SUPPLIES: usize = 1 << 16;
/// Bytes up to which a content file is read rather than mapped.
pub const READ_BYTES: u64 = 1 << 20;
/// Bytes in one row of an inventory.
pub const INVENTORY_ROW: usize = 1 << 20;
/// Different builds in one inventory.
pub const INVENTORY_BUILDS: usize = 10_000;
/// Bytes in one file pattern of the configuration.
pub const PATTERN_BYTES: usize = 4096;
/// Nested collections in a YAML text.
pub const YAML_DEPTH: usize = 64;
/// YAML nodes in a schema, counted after aliases are expanded.
pub const YAML_NODES: usize = 1 << 18;
/// Imports that lead from one schema to another, one after the other.
pub const IMPORT_DEPTH: usize = 64;
/// Schemas that one schema imports, directly or not.
pub const IMPORT_FILES: usize = 1000;
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
/// Levels of expressions, and of value instances that they need, that are typed on the host's stack.
pub const TYPING_DEPTH: usize = 512;
/// Schema errors that are reported in one run.
pub const SCHEMA_ERRORS: usize = 100;
/// Bytes in one terminator.
pub const TERMINATOR_BYTES: usize = 64;
/// Bytes in all schema files that one schema imports.
pub const IMPORT_BYTES: usize = 16 << 20;
/// Levels of nested type definitions in a schema.
pub const TYPE_DEPTH: usize = 32;
/// Causes that the explaining pass tells apart in one file; later ones end the walk.
pub const TROUBLES: usize = 1000;
/// Bytes in one regular expression whose cost is judged.
pub const REGEX_BYTES: usize = 1 << 16;
/// Levels of groups and repeats in a regular expression; each takes a part of the host's stack.
pub const REGEX_NESTING: u32 = 100;
/// Places of single characters in a regular expression, after its counted repeats are written out.
pub const REGEX_PLACES: usize = 4096;
/// Pairs of places that can follow each other in a regular expression.
pub const REGEX_EDGES: usize = 1 << 18;
/// Kinds of characters that a regular expression tells apart.
pub const REGEX_SYMBOLS: usize = 512;
/// Steps of the analysis of one regular expression: about a second, unoptimized.
pub const REGEX_STEPS: u64 = 1 << 22;
/// Rounds that a counted repeat may leave out, as in `a{2,34}`; one with more counts as unbounded.
pub const UNROLLED: u32 = 32;
/// Steps for all regular expressions that one question of a contract is about, in one content set.
pub const REGEX_STEPS_ALL: u64 = 1 << 27;
/// Bytes in the regular expressions whose cost is remembered from one content set to the next.
pub const REGEX_REMEMBERED: usize = 16 << 20;
/// Values and combinations that a baseline holds.
pub const BASELINE_ENTRIES: usize = 1 << 15;
/// Fields that coverage lists, each at every path that leads to it.
pub const COVERAGE_FIELDS: usize = 1 << 16;
/// Places that are kept for one read and key.
pub const PLACES: usize = 16;
/// Attempts of the generator at one content set.
pub const GENERATED_ATTEMPTS: u32 = 100;
/// Attempts of the generator before the first content set, from which it learns.
pub const GENERATED_REHEARSALS: u32 = 400;
/// Steps in one attempt: expressions, nodes, elements. A small file takes a few hundred.
pub const GENERATED_STEPS: u64 = 1 << 18;
/// Steps in all attempts at one content set.
pub const GENERATED_STEPS_IN_ALL: u64 = 1 << 21;
/// Elements of one repeated field that the generator makes.
pub const GENERATED_ELEMENTS: u64 = 4096;
/// Objects, each within the one before, that the generator makes; each takes a part of the host's stack.
pub const GENERATED_DEPTH: u32 = 30;
/// Expressions, each within the one before, that the generator evaluates on the host's stack.
pub const GENERATED_NESTING: u32 = 160;
/// Bytes that the generator computes in one attempt.
pub const GENERATED_BYTES: u64 = 64 << 20;

/// Files in one set of the guard's store.
pub const SET_FILES: usize = 1024;
/// Bytes in all files of one set of the guard's store; they are in memory while they are judged.
pub const SET_BYTES: u64 = 1 << 30;
/// Bytes in the verdict that is stored with a set.
pub const VERDICT_BYTES: u64 = 64 << 20;

/// Bytes in a unit or a script that `guard install` writes, and in its list of them.
pub const INSTALLED_BYTES: u64 = 1 << 20;
/// Bytes in the number of events that a consumer says it has handled.
pub const COUNT_BYTES: u64 = 4096;
/// Bytes in the file of public keys of the guard's store.
pub const KEY_BYTES: u64 = 1 << 16;
/// Bytes in a frozen plan: a schema of the largest text has fewer.
pub const PLAN_BYTES: u64 = 4 << 20;
/// How many times its default a limit may be that a frozen plan sets.
pub const PLAN_LIMITS: u64 = 4;
/// Operands on the stack of all objects and instances that are being read: no expression of a schema comes near.
pub const OPERANDS: usize = 1 << 20;
/// Memory that counts for what is known of a capacity while content is walked, in bytes.
pub const QUIET_HELD: u64 = 64;
/// The same for what was noted of one.
pub const FOLD_HELD: u64 = 4096;
/// The same for a key that may occur once, with where it was first.
pub const KEY_HELD: u64 = 192;
/// The same for an object within which keys are compared.
pub const SCOPE_HELD: u64 = 96;

/// Builds a struct of limits and the table of their names from each line: field, name, type, default,
/// greatest value, unit, what is counted.
macro_rules! limits {
    ($(#[$doc:meta])* $struct:ident {
        $($field:ident = $name:literal: $type:ty, $default:expr, $greatest:expr, $unit:ident, $counts:literal;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $struct {
            $(#[doc = concat!($counts, ".")] pub $field: $type,)*
        }

        impl Default for $struct {
            fn default() -> Self {
                $struct { $($field: $default,)* }
            }
        }

        impl $struct {
            /// These limits, in the order in which they are listed.
            pub const ALL: &[Limit] = &[$(Limit {
                name: $name,
                unit: Unit::$unit,
                default: {
                    const DEFAULT: $type = $default;
                    DEFAULT as u64
                },
                greatest: $greatest,
                counts: $counts,
            }),*];

            /// Their names.
            pub fn names() -> impl Iterator<Item = &'static str> {
                Self::ALL.iter().map(|limit| limit.name)
            }

            /// The limit with this name.
            pub fn describe(name: &str) -> Option<&'static Limit> {
                Self::ALL.iter().find(|limit| limit.name == name)
            }

            /// Gives the limit with this name another value.
            ///
            /// # Errors
            ///
            /// No limit of this kind has the name, or it cannot have the value.
            pub fn set(&mut self, name: &str, value: u64) -> Result<(), LimitError> {
                let limit = Self::describe(name).ok_or_else(|| LimitError::unknown(name))?;
                limit.check(value)?;
                match name {
                    $($name => self.$field = limit.fit(value)?,)*
                    _ => {}
                }
                Ok(())
            }

            /// The names and values of those that are not at their default.
            pub fn changed(&self) -> impl Iterator<Item = (&'static str, u64)> {
                let values = [$(setting::wide(self.$field)),*];
                Self::ALL.iter().zip(values).filter(|(l, value)| l.default != *value).map(|(l, v)| (l.name, v))
            }
        }
    };
}

limits! {
    /// Bounds on one walk over content. They count what no lowering changes.
    Limits {
        elements = "elements": u64, 1 << 26, u64::MAX, Count,
            "Elements of repeated fields, in all";
        empty_elements = "empty-elements": u64, 1 << 20, u64::MAX, Count,
            "Elements and instances that consume no input, in all";
        depth = "depth": u32, 4096, u32::MAX as u64, Count,
            "Objects, each within the one before";
        instances = "instances": u64, 1 << 24, u64::MAX, Count,
            "Instances that are evaluated, in all";
        decoded_bytes = "decoded-bytes": u64, 1 << 30, u64::MAX, Bytes,
            "Bytes of text and data that are computed rather than taken from the file, in all";
        held_bytes = "held-bytes": u64, 256 << 20, u64::MAX, Bytes,
            "Bytes of memory for what is remembered of a file at one time: objects, values, decoded bytes";
        process_runs = "process-runs": u64, 4096, u64::MAX, Count,
            "Runs of custom processes, in all";
        string_bytes = "string-bytes": u64, 16 << 20, u64::MAX, Bytes,
            "Bytes in one decoded text";
        // Many small fields may point to the same long text.
        scanned_bytes = "scanned-bytes": u64, 16 << 30, u64::MAX, Bytes,
            "Bytes and list elements that checks look at one by one, in all";
        file_bytes = "file-bytes": u64, FILE_BYTES, u64::MAX, Bytes,
            "Bytes in one content file";
        combinations = "combinations": u64, 100_000, u64::MAX, Count,
            "Combinations of files that `coexist` in one set of the configuration";
    }
}

limits! {
    /// Bounds on a schema and what it imports.
    SchemaLimits {
        // Spans are of 32 bits.
        text_bytes = "text-bytes": usize, TEXT_BYTES, u32::MAX as u64, Bytes,
            "Bytes in the text of one schema, also after its YAML aliases are expanded";
        // Each level takes a part of the host's stack.
        yaml_depth = "yaml-depth": usize, YAML_DEPTH, 256, Count,
            "YAML collections, each within the one before";
        yaml_nodes = "yaml-nodes": usize, YAML_NODES, u32::MAX as u64, Count,
            "YAML nodes in one schema, after its aliases are expanded";
        import_depth = "import-depth": usize, IMPORT_DEPTH, 1024, Count,
            "Imports that lead from one schema to another, one after the other";
        import_files = "import-files": usize, IMPORT_FILES, u32::MAX as u64, Count,
            "Schemas that one schema imports, directly or not";
    }
}

#[cfg(test)]
mod tests;
