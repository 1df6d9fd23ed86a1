#!/usr/bin/env bash
# Follows guide.md to the letter, in a new folder: writes its files, and runs its commands, in their order.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/common.sh"
[ "$#" -eq 0 ] || { echo "usage: fuzz/kernel/guide.sh      BOOTGATE=FILE is the program to use" >&2; exit 2; }
needs awk mawk
BOOTGATE_SOURCE="$(cd "$here/../.." && pwd)"
export BOOTGATE_SOURCE
workplace

mkdir "$work/bin" "$work/guide"
bootgate_program
ln -s "$(realpath "$BOOTGATE")" "$work/bin/bootgate"

# Blocks of commands become a script; blocks with the name of a file behind the language, that file.
cd "$work/guide"
awk -v script="$work/script" '
  /^```/ && out { close(out); out = ""; next }
  /^```sh$/ { out = script; next }
  /^```[a-z]+ [^ ]+$/ { out = $2; next }
  /^```/ { out = "/dev/null"; next }
  out { print >> out }
' "$here/guide.md"
PATH="$work/bin:$PATH" bash -euxo pipefail "$work/script"
