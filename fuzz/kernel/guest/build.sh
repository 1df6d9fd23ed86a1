#!/usr/bin/env bash
# Builds the guest's first process, a static program, and says where it is. See ../README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/../common.sh"
manifest="$here/Cargo.toml"
[ "$#" -eq 0 ] || { echo "usage: fuzz/kernel/guest/build.sh" >&2; exit 2; }
needs cargo "see rustup.rs"
needs g++ g++
needs ar binutils

metadata() { cargo metadata --manifest-path "$manifest" --locked --format-version 1 --offline; }
cargo fetch --manifest-path "$manifest" --locked --quiet
source="$(metadata | grep -o '"manifest_path":"[^"]*/libfuzzer-sys-[^"]*/Cargo.toml"' | sed 's/.*:"\(.*\)\/Cargo.toml"/\1/')/libfuzzer"
target="$(metadata | grep -o '"target_directory":"[^"]*"' | sed 's/.*:"\(.*\)"/\1/')"
[ -f "$source/FuzzerMain.cpp" ] || cannot "there is no source of libFuzzer in $source"

# Without the interceptors of memcmp and its like: they look the real ones up by name, which a static program cannot.
build="$target/libfuzzer-static" archive="$target/libfuzzer-static/libfuzzer.a"
if [ ! -f "$archive" ] || [ "$(cat "$build/of" 2> /dev/null)" != "$source" ]; then
  rm -rf "$build"
  mkdir -p "$build"
  find "$source" -maxdepth 1 -name '*.cpp' ! -name FuzzerInterceptors.cpp -print0 |
    (cd "$build" && xargs -0 -n 4 -P "$(nproc)" g++ -c -O2 -std=c++17 -fno-omit-frame-pointer -w)
  ar crs "$archive" "$build"/*.o
  echo "$source" > "$build/of"
fi

triple="$(rustc -vV | sed -n 's/^host: //p')"
CUSTOM_LIBFUZZER_PATH="$archive" RUSTFLAGS="-C target-feature=+crt-static" \
  cargo build --manifest-path "$manifest" --locked --release --quiet --target "$triple"
echo "$target/$triple/release/bootgate-guest"
