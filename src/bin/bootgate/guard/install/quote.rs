//! Words of command lines, as systemd and `sh` read them.

/// A word in a unit: of a command that is marked `:` (no variables), or of a list of paths.
pub(super) fn systemd(word: &str) -> String {
    let escaped = word.replace('\\', r"\\").replace('"', r#"\""#).replace('%', "%%");
    if is_plain(word) { escaped } else { format!("\"{escaped}\"") }
}

/// A word in a script.
pub(super) fn sh(word: &str) -> String {
    if is_plain(word) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Whether neither of the two sees more in it than its characters.
fn is_plain(word: &str) -> bool {
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:=,@".contains(&byte);
    !word.is_empty() && word.bytes().all(ok)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const WORDS: [&str; 9] = [
        "/usr/sbin/bootgate-guard",
        "/a b",
        "/it's",
        "/say \"x\"",
        "/back\\slash\\",
        "/100%n",
        "/$HOME/`id`/$(id)",
        "/a;b|c&d>e",
        "/späte Straße",
    ];

    #[test]
    fn sh_reads_the_word_that_was_quoted() {
        for word in WORDS.into_iter().chain(["", "*"]) {
            let output =
                Command::new("sh").args(["-c", &format!("printf %s {}", sh(word))]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }

    /// systemd takes a double quote and a backslash with a backslash before them, and `%%` for `%`.
    #[test]
    fn a_word_for_systemd_can_be_read_back() {
        for word in WORDS {
            let quoted = systemd(word);
            let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted);
            let mut read = String::new();
            let mut chars = inner.chars();
            while let Some(char) = chars.next() {
                assert_ne!(char, '"', "{quoted}");
                match char {
                    '\\' => read.push(chars.next().unwrap()),
                    '%' => read.extend(chars.next().filter(|next| *next == '%')),
                    _ => read.push(char),
                }
            }
            assert_eq!(read, word);
            assert!(quoted.starts_with('"') || !word.contains(' '), "{quoted}");
        }
    }
}
