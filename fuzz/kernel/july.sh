#!/usr/bin/env bash
# How soon the read of July 2024 is found in a kernel, and what a crash of the kernel costs. See README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/common.sh"

usage() {
  cat >&2 << 'END'
usage: fuzz/kernel/july.sh [RUNS [SECONDS [PANICS [ENGINE]]]]

Fuzzes the reference driver from seeds with a wildcard in the 21st field, and prints a table: the median of RUNS (5) of the
executions until KASAN reports the read; executions a second of the checked build, from small seeds, for SECONDS (20); the
time from a crash to the next guest's first input, and the inputs that are lost, over PANICS (100) crashes.
ENGINE is `uml` (User Mode Linux, which it is if nothing is said), `qemu`, or `uml+qemu`: in User Mode Linux, and the first
crash is seen once more in QEMU, which has to report the same. BOOTGATE=FILE is the program to use.
END
  exit 2
}

runs="${1:-5}" seconds="${2:-20}" panics="${3:-100}" engine="${4:-uml}"
numbers "$runs" "$seconds" "$panics"
case "$engine" in uml | qemu | uml+qemu) ;; *) usage ;; esac
[ "$#" -le 4 ] || usage
driver="$here/../driver"
workplace

BOOTGATE_GUEST="$("$here/guest/build.sh")"
export BOOTGATE_GUEST
bootgate_program
options=(--engine "${engine%%+*}")
case "$engine" in uml*) options+=(--kernel "$(kernel_of uml)") ;; esac
x86=()
case "$engine" in *qemu) x86=(--x86 "$(kernel_of x86)") ;; esac
config="$here/sensor.toml"
# The same from seeds of some hundred bytes.
sed "s|\"\.\./|\"$here/../|g; s|seeds/wildcard|seeds/generated|" "$config" > "$work/small.toml"

# The driver for each of the engines, where the configuration names it.
modules() { # BUILD
  case "$engine" in uml*) "$here/module.sh" "${options[3]}" "$1" "$driver/sensor.ko" ;; esac
  mkdir -p "$driver/build"
  case "$engine" in *qemu) "$here/module.sh" "${x86[1]}" "$1" "$driver/build/sensor-x86.ko" ;; esac
}

# Runs a campaign; what it prints is in $work/log. Ends unless it found something (1), or nothing (0), as it was to.
campaign() { # EXPECTED ARGUMENT...
  local expected=$1 status=0
  shift
  rm -rf "$work/found"
  "$BOOTGATE" fuzz kernel "$config" "${options[@]}" --out "$work/found" "$@" > "$work/log" 2>&1 || status=$?
  [ "$status" -eq "$expected" ] || { cat "$work/log" >&2; cannot "the campaign ended with $status, not $expected"; }
}

is_the_read() {
  grep -q 'KASAN: .*read of 8 bytes, in .*sensor_evaluate' "$1" || { cat "$1" >&2; cannot "this is another crash"; }
}

[ "$engine" != qemu ] || options+=("${x86[@]}")
modules legacy
: > "$work/executions"
for run in $(seq "$runs"); do
  campaign 1 --as-found --crashes 1 --seed "$((run * 1000))"
  is_the_read "$work/log"
  sed -n 's/.*first at execution \([0-9]*\).*/\1/p' "$work/log" | head -n 1 >> "$work/executions"
done
sort -n -o "$work/executions" "$work/executions"
median="$(sed -n "$(((runs + 1) / 2))p" "$work/executions")"

campaign 1 --as-found --panics "$panics" --seconds 3600
is_the_read "$work/log"
crashes="$(grep -E 'from a crash to' "$work/log")"
lost="$(sed -n 's/.* \([0-9]*\) inputs lost$/\1/p' "$work/log")"

if [ "$engine" = uml+qemu ]; then
  campaign 1 --crashes 1 "${x86[@]}"
  grep 'on x86: ' "$work/log" > "$work/second" || { cat "$work/log" >&2; cannot "QEMU did not crash"; }
  is_the_read "$work/second"
  grep -q '^BUG: KASAN: ' "$work"/found/crashes/*/x86.txt || cannot "there is no report of the second look"
fi

modules checked
config="$work/small.toml" campaign 0 --seconds "$seconds"
rate="$(sed -n 's/.* s, \([0-9]*\) a second.*/\1/p' "$work/log")"

echo "| $engine | measured |"
echo "| --- | --- |"
echo "| executions until the read is reported, median of $runs | $median ($(tr '\n' ' ' < "$work/executions" | sed 's/ $//; s/ /, /g')) |"
echo "| executions a second, \`checked\` build, from small seeds, $seconds s | $rate |"
echo "| ${crashes%%:*}, over $panics crashes | ${crashes#*: } |"
echo "| inputs lost over $panics crashes | $lost |"
[ "$engine" != uml+qemu ] || echo "| the first crash in QEMU | $(sed 's/.*on x86: //' "$work/second") |"
