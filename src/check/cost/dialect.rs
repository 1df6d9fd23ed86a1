//! Expressions as consumers write them, rewritten into what `regex-syntax` reads.
//!
//! Most matchers take a `{` that begins no count, a `[` in a class or a `\<` as themselves, and `regex-syntax` does
//! not. What it cannot express at all, no bound is known for.

use std::ops::Range;

use super::NotBounded;

/// A rewritten expression, and where each of its bytes was.
#[derive(Default)]
pub(super) struct Plain {
    pub(super) text: String,
    origins: Vec<usize>,
}

impl Plain {
    /// The range in the expression as it was written.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        let last = self.origins.last().copied().unwrap_or(0);
        let at = |offset: usize| self.origins.get(offset).copied().unwrap_or(last);
        at(range.start)..at(range.end).max(at(range.start))
    }

    fn put(&mut self, text: &str, origin: usize) {
        self.text.push_str(text);
        self.origins.resize(self.text.len(), origin);
    }
}

/// Rewrites an expression.
pub(super) fn plain(expression: &str) -> Result<Plain, NotBounded> {
    let mut reader = Reader { rest: expression, at: 0, plain: Plain::default() };
    while let Some(c) = reader.peek() {
        match c {
            '\\' => reader.escape(false)?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            '{' => match count(reader.rest) {
                Some(len) => {
                    reader.copy(len);
                    reader.not_possessive()?;
                }
                None => reader.replace(1, "\\{"),
            },
            '*' | '+' | '?' => {
                reader.copy(1);
                reader.not_possessive()?;
            }
            _ => reader.copy(c.len_utf8()),
        }
    }
    let mut plain = reader.plain;
    plain.origins.push(expression.len());
    Ok(plain)
}

struct Reader<'e> {
    rest: &'e str,
    at: usize,
    plain: Plain,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn skip(&mut self, len: usize) {
        self.rest = self.rest.get(len..).unwrap_or_default();
        self.at += len;
    }

    fn copy(&mut self, len: usize) {
        let part = self.rest.get(..len).unwrap_or(self.rest);
        for (offset, c) in part.char_indices() {
            self.plain.put(c.encode_utf8(&mut [0; 4]), self.at + offset);
        }
        self.skip(part.len());
    }

    fn replace(&mut self, len: usize, text: &str) {
        self.plain.put(text, self.at);
        self.skip(len);
    }

    fn refuse<T>(&self, what: &'static str, len: usize) -> Result<T, NotBounded> {
        Err(NotBounded::NotCovered { what, range: self.at..self.at + len.min(self.rest.len()) })
    }

    /// `a++` gives back nothing of what it took.
    fn not_possessive(&self) -> Result<(), NotBounded> {
        if self.rest.starts_with('+') { self.refuse("possessive quantifiers", 1) } else { Ok(()) }
    }

    fn escape(&mut self, class: bool) -> Result<(), NotBounded> {
        let Some(c) = self.rest.chars().nth(1) else {
            self.copy(1);
            return Ok(());
        };
        match c {
            '0'..='7' if class || c == '0' => {
                let digits =
                    self.rest.bytes().skip(1).take(3).take_while(|b| (b'0'..b'8').contains(b)).count();
                let value = self.rest.get(1..1 + digits).and_then(|d| u32::from_str_radix(d, 8).ok());
                self.replace(1 + digits, &format!("\\x{{{:x}}}", value.unwrap_or(0)));
            }
            '1'..='9' | 'k' | 'g' if !class => return self.refuse("back-references", 2),
            'Q' | 'E' => return self.refuse("quoting by `\\Q`", 2),
            'e' => self.replace(2, "\\x1B"),
            'b' if class => self.replace(2, "\\x08"),
            'Z' if !class => self.replace(2, "\\z"),
            // Word boundaries to `regex-syntax`, themselves to others.
            '<' | '>' => {
                self.skip(1);
                self.copy(1);
            }
            'x' | 'u' | 'U' | 'p' | 'P' => {
                self.copy(2);
                if self.rest.starts_with('{') {
                    self.copy(self.rest.find('}').map_or(self.rest.len(), |end| end + 1));
                }
            }
            _ => self.copy(1 + c.len_utf8()),
        }
        Ok(())
    }

    fn group(&mut self) -> Result<(), NotBounded> {
        const NOT_COVERED: [(&str, &str); 16] = [
            ("(?=", "look-around"),
            ("(?!", "look-around"),
            ("(?<=", "look-around"),
            ("(?<!", "look-around"),
            ("(?>", "atomic groups"),
            ("(?|", "groups that share numbers"),
            ("(?(", "conditions"),
            ("(?R", "recursion"),
            ("(?&", "recursion"),
            ("(?+", "recursion"),
            ("(?P>", "recursion"),
            ("(?P=", "back-references"),
            ("(?#", "comments"),
            ("(?C", "call-outs"),
            ("(?'", "names in quotes"),
            ("(*", "verbs"),
        ];
        for (start, what) in NOT_COVERED {
            if self.rest.starts_with(start) {
                return self.refuse(what, start.len());
            }
        }
        let Some(inner) = self.rest.strip_prefix("(?") else {
            self.copy(1);
            return Ok(());
        };
        let flags: &str = inner.split([':', ')']).next().unwrap_or_default();
        if flags.starts_with('-') && flags.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
            || flags.starts_with(|c: char| c.is_ascii_digit())
        {
            return self.refuse("recursion", 3);
        }
        let named = flags.starts_with('<') || flags.starts_with("P<");
        if !named && flags.split('-').next().is_some_and(|set| set.contains('x')) {
            return self.refuse("the extended layout `(?x)`", 2 + flags.len());
        }
        self.copy(2);
        Ok(())
    }

    fn class(&mut self) -> Result<(), NotBounded> {
        self.copy(1);
        if self.rest.starts_with('^') {
            self.copy(1);
        }
        let mut first = true;
        while let Some(c) = self.peek() {
            match c {
                ']' if !first => {
                    self.copy(1);
                    return Ok(());
                }
                ']' => self.replace(1, "\\]"),
                '\\' => {
                    let many = self.rest.chars().nth(1).is_some_and(is_class);
                    self.escape(true)?;
                    if many {
                        self.dash_alone();
                    }
                }
                '[' => match posix(self.rest) {
                    Some(len) => {
                        self.copy(len);
                        self.dash_alone();
                    }
                    None => self.replace(1, "\\["),
                },
                '&' => self.replace(1, "\\&"),
                '~' => self.replace(1, "\\~"),
                '-' if first => self.replace(1, "\\-"),
                '-' if self.rest.starts_with("--") => {
                    self.copy(1);
                    self.replace(1, "\\-");
                }
                '-' if self.rest.chars().nth(1) == Some('\\')
                    && self.rest.chars().nth(2).is_some_and(is_class) =>
                {
                    self.replace(1, "\\-");
                }
                _ => self.copy(c.len_utf8()),
            }
            first = false;
        }
        Ok(())
    }

    /// After `\w` a `-` cannot be the middle of a range.
    fn dash_alone(&mut self) {
        if self.rest.starts_with('-') {
            self.replace(1, "\\-");
        }
    }
}

/// Whether an escape stands for several characters.
fn is_class(c: char) -> bool {
    matches!(c, 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'p' | 'P' | 'h' | 'v' | 'R')
}

/// Bytes of `[:alpha:]`, if this is one.
fn posix(rest: &str) -> Option<usize> {
    let name = rest.strip_prefix("[:")?;
    let end = name.find(":]")?;
    let letters = |c: char| c.is_ascii_alphabetic() || c == '^';
    name.get(..end)?.chars().all(letters).then_some(end + 4)
}

/// Bytes of `{2}`, `{2,}`, `{2,3}` or `{,3}`, if this is one.
fn count(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('{')?;
    let end = inner.find('}')?;
    let (least, most) = match inner.get(..end)?.split_once(',') {
        Some((least, most)) => (least, Some(most)),
        None => (inner.get(..end)?, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let given = !least.is_empty() || most.is_some_and(|most| !most.is_empty());
    (given && digits(least) && most.is_none_or(digits)).then_some(end + 2)
}
