#!/usr/bin/env bash
# The boot loop of July 2024 in a virtual machine, without a guard. See README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/common.sh"
# shellcheck source=fuzz/kernel/vm.sh
. "$here/vm.sh"
BOOTS="${BOOTS:-3}"

usage() {
  cat >&2 << 'END'
usage: fuzz/kernel/boot-loop.sh [x86|stock]...

Boots the kernels of build.sh (both without arguments) with the sensor and its content in the initramfs: the July set in
the legacy build crashes at every boot, BOOTS times (3); a wildcard in the 21st field, and the checked build, run. Compares
the condensed serial line with boot-loop.KIND.txt; SNAPSHOTS=overwrite writes it. BOOT_SECONDS=N for one boot (90).
END
  exit 2
}

vm_kinds "$@"
numbers "$BOOTS" "$BOOT_SECONDS"
vm_needs
workplace
corpus="$here/../../corpus/channel"
gcc -static -O2 -Wall -Wextra -Werror -o "$work/init" "$here/init.c" ||
  cannot "the guest's first program could not be built (Debian: apt-get install gcc libc6-dev)"

pack() { # BUILD SET: the guest with a build of the sensor and a content set
  local root="$work/root"
  rm -rf "$root"
  mkdir -p "$root/lib/firmware" "$root/dev" "$root/proc" "$root/sys"
  cp "$work/init" "$root/init"
  cp "$work/$1.ko" "$root/sensor.ko"
  cp "$corpus/$2"/{definitions,channel}.bin "$root/lib/firmware"
  cp "$here/status.event" "$root/event"
  initramfs "$root" "$work/initramfs"
}

# What each variant does is fixed; the transcript shows how.
replay() { # KIND KERNEL BUILD SET loops|runs
  local log="$work/serial" crashes
  pack "$3" "$4"
  echo
  echo "==== the $3 build with $4"
  vm_start "$1" "$2" "$work/initramfs" "$log" "$accelerator"
  if [ "$5" = loops ]; then
    vm_until "$log" "$BOOTS" 'Rebooting in ' "$((BOOTS * BOOT_SECONDS))" || vm_wrong "it did not crash $BOOTS times" "$log"
  else
    vm_until "$log" 1 'boot: still running|Kernel panic' "$BOOT_SECONDS" || vm_wrong "it did not get far enough" "$log"
  fi
  vm_stop
  vm_condense < "$log"
  crashes="$(grep -ac 'Kernel panic' "$log" || true)"
  if [ "$5" = runs ]; then
    [ "$crashes" -eq 0 ] || vm_wrong "it crashed" "$log"
    echo "==== it runs"
  else
    if grep -aq 'boot: still running' "$log"; then vm_wrong "it survived a boot" "$log"; fi
    echo "==== $crashes boots, $crashes crashes"
  fi
}

differ=0
for kind in "${kinds[@]}"; do
  kernel="$(kernel_of "$kind")"
  for build in legacy checked; do "$here/module.sh" "$kernel" "$build" "$work/$build.ko"; done
  pack legacy valid/wildcard-21st
  accelerator="$(vm_accelerator "$kind" "$kernel" "$work/initramfs" "$work/probe")"
  say "$kind: $(basename "$kernel"), $accelerator"
  {
    replay "$kind" "$kernel" legacy valid/wildcard-21st runs
    replay "$kind" "$kernel" checked invalid/july-2024 runs
    replay "$kind" "$kernel" legacy invalid/july-2024 loops
  } > "$work/transcript" || { cat "$work/transcript" >&2; exit 1; }
  sed -i 1d "$work/transcript"
  if [ "$BOOTS" -ne 3 ]; then
    cat "$work/transcript"
  elif ! vm_compare "$here/boot-loop.$kind.txt"; then
    differ=1
  fi
done
exit "$differ"
