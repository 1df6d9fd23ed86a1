#!/usr/bin/env bash
# The reference driver as a module of one of the kernels of build.sh. See README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/common.sh"

if [ "$#" -ne 3 ]; then
  echo "usage: fuzz/kernel/module.sh KERNEL BUILD OUT.ko      KERNEL: a folder that build.sh names; BUILD: legacy, checked, …" >&2
  exit 2
fi
kernel=$1 build=$2 out=$3
[ -f "$kernel/arch" ] || cannot "$kernel is no folder of a kernel (see fuzz/kernel/build.sh)"
needs make make

# Objects of several kernels cannot share a folder: each build has its own.
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/fuzz/driver" "$work/src/extract"
cp "$here"/../driver/{*.[ch],Kbuild,builds.mk} "$work/fuzz/driver"
cp "$here/../../src/extract/bootgate_supply.h" "$work/src/extract"
make -C "$kernel/build" M="$work/fuzz/driver" ARCH="$(cat "$kernel/arch")" BUILD="$build" W=1 KCFLAGS=-Werror modules > "$work/log" 2>&1 ||
  { cat "$work/log" >&2; cannot "the module $build could not be built for $kernel"; }
cp "$work/fuzz/driver/sensor.ko" "$out"
