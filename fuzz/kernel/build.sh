#!/usr/bin/env bash
# Kernels to run drivers in, from Debian's packages, without root. See README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=fuzz/kernel/common.sh
. "$here/common.sh"

usage() {
  cat >&2 << 'END'
usage: fuzz/kernel/build.sh [uml|x86|stock]...

Builds kernels, all three without arguments, and prints a line for each: its kind, and the folder that it is in.

  uml    User Mode Linux with KASAN and KCOV: a process, to fuzz in
  x86    the same for a virtual machine (QEMU microvm)
  stock  Debian's own for virtual machines (linux-image-cloud-*), as it is

What was built is kept in ~/.cache/bootgate/kernel, by version and configuration; BOOTGATE_KERNEL_CACHE=FOLDER is another
place. What is in such a folder: README.md.
END
  exit 2
}

kinds=("$@")
[ "${#kinds[@]}" -gt 0 ] || kinds=(uml x86 stock)
for kind in "${kinds[@]}"; do
  case "$kind" in uml | x86 | stock) ;; *) usage ;; esac
done

needs apt-get apt
needs apt-cache apt
needs dpkg-deb dpkg
[ "$(dpkg --print-architecture)" = amd64 ] || cannot "kernels are built on amd64 only"

work=
# What was begun is removed, whatever ends this.
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 2' INT TERM HUP

# The newest version that apt can fetch.
candidate() { # PACKAGE
  local version
  version="$(LC_ALL=C apt-cache policy "$1" | sed -n 's/^  Candidate: //p')"
  case "$version" in
    '' | '(none)') cannot "apt knows no package $1: run 'apt-get update' as root, or see whether this is Debian" ;;
  esac
  echo "$version"
}

# What a package of one version depends on, as PATTERN says: `name` or `name (= version)`, without alternatives.
dependency() { # PACKAGE VERSION PATTERN
  local name
  name="$(LC_ALL=C apt-cache show "$1=$2" | sed -n 's/^Depends: //p' | head -n 1 | tr ',' '\n' |
    sed 's/^ *//; s/ .*//' | grep -E "^$3\$" | head -n 1)" || true
  [ -n "$name" ] || cannot "the package $1 $2 depends on nothing like $3"
  echo "$name"
}

digest() { sha256sum | cut -c1-12; }

unpack() { # FOLDER PACKAGE VERSION
  say "fetching $2 $3"
  (cd "$work" && apt-get download -qq "$2=$3" > "$work/log" 2>&1) ||
    { cat "$work/log" >&2; cannot "the package $2 $3 could not be fetched: run 'apt-get update' as root"; }
  mkdir -p "$1"
  dpkg-deb -x "$work/$2"_*.deb "$1"
  rm "$work/$2"_*.deb
}

# Puts our function into the source of User Mode Linux, and takes out what only the one in its place needs.
save_stacks_quickly() { # FILE
  sed -i -e '/^static void save_addr(/,/^}/d' -e '/^static const struct stacktrace_ops dump_ops/,/^};/d' \
    -e "/^static void __save_stack_trace(/,/^}/{
      /^}/r $here/uml-stack.c
      d
    }" "$1" &&
    [ "$(grep -c '__save_stack_trace(struct task_struct' "$1")" -eq 1 ] && grep -q next_frame "$1" && ! grep -q dump_ops "$1"
}

# The source of all our kernels, without what none of them can use, and with what is changed in it.
source_of() { # PACKAGE VERSION
  local folder tar
  folder="$cache/source-$2-$(digest < "$here/uml-stack.c")"
  if [ ! -d "$folder" ]; then
    unpack "$work/source" "$1" "$2"
    tar="$(find "$work/source/usr/src" -name 'linux-source-*.tar.xz')"
    [ -f "$tar" ] || cannot "the package $1 $2 holds no archive"
    mkdir "$work/tree"
    tar xf "$tar" -C "$work/tree" --strip-components=1 --exclude='*/Documentation/*.rst' \
      --exclude='*/sound/*.[ch]' --exclude='*/drivers/'{gpu,net/*,media,staging,infiniband,scsi}'/*.[ch]'
    save_stacks_quickly "$work/tree/arch/um/kernel/stacktrace.c" || cannot "uml-stack.c does not fit the source $2"
    keep "$work/tree" "$folder"
    rm -r "$work/source"
  fi
  echo "$folder"
}

# Each option that a fragment asks for has to be there in the end: some depend on others, and vanish without a word.
survived() { # CONFIG FRAGMENT...
  local config=$1 line lost=()
  shift
  while read -r line; do
    grep -qxF "$line" "$config" || lost+=("${line%%=*}")
  done < <(cat "$@" | grep -E '^CONFIG_[A-Z0-9_]+=[^n]')
  [ "${#lost[@]}" -eq 0 ] || cannot "the kernel's configuration did not keep ${lost[*]}"
}

build_ours() { # KIND FINAL SOURCE
  local kind=$1 final=$2 source=$3 arch=x86_64 image=bzImage log="$work/log"
  local fragments=("$here/common.config" "$here/$kind.config")
  if [ "$kind" = uml ]; then arch=um image=linux; fi
  mkdir -p "$work/kernel/build"
  local make=(nice make -C "$source" "O=$work/kernel/build" "ARCH=$arch" "-j${BOOTGATE_KERNEL_JOBS:-$(nproc)}")
  say "configuring and building $kind: some minutes"
  {
    "${make[@]}" tinyconfig && cat "${fragments[@]}" >> "$work/kernel/build/.config" && "${make[@]}" olddefconfig
  } > "$log" 2>&1 || { tail -n 40 "$log" >&2; cannot "the kernel $kind could not be configured"; }
  survived "$work/kernel/build/.config" "${fragments[@]}"
  "${make[@]}" "$image" modules > "$log" 2>&1 || { grep -E -B 3 'error|\*\*\*' "$log" | head -n 40 >&2 || true; cannot "the kernel $kind could not be built"; }
  if [ "$kind" = uml ]; then image="$work/kernel/build/linux"; else image="$work/kernel/build/arch/x86/boot/bzImage"; fi
  cp "$image" "$work/kernel/kernel"
  cp "$work/kernel/build/.config" "$work/kernel/config"
  echo "$arch" > "$work/kernel/arch"
  # Modules need none of the kernel's objects; and the folder says where it is.
  find "$work/kernel/build" -path '*/scripts' -prune -o -path '*/tools' -prune -o \
    \( -name '*.o' -o -name '*.a' -o -name 'vmlinux*' -o -name linux -o -name '*Image*' \) -type f -print0 | xargs -0 rm -f
  sed -i "s|$work/kernel/build|$final/build|g" "$work/kernel/build/Makefile"
}

# Modules of the stock kernel that a disk in a virtual machine needs, each after those that it depends on.
disk_modules() { # FOLDER-OF-MODULES OUT
  local out=$2 name file depends
  local -A path=()
  while read -r file; do
    name="$(basename "${file%%.ko*}")"
    path[${name//-/_}]=$file
  done < <(find "$1" -name '*.ko*')
  : > "$out/order"
  add() {
    local name=${1//-/_}
    if [ -f "$out/$name.ko" ] || [ -z "${path[$name]:-}" ]; then return 0; fi
    case "${path[$name]}" in
      *.ko) cp "${path[$name]}" "$out/$name.ko" ;;
      *.ko.xz) xz -dc "${path[$name]}" > "$out/$name.ko" ;;
      *) cannot "the stock kernel's module ${path[$name]} is packed in a way that is not known" ;;
    esac
    depends="$(objcopy -O binary --only-section=.modinfo "$out/$name.ko" /dev/stdout | tr '\0' '\n' | sed -n 's/^depends=//p')"
    local needed
    for needed in ${depends//,/ }; do add "$needed"; done
    echo "$name.ko" >> "$out/order"
  }
  # A module that this kernel does not have is part of it.
  for name in crc32c_generic virtio_pci virtio_blk ext4; do add "$name"; done
}

build_stock() { # FINAL IMAGE VERSION
  local final=$1 image=$2 version=$3 abi=${2#linux-image-} tree="$work/kernel/tree" headers common kbuild compiler name
  headers="linux-headers-$abi"
  common="$(dependency "$headers" "$version" 'linux-headers-.*-common')"
  kbuild="$(dependency "$headers" "$version" 'linux-kbuild-.*')"
  mkdir -p "$work/kernel/modules"
  unpack "$work/image" "$image" "$version"
  cp "$work/image/boot/vmlinuz-$abi" "$work/kernel/kernel"
  cp "$work/image/boot/config-$abi" "$work/kernel/config"
  disk_modules "$work/image/lib/modules/$abi" "$work/kernel/modules"
  for name in "$headers" "$common" "$kbuild"; do unpack "$tree" "$name" "$version"; done
  # They name each other by the place that they are installed in.
  find "$tree/usr/src" -name Makefile -path '*/linux-headers-*/Makefile' -exec sed -i "s|/usr/src/|$final/tree/usr/src/|g" {} +
  ln -s "tree/usr/src/$headers" "$work/kernel/build"
  # Modules are built by the compiler that they name.
  compiler="$(sed -n 's/^CC = .*\(gcc-[0-9]*\)$/\1/p' "$tree/usr/src/$headers/.kernelvariables")"
  needs "${compiler:-gcc}" "${compiler:-gcc}"
  echo x86_64 > "$work/kernel/arch"
}

for kind in "${kinds[@]}"; do
  needs gcc gcc
  case "$kind" in
    stock)
      needs objcopy binutils
      needs xz xz-utils
      version="$(candidate linux-image-cloud-amd64)"
      package="$(dependency linux-image-cloud-amd64 "$version" 'linux-image-.*-cloud-amd64')"
      folder="$cache/stock-$version-$(echo "$package" | digest)" ;;
    *)
      needs make make
      needs flex flex
      needs bison bison
      needs m4 m4
      needs bc bc
      needs xz xz-utils
      needs_header libelf.h libelf-dev
      needs_header zlib.h zlib1g-dev
      version="$(candidate linux-source)"
      package="$(dependency linux-source "$version" 'linux-source-.*')"
      # Modules have to be built by the compiler that the kernel was built by.
      of=("$here/common.config" "$here/$kind.config")
      if [ "$kind" = uml ]; then of+=("$here/uml-stack.c"); fi
      folder="$cache/$kind-$version-$(cat "${of[@]}" <(gcc --version | head -n 1) | digest)" ;;
  esac
  if [ ! -d "$folder" ]; then
    mkdir -p "$cache"
    work="$(mktemp -d "$cache/.unfinished.XXXXXX")"
    case "$kind" in
      stock) build_stock "$folder" "$package" "$version" ;;
      *)
        source="$(source_of "$package" "$version")"
        build_ours "$kind" "$folder" "$source" ;;
    esac
    keep "$work/kernel" "$folder"
    rm -rf "$work"
    work=
  fi
  echo "$kind $folder"
done
