//! The guard's state machine needs neither `std` nor an allocator: it can be part of a driver.

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    fn compile(source: &Path, out: &Path) -> std::process::Output {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        Command::new(rustc)
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "lib",
                "--crate-name",
                "machine",
                "-C",
                "panic=abort",
            ])
            .arg("--out-dir")
            .arg(out)
            .arg(source)
            .output()
            .unwrap()
    }

    #[test]
    fn the_state_machine_compiles_without_std_and_allocator() {
        let out = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/no_std/lib.rs");
        let output = compile(&source, out.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(out.path().join("libmachine.rlib").exists());
    }

    /// What the test above rests on: the same compiler takes no allocation there.
    #[test]
    fn an_allocation_would_not_compile() {
        let out = tempfile::tempdir().unwrap();
        let source = out.path().join("lib.rs");
        std::fs::write(&source, "#![no_std]\npub fn list() -> Vec<u8> { Vec::new() }\n").unwrap();
        let output = compile(&source, out.path());
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("Vec"));
    }
}
