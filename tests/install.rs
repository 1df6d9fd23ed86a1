//! `guard install` and `guard uninstall`: what they write, what they leave alone, and what systemd makes of it.

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    const UNITS: &str = "etc/systemd/system";
    const LIST: &str = "etc/bootgate/installed/sensor";

    fn guard(root: &Path, command: &str, more: &[&str]) -> Output {
        let mut line = Command::new(env!("CARGO_BIN_EXE_bootgate-guard"));
        line.args([command, "--set", "sensor", "--root"]).arg(root);
        line.args(more).output().unwrap()
    }

    fn done(output: &Output) -> String {
        let told = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(output.status.code(), Some(0), "{told}{}", String::from_utf8_lossy(&output.stderr));
        told
    }

    fn refused(output: &Output) -> String {
        let told = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}{}", String::from_utf8_lossy(&output.stderr));
        told
    }

    const ALL: [&str; 10] = [
        "--plan",
        "/etc/bootgate/sensor.plan",
        "--events-from",
        "/run/sensor/events",
        "--consumer-unit",
        "sensor.service",
        "--initramfs",
        "LABEL=content",
        "--store",
        "/run/bootgate",
    ];

    /// Every file below a root, links as `-> TARGET`.
    fn files(root: &Path) -> BTreeMap<PathBuf, String> {
        let mut found = BTreeMap::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().to_path_buf();
                if path.is_symlink() {
                    found.insert(name, format!("-> {}", fs::read_link(&path).unwrap().display()));
                } else if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
        found
    }

    #[test]
    fn everything_is_written_listed_and_removed_again() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(UNITS)).unwrap();
        fs::write(root.path().join(UNITS).join("mine.service"), "[Unit]\n").unwrap();
        let before = files(root.path());
        done(&guard(root.path(), "install", &ALL));
        let after = files(root.path());
        let names: Vec<String> = after.keys().map(|path| path.display().to_string()).collect();
        assert_eq!(
            names,
            [
                "etc/bootgate/installed/sensor",
                "etc/initramfs-tools/hooks/bootgate-sensor",
                "etc/initramfs-tools/scripts/init-premount/bootgate-sensor",
                "etc/systemd/system/bootgate-boot-sensor.service",
                "etc/systemd/system/bootgate-commit-sensor.service",
                "etc/systemd/system/bootgate-commit-sensor.timer",
                "etc/systemd/system/bootgate-shutdown-sensor.service",
                "etc/systemd/system/mine.service",
                "etc/systemd/system/sensor.service.d/50-bootgate-sensor.conf",
                "etc/systemd/system/sysinit.target.wants/bootgate-boot-sensor.service",
                "etc/systemd/system/sysinit.target.wants/bootgate-shutdown-sensor.service",
                "etc/systemd/system/timers.target.wants/bootgate-commit-sensor.timer",
            ]
        );
        for name in ["hooks", "scripts/init-premount"] {
            let path = root.path().join("etc/initramfs-tools").join(name).join("bootgate-sensor");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o111, 0o111, "{name} can be run");
            assert!(
                Command::new("sh").arg("-n").arg(&path).status().unwrap().success(),
                "{name} is a script"
            );
            let asked = Command::new("sh").arg(&path).arg("prereqs").output().unwrap();
            assert_eq!((asked.status.code(), asked.stdout.as_slice()), (Some(0), &b"\n"[..]), "{name}");
        }
        done(&guard(root.path(), "install", &ALL));
        assert_eq!(files(root.path()), after, "again: nothing else");
        done(&guard(root.path(), "uninstall", &[]));
        assert_eq!(files(root.path()), before);
        assert!(!root.path().join("etc/initramfs-tools").exists(), "folders that were made are gone");
        let told = done(&guard(root.path(), "uninstall", &[]));
        assert!(told.contains("nothing was installed"), "{told}");
    }

    #[test]
    fn the_order_at_boot_is_before_modules_and_devices_and_the_disk_is_written_to() {
        let root = tempfile::tempdir().unwrap();
        done(&guard(root.path(), "install", &["--plan", "/etc/p", "--consumer-unit", "sensor.service"]));
        let unit = |name: &str| fs::read_to_string(root.path().join(UNITS).join(name)).unwrap();
        let boot = unit("bootgate-boot-sensor.service");
        for line in [
            "DefaultDependencies=no",
            "RequiresMountsFor=/var/lib/bootgate /usr/sbin/bootgate-guard /etc/p",
            "After=systemd-remount-fs.service",
            "Before=systemd-modules-load.service systemd-udevd.service sysinit.target shutdown.target",
            "ExecStart=:/usr/sbin/bootgate-guard boot --store /var/lib/bootgate --set sensor --plan /etc/p",
        ] {
            assert!(boot.lines().any(|own| own == line), "{line} in\n{boot}");
        }
        let shutdown = unit("bootgate-shutdown-sensor.service");
        let stop = "ExecStop=:/usr/sbin/bootgate-guard shutdown --store /var/lib/bootgate --set sensor";
        assert!(shutdown.lines().any(|line| line == stop) && shutdown.contains("\nRefuseManualStop=yes\n"));
        let held = unit("sensor.service.d/50-bootgate-sensor.conf");
        assert!(
            held.contains("\nRequires=bootgate-boot-sensor.service\nAfter=bootgate-boot-sensor.service\n")
        );
        assert!(
            !root.path().join(UNITS).join("bootgate-commit-sensor.timer").exists(),
            "nobody counts events"
        );
    }

    #[test]
    fn a_dry_run_shows_what_would_be_written_and_writes_nothing() {
        let root = tempfile::tempdir().unwrap();
        let told = done(&guard(root.path(), "install", &[&ALL[..], &["--dry-run"]].concat()));
        assert!(
            told.contains("    ExecStart=:/usr/sbin/bootgate-guard boot --store /run/bootgate"),
            "{told}"
        );
        assert!(fs::read_dir(root.path()).unwrap().next().is_none());
        done(&guard(root.path(), "install", &ALL));
        let before = files(root.path());
        done(&guard(root.path(), "uninstall", &["--dry-run"]));
        assert_eq!(files(root.path()), before);
    }

    #[test]
    fn what_was_not_installed_is_never_written_over() {
        for (name, link) in [
            ("bootgate-boot-sensor.service", false),
            ("sysinit.target.wants/bootgate-boot-sensor.service", true),
            ("sensor.service.d/50-bootgate-sensor.conf", false),
        ] {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join(UNITS).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if link {
                symlink("elsewhere", &path).unwrap()
            } else {
                fs::write(&path, "mine").unwrap()
            }
            let before = files(root.path());
            let told = refused(&guard(root.path(), "install", &ALL));
            assert!(told.contains("install-conflict") && told.contains(name), "{told}");
            assert_eq!(files(root.path()), before, "and nothing else was written");
        }
    }

    #[test]
    fn what_somebody_changed_is_kept_and_told() {
        let root = tempfile::tempdir().unwrap();
        done(&guard(root.path(), "install", &ALL));
        let path = root.path().join(UNITS).join("bootgate-boot-sensor.service");
        let changed = format!("{}# mine\n", fs::read_to_string(&path).unwrap());
        fs::write(&path, &changed).unwrap();
        let told = refused(&guard(root.path(), "install", &ALL));
        assert!(told.contains("was changed since"), "{told}");
        let told = refused(&guard(root.path(), "uninstall", &[]));
        assert!(
            told.contains("bootgate-boot-sensor.service` was changed since it was installed, and is kept"),
            "{told}"
        );
        let left: Vec<PathBuf> = files(root.path()).into_keys().collect();
        assert_eq!(left, [Path::new(LIST), path.strip_prefix(root.path()).unwrap()]);
        fs::remove_file(&path).unwrap();
        done(&guard(root.path(), "uninstall", &[]));
        assert!(files(root.path()).is_empty());
    }

    #[test]
    fn what_is_asked_for_no_more_is_removed() {
        let root = tempfile::tempdir().unwrap();
        done(&guard(root.path(), "install", &ALL));
        done(&guard(root.path(), "install", &["--plan", "/etc/p"]));
        let units: Vec<String> = files(root.path()).keys().map(|path| path.display().to_string()).collect();
        assert!(
            units.iter().all(|path| !path.contains("commit") && !path.contains("initramfs")),
            "{units:?}"
        );
        done(&guard(root.path(), "uninstall", &[]));
        assert!(
            fs::read_dir(root.path()).unwrap().next().is_none(),
            "with every folder that was made at any time"
        );
    }

    /// A list that was tampered with must not remove what is not ours.
    #[test]
    fn a_list_that_names_other_files_removes_nothing() {
        let root = tempfile::tempdir().unwrap();
        done(&guard(root.path(), "install", &ALL));
        fs::write(root.path().join("etc/passwd"), "").unwrap();
        let list = fs::read_to_string(root.path().join(LIST)).unwrap();
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        fs::write(root.path().join(LIST), format!("{list}file {digest} etc/passwd\n")).unwrap();
        let before = files(root.path());
        refused(&guard(root.path(), "uninstall", &[]));
        refused(&guard(root.path(), "install", &ALL));
        assert_eq!(files(root.path()), before);
    }

    /// A root that somebody else made must not lead elsewhere.
    #[test]
    fn links_on_the_way_are_not_followed() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(outside.path(), root.path().join("etc")).unwrap();
        refused(&guard(root.path(), "install", &ALL));
        assert!(fs::read_dir(outside.path()).unwrap().next().is_none());
    }

    #[test]
    fn names_and_paths_that_cannot_be_written_down_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let plan = ["--plan", "/etc/p"];
        for wrong in [
            &["--plan", "relative"][..],
            &["--plan", "/a/../b"],
            &["--plan", "/line\nExecStart=/bin/x"],
            &[&plan[..], &["--store", "store"]].concat(),
            &[&plan[..], &["--consumer-unit", "../x.service"]].concat(),
            &[&plan[..], &["--consumer-unit", "x"]].concat(),
            &[&plan[..], &["--consumer-unit", "a b.service"]].concat(),
            &[&plan[..], &["--before", "x.service\nExecStart=/bin/x"]].concat(),
            &[&plan[..], &["--initramfs", "/dev/vdb"]].concat(),
            &[&plan[..], &["--store", "/run/x", "--initramfs", "a\nb"]].concat(),
        ] {
            refused(&guard(root.path(), "install", wrong));
        }
        for set in ["../x", ".x", "a b", ""] {
            let mut line = Command::new(env!("CARGO_BIN_EXE_bootgate-guard"));
            line.args(["install", "--plan", "/etc/p", "--set", set, "--root"]).arg(root.path());
            assert_eq!(line.output().unwrap().status.code(), Some(2), "{set}");
        }
        assert!(fs::read_dir(root.path()).unwrap().next().is_none());
    }

    #[test]
    fn paths_are_quoted_for_systemd_and_for_sh() {
        let root = tempfile::tempdir().unwrap();
        let odd = "/a b/100% it's \"$HOME\"";
        let store = format!("/run{odd}");
        let initramfs = ["--plan", odd, "--store", &store, "--initramfs", "LABEL=it's"];
        done(&guard(root.path(), "install", &initramfs));
        let read = |path: &str| fs::read_to_string(root.path().join(path)).unwrap();
        let boot = read("etc/systemd/system/bootgate-boot-sensor.service");
        assert!(boot.contains(r#" --plan "/a b/100%% it's \"$HOME\"""#), "{boot}");
        let script = read("etc/initramfs-tools/scripts/init-premount/bootgate-sensor");
        assert!(script.contains(r#" --plan '/a b/100% it'\''s "$HOME"'"#), "{script}");
        assert!(script.contains(r"local_device_setup 'LABEL=it'\''s' "), "{script}");
    }

    #[test]
    fn systemd_takes_the_units() {
        if Command::new("systemd-analyze").arg("--version").output().is_err() {
            eprintln!("not run: systemd-analyze verify because there is none");
            return;
        }
        let root = tempfile::tempdir().unwrap();
        let store = root.path().join("a store");
        fs::create_dir(&store).unwrap();
        let (store, program) = (store.to_str().unwrap(), env!("CARGO_BIN_EXE_bootgate-guard"));
        let more = [
            "--store",
            store,
            "--plan",
            "/etc/100% p",
            "--program",
            program,
            "--events-from",
            "/run/sensor/events",
        ];
        done(&guard(root.path(), "install", &more));
        let units = [
            "boot-sensor.service",
            "shutdown-sensor.service",
            "commit-sensor.service",
            "commit-sensor.timer",
        ];
        let paths = units.map(|unit| root.path().join(UNITS).join(format!("bootgate-{unit}")));
        let verified =
            Command::new("systemd-analyze").args(["verify", "--man=no"]).args(&paths).output().unwrap();
        let told = String::from_utf8_lossy(&verified.stderr);
        // What other units of this machine are blamed for is not ours.
        let ours: Vec<&str> = told.lines().filter(|line| line.contains("bootgate")).collect();
        assert!(ours.is_empty(), "{told}");
        let broken = fs::read_to_string(&paths[0]).unwrap().replace("ExecStart=:", "ExecStart=relative:");
        fs::write(&paths[0], broken).unwrap();
        let verified =
            Command::new("systemd-analyze").args(["verify", "--man=no"]).args(&paths).output().unwrap();
        assert!(
            String::from_utf8_lossy(&verified.stderr).contains("bootgate-boot-sensor"),
            "it does look at them"
        );
    }

    /// The number of events that the unit hands on.
    #[test]
    fn a_commit_reads_how_many_events_were_handled() {
        let folder = tempfile::tempdir().unwrap();
        let count = folder.path().join("events");
        let commit = |text: &str| {
            fs::write(&count, text).unwrap();
            let mut line = Command::new(env!("CARGO_BIN_EXE_bootgate-guard"));
            line.args(["commit", "--set", "sensor", "--kernel-log", "none", "--events-from"]).arg(&count);
            let output = line.arg("--store").arg(folder.path()).output().unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        for text in ["", "many", "-1", "1 2", "99999999999999999999"] {
            let (code, told) = commit(text);
            assert!(code == Some(2) && told.contains("does not say how many events"), "{text}: {told}");
        }
        let (code, told) = commit("12\n");
        assert!(code == Some(1) && told.contains("set-withheld"), "nothing is in use here: {told}");
    }
}
