# What the scripts of this folder share; not run by itself.
# shellcheck shell=bash

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

# Gives a finished folder its name; if somebody else was quicker, theirs is as good.
keep() { # FROM TO
  mv -T "$1" "$2" 2> /dev/null || { [ -d "$2" ] && rm -rf "$1"; } || cannot "$2 could not be written"
}
