# What the scripts of this folder share; not run by itself.
# shellcheck shell=bash

kernel_folder="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${BOOTGATE_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bootgate/kernel}"
case "$cache" in
  /*) ;;
  *) cache="$PWD/$cache" ;;
esac

say() { echo "$*" >&2; }

# Ends with the exit code of what could not be run.
cannot() {
  echo "$(basename "$0"): $*" >&2
  exit 2
}

needs() { # PROGRAM PACKAGE
  command -v "$1" > /dev/null || cannot "there is no $1 (Debian: apt-get install $2)"
}

needs_header() { # HEADER PACKAGE
  echo "#include <$1>" | gcc -E -x c - > /dev/null 2>&1 || cannot "there is no $1 (Debian: apt-get install $2)"
}

# Whether all of them are numbers from 1; if not, the script says how it is used.
numbers() { # NUMBER...
  local number
  for number; do
    case "$number" in '' | *[!0-9]* | 0*) usage ;; esac
  done
}

# Makes a folder that is there as long as the script runs, and names it in `work`. What else is left at the end is said by `leave`.
leave() { :; }
workplace() {
  work="$(mktemp -d)"
  trap 'leave; rm -rf "$work"' EXIT
  trap 'exit 2' INT TERM HUP
}

# The folder of a kernel, which is built if it is not there.
kernel_of() { # KIND
  "$kernel_folder/build.sh" "$1" | sed 's/^[a-z0-9]* //'
}

# Names `bootgate` in BOOTGATE, and builds it if nobody has named one.
bootgate_program() {
  local root="$kernel_folder/../.."
  if [ -z "${BOOTGATE:-}" ]; then
    needs cargo "see rustup.rs"
    (cd "$root" && cargo build --locked --release --quiet --bin bootgate)
    BOOTGATE="$(cd "$root" && cargo metadata --locked --no-deps --format-version 1 |
      sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/bootgate"
  fi
}

# Gives a finished folder its name; if somebody else was quicker, theirs is as good.
keep() { # FROM TO
  mv -T "$1" "$2" 2> /dev/null || { [ -d "$2" ] && rm -rf "$1"; } || cannot "$2 could not be written"
}
