//! `bootgate codes [CODE]`: what the codes of findings mean.

use std::io::{self, Write};

use bootgate::codes;

/// Writes the list of codes, or the page of one, into `out`. A name that no code has is told on `err`,
/// and the answer is `false`: the exit code is then 2.
pub(crate) fn run(code: Option<&str>, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<bool> {
    let Some(name) = code else {
        codes::write_list(out)?;
        return Ok(true);
    };
    if let Some(code) = codes::find(name) {
        codes::write_page(code, out)?;
        return Ok(true);
    }
    // Debug formatting escapes what a terminal would act on.
    writeln!(err, "error: no code is called {name:?}")?;
    match codes::suggest(name) {
        Some(near) => writeln!(err, "  = help: did you mean `{near}`?")?,
        None => writeln!(err, "  = help: `bootgate codes` lists them all")?,
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(code: Option<&str>) -> (bool, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let known = run(code, &mut out, &mut err).unwrap();
        (known, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn without_a_name_all_are_listed() {
        let (known, out, err) = ask(None);
        assert!(known && err.is_empty());
        assert!(codes::ALL.iter().all(|c| out.contains(c.name)), "{out}");
    }

    #[test]
    fn a_name_gives_its_page() {
        let (known, out, err) = ask(Some(codes::DEAD_READ));
        assert!(known && err.is_empty());
        assert!(out.starts_with("# dead-read\n"), "{out}");
    }

    #[test]
    fn a_wrong_name_gives_the_nearest_and_nothing_else() {
        let (known, out, err) = ask(Some("ded-read"));
        assert!(!known && out.is_empty());
        assert!(err.contains("did you mean `dead-read`?"), "{err}");
        assert!(ask(Some("kernel-panic")).2.contains("`bootgate codes` lists them all"));
    }

    #[test]
    fn a_wrong_name_cannot_act_on_the_terminal() {
        let (_, _, err) = ask(Some("\u{1b}[2J\u{9b}1m\u{202e}\n"));
        assert!(err.starts_with("error: no code is called \"\\u{1b}[2J\\u{9b}1m\\u{202e}\\n\"\n"), "{err}");
    }
}
