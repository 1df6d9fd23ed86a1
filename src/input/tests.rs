use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::*;
use crate::finding::{Blame, Severity};
use crate::limits;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn put(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

fn code(path: &Path) -> &'static str {
    open(path, Hold::Shared).unwrap_err().to_finding().code
}

fn fifo(path: &Path) {
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, path, kind, rustix::fs::Mode::RWXU, 0).unwrap();
}

#[test]
fn small_files_are_read_and_large_ones_mapped_unless_they_must_be_private() {
    let folder = folder();
    let small = put(&folder, "small", b"abc");
    let size = usize::try_from(limits::READ_BYTES).unwrap() + 1;
    let large = put(&folder, "large", &vec![7; size]);

    let read = open(&small, Hold::Shared).unwrap();
    assert!(!read.is_mapped());
    assert_eq!(&*read, b"abc");
    assert_eq!(read.size(), 3);

    let mapped = open(&large, Hold::Shared).unwrap();
    assert!(mapped.is_mapped());
    let private = open(&large, Hold::Private).unwrap();
    assert!(!private.is_mapped());
    assert_eq!(&*mapped, &*private);
    assert_eq!(mapped.len(), size);
}

#[test]
fn an_empty_file_is_content_of_no_bytes() {
    let folder = folder();
    let path = put(&folder, "empty", b"");
    for hold in [Hold::Shared, Hold::Private] {
        assert!(open(&path, hold).unwrap().is_empty());
    }
}

#[test]
fn what_is_no_file_is_refused_by_its_kind_and_nobody_waits() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    fifo(&pipe);
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    let link = folder.path().join("link");
    symlink(&pipe, &link).unwrap();

    let kind = |path: &Path| match open(path, Hold::Private).unwrap_err() {
        InputError::NotAFile { kind, .. } => kind,
        other => panic!("{other}"),
    };
    assert_eq!(kind(&pipe), Kind::Fifo);
    assert_eq!(kind(&link), Kind::Fifo);
    assert_eq!(kind(&socket), Kind::Socket);
    assert_eq!(kind(folder.path()), Kind::Folder);
    assert_eq!(kind(Path::new("/dev/zero")), Kind::Device);
    assert_eq!(code(&pipe), "not-a-file");
}

#[test]
fn a_link_to_a_file_is_the_file() {
    let folder = folder();
    let target = put(&folder, "target", b"abc");
    let link = folder.path().join("link");
    symlink(target, &link).unwrap();
    assert_eq!(&*open(&link, Hold::Shared).unwrap(), b"abc");
}

#[test]
fn what_is_not_there_is_missing() {
    let folder = folder();
    let file = put(&folder, "file", b"abc");
    let link = folder.path().join("link");
    symlink("nowhere", &link).unwrap();
    assert_eq!(code(&folder.path().join("nowhere")), "file-missing");
    assert_eq!(code(&file.join("below")), "file-missing");
    assert_eq!(code(&link), "file-missing");
}

#[test]
fn other_refusals_of_the_system_are_unreadable() {
    let folder = folder();
    let a = folder.path().join("a");
    symlink("a", &a).unwrap();
    assert_eq!(code(&a), "file-unreadable");
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_read() {
    let folder = folder();
    let path = put(&folder, "file", b"12345");
    assert_eq!(&*open_with(&path, Hold::Private, 5).unwrap(), b"12345");
    let finding = open_with(&path, Hold::Private, 4).unwrap_err().to_finding();
    assert_eq!(finding.code, "file-unreadable");
    assert_eq!(finding.found.as_deref(), Some("5 bytes"));

    let sparse = folder.path().join("sparse");
    fs::File::create(&sparse).unwrap().set_len(limits::FILE_BYTES + 1).unwrap();
    assert_eq!(code(&sparse), "file-unreadable");
}

#[test]
fn a_change_of_size_or_time_is_noticed_however_the_bytes_are_held() {
    let folder = folder();
    let long = usize::try_from(limits::READ_BYTES).unwrap() + 1;
    for (name, size) in [("read", 3), ("mapped", long)] {
        let path = put(&folder, name, &vec![1; size]);
        let content = open(&path, Hold::Shared).unwrap();
        content.verify_unchanged().unwrap();

        let file = OpenOptions::new().append(true).open(&path).unwrap();
        let earlier = SystemTime::now() - Duration::from_secs(3600);
        file.set_modified(earlier).unwrap();
        assert!(content.verify_unchanged().is_err(), "{name}: time");

        let content = open(&path, Hold::Shared).unwrap();
        (&file).write_all(b"!").unwrap();
        file.set_modified(earlier).unwrap();
        let error = content.verify_unchanged().unwrap_err();
        assert!(matches!(error, InputError::Changed { .. }), "{name}: size");
    }
}

#[test]
fn a_file_that_is_replaced_or_removed_has_changed() {
    let folder = folder();
    let path = put(&folder, "file", b"abc");
    let content = open(&path, Hold::Private).unwrap();
    let other = put(&folder, "other", b"abc");
    fs::rename(other, &path).unwrap();
    assert_eq!(content.verify_unchanged().unwrap_err().code(), "file-changed");
    assert_eq!(&*content, b"abc");

    let content = open(&path, Hold::Private).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(content.verify_unchanged().unwrap_err().code(), "file-changed");
}

#[test]
fn a_finding_blames_the_environment_and_names_the_path() {
    let finding = open(Path::new("no/such.bin"), Hold::Shared).unwrap_err().to_finding();
    assert_eq!(finding.blame, Blame::Environment);
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(finding.message, "`no/such.bin` does not exist");
}

#[test]
fn digests_are_those_of_the_standard() {
    // FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(crate::digest::Digest::of(b"abc").to_string(), abc);
    let folder = folder();
    let path = put(&folder, "file", b"abc");
    assert_eq!(open(&path, Hold::Private).unwrap().sha256().to_string(), abc);
}

#[test]
fn a_walk_lists_everything_that_a_loader_could_open() {
    let folder = folder();
    for name in ["b/2", "b/10", "a.x", "a/z", ".hidden/f", ".git/g", "ignored"] {
        put(&folder, name, b"");
    }
    put(&folder, ".gitignore", b"ignored\n");
    put(&folder, ".ignore", b"a.x\n");
    symlink("a.x", folder.path().join("link")).unwrap();
    symlink("nowhere", folder.path().join("dangling")).unwrap();
    symlink("..", folder.path().join("b/up")).unwrap();
    fifo(&folder.path().join("pipe"));

    let walked = walk(folder.path());
    let names: Vec<_> =
        walked.files.iter().map(|p| p.strip_prefix(folder.path()).unwrap().to_str().unwrap()).collect();
    let expected = [
        ".git/g",
        ".gitignore",
        ".hidden/f",
        ".ignore",
        "a/z",
        "a.x",
        "b/10",
        "b/2",
        "dangling",
        "ignored",
        "link",
        "pipe",
    ];
    assert_eq!(names, expected);
    assert!(walked.errors.is_empty());
}

#[test]
fn a_folder_named_through_a_link_is_walked() {
    let folder = folder();
    put(&folder, "real/f", b"");
    let link = folder.path().join("link");
    symlink("real", &link).unwrap();
    assert_eq!(walk(&link).files, [link.join("f")]);
}

#[test]
fn a_walk_of_nothing_collects_the_error() {
    let walked = walk(Path::new("no/such/folder"));
    assert!(walked.files.is_empty());
    assert_eq!(walked.errors.len(), 1);
    assert_eq!(walked.errors[0].code(), "file-missing");
    assert_eq!(walked.errors[0].path(), Path::new("no/such/folder"));
}
