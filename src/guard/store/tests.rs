//! The store on the running system's file system, and what others may have done to it.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::*;
use crate::guard::core::{BootId, Moment, Standing, Unsaved, When, activate, boot, commit, shutdown};

/// The gate of these tests: content begins with `ok`.
#[derive(Debug)]
struct Begins;

impl Gate for Begins {
    fn judge(&self, files: &[SetFile<'_>]) -> Judgement {
        let good = files.iter().all(|file| file.bytes.starts_with(b"ok"));
        if good { Judgement::Passed } else { Judgement::Refused }
    }
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn store(&self) -> Store<Disk, Begins> {
        Store::new(Disk::open(self.folder.path()).unwrap(), "sensor", Begins)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("sensor").join(path)
    }

    /// Stages, activates and commits a set of one file.
    fn good(&self, text: &str) -> SetDigest {
        let set = self.staged(text);
        activate(&mut self.store(), set, When::Now, at(1, 0)).unwrap();
        commit(&mut self.store(), 1, at(1, 600)).unwrap();
        set
    }

    fn staged(&self, text: &str) -> SetDigest {
        let files = [SetFile { name: "channel", bytes: text.as_bytes() }];
        self.store().stage(&files, b"{}", None).unwrap().0
    }

    fn active(&self) -> Option<String> {
        fs::read_to_string(self.path("active/channel")).ok()
    }
}

fn at(boot: u8, uptime: u64) -> Moment {
    Moment { boot: Some(BootId([boot; 16])), uptime }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && !entry.is_symlink() {
            found.extend(files_below(&entry));
        }
        found.push(entry);
    }
    found.sort();
    found
}

#[test]
fn what_is_staged_is_what_the_consumer_opens_byte_for_byte() {
    let place = Place::new();
    place.good("ok one");
    assert_eq!(place.active().as_deref(), Some("ok one"));
    let second = place.staged("ok two");
    assert_eq!(place.active().as_deref(), Some("ok one"), "stored is not activated");
    activate(&mut place.store(), second, When::Now, at(1, 700)).unwrap();
    assert_eq!(place.active().as_deref(), Some("ok two"));
    boot(&mut place.store(), at(2, 1));
    boot(&mut place.store(), at(3, 1));
    assert_eq!(place.active().as_deref(), Some("ok one"), "after two unclean ends");
}

#[test]
fn what_the_gate_refuses_is_not_taken_into_the_record() {
    let place = Place::new();
    let files = [SetFile { name: "channel", bytes: b"bad" }];
    let refused = place.store().stage(&files, b"{}", None);
    assert!(matches!(refused, Err(Failure::Refused(Refusal::Set(core::Why::Refused)))), "{refused:?}");
    place.staged("ok");
    let copies = fs::read_dir(place.path("copies")).unwrap().count();
    assert_eq!(copies, 1, "what was left behind is swept");
}

#[test]
fn names_that_lead_elsewhere_are_no_files_of_a_set() {
    let place = Place::new();
    for name in ["..", "../channel", "a/b", "", ".hidden", "a b", "a\0", "ü", "a\nb", &"x".repeat(65)] {
        let refused = place.store().stage(&[SetFile { name, bytes: b"ok" }], b"{}", None);
        let not_a_set = matches!(refused, Err(Failure::Storage(StoreError::NotASet(NotASet::Name(_)))));
        assert!(not_a_set, "{name:?}: {refused:?}");
    }
    let twice = [SetFile { name: "a", bytes: b"ok" }, SetFile { name: "a", bytes: b"ok" }];
    assert!(matches!(
        place.store().stage(&twice, b"{}", None),
        Err(Failure::Storage(StoreError::NotASet(NotASet::Twice(_))))
    ));
    assert!(fs::read_dir(place.folder.path()).unwrap().next().is_none(), "nothing was written");
}

#[test]
fn changed_added_and_replaced_files_of_a_copy_are_not_loaded() {
    for damage in ["changed", "longer", "missing", "added", "link", "folder", "list", "verdict"] {
        let place = Place::new();
        place.good("ok one");
        let set = place.good("ok two");
        let copy = place.path("copies").join(copy::name(set));
        let file = copy.join("files/channel");
        match damage {
            "changed" => fs::write(&file, "ok twO").unwrap(),
            "longer" => fs::write(&file, "ok two and more").unwrap(),
            "missing" => fs::remove_file(&file).unwrap(),
            "added" => fs::write(copy.join("files/another"), "ok").unwrap(),
            "link" => {
                // The very same bytes, but from a place where somebody may change them after they were checked.
                let elsewhere = place.folder.path().join("elsewhere");
                fs::write(&elsewhere, "ok two").unwrap();
                fs::remove_file(&file).unwrap();
                symlink(&elsewhere, &file).unwrap();
            }
            "folder" => {
                let elsewhere = place.folder.path().join("elsewhere");
                fs::rename(copy.join("files"), &elsewhere).unwrap();
                symlink(&elsewhere, copy.join("files")).unwrap();
            }
            "list" => fs::write(copy.join("list"), "bootgate-set 1\n").unwrap(),
            _ => fs::write(copy.join("verdict.json"), "{} ").unwrap(),
        }
        let booted = boot(&mut place.store(), at(2, 1));
        assert_ne!(booted.set, Some(set), "{damage}");
        assert_eq!(place.active().as_deref(), Some("ok one"), "{damage}");
    }
}

/// A gate with a name, that says what it is told to, and counts how often it is asked.
struct Named<'t> {
    name: &'t str,
    judgement: Judgement,
    asked: &'t Cell<u32>,
}

impl Gate for Named<'_> {
    fn judge(&self, _: &[SetFile<'_>]) -> Judgement {
        self.asked.set(self.asked.get() + 1);
        self.judgement
    }

    fn identity(&self) -> Option<String> {
        Some(self.name.to_owned())
    }
}

#[test]
fn a_gate_is_asked_again_when_it_is_another_one_or_what_it_said_is_lost() {
    let place = Place::new();
    let set = place.good("ok one");
    let passed = place.path("copies").join(copy::name(set)).join("passed");
    let mut boots = 1;
    let mut boot = |name: &str, judgement, remembering| {
        boots += 1;
        let asked = Cell::new(0);
        let gate = Named { name, judgement, asked: &asked };
        let disk = Disk::open(place.folder.path()).unwrap();
        let mut store = Store::new(disk, "sensor", gate).remembering(remembering);
        let booted = boot(&mut store, at(boots, 1));
        // With nothing in use there is nothing to shut down.
        let _ = shutdown(&mut store, at(boots, 2));
        (booted.set == Some(set), asked.get())
    };
    use Judgement::{Passed, Refused, Unjudged};
    assert_eq!(boot("one", Passed, true), (true, 1));
    assert_eq!(boot("one", Passed, true), (true, 0), "the same bytes and the same gate");
    assert_eq!(boot("one", Refused, false), (false, 1), "whoever may write could have left the note");
    assert_eq!(boot("two", Refused, true), (false, 1), "another gate");
    assert_eq!(boot("two", Unjudged, true), (true, 1), "a good set, on its digest");
    assert_eq!(boot("two", Passed, true), (true, 1), "only what passed is noted");
    assert_eq!(boot("two", Passed, true), (true, 0));
    assert_eq!(boot("one", Passed, true), (true, 1), "the last one counts");
    fs::remove_file(&passed).unwrap();
    assert_eq!(boot("one", Passed, true), (true, 1), "it was lost");
    fs::remove_file(&passed).unwrap();
    fs::write(&passed, "one").unwrap();
    assert_eq!(boot("one", Passed, true), (true, 1), "something else is there");
    assert_eq!(boot("one", Passed, true), (true, 0), "and was replaced");
    fs::write(place.path("copies").join(copy::name(set)).join("files/channel"), "ok oNe").unwrap();
    assert_eq!(boot("one", Passed, true), (false, 0), "other bytes");
}

#[test]
fn a_damaged_copy_is_repaired_by_staging_it_again() {
    let place = Place::new();
    place.good("ok one");
    let set = place.good("ok two");
    fs::write(place.path("copies").join(copy::name(set)).join("files/channel"), "??").unwrap();
    place.staged("ok two");
    assert_eq!(boot(&mut place.store(), at(2, 1)).set, Some(set));
    assert_eq!(place.active().as_deref(), Some("ok two"));
}

#[test]
fn one_broken_slot_is_no_loss_and_two_lead_to_the_backup() {
    for damage in [&b""[..], b"bootgate", &[0xff; 9000], &[0; 8192]] {
        let place = Place::new();
        place.good("ok one");
        let set = place.good("ok two");
        fs::write(place.path("record.a"), damage).unwrap();
        assert!(matches!(place.store().load(), Loaded::Found(_)));
        fs::write(place.path("record.b"), damage).unwrap();
        assert_eq!(place.store().load(), Loaded::Damaged);
        let booted = boot(&mut place.store(), at(2, 1));
        assert_eq!(booted.set, Some(set));
        assert_eq!(place.active().as_deref(), Some("ok two"));
        assert!(matches!(place.store().load(), Loaded::Found(_)), "and there is a record again");
    }
}

#[test]
fn a_store_of_another_version_is_left_alone_and_the_machine_comes_up() {
    let place = Place::new();
    place.good("ok one");
    let mut bytes = fs::read(place.path("record.a")).unwrap();
    bytes[8] = 2;
    let (payload, _) = bytes.split_at(bytes.len() - 32);
    let newer = [payload, &Digest::of(payload).bytes()].concat();
    fs::write(place.path("record.a"), &newer).unwrap();
    let booted = boot(&mut place.store(), at(2, 1));
    assert!(matches!(booted.unsaved, Some(Unsaved::Unreadable)));
    assert_eq!(place.active().as_deref(), Some("ok one"));
    assert_eq!(fs::read(place.path("record.a")).unwrap(), newer);
    assert_eq!(place.store().unreadable().unwrap(), "`sensor/record.a` is of version 2 of the record");
}

#[test]
fn links_in_the_place_of_the_records_are_not_followed() {
    let place = Place::new();
    place.good("ok one");
    let outside = place.folder.path().join("outside");
    fs::write(&outside, "somebody else's").unwrap();
    for slot in ["record.a", "record.b", "backup.new"] {
        let _ = fs::remove_file(place.path(slot));
        symlink(&outside, place.path(slot)).unwrap();
    }
    let booted = boot(&mut place.store(), at(2, 1));
    assert!(booted.unsaved.is_some());
    assert_eq!(place.active().as_deref(), Some("ok one"), "the backup says that it is good");
    assert_eq!(fs::read_to_string(&outside).unwrap(), "somebody else's");
}

#[test]
fn a_folder_of_the_set_that_leads_elsewhere_is_not_entered() {
    let place = Place::new();
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), place.folder.path().join("sensor")).unwrap();
    let files = [SetFile { name: "channel", bytes: b"ok" }];
    assert!(place.store().stage(&files, b"{}", None).is_err());
    assert!(boot(&mut place.store(), at(1, 1)).set.is_none());
    assert!(fs::read_dir(elsewhere.path()).unwrap().next().is_none());
}

#[test]
fn what_is_none_of_ours_is_left_alone_and_named() {
    let place = Place::new();
    place.good("ok one");
    fs::create_dir(place.path("copies/notes")).unwrap();
    fs::write(place.path("copies/readme"), "mine").unwrap();
    place.good("ok two");
    place.good("ok three");
    assert_eq!(place.store().foreign(), ["notes", "readme"]);
    assert!(place.path("copies/readme").exists());
    let copies = fs::read_dir(place.path("copies")).unwrap().count();
    assert_eq!(copies, 4, "two of ours, for the first good set is forgotten, and two others");
}

#[test]
fn something_else_in_the_place_of_the_link_is_not_taken_away_with_what_is_in_it() {
    let place = Place::new();
    let set = place.staged("ok one");
    fs::create_dir(place.path("active")).unwrap();
    fs::write(place.path("active/precious"), "mine").unwrap();
    let refused = activate(&mut place.store(), set, When::Now, at(1, 0));
    assert!(matches!(refused, Err(Failure::Storage(StoreError::Write { .. }))), "{refused:?}");
    assert!(place.path("active/precious").exists());
    assert!(boot(&mut place.store(), at(2, 1)).unpresented.is_some());
}

#[test]
fn the_link_may_be_elsewhere() {
    let place = Place::new();
    let run = tempfile::tempdir().unwrap();
    let path = place.path("");
    let path = path.to_str().unwrap().trim_end_matches('/').to_owned();
    let store = || place.store().with_link(Disk::open(run.path()).unwrap(), "sensor", &path);
    let set = place.staged("ok one");
    let state = activate(&mut store(), set, When::Now, at(1, 0)).unwrap();
    assert_eq!(fs::read_to_string(run.path().join("sensor/channel")).unwrap(), "ok one");
    assert!(!place.path("active").exists());
    assert_eq!(store().presented(&state), (true, Some(set)));
}

/// A disk without room: what has its place can be overwritten, and short links need none.
#[derive(Debug)]
struct Full(Disk);

impl Vfs for Full {
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        self.0.read(path, limit)
    }
    fn create(&self, _: &str, _: &[u8], _: Site) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
    fn overwrite(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()> {
        self.0.overwrite(path, bytes, site)
    }
    fn create_folder(&self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
    fn sync_folder(&self, path: &str, site: Site) -> io::Result<()> {
        self.0.sync_folder(path, site)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }
    fn link(&self, target: &str, path: &str) -> io::Result<()> {
        assert!(target.len() < 60, "it would need a block: {target}");
        self.0.link(target, path)
    }
    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        self.0.read_link(path)
    }
    fn names(&self, path: &str, limit: usize) -> io::Result<Vec<String>> {
        self.0.names(path, limit)
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.remove(path)
    }
    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.0.remove_folder(path)
    }
}

#[test]
fn on_a_full_disk_attempts_are_counted_and_the_guard_goes_back() {
    let place = Place::new();
    let good = place.good("ok one");
    let bad = place.staged("ok two");
    activate(&mut place.store(), bad, When::Now, at(1, 700)).unwrap();
    let full = || Store::new(Full(Disk::open(place.folder.path()).unwrap()), "sensor", Begins);
    for (number, set) in [(2, bad), (3, good)] {
        let booted = boot(&mut full(), at(number, 1));
        assert!(booted.unsaved.is_none() && booted.unpresented.is_none(), "{booted:?}");
        assert_eq!(booted.set, Some(set));
    }
    assert_eq!(place.active().as_deref(), Some("ok one"));
    let Loaded::Found(state) = place.store().load() else { panic!("there is a record") };
    assert!(state.entry(bad).unwrap().standing != Standing::Staged);
    let files = [SetFile { name: "channel", bytes: b"ok more" }];
    assert!(matches!(full().stage(&files, b"{}", None), Err(Failure::Storage(StoreError::Write { .. }))));
}

#[test]
fn a_dry_run_changes_nothing() {
    let place = Place::new();
    place.good("ok one");
    let set = place.staged("ok two");
    let before: Vec<_> =
        files_below(place.folder.path()).into_iter().map(|f| (fs::read(&f).ok(), f)).collect();
    let dry = || {
        let disk = Disk::open(place.folder.path()).unwrap();
        Store::new(Dry::new(disk, true), "sensor", Begins)
    };
    let state = activate(&mut dry(), set, When::Now, at(1, 700)).unwrap();
    assert_eq!(state.active, Some(set), "it says what would be");
    boot(&mut dry(), at(2, 1));
    let after: Vec<_> =
        files_below(place.folder.path()).into_iter().map(|f| (fs::read(&f).ok(), f)).collect();
    assert_eq!(before, after);
}

#[test]
fn a_lock_keeps_others_out_until_it_is_dropped() {
    let place = Place::new();
    let (one, two) = (Disk::open(place.folder.path()).unwrap(), Disk::open(place.folder.path()).unwrap());
    let lock = one.lock().unwrap();
    assert!(lock.is_some() && two.lock().unwrap().is_none());
    drop(lock);
    assert!(two.lock().unwrap().is_some());
}

#[test]
fn a_folder_that_others_may_write_to_is_exposed() {
    let place = Place::new();
    assert!(!Disk::open(place.folder.path()).unwrap().is_exposed().unwrap());
    fs::set_permissions(place.folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(Disk::open(place.folder.path()).unwrap().is_exposed().unwrap());
}
