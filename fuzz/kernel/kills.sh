#!/usr/bin/env bash
# Kills virtual machines while the guard works on their disk. See README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/common.sh"
# shellcheck source=fuzz/kernel/vm.sh
. "$here/vm.sh"
# shellcheck source=fuzz/kernel/world.sh
. "$here/world.sh"
SEED="${SEED:-$((RANDOM * 32768 + RANDOM + 1))}"

usage() {
  cat >&2 << 'END'
usage: fuzz/kernel/kills.sh KILLS [x86|stock]

Kills QEMU (SIGKILL) KILLS times at random moments, while the machine stages, activates, boots, commits, releases and
shuts down in no order. After each the machine must come up on the same disk, with a set that passed the gate, a record that is sound and has
forgotten nothing that was done, and the sensor must run with that set. SEED=N begins with another seed (a random one);
BOOT_SECONDS=N for one boot (90). BOOTGATE_PACKAGE=FILE.deb is the package that is tried; without it .ci/deb builds one.
END
  exit 2
}

kills="${1:-}" kind="${2:-stock}"
[ "$#" -le 2 ] || usage
vm_kinds "$kind"
numbers "$kills" "$BOOT_SECONDS" "$SEED"
vm_needs
workplace

world_programs
world_plan true 20
pool=(valid/within-20 valid/wildcard-21st valid/version-1)
names=(a b c)
mkdir "$work/aside"
known=
for i in 0 1 2; do
  release="$work/pool/${names[$i]}"
  world_release "$release" "$work/true" "${pool[$i]}"
  known="$known $(world_stage "$work/aside" "$work/true/sensor.plan" "$release")"
done
world_store "$work/store" "$work/true/sensor.plan" "$work/pool/a"
world_disk "$work/store" "$work/disk"
kernel="$(kernel_of "$kind")"
"$here/module.sh" "$kernel" legacy "$work/sensor.ko"
# The accelerator does what it does with whatever image says `boot: `.
world_initramfs "$kernel" "$work/sensor.ko" "$work/true/sensor.plan" "$work/initramfs"
world_disk "$work/store" "$work/probe.disk"
accelerator="$(vm_accelerator "$kind" "$kernel" "$work/initramfs" "$work/probe")"
echo "$kind: $(basename "$kernel"), $accelerator; seed $SEED, $kills kills"
world_drive "$kind" "$work/disk"
# A serial line is slow: what the guest says is enough.
vm_options=loglevel=5
RANDOM=$((SEED % 32768))

# As long as an operation takes, at most.
moment() { sleep "$((RANDOM % 2)).$((RANDOM % 10))$((RANDOM % 10))"; }

log="$work/serial" before=0 done_before=0 operations=0
declare -A cut=()
for ((kill = 0; kill <= kills; kill++)); do
  seed=$((SEED + kill))
  world_initramfs "$kernel" "$work/sensor.ko" "$work/true/sensor.plan" "$work/initramfs"
  vm_start "$kind" "$kernel" "$work/initramfs" "$log" "$accelerator" "${drive_arguments[@]}"
  if [ "$kill" -gt 0 ] && [ "$kill" -lt "$kills" ] && [ "$((RANDOM % 5))" -eq 0 ]; then
    vm_until "$log" 1 'boot: user space begins' "$BOOT_SECONDS" || vm_wrong "kill $kill: it did not come up" "$log"
    moment
    kill -9 "$vm_pid"
    wait "$vm_pid" 2> /dev/null || true
    cut[booting]=$((${cut[booting]:-0} + 1))
    echo "kill $kill, seed $((seed - 1)): in ${last:-nothing}; then killed while it booted"
    last=booting
    continue
  fi
  vm_until "$log" 1 'storm: begins|Kernel panic' "$BOOT_SECONDS" || vm_wrong "kill $kill: it did not come up" "$log"
  line="$(tr -d '\r' < "$log" | grep -a -m 1 -o 'storm: booted: .*')" || vm_wrong "kill $kill: it says nothing" "$log"
  events="$(echo "$line" | sed -n 's/.*record found, event \([0-9]*\), .*/\1/p')"
  active="$(echo "$line" | sed -n 's|.*, copies/\([0-9a-f]\{12\}\)[0-9a-f]*/files$|\1|p')"
  [ -n "$events" ] || vm_wrong "kill $kill: the record is lost: $line" "$log"
  [ "$events" -gt "$before" ] || vm_wrong "kill $kill: $before events were told of, and now there are $events" "$log"
  case "$known " in *" ${active:-none} "*) ;; *) vm_wrong "kill $kill: no set that passed: $line" "$log" ;; esac
  # What comes before the storm is an event that the sensor took.
  grep -aq 'boot: the sensor and its content are loaded' "$log" && grep -aq 'storm: begins' "$log" ||
    vm_wrong "kill $kill: the sensor does not run" "$log"
  if [ "$kill" -gt 0 ]; then echo "kill $kill, seed $((seed - 1)): in ${last:-nothing}; then $active, event $events"; fi
  [ "$kill" -lt "$kills" ] || break
  vm_until "$log" "$((RANDOM % 6))" ' ended with ' "$BOOT_SECONDS" || vm_wrong "kill $kill: it did not go on" "$log"
  moment
  kill -9 "$vm_pid"
  wait "$vm_pid" 2> /dev/null || true
  # A line that was cut off says nothing.
  tr -d '\r' < "$log" | sed '$d' | grep -a -o 'storm: .*' > "$work/told"
  last="$(tail -n 1 "$work/told" | sed -n 's/^storm: [0-9]*: //p')"
  case "$last" in *ended* | '') last="nothing" ;; esac
  cut[$last]=$((${cut[$last]:-0} + 1))
  done_before="$(sed -n 's/.* ended with .* event \([0-9]*\),.*/\1/p' "$work/told" | tail -n 1)"
  before="${done_before:-$events}"
  operations=$((operations + $(grep -c ' ended with ' "$work/told" || true)))
done
vm_stop
echo "==== $kills kills, seeds $SEED to $((SEED + kills - 1)); $operations operations were done between them"
for last in "${!cut[@]}"; do echo "killed in $last: ${cut[$last]}"; done | sort
echo "==== each time it came up with a set that passed, and had forgotten nothing"
