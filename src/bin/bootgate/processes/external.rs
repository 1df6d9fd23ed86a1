//! A custom process that a command undoes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bootgate::input::command::{Command, CommandError};
use bootgate::walk::{Argument, Processor};

/// The most bytes that a schema's arguments may take: the system refuses much longer ones.
const ARGUMENT_BYTES: usize = 64 << 10;

/// What kept commands from answering, by the names of their processes.
#[derive(Clone, Debug, Default)]
pub(super) struct Broken(Arc<Mutex<BTreeMap<String, String>>>);

impl Broken {
    /// Of several reasons one is kept, the same one in whatever order they come.
    fn tell(&self, name: &str, why: &str) {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(why.to_owned());
            }
            Entry::Occupied(mut known) if why < known.get().as_str() => {
                known.insert(why.to_owned());
            }
            Entry::Occupied(_) => {}
        }
    }

    /// What was told.
    pub(super) fn told(&self) -> BTreeMap<String, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A command that undoes a process.
#[derive(Debug)]
pub(super) struct External {
    name: String,
    command: Command,
    patience: Duration,
    broken: Broken,
}

impl External {
    /// The command, whose program has been found.
    pub(super) fn new(
        name: &str,
        program: &Path,
        arguments: &[String],
        patience: Duration,
        broken: Broken,
    ) -> Result<External, CommandError> {
        let mut argv = vec![program.display().to_string()];
        argv.extend_from_slice(arguments);
        Ok(External { name: name.to_owned(), command: Command::new(argv)?, patience, broken })
    }
}

impl Processor for External {
    fn process(&self, arguments: &[Argument], bytes: &[u8], most: u64) -> Result<Vec<u8>, String> {
        let arguments = texts(arguments)?;
        let error = match self.command.run(&arguments, bytes, most, self.patience) {
            Ok(decoded) => return Ok(decoded),
            Err(error) => error,
        };
        if let CommandError::TooLong { .. } = error {
            // The walk knows which limit this is. It looks at the length alone, and memory that nobody writes to
            // costs nothing.
            let more = usize::try_from(most).ok().and_then(|most| most.checked_add(1));
            return more.map(|more| vec![0; more]).ok_or_else(|| error.to_string());
        }
        let why = error.to_string();
        if matches!(
            error,
            CommandError::Start { .. } | CommandError::Pipe { .. } | CommandError::TooSlow { .. }
        ) {
            self.broken.tell(&self.name, &why);
        }
        Err(why)
    }
}

/// The arguments as a command gets them.
fn texts(arguments: &[Argument]) -> Result<Vec<String>, String> {
    let texts: Vec<String> = arguments.iter().map(text).collect();
    if let Some(at) = texts.iter().position(|text| text.contains('\0')) {
        return Err(format!("argument {} has a NUL character, which no command can be given", at + 1));
    }
    let length: usize = texts.iter().map(String::len).sum();
    if length > ARGUMENT_BYTES {
        return Err(format!(
            "its arguments take {length} bytes, more than the {ARGUMENT_BYTES} that are given"
        ));
    }
    Ok(texts)
}

fn text(argument: &Argument) -> String {
    match argument {
        Argument::Int(number) => number.to_string(),
        // Short for great and small numbers too: `1e300`.
        Argument::Float(number) => format!("{number:?}"),
        Argument::Bool(truth) => truth.to_string(),
        Argument::Str(text) => text.clone(),
        Argument::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATE: Duration = Duration::from_secs(120);

    fn shell(script: &str, patience: Duration, broken: &Broken) -> External {
        // The word after the script is its `$0`.
        let arguments = ["-c", script, "test"].map(str::to_owned);
        External::new("decode", Path::new("/bin/sh"), &arguments, patience, broken.clone()).unwrap()
    }

    #[test]
    fn arguments_are_texts_and_the_bytes_come_on_the_standard_input() {
        let arguments = [
            Argument::Int(-7),
            Argument::Float(1e300),
            Argument::Bool(true),
            Argument::Str("$(id) \"x\"".into()),
            Argument::Bytes(vec![0, 0x2a, 0xff]),
            Argument::Bytes(Vec::new()),
        ];
        let broken = Broken::default();
        let echo = shell("printf '%s|' \"$@\"; cat", LATE, &broken);
        let output = echo.process(&arguments, b"content", 100).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), "-7|1e300|true|$(id) \"x\"|002aff||content");
    }

    #[test]
    fn arguments_that_no_command_can_be_given_are_the_contents_fault() {
        let broken = Broken::default();
        let echo = shell("cat", LATE, &broken);
        let nul = [Argument::Int(1), Argument::Str("a\0b".into())];
        let error = echo.process(&nul, b"", 100).unwrap_err();
        assert_eq!(error, "argument 2 has a NUL character, which no command can be given");
        let long = [Argument::Bytes(vec![0; ARGUMENT_BYTES / 2]), Argument::Bool(true)];
        assert!(echo.process(&long, b"", 100).unwrap_err().contains("65540 bytes, more than the 65536"));
        assert!(echo.process(&long[..1], b"", 100).is_ok(), "the system takes as much as we give");
        assert!(broken.told().is_empty());
    }

    #[test]
    fn too_many_bytes_are_left_to_the_walk_which_names_the_limit() {
        let broken = Broken::default();
        let endless = shell("cat /dev/zero", LATE, &broken);
        assert_eq!(endless.process(&[], b"", 1 << 20).unwrap().len(), (1 << 20) + 1);
        assert_eq!(shell("printf 12345", LATE, &broken).process(&[], b"", 5).unwrap(), b"12345");
        assert!(broken.told().is_empty());
    }

    #[test]
    fn a_command_that_refuses_blames_the_content_and_one_that_gives_no_answer_does_not() {
        let broken = Broken::default();
        let error = shell("echo not mine >&2; exit 3", LATE, &broken).process(&[], b"", 5).unwrap_err();
        assert_eq!(error, "`/bin/sh` failed with exit code 3; it wrote: not mine");
        assert!(broken.told().is_empty());

        let slow = shell("sleep 1000", Duration::from_millis(50), &broken);
        let error = slow.process(&[], b"", 5).unwrap_err();
        assert_eq!(broken.told(), BTreeMap::from([("decode".to_owned(), error)]));
    }

    #[test]
    fn which_reason_is_kept_does_not_depend_on_the_order() {
        for reasons in [["a", "b"], ["b", "a"]] {
            let broken = Broken::default();
            reasons.iter().for_each(|why| broken.tell("decode", why));
            assert_eq!(broken.told()["decode"], "a");
        }
    }
}
