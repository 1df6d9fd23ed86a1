#!/usr/bin/env bash
# How soon the read of July 2024 is found in a kernel, and what a crash of the kernel costs. See README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/common.sh"

usage() {
  cat >&2 << 'END'
usage: fuzz/kernel/july.sh [RUNS [SECONDS [PANICS]]]

Fuzzes the reference driver in User Mode Linux from seeds with a wildcard in the 21st field, and prints a table: the median of
RUNS (5) of the executions until KASAN reports the read; executions a second of the checked build, from small seeds, for SECONDS (20); the time
from a crash to the next guest's first input, and the inputs that are lost, over PANICS (100) crashes.
BOOTGATE=FILE is the program to use.
END
  exit 2
}

runs="${1:-5}" seconds="${2:-20}" panics="${3:-100}"
for number in "$runs" "$seconds" "$panics"; do
  case "$number" in '' | *[!0-9]* | 0*) usage ;; esac
done
[ "$#" -le 3 ] || usage
needs cargo "see rustup.rs"
root="$here/../.."
driver="$here/../driver"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM HUP

BOOTGATE_KERNEL="$("$here/build.sh" uml | sed 's/^uml //')"
BOOTGATE_GUEST="$("$here/guest/build.sh")"
export BOOTGATE_KERNEL BOOTGATE_GUEST
if [ -z "${BOOTGATE:-}" ]; then
  (cd "$root" && cargo build --locked --release --quiet --bin bootgate)
  BOOTGATE="$(cd "$root" && cargo metadata --locked --no-deps --format-version 1 |
    sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/bootgate"
fi
config="$here/sensor.toml"
# The same from seeds of some hundred bytes.
sed "s|\"\.\./|\"$here/../|g; s|seeds/wildcard|seeds/generated|" "$config" > "$work/small.toml"

# Runs a campaign; what it prints is in $work/log. Ends unless it found something (1), or nothing (0), as it was to.
campaign() { # EXPECTED ARGUMENT...
  local expected=$1 status=0
  shift
  "$BOOTGATE" fuzz kernel "$config" --out "$work/found" "$@" > "$work/log" 2>&1 || status=$?
  [ "$status" -eq "$expected" ] || { cat "$work/log" >&2; cannot "the campaign ended with $status, not $expected"; }
}

is_the_read() {
  grep -q 'KASAN: .*read of 8 bytes, in sensor_evaluate' "$work/log" || { cat "$work/log" >&2; cannot "this is another crash"; }
}

"$here/module.sh" "$BOOTGATE_KERNEL" legacy "$driver/sensor.ko"
: > "$work/executions"
for run in $(seq "$runs"); do
  rm -rf "$work/found"
  campaign 1 --as-found --crashes 1 --seed "$((run * 1000))"
  is_the_read
  sed -n 's/.*first at execution \([0-9]*\).*/\1/p' "$work/log" | head -n 1 >> "$work/executions"
done
sort -n -o "$work/executions" "$work/executions"
median="$(sed -n "$(((runs + 1) / 2))p" "$work/executions")"

rm -rf "$work/found"
campaign 1 --as-found --panics "$panics" --seconds 3600
is_the_read
crashes="$(grep -E 'from a crash to' "$work/log")"
lost="$(sed -n 's/.* \([0-9]*\) inputs lost$/\1/p' "$work/log")"

"$here/module.sh" "$BOOTGATE_KERNEL" checked "$driver/sensor.ko"
rm -rf "$work/found"
config="$work/small.toml" campaign 0 --seconds "$seconds"
rate="$(sed -n 's/.* s, \([0-9]*\) a second.*/\1/p' "$work/log")"

echo "| | measured |"
echo "| --- | --- |"
echo "| executions until the read is reported, median of $runs | $median ($(tr '\n' ' ' < "$work/executions" | sed 's/ $//; s/ /, /g')) |"
echo "| executions a second, \`checked\` build, from small seeds, $seconds s | $rate |"
echo "| ${crashes%%:*}, over $panics crashes | ${crashes#*: } |"
echo "| inputs lost over $panics crashes | $lost |"
