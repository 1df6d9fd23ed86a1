//! The story of July 2024 with a real binary: `tests/july/story.sh`, and what it shows in `tests/july/story.txt`.

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use snapbox::{Assert, Data};

    /// Digests, build ids and places in the binary depend on the compiler; nothing else may.
    fn settled(text: &str) -> String {
        let word = |word: &str| match word {
            id if id.len() >= 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) => "[DIGITS]".to_owned(),
            offset if offset.starts_with("0x") => "[OFFSET]".to_owned(),
            other => other.to_owned(),
        };
        let line = |line: &str| {
            let stated =
                line.contains(".note.bootgate") || line.starts_with("  id ") || line.starts_with("  sha256 ");
            if stated { line.split(' ').map(word).collect::<Vec<_>>().join(" ") } else { line.to_owned() }
        };
        text.lines().map(|text| line(text) + "\n").collect()
    }

    #[test]
    fn the_story_ends_at_every_step_as_it_should() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/july");
        let programs = Path::new(env!("CARGO_BIN_EXE_bootgate")).parent().unwrap();
        let output = Command::new("sh")
            .arg(folder.join("story.sh"))
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display()))
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && told.is_empty(), "{told}");
        let shown = settled(&String::from_utf8(output.stdout).unwrap());
        let expected = Data::read_from(&folder.join("story.txt"), None).raw();
        Assert::new().action_env("SNAPSHOTS").eq(shown, expected);
    }
}
