//! Stable codes: what each finding is called, in one line and on a page of its own.
//!
//! No other module writes a code as a literal; a code is never renamed once it is released.

use std::io::{self, Write};

use crate::finding::Blame;

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name, in kebab case.
    pub name: &'static str,
    /// Whose fault a finding with this code is.
    pub blame: Blame,
    /// What it says, in one line without a full stop.
    pub summary: &'static str,
    /// The page that explains it, in Markdown.
    pub page: &'static str,
}

/// Builds a constant and a row of the registry from each line; the page is the file of that name.
macro_rules! codes {
    ($($name:ident = $code:literal, $blame:ident: $summary:literal;)*) => {
        $(#[doc = concat!($summary, ".")] pub const $name: &str = $code;)*

        /// Every code, grouped by blame.
        pub const ALL: &[Code] = &[$(Code {
            name: $code,
            blame: Blame::$blame,
            summary: $summary,
            page: include_str!(concat!("pages/", $code, ".md")),
        }),*];
    };
}

codes! {
    UNEXPECTED_END = "unexpected-end", Content: "A field needs more bytes than its region has left";
    CONTENTS_MISMATCH = "contents-mismatch", Content: "Fixed bytes, such as a magic number, are not what the schema says";
    VALUE_NOT_VALID = "value-not-valid", Content: "A value breaks a `valid` constraint of the schema";
    CHECKSUM_MISMATCH = "checksum-mismatch", Content: "A stored checksum is not that of the bytes that it covers";
    POSITION_OUTSIDE = "position-outside", Content: "A position lies outside the stream that it points into";
    INDEX_OUT_OF_RANGE = "index-out-of-range", Content: "An expression takes an array element that is not there";
    SIZE_NOT_POSSIBLE = "size-not-possible", Content: "A size or count is negative or does not fit into 64 bits";
    INTEGER_OVERFLOW = "integer-overflow", Content: "Arithmetic in an expression leaves the range of integers";
    DIVISION_BY_ZERO = "division-by-zero", Content: "An expression divides by a value that is zero";
    ENCODING_ERROR = "encoding-error", Content: "The bytes of a string are not text in its encoding";
    ENDIANNESS_UNDECIDED = "endianness-undecided", Content: "No case of a calculated byte order applies";
    PROCESS_FAILED = "process-failed", Content: "Bytes cannot be decoded as the schema's `process` says";
    TERMINATOR_MISSING = "terminator-missing", Content: "A terminated field has no terminator in its region";
    MISSING_VALUE = "missing-value", Content: "An expression uses a field that this file does not have";
    INSTANCE_LOOP = "instance-loop", Content: "An instance needs its own value to be evaluated";
    LIMIT_EXCEEDED = "limit-exceeded", Content: "The file asks for more than a limit of the checker allows";
    CONVERSION_ERROR = "conversion-error", Content: "Text that is converted to a number is not a number";
    TRAILING_BYTES = "trailing-bytes", Content: "Bytes at the end of a file belong to no field";
    UNREFERENCED_BYTES = "unreferenced-bytes", Content: "Bytes within a file belong to no field";
    OVERLAPPING_BYTES = "overlapping-bytes", Content: "The same bytes belong to more than one field";
    READ_BEYOND_SUPPLY = "read-beyond-supply", Content: "The content makes a build read an element that it does not supply";
    DEAD_READ = "dead-read", Content: "A build checks the bound, so this part of the content never takes effect";
    CAPACITY_UNKNOWN = "capacity-unknown", Content: "The content needs a capacity that a build has no value for";
    EVIDENCE_TOO_WEAK = "evidence-too-weak", Content: "A number has weaker evidence than the contract asks of what rests on it";
    REFERENCE_OUTSIDE = "reference-outside", Content: "The content refers to an element or bytes that are not there";
    REFERENCE_NULL = "reference-null", Content: "The content refers to nothing where the consumer needs something";
    COUNT_BEYOND_CAPACITY = "count-beyond-capacity", Content: "The content has more elements than a build has room for";
    VALUE_TOO_WIDE = "value-too-wide", Content: "A value does not fit the integer that the consumer keeps it in";
    FIELD_BLANK = "field-blank", Content: "A field that the consumer needs is absent or blank";
    PAIR_NOT_TAKEN = "pair-not-taken", Content: "The content has two values that a build does not take together";
    DUPLICATE_KEY = "duplicate-key", Content: "Two elements have the same key, where each may occur once";
    RULE_FAILED = "rule-failed", Content: "A rule of the contract is false for this content";
    DECLARED_NOT_SUPPLIED = "declared-not-supplied", Content: "The definitions declare more elements than a build supplies";
    GROWTH_BEYOND_BASELINE = "growth-beyond-baseline", Content: "A number is further beyond what shipped content had than the contract allows";
    NOVEL_COMBINATION = "novel-combination", Content: "Two or more values come together that no shipped content had together";
    PATTERN_COST = "pattern-cost", Content: "A regular expression can cost the consumer more time than the contract allows";
    BUILD_UNLISTED = "build-unlisted", Content: "Machines run a build that has no manifest, so that nobody answers for it";
    SET_WITHHELD = "set-withheld", Content: "The guard's rules keep a set from being staged, activated or called good";
    VERDICT_NOT_BELIEVED = "verdict-not-believed", Content: "A verdict is not signed as it must be, or is not about this content";
    YAML_SYNTAX = "yaml-syntax", Schema: "A schema is not well-formed YAML";
    SCHEMA_KEY_UNKNOWN = "schema-key-unknown", Schema: "A schema has a key that the language does not have there";
    SCHEMA_INVALID = "schema-invalid", Schema: "A schema has a wrong kind of value, lacks a key, or combines keys that exclude each other";
    NAME_UNKNOWN = "name-unknown", Schema: "An expression or a reference uses a name that nothing has";
    TYPE_MISMATCH = "type-mismatch", Schema: "An expression has a type that its place does not take";
    EXPRESSION_SYNTAX = "expression-syntax", Schema: "An expression cannot be parsed";
    ENCODING_NAME = "encoding-name", Schema: "An encoding has a better name, or none that is known";
    SCHEMA_STYLE = "schema-style", Schema: "A name says less than it could about what the field is for";
    DUPLICATE_NAME = "duplicate-name", Schema: "Two things in one scope have the same name";
    NOT_SATISFIED = "not-satisfied", Schema: "No content was found that the schema, or the contract, accepts";
    CONTRACT_SYNTAX = "contract-syntax", Contract: "A contract or manifest is not well-formed TOML";
    CONTRACT_KEY_UNKNOWN = "contract-key-unknown", Contract: "A contract or manifest has a key that does not exist there";
    CONTRACT_INVALID = "contract-invalid", Contract: "A contract or manifest has a wrong kind of value or lacks one";
    PATH_UNKNOWN = "path-unknown", Contract: "A path of the contract matches nothing in the schema";
    CAPACITY_UNDECLARED = "capacity-undeclared", Contract: "A capacity is used that the contract does not declare";
    CAPACITY_MISSING = "capacity-missing", Contract: "A rule needs a capacity that the manifest of a build lacks";
    BASELINE_EMPTY = "baseline-empty", Contract: "A question of the contract has no shipped content to compare with yet";
    COVERAGE_GROWN = "coverage-grown", Contract: "A field of the content has no question in the contract, and that is not accepted";
    STATE_CONTRADICTED = "state-contradicted", Contract: "Machines run a build whose manifest says that it is not in the field";
    BUILD_RETIRED = "build-retired", Contract: "No machine runs a build any more that there is a manifest for";
    BINARY_DAMAGED = "binary-damaged", Consumer: "A binary or its debug information breaks off or contradicts itself";
    EMITTED_DAMAGED = "emitted-damaged", Consumer: "What a build states about its supply cannot be read";
    EMITTED_CONFLICT = "emitted-conflict", Consumer: "A build states different numbers for one capacity";
    DEBUG_NAME_UNKNOWN = "debug-name-unknown", Consumer: "The debug information has no type, variable, member or constant of a name";
    DEBUG_NAME_AMBIGUOUS = "debug-name-ambiguous", Consumer: "The debug information has several answers to one question";
    DEBUG_NO_NUMBER = "debug-no-number", Consumer: "What the contract names is in the build, but has no such number";
    CAPACITY_NOT_STATED = "capacity-not-stated", Consumer: "A build shows no value of a capacity, or weaker evidence than the contract needs";
    CAPACITY_NOT_OBSERVED = "capacity-not-observed", Consumer: "No run of a harness shows where a capacity ends";
    MANIFEST_DISAGREES = "manifest-disagrees", Consumer: "A manifest says of a build what its binary does not show";
    EVIDENCE_OUTDATED = "evidence-outdated", Consumer: "A manifest holds evidence about another binary";
    DRIVER_CRASHED = "driver-crashed", Consumer: "A driver crashes its kernel with content that was made for it";
    CONFIG_INVALID = "config-invalid", Environment: "The configuration is not valid, or there is none";
    FILE_MISSING = "file-missing", Environment: "A file that is needed does not exist";
    FILE_UNREADABLE = "file-unreadable", Environment: "A file cannot be read, or is too large to be";
    NOT_A_FILE = "not-a-file", Environment: "A path leads to something that is not a regular file";
    NO_MATCH = "no-match", Environment: "A path or pattern matches no content";
    SET_INCOMPLETE = "set-incomplete", Environment: "A content set lacks one of its files, or has two for one";
    BUILD_NO_MATCH = "build-no-match", Environment: "A build requirement matches no build";
    INVENTORY_INVALID = "inventory-invalid", Environment: "An inventory of the fleet cannot be read as a whole";
    PROCESSOR_MISSING = "processor-missing", Environment: "A custom process of the schema is supplied by nobody";
    HARNESS_FAILED = "harness-failed", Environment: "A harness of the consumer cannot be run, or its runs show nothing";
    GUEST_FAILED = "guest-failed", Environment: "A guest for fuzzing does not start, or does not get anywhere";
    NOT_A_BINARY = "not-a-binary", Environment: "A file is neither an ELF nor a PE binary";
    DEBUG_INFO_MISSING = "debug-info-missing", Environment: "The debug information of a build is not in it, and not where it was looked for";
    DEBUG_FILE_MISMATCH = "debug-file-mismatch", Environment: "A file with debug information belongs to another binary";
    DECLARED_NOT_CHECKED = "declared-not-checked", Environment: "What definitions declare was not compared with what a build supplies";
    FILE_CHANGED = "file-changed", Environment: "A file changed while it was being read";
    STORE_UNUSABLE = "store-unusable", Environment: "The guard's store cannot be used: it is missing, locked, or not to be written";
    FILE_EXISTS = "file-exists", Environment: "A file that would be written exists already, or cannot be written";
    INSTALL_CONFLICT = "install-conflict", Environment: "A file that the guard would install or remove is not as it was installed";
    USAGE = "usage", Environment: "The command line asks for something that cannot be done";
}

/// The code with this name.
///
/// ```
/// use bootgate::codes;
/// assert_eq!(codes::find(codes::READ_BEYOND_SUPPLY).unwrap().name, "read-beyond-supply");
/// assert!(codes::find("E0001").is_none());
/// ```
pub fn find(name: &str) -> Option<&'static Code> {
    ALL.iter().find(|code| code.name == name)
}

/// The code that somebody who wrote `name` most probably meant.
///
/// ```
/// assert_eq!(bootgate::codes::suggest("read-beyond-suply"), Some("read-beyond-supply"));
/// assert_eq!(bootgate::codes::suggest("kernel-panic"), None);
/// ```
pub fn suggest(name: &str) -> Option<&'static str> {
    let near = |code: &'static Code| (strsim::jaro_winkler(code.name, name), code.name);
    let (score, best) = ALL.iter().map(near).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (score > 0.85).then_some(best)
}

/// Writes every code with its summary, in groups by blame.
///
/// # Errors
///
/// Those of the writer.
pub fn write_list(out: &mut dyn Write) -> io::Result<()> {
    let width = ALL.iter().map(|code| code.name.len()).max().unwrap_or(0);
    let groups = [
        (Blame::Content, "The content is at fault (exit code 1)"),
        (Blame::Schema, "The schema is at fault (exit code 2; 1 from `bootgate schema check`)"),
        (
            Blame::Contract,
            "The contract or a manifest is at fault (exit code 2; 1 from `bootgate contract fleet`)",
        ),
        (Blame::Consumer, "A build of the consumer is at fault (exit code 1 from `bootgate contract …`)"),
        (Blame::Environment, "Arguments, configuration or files are at fault (exit code 2)"),
    ];
    for (blame, title) in groups {
        writeln!(out, "{title}:")?;
        for code in ALL.iter().filter(|code| code.blame == blame) {
            writeln!(out, "  {:width$}  {}", code.name, code.summary)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "`bootgate codes CODE` explains one.")
}

/// Writes the page of a code.
///
/// # Errors
///
/// Those of the writer.
pub fn write_page(code: &Code, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", code.page.trim_end())
}

#[cfg(test)]
mod tests;
