# Virtual machines, run for as long as something is waited for; not run by itself.
# shellcheck shell=bash

# A boot under emulation takes some seconds, and a minute on a machine that does much else.
BOOT_SECONDS="${BOOT_SECONDS:-90}"
vm_pid=

leave() {
  [ -z "$vm_pid" ] || vm_stop
}

# Sets `kinds` to the kernels that a script is to boot: all, if none is named.
vm_kinds() { # KIND...
  local kind
  kinds=("$@")
  [ "${#kinds[@]}" -gt 0 ] || kinds=(x86 stock)
  for kind in "${kinds[@]}"; do
    case "$kind" in x86 | stock) ;; *) usage ;; esac
  done
}

vm_needs() {
  needs qemu-system-x86_64 "--no-install-recommends qemu-system-x86"
  needs gcc gcc
}

# Shows the transcript in $work/transcript, and compares it with the one that is kept; or keeps it, if that was asked for.
vm_compare() { # FILE
  cat "$work/transcript"
  if [ "${SNAPSHOTS:-}" = overwrite ]; then
    cp "$work/transcript" "$1"
  else
    diff -u "$1" "$work/transcript" >&2
  fi
}

# An initramfs of all that is in a folder.
initramfs() { # FOLDER OUT
  needs cpio cpio
  (cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) | gzip -1 > "$2"
}

# Starts a machine whose serial line goes into a file, and sets vm_pid. It reboots by itself, as a real one does. The
# kernel is given $vm_options as well.
vm_start() { # KIND KERNEL INITRAMFS LOG ACCELERATOR [QEMU ARGUMENT]...
  local kind=$1 kernel=$2 initramfs=$3 log=$4 accelerator=$5 machine options
  shift 5
  case "$kind" in
    x86) machine=microvm,acpi=off,x-option-roms=off,rtc=on options="reboot=t kasan.fault=panic" ;;
    # The timer of a machine whose host does much else looks broken.
    *) machine=q35 options=no_timer_check ;;
  esac
  : > "$log"
  qemu-system-x86_64 -M "$machine" -accel "$accelerator" -m 512 -nodefaults -no-user-config -display none -serial "file:$log" \
    -kernel "$kernel/kernel" -initrd "$initramfs" \
    -append "console=ttyS0 loglevel=8 printk.devkmsg=on oops=panic panic=1 $options ${vm_options:-}" "$@" < /dev/null > "$log.qemu" 2>&1 &
  vm_pid=$!
}

vm_stop() {
  kill "$vm_pid" 2> /dev/null || true
  wait "$vm_pid" 2> /dev/null || true
}

# Waits until lines that match were said so often. Fails when the machine ended before, or the time did.
vm_until() { # LOG TIMES PATTERN SECONDS
  local deadline=$((SECONDS + $4))
  while [ "$(grep -acE "$3" "$1" || true)" -lt "$2" ]; do
    kill -0 "$vm_pid" 2> /dev/null && [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

# kvm when a guest gets somewhere with it, else tcg: that /dev/kvm can be opened says nothing.
vm_accelerator() { # KIND KERNEL INITRAMFS LOG
  local found=tcg
  if [ -w /dev/kvm ]; then
    vm_start "$1" "$2" "$3" "$4" kvm
    if vm_until "$4" 1 'boot: ' 15; then found=kvm; fi
    vm_stop
  fi
  echo "$found"
}

# The serial line, made short: what the guest, the driver and reports say, without what differs from run to run.
vm_condense() { # < LOG
  tr -d '\r' | sed -E 's/\x1b\[[0-9;?]*[a-zA-Z]//g; s/^\[ *[0-9]+\.[0-9]+\] //' |
    grep -aE '^(boot: |bootgate: |guard: |status: |sensor: |BUG: |Read of size |RIP: .*\[sensor\]|The buggy address is located | [0-9]+-byte region |Kernel panic|Rebooting in )' |
    grep -avE '^sensor: (loading out-of-tree module|module verification)' |
    sed -E 's/\+0x[0-9a-f]+\/0x[0-9a-f]+//g; s/0x[0-9a-f]+|\b[0-9a-f]{16}\b/…/g' |
    awk '/^boot: user space begins/ { if (n) print ""; print "-- boot " ++n; split("", seen) } !seen[$0]++'
}

# Ends with the exit code of a machine that did not do what it should.
vm_wrong() { # WHAT LOG
  echo "$(basename "$0"): $1; the serial line:" >&2
  tail -n 60 "$2" >&2
  cat "$2.qemu" >&2
  exit 1
}
