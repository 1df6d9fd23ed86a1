//! A campaign against a kernel that is a script: what is kept of a crash, and what is said of it.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Output};

    use bootgate::campaign::log;

    /// Dies of the seventh input, and of every input that it is given to try.
    const KERNEL: &str = "#!/bin/sh
for word; do case \"$word\" in rootflags=*) root=${word#rootflags=};; esac; done
if grep -q Try \"$root/bootgate/plan.json\"; then
  while ! [ -e \"$root/bootgate/tries/1\" ]; do sleep 0.01; done
else
  cp \"$root/../record\" \"$root/bootgate/log\"
fi
echo '[    0.4] BUG: KASAN: slab-out-of-bounds in toy_write+0x2d/0x3f [toy]'
echo '[    0.4] Write of size 1 at addr 0000000062d0ff28 by task init/26'
exit 134
";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codes/driver-crashed");
        for name in ["toy.ko", "toy.ksy", "toy.toml", "init"] {
            fs::copy(from.join(name), folder.path().join(name)).unwrap();
        }
        for name in ["kernel", "seeds", "found"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        // It keeps its right to be executed.
        fs::copy(from.join("kernel/kernel"), folder.path().join("kernel/kernel")).unwrap();
        fs::write(folder.path().join("kernel/kernel"), KERNEL).unwrap();
        fs::write(folder.path().join("seeds/one"), b"\x01\x02ab").unwrap();
        fs::write(folder.path().join("seeds/two"), b"\x05\x04abcd").unwrap();
        let mut record = Vec::new();
        log::write(&mut record, 7, 6, b"\x09\x04abcd");
        fs::write(folder.path().join("found/record"), record).unwrap();
        folder
    }

    fn fuzz(folder: &Path, arguments: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_bootgate"));
        program
            .current_dir(folder)
            .args(["fuzz", "kernel", "toy.toml", "--kernel", "kernel", "--guest", "init"]);
        program.args(arguments).output().unwrap()
    }

    #[test]
    fn a_crash_is_kept_made_smaller_and_held_against_the_nearest_seed() {
        let folder = folder();
        let output = fuzz(folder.path(), &["--panics", "3"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(
            said.contains("`toy` crashes: KASAN: slab-out-of-bounds, write of 1 byte, in toy_write"),
            "{said}"
        );
        assert!(said.contains("found 3 times, first at execution 7"), "{said}");
        assert!(said.contains("3 guests, 3 crashes, 1 of them different, 0 inputs lost"), "{said}");
        let crash = folder.path().join("found/crashes/slab-out-of-bounds-toy_write");
        assert_eq!(fs::read(crash.join("input")).unwrap(), b"\x09\x04abcd");
        // Whatever it is given it dies of.
        assert_eq!(fs::read(crash.join("smaller")).unwrap(), b"\0\0");
        assert!(fs::read_to_string(crash.join("report.txt")).unwrap().starts_with("BUG: KASAN"));
        let dump = fs::read_to_string(crash.join("smaller.dump.txt")).unwrap();
        assert!(
            dump.lines().any(|line| line.starts_with("* ") && line.contains("kind = 0  u1   (was 1)")),
            "{dump}"
        );
        for execution in [7, 14, 21] {
            let input = folder.path().join(format!("found/inputs/{execution:08}"));
            assert_eq!(fs::read(input).unwrap(), b"\x09\x04abcd", "{execution}");
        }
    }

    #[test]
    fn an_input_that_was_not_written_whole_is_counted_as_lost() {
        let folder = folder();
        let record = folder.path().join("found/record");
        let whole = fs::read(&record).unwrap();
        fs::write(&record, &whole[..whole.len() - 1]).unwrap();
        let output = fuzz(folder.path(), &["--panics", "1"]);
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 inputs lost"), "{output:?}");
    }

    #[test]
    fn what_is_not_there_is_said_and_where_it_is_named() {
        let folder = folder();
        fs::remove_file(folder.path().join("toy.ko")).unwrap();
        fs::remove_dir_all(folder.path().join("seeds")).unwrap();
        fs::remove_dir_all(folder.path().join("kernel")).unwrap();
        let output = fuzz(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stdout);
        for words in [
            "there is no kernel in `kernel`",
            "there is no module `toy.ko`",
            "toy.toml:2:",
            "folder of seeds",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }

    #[test]
    fn a_seed_that_is_not_of_the_schema_is_named() {
        let folder = folder();
        fs::write(folder.path().join("seeds/three"), b"\x05\x04a").unwrap();
        let output = fuzz(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("three` is not of the schema"),
            "{output:?}"
        );
    }
}
