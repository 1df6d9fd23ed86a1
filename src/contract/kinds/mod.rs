//! The kinds of questions that a contract can ask of content: one file and one line of the registry for each.
//!
//! A kind says which keys its table has, and which expressions its question consists of. What the answers
//! come to is the business of the file of the same name in `check/kinds/`.

mod count;
mod declared;
mod growth;
mod not_null;
mod novel;
mod pair;
mod pattern;
mod read;
mod reference;
mod required;
mod rule;
#[cfg(test)]
mod tests;
mod unique;
mod width;

pub use count::Count;
pub use declared::Declared;
pub use growth::Growth;
pub use not_null::NotNull;
pub use novel::Novel;
pub use pair::Pair;
pub use pattern::Pattern;
pub use read::Read;
pub use reference::Reference;
pub use required::Required;
pub use rule::Rule;
pub use unique::Unique;
pub use width::Width;

use super::asker::Asker;
use super::error::At;
use super::table::{Reader, Table};
use super::text::Text;
use crate::layout::ExprId;

/// One table of a contract that asks something of content.
#[derive(Clone, Debug)]
pub struct Question {
    /// The table.
    pub place: At,
    /// Path of the places that it is about.
    pub at: Text,
    /// Expression: when it is asked there; always if absent.
    pub when: Option<Text>,
    /// Why this is so, for people.
    pub because: Text,
    /// What is asked.
    pub kind: Kind,
}

/// What each kind supplies.
pub(super) trait Asks: Sized {
    /// Every key of its table, with `at`, `when` and `because`, which all tables have.
    const KEYS: &'static [&'static str];

    /// Whether it is about the object as a whole, even where it reads one field of it only.
    const WHOLE: bool = false;

    /// Its own keys, read; `None` only where an error was reported.
    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self>;

    /// The expressions of its answer, in the order in which `check` takes them; `None` only where an error was
    /// reported.
    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>>;

    /// The expression that the question is about, with its key: where what is wrong with an answer is shown.
    fn subject(&self) -> (&'static str, &Text);
}

/// Builds the enum of all kinds and what reads each from the registry's lines.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $table:literal;)*) => {
        /// What a question asks.
        #[derive(Clone, Debug)]
        pub enum Kind {
            $($(#[$doc])* $name($name),)*
        }

        /// Every key of a contract.
        pub(super) const KEYS: &[&str] = &["contract", "files", "capacity", $($table),*];

        /// All questions of a contract: by kind, then in the order as written.
        pub(super) fn read_all(reader: &mut Reader<'_>, root: &Table<'_, '_>) -> Vec<Question> {
            let mut questions = Vec::new();
            $(read_each(reader, root, $table, Kind::$name, &mut questions);)*
            questions
        }

        impl Kind {
            /// The name of its table.
            pub fn table(&self) -> &'static str {
                match self {
                    $(Kind::$name(_) => $table,)*
                }
            }

            /// The expression that the question is about, with its key.
            pub fn subject(&self) -> (&'static str, &Text) {
                match self {
                    $(Kind::$name(kind) => kind.subject(),)*
                }
            }

            /// Whether the question is about an object as a whole, even where it reads one field of it only.
            pub fn is_whole(&self) -> bool {
                match self {
                    $(Kind::$name(_) => $name::WHOLE,)*
                }
            }

            pub(super) fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
                match self {
                    $(Kind::$name(kind) => kind.ask(asker),)*
                }
            }
        }
    };
}

kinds! {
    /// A place that makes the consumer dereference something.
    Read = "read";
    /// A number that claims what a capacity is.
    Declared = "declared";
    /// A reference into something else of the content.
    Reference = "reference";
    /// A reference that must refer to something.
    NotNull = "not-null";
    /// A number of elements that must fit.
    Count = "count";
    /// A number that must fit an integer of the consumer.
    Width = "width";
    /// A field that must not be blank.
    Required = "required";
    /// Two values that not every build takes together.
    Pair = "pair";
    /// A key that may occur once.
    Unique = "unique";
    /// A number that must not leap beyond what shipped content had.
    Growth = "growth";
    /// A combination of values that shipped content must have had.
    Novel = "novel";
    /// A regular expression whose matching must not take too long.
    Pattern = "pattern";
    /// A condition that the content must meet.
    Rule = "rule";
}

fn read_each<T: Asks>(
    reader: &mut Reader<'_>,
    root: &Table<'_, '_>,
    key: &str,
    kind: fn(T) -> Kind,
    questions: &mut Vec<Question>,
) {
    for table in root.children(reader, key, T::KEYS) {
        let at = table.text(reader, "at");
        let own = T::read(reader, &table);
        let when = table.text_optional(reader, "when");
        let because = table.text(reader, "because");
        if let (Some(at), Some(own), Some(because)) = (at, own, because) {
            questions.push(Question { place: table.at.clone(), at, when, because, kind: kind(own) });
        }
    }
}
