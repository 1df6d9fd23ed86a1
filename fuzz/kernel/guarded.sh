#!/usr/bin/env bash
# The boot loop of July 2024 in a virtual machine, with the guard. See README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/common.sh"
# shellcheck source=fuzz/kernel/vm.sh
. "$here/vm.sh"
# shellcheck source=fuzz/kernel/world.sh
. "$here/world.sh"

usage() {
  cat >&2 << 'END'
usage: fuzz/kernel/guarded.sh [x86|stock]...

Boots the kernels of build.sh (both without arguments) with the sensor of July 2024 and the guard, whose store is on a disk.
The July set comes while the machine runs: with the true plan, with one whose manifest claims a 21st input, and to a store
whose record is damaged. Compares the condensed serial line with guarded.KIND.txt; SNAPSHOTS=overwrite writes it.
BOOTGATE_PACKAGE=FILE.deb is the package that is tried; without it .ci/deb builds one. BOOT_SECONDS=N for one boot (90).
END
  exit 2
}

vm_kinds "$@"
numbers "$BOOT_SECONDS"
vm_needs
workplace

# What each variant does is fixed; the transcript shows how.
replay() { # KIND KERNEL TITLE PLAN STORE BOOTS CRASHES
  local log="$work/serial" boots crashes drive_arguments
  echo
  echo "==== $3"
  world_initramfs "$2" "$work/sensor.ko" "$4" "$work/initramfs"
  world_disk "$5" "$work/disk"
  world_drive "$1" "$work/disk"
  vm_start "$1" "$2" "$work/initramfs" "$log" "$accelerator" "${drive_arguments[@]}"
  vm_until "$log" 1 'boot: that is all' "$(($6 * BOOT_SECONDS))" || vm_wrong "it did not come to rest" "$log"
  vm_stop
  vm_condense < "$log"
  boots="$(grep -ac 'boot: user space begins' "$log" || true)"
  crashes="$(grep -ac 'Kernel panic' "$log" || true)"
  echo "==== boots: $boots, crashes: $crashes; it runs"
  [ "$boots" -eq "$6" ] && [ "$crashes" -eq "$7" ] || vm_wrong "there should be $6 boots and $7 crashes" "$log"
}

world_programs
world_plan true 20
world_plan blind 21
world_release "$work/good" "$work/true" valid/within-20
world_release "$work/july" "$work/blind" invalid/july-2024
# In a store of its own, for the digits of its name.
mkdir "$work/aside"
world_stage "$work/aside" "$work/blind/sensor.plan" "$work/july" > /dev/null
world_store "$work/store" "$work/true/sensor.plan" "$work/good"
cp -r "$work/store" "$work/damaged"
for slot in a b; do
  printf 'torn' | dd of="$work/damaged/sensor/record.$slot" bs=1 seek=100 conv=notrunc status=none
done
cp -r "$work/july" "$work/store/incoming"

differ=0
for kind in "${kinds[@]}"; do
  kernel="$(kernel_of "$kind")"
  "$here/module.sh" "$kernel" legacy "$work/sensor.ko"
  world_initramfs "$kernel" "$work/sensor.ko" "$work/true/sensor.plan" "$work/initramfs"
  accelerator="$(vm_accelerator "$kind" "$kernel" "$work/initramfs" "$work/probe")"
  say "$kind: $(basename "$kernel"), $accelerator"
  {
    replay "$kind" "$kernel" "the gate knows the build: the July set is refused" "$work/true/sensor.plan" "$work/store" 1 0
    replay "$kind" "$kernel" "the gate was told 21: the July set crashes, and is left" "$work/blind/sensor.plan" "$work/store" 4 2
    replay "$kind" "$kernel" "both slots of the record are damaged" "$work/true/sensor.plan" "$work/damaged" 1 0
  } > "$work/transcript" || { cat "$work/transcript" >&2; exit 1; }
  sed -i 1d "$work/transcript"
  vm_compare "$here/guarded.$kind.txt" || differ=1
done
exit "$differ"
