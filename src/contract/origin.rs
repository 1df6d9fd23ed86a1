//! Where a capacity is looked for in a binary: the value of `from`.
//!
//! `SOURCE:QUESTION`, such as `debug:ipc_ctx.inputs` or `dwarf:sizeof(struct record)`; `src/extract/extract.md` is the
//! page for users.

use std::fmt;
use std::ops::Range;

use super::text::Text;

/// What `from` says, with its place.
#[derive(Clone, Debug)]
pub struct Origin {
    /// As it is written.
    pub text: Text,
    /// Which part of the binary answers.
    pub source: Source,
    /// What it is asked.
    pub question: Question,
}

/// A part of a binary that knows numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Whatever debug information the build has: one contract covers all platforms.
    Debug,
    /// DWARF alone.
    Dwarf,
    /// BTF alone.
    Btf,
    /// A PDB alone.
    Pdb,
    /// What the build stated at its call sites.
    Note,
}

impl Source {
    const ALL: [(&'static str, Source); 5] = [
        ("debug", Source::Debug),
        ("dwarf", Source::Dwarf),
        ("btf", Source::Btf),
        ("pdb", Source::Pdb),
        ("note", Source::Note),
    ];
}

/// A question with a number as its answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// `PATH` or `len(PATH)`: how many elements an array has; of an array of arrays, the outermost.
    Len(Path),
    /// `sizeof(PATH)`: bytes.
    Size(Path),
    /// `enum(NAME.MEMBER)`: the value of an enumerator, or with `max` the greatest.
    Enum(Path, Member),
    /// `const(NAME)`: a constant, an enumerator of any enumeration, or a macro.
    Const(Path),
    /// `note:NAME`: a capacity that the build stated under this name.
    Note(String),
}

/// Which enumerator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// The one with the greatest value.
    Greatest,
    /// The one with this name.
    Named(String),
}

/// A type or variable, and a way into it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// What the name must be that of, when that is written.
    pub kind: Option<Kind>,
    /// The name with its namespaces: `ns::ipc_ctx`.
    pub root: String,
    /// Into it.
    pub steps: Vec<Step>,
    /// The source file that must declare it, or the end of its path: `@ ipc.c`.
    pub file: Option<String>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// `.name`: a member of a structure or union, also of its anonymous ones.
    Member(String),
    /// `[]`: an element of an array.
    Element,
}

/// What a name is that of; C has structures, variables and type names of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `struct` or `class`, which some compilers do not tell apart.
    Struct,
    /// `union`.
    Union,
    /// `enum`.
    Enum,
    /// `typedef`.
    Typedef,
    /// `variable`.
    Variable,
}

impl Kind {
    const ALL: [(&'static str, Kind); 6] = [
        ("struct", Kind::Struct),
        ("class", Kind::Struct),
        ("union", Kind::Union),
        ("enum", Kind::Enum),
        ("typedef", Kind::Typedef),
        ("variable", Kind::Variable),
    ];
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Source::ALL.iter().find(|(_, source)| source == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Kind::ALL.iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(kind) = self.kind {
            write!(f, "{kind} ")?;
        }
        f.write_str(&self.root)?;
        self.steps.iter().try_for_each(|step| match step {
            Step::Member(name) => write!(f, ".{name}"),
            Step::Element => f.write_str("[]"),
        })?;
        self.file.iter().try_for_each(|file| write!(f, " @ {file}"))
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::Len(path) => write!(f, "len({path})"),
            Question::Size(path) => write!(f, "sizeof({path})"),
            Question::Enum(path, member) => {
                let member = if let Member::Named(name) = member { name } else { "max" };
                write!(f, "enum({}.{member}", path.root)?;
                path.file.iter().try_for_each(|file| write!(f, " @ {file}"))?;
                f.write_str(")")
            }
            Question::Const(path) => write!(f, "const({path})"),
            Question::Note(name) => f.write_str(name),
        }
    }
}

/// Why a text is no origin, and which bytes of it.
pub(super) type Wrong = (String, Range<usize>);

/// Reads the value of `from`.
///
/// ```
/// # use bootgate::contract;
/// # use bootgate::span::Sources;
/// let text = "[contract]\nconsumer = 'c'\nbuilds = '*.toml'\n[files]\na = 'a.ksy'\n\
///     [capacity.n]\nfrom = 'dwarf:size(struct x)'\n";
/// let errors = contract::parse(&mut Sources::default(), "c.toml", text).unwrap_err();
/// assert_eq!(errors[0].to_string(), "`size` is not one of `len`, `sizeof`, `enum`, `const`");
/// ```
pub(super) fn parse(text: Text) -> Result<Origin, (Wrong, Text)> {
    match read(&text.value) {
        Ok((source, question)) => Ok(Origin { text, source, question }),
        Err(wrong) => Err((wrong, text)),
    }
}

fn read(text: &str) -> Result<(Source, Question), Wrong> {
    let sources = Source::ALL.map(|(name, _)| format!("`{name}:`")).join(", ");
    let Some((name, rest)) = text.split_once(':').filter(|(_, rest)| !rest.starts_with(':')) else {
        return Err((format!("`from` begins with one of {sources}"), 0..text.len()));
    };
    let known = Source::ALL.iter().find(|(known, _)| *known == name.trim());
    let Some((_, source)) = known else {
        return Err((format!("`{}` is not one of {sources}", name.trim()), 0..name.len()));
    };
    let mut reader = Reader { text, at: text.len() - rest.len() };
    if *source == Source::Note {
        let name = rest.trim();
        let blank = (String::from("`note:` is followed by the name of a capacity"), 0..text.len());
        return if name.is_empty() { Err(blank) } else { Ok((*source, Question::Note(name.to_owned()))) };
    }
    let question = reader.question()?;
    reader.space();
    match reader.rest() {
        "" => Ok((*source, question)),
        rest => Err((format!("`{rest}` is too much"), reader.at..text.len())),
    }
}

/// The operators.
const OPERATORS: [&str; 4] = ["len", "sizeof", "enum", "const"];

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.space();
        let taken = self.rest().starts_with(token);
        self.at += if taken { token.len() } else { 0 };
        taken
    }

    fn question(&mut self) -> Result<Question, Wrong> {
        self.space();
        let start = self.at;
        let word = self.rest().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        self.at += word.len();
        if !self.take("(") {
            self.at = start;
            return self.path().map(Question::Len);
        }
        let question = match word {
            "len" => Question::Len(self.path()?),
            "sizeof" => Question::Size(self.path()?),
            "enum" => self.enumerator()?,
            "const" => {
                let from = self.at;
                let path = self.path()?;
                if !path.steps.is_empty() || path.kind.is_some() {
                    return Err(("a constant is named without steps".into(), from..self.at));
                }
                Question::Const(path)
            }
            other => {
                let known = OPERATORS.map(|name| format!("`{name}`")).join(", ");
                return Err((format!("`{other}` is not one of {known}"), start..start + other.len()));
            }
        };
        if self.take(")") { Ok(question) } else { Err(("`)` is missing".into(), self.at..self.text.len())) }
    }

    fn enumerator(&mut self) -> Result<Question, Wrong> {
        let from = self.at;
        let mut path = self.path()?;
        match (path.kind.unwrap_or(Kind::Enum), path.steps.pop(), path.steps.is_empty()) {
            (Kind::Enum | Kind::Typedef, Some(Step::Member(name)), true) => {
                let member = if name == "max" { Member::Greatest } else { Member::Named(name) };
                Ok(Question::Enum(path, member))
            }
            _ => Err(("`enum(…)` takes `NAME.max` or `NAME.ENUMERATOR`".into(), from..self.at)),
        }
    }

    fn path(&mut self) -> Result<Path, Wrong> {
        self.space();
        let kind = Kind::ALL.iter().find(|(word, _)| {
            self.rest().strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_whitespace))
        });
        self.at += kind.map_or(0, |(word, _)| word.len());
        let mut root = self.name()?;
        while self.take("::") {
            root.push_str("::");
            root.push_str(&self.name()?);
        }
        let mut steps = Vec::new();
        loop {
            if self.take(".") {
                steps.push(Step::Member(self.name()?));
            } else if self.take("[") {
                if !self.take("]") {
                    return Err(("an element is `[]`: they are all alike".into(), self.at..self.text.len()));
                }
                steps.push(Step::Element);
            } else if self.rest().starts_with("->") {
                let what = "`->` is not followed: name the type that it leads to";
                return Err((what.into(), self.at..self.at + 2));
            } else {
                break;
            }
        }
        let file = if self.take("@") {
            self.space();
            let name = self.rest().split(')').next().unwrap_or_default().trim_end();
            let at = self.at;
            self.at += name.len();
            if name.is_empty() {
                return Err(("`@` is followed by the name of a source file".into(), at..at));
            }
            Some(name.to_owned())
        } else {
            None
        };
        Ok(Path { kind: kind.map(|(_, kind)| *kind), root, steps, file })
    }

    /// An identifier; what is between `<` and `>` belongs to it, as in `ring<int, 20>`.
    fn name(&mut self) -> Result<String, Wrong> {
        self.space();
        let mut open = 0usize;
        let end = self.rest().find(|c: char| {
            open = if c == '<' { open + 1 } else { open };
            let inside = open > 0;
            open = open.saturating_sub(usize::from(c == '>'));
            !(inside || c.is_alphanumeric() || c == '_' || c == '$')
        });
        let name = self.rest().get(..end.unwrap_or(self.rest().len())).unwrap_or_default();
        if name.is_empty() || name.starts_with('<') {
            let end = self.rest().chars().next().map_or(self.at, |c| self.at + c.len_utf8());
            return Err(("a name is missing here".into(), self.at..end));
        }
        self.at += name.len();
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let (source, question) = read(text).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
        format!("{source}:{question}")
    }

    #[test]
    fn every_form_is_read() {
        for (text, meaning) in [
            ("dwarf:ipc_ctx.inputs", "dwarf:len(ipc_ctx.inputs)"),
            ("debug:len( struct a::ipc_ctx . b [] . c )", "debug:len(struct a::ipc_ctx.b[].c)"),
            ("btf:sizeof(class x)", "btf:sizeof(struct x)"),
            ("pdb:enum(ns::kind.max)", "pdb:enum(ns::kind.max)"),
            ("debug:enum(enum kind.LAST)", "debug:enum(kind.LAST)"),
            ("debug:const(MAX_INPUTS)", "debug:const(MAX_INPUTS)"),
            ("debug:len(variable table @ src/ipc.c)", "debug:len(variable table @ src/ipc.c)"),
            ("debug:ring<int, 20>::slot<a::b>.x", "debug:len(ring<int, 20>::slot<a::b>.x)"),
            ("debug:len", "debug:len(len)"),
            ("debug:structure.a", "debug:len(structure.a)"),
            ("note: inputs.ipc ", "note:inputs.ipc"),
        ] {
            assert_eq!(shown(text), meaning, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_shown_at_its_place() {
        for (text, message, place) in [
            ("ipc_ctx", "`from` begins with one of", "ipc_ctx"),
            ("a::b", "`from` begins with one of", "a::b"),
            ("elf:x", "`elf` is not one of", "elf"),
            ("note: ", "`note:` is followed by", "note: "),
            ("dwarf:", "a name is missing here", ""),
            ("dwarf:a.", "a name is missing here", ""),
            ("dwarf:a.é.-", "a name is missing here", "-"),
            ("dwarf:len(a", "`)` is missing", ""),
            ("dwarf:len(a) b", "`b` is too much", "b"),
            ("dwarf:count(a)", "`count` is not one of", "count"),
            ("dwarf:a[3]", "an element is `[]`", "3]"),
            ("dwarf:a->b", "`->` is not followed", "->"),
            ("dwarf:enum(kind)", "`enum(…)` takes", "kind"),
            ("dwarf:enum(struct kind.max)", "`enum(…)` takes", "struct kind.max"),
            ("dwarf:const(a.b)", "a constant is named without steps", "a.b"),
            ("dwarf:a @ ", "`@` is followed by", ""),
        ] {
            let (found, range) = read(text).unwrap_err();
            assert!(found.starts_with(message), "{text}: {found}");
            assert_eq!(text.get(range), Some(place), "{text}");
        }
    }
}
