//! The hook and the script of initramfs-tools, for a consumer that runs before the root is mounted.
//!
//! `init-top` comes before modules are loaded, and has no disk; `init-premount` comes after it. A system that was
//! hibernated has the store mounted, and is resumed later than that: then nothing is touched.

use super::quote::sh;
use super::settings::Settings;

const BEGINNING: &str = r#"PREREQ=""
case "${1:-}" in
  prereqs)
    echo "$PREREQ"
    exit 0 ;;
esac
"#;

/// What puts the guard and what it needs into the image.
pub(super) fn hook(settings: &Settings) -> String {
    let mut text = format!("#!/bin/sh\n{}set -e\n{BEGINNING}", settings.head());
    text.push_str(". /usr/share/initramfs-tools/hook-functions\n");
    text.push_str(&format!("copy_exec {}\n", sh(&settings.program)));
    // 1: it is there already.
    for file in [Some(&settings.plan), settings.consumer.as_ref()].into_iter().flatten() {
        text.push_str(&format!("copy_file content {} || [ $? -eq 1 ]\n", sh(file)));
    }
    text
}

/// What mounts the store and boots. It never fails: a machine must come up.
pub(super) fn script(settings: &Settings, device: &str) -> String {
    let command: Vec<String> = settings.boot().iter().map(|word| sh(word)).collect();
    format!(
        r#"#!/bin/sh
{}{BEGINNING}. /scripts/functions
. /scripts/local

# A hibernated system has this file system mounted.
if [ -n "${{resume:-}}" ] && local_device_setup "$resume" "suspend/resume device" false; then
  case "$(get_fstype "$DEV")" in
    suspend | swsuspend) exit 0 ;;
  esac
fi
store={}
mkdir -p "$store"
if local_device_setup {} "content store" false; then
  type="$(get_fstype "$DEV")"
  modprobe -q "$type"
  mount -t "$type" -o nosuid,nodev,noexec "$DEV" "$store"
fi
{}
exit 0
"#,
        settings.head(),
        sh(&settings.store),
        sh(device),
        command.join(" "),
    )
}
