//! What a command does not take is made smaller by its schema, and still not taken.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::{Command, Output};

    const SCHEMA: &str = "{meta: {id: a}, seq: [{id: num, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: num}], \
        types: {item: {seq: [{id: len, type: u1}, {id: text, size: len}]}}}";

    fn trim(folder: &std::path::Path, command: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_bootgate"));
        program.current_dir(folder).args(["trim", "in", "--schema", "a.ksy", "-o", "out", "--"]);
        program.args(command).output().unwrap()
    }

    #[test]
    fn what_is_left_is_of_the_schema_and_ends_the_command_as_before() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.ksy"), SCHEMA).unwrap();
        fs::write(folder.path().join("in"), b"\x03\x05first\x06needle\x04last").unwrap();
        let output = trim(folder.path(), &["sh", "-c", "! grep -q eed \"$1\" || exit 3", "sh", "@@"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let left = fs::read(folder.path().join("out")).unwrap();
        assert!(left.len() <= 6 && left.ends_with(b"eed"), "{left:?}");
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 3, "nothing else is left behind");
    }

    #[test]
    fn what_the_command_takes_or_the_schema_does_not_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.ksy"), SCHEMA).unwrap();
        fs::write(folder.path().join("in"), b"\x01\x01x").unwrap();
        assert_eq!(trim(folder.path(), &["true"]).status.code(), Some(1));
        assert_eq!(trim(folder.path(), &["./nowhere"]).status.code(), Some(2));
        fs::write(folder.path().join("in"), b"\x01\x09x").unwrap();
        assert_eq!(trim(folder.path(), &["false"]).status.code(), Some(1));
        assert!(!folder.path().join("out").exists());
    }
}
