# The guest whose content is guarded: its programs, its content, and the disk with its store; not run by itself.
# shellcheck shell=bash

repository="$(cd "$here/../.." && pwd)"
corpus="$repository/corpus/channel"

# Unpacks the package into the guest's root, and sets `bootgate` to the program in it.
world_programs() {
  local package="${BOOTGATE_PACKAGE:-}"
  needs dpkg-deb dpkg
  if [ -z "$package" ]; then
    package="$("$repository/.ci/deb")" || cannot "the package could not be built; BOOTGATE_PACKAGE=FILE.deb names one"
  fi
  dpkg-deb -x "$package" "$work/package" || cannot "$package is no package"
  bootgate="$work/package/usr/bin/bootgate"
  [ -x "$bootgate" ] && [ -x "$work/package/usr/sbin/bootgate-guard" ] || cannot "$package is no package of bootgate"
  gcc -static -O2 -Wall -Wextra -Werror -o "$work/init" "$here/guarded.c" ||
    cannot "the guest's first program could not be built (Debian: apt-get install gcc libc6-dev)"
}

# A contract whose builds supply what they do (20), or what somebody believed (21); and the plan of the build of July 2024.
world_plan() { # NAME SUPPLY
  local folder="$work/$1"
  mkdir -p "$folder"
  cp -r "$repository/schemas/channel/." "$folder"
  sed -i "s/value = 20/value = $2/" "$folder"/builds/*.toml
  "$bootgate" compile --contract "$folder/sensor.contract.toml" --build '=7.15' --emit plan -o "$folder/sensor.plan" > /dev/null
}

# A content set with its verdict by a contract, and the digits that it is named by.
world_release() { # OUT CONTRACT SET
  mkdir -p "$1"
  cp "$corpus/$3"/{definitions,channel}.bin "$1"
  "$bootgate" check --contract "$2/sensor.contract.toml" --build '=7.15' --verdict "$1/verdict.json" \
    "definitions=$1/definitions.bin" "channel=$1/channel.bin" > /dev/null || [ "$?" -eq 1 ]
}

# Stores a release in a store that belongs to this host yet, and gives the digits that it is named by.
world_stage() { # STORE PLAN RELEASE
  local set
  set="$(world_guard stage "$1" --plan "$2" --verdict "$3/verdict.json" "definitions=$3/definitions.bin" "channel=$3/channel.bin" |
    sed -n 's/^sensor: \([0-9a-f]*\) passed the gate and was stored$/\1/p')"
  [ -n "$set" ] || cannot "the set in $3 could not be staged"
  echo "$set" > "$3/set"
  echo "$set"
}

world_guard() { # COMMAND STORE ARGUMENT...
  local command=$1 store=$2
  shift 2
  "$work/package/usr/sbin/bootgate-guard" "$command" --store "$store" --set sensor --kernel-log none "$@"
}

# A store in which a release proved itself, on a machine that was then shut down.
world_store() { # STORE PLAN RELEASE
  local set
  mkdir -p "$1"
  set="$(world_stage "$1" "$2" "$3")"
  world_guard activate "$1" "$set" --plan "$2" --boot-id first --uptime 20 > /dev/null
  world_guard commit "$1" --events 120 --boot-id first --uptime 900 > /dev/null
  world_guard shutdown "$1" --boot-id first > /dev/null
}

# The initramfs: the guard and the plan, the sensor, and a link by which the sensor's content is what the guard lets it see.
# The package is unpacked without the large program, which is for where content is made, and without its documentation.
world_initramfs() { # KERNEL SENSOR.ko PLAN OUT
  local root="$work/root"
  rm -rf "$root"
  mkdir -p "$root"/{dev,proc,sys,store,lib/firmware,modules,usr/sbin,etc/bootgate}
  cp "$work/package/usr/sbin/bootgate-guard" "$root/usr/sbin"
  cp "$work/init" "$root/init"
  cp "$2" "$root/sensor.ko"
  cp "$3" "$root/etc/bootgate/sensor.plan"
  cp "$here/status.event" "$root/event"
  ln -s /store/sensor/active "$root/lib/firmware/sensor"
  if [ -d "$1/modules" ]; then cp "$1/modules/"* "$root/modules"; fi
  if [ -d "$work/pool" ]; then cp -r "$work/pool" "$root/pool"; fi
  if [ -n "${seed:-}" ]; then echo "$seed" > "$root/storm"; fi
  initramfs "$root" "$4"
}

# A disk with a folder as its content.
world_disk() { # FOLDER OUT
  needs mke2fs e2fsprogs
  # Root's, and only root's to write to.
  chmod 755 "$1"
  rm -f "$2"
  mke2fs -q -t ext4 -d "$1" -E root_owner=0:0 "$2" 24M > /dev/null || cannot "the disk could not be made"
}

# What a machine is started with to have that disk. Whatever the guest was told is written, is in the file.
world_drive() { # KIND DISK
  local drive="file=$2,format=raw,cache=writethrough"
  case "$1" in
    x86) drive_arguments=(-drive "if=none,id=store,$drive" -device virtio-blk-device,drive=store) ;;
    *) drive_arguments=(-drive "if=virtio,$drive") ;;
  esac
}
