#!/bin/sh
# The story of July 2024, with a consumer in C: what bootgate says at each step.
#
# `tests/july/story.sh`; it needs `bootgate` on PATH and a C compiler, works in a temporary copy and changes nothing.
# It fails when a step does not end as it should.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root"/schemas/channel/*.ksy "$root"/schemas/channel/sensor.* "$root"/tests/july/sensor.c "$work"
cp -r "$root"/corpus/channel/invalid/july-2024 "$work"/july-2024
cd "$work"

say() { printf '\n# %s\n' "$*"; }
run() { # EXIT COMMAND…
  expected=$1
  shift
  printf '$ %s\n' "$*"
  status=0
  "$@" || status=$?
  [ "$status" -eq "$expected" ] || { printf 'exit %s, and not %s\n' "$status" "$expected" >&2; exit 1; }
}

say "The consumer states at its call sites what it fills in, and its compiler checks that"
run 0 bootgate contract header -o bootgate_supply.h
run 0 cc -g -o sensor-7.15 sensor.c
run 0 bootgate contract extract sensor-7.15 --contract sensor.contract.toml --version 7.15 --state fielded

say "The file of July, for that build: refused"
run 1 bootgate check --contract sensor.contract.toml july-2024

say "Months earlier, when 7.15 was built with its definitions: refused"
run 1 bootgate contract verify sensor-7.15 --contract sensor.contract.toml --content definitions=july-2024/definitions.bin

say "Built again, with 21 inputs"
run 0 cc -g -DINPUTS=21 -o sensor-8.0 sensor.c
run 0 bootgate contract extract sensor-8.0 --contract sensor.contract.toml --version 8.0 --state fielded
run 0 bootgate contract verify sensor-8.0 --contract sensor.contract.toml --content definitions=july-2024/definitions.bin
run 0 bootgate check --contract sensor.contract.toml --build 8.0 july-2024

say "With both in the field: refused, for 7.15"
run 1 bootgate check --contract sensor.contract.toml july-2024

say "Which build can take it"
run 0 bootgate contract matrix --contract sensor.contract.toml july-2024
