#!/usr/bin/env bash
# How many executions until the legacy driver reads behind its inputs? See README.md.
set -euo pipefail
driver="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$driver/../.." && pwd)"

usage() {
  cat >&2 << 'END'
usage: fuzz/driver/engines.sh SECONDS RUNS [libfuzzer|afl]...

Fuzzes the legacy driver from seeds with a wildcard in the 21st field, RUNS times for at most SECONDS with each
engine, and prints a table. Each run has a seed of its own: the same numbers each time, but for what depends on time.

  MUTATOR=FILE.so   a mutator library, which exports both engines' symbols: a second row for each engine
  ALONE=no          with MUTATOR: no rows of engines on their own
  SEEDS=FOLDER      other seeds than fuzz/seeds/wildcard
  BUILD=NAME        another build than legacy (see the Makefile)

The mutator goes by the schema of cases alone, unless BOOTGATE_SCHEMA and the like say otherwise.
END
  exit 2
}

number() { case "$1" in '' | *[!0-9]* | 0*) usage ;; esac; }
[ "$#" -ge 2 ] || usage
number "$1"
number "$2"
seconds=$1 runs=$2
shift 2
engines=("$@")
[ "${#engines[@]}" -gt 0 ] || engines=(libfuzzer afl)
for engine in "${engines[@]}"; do
  case "$engine" in libfuzzer | afl) ;; *) usage ;; esac
done
build="${BUILD:-legacy}"
library="${MUTATOR:-}"
if [ -n "$library" ]; then
  [ -f "$library" ] || { echo "MUTATOR=$library: there is no such file" >&2; exit 2; }
  library="$(cd "$(dirname "$library")" && pwd)/$(basename "$library")"
  export BOOTGATE_SCHEMA="${BOOTGATE_SCHEMA:-$driver/case.ksy}" BOOTGATE_IMPORTS="${BOOTGATE_IMPORTS:-$root/schemas}"
fi
case "${ALONE:-yes}" in
  yes) mutators=("" ${library:+"$library"}) ;;
  no) mutators=("$library") ;;
  *) usage ;;
esac
# What a run goes by.
mutator=

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

seeds="${SEEDS:-$root/fuzz/seeds/wildcard}"
[ -n "$(ls -A "$seeds" 2> /dev/null)" ] || { echo "SEEDS=$seeds: there are no seeds" >&2; exit 2; }

# What a read behind the inputs looks like; anything else that is found is another bug.
is_the_read() { grep -q 'heap-buffer-overflow' "$1" && grep -q '#0 .* in instance_matches' "$1"; }

make_driver() { # ENGINE OUT [ARGUMENT]...
  local engine=$1 out=$2
  shift 2
  make -C "$driver" --no-print-directory ENGINE="$engine" OUT="$out" "$@" "$build" > "$work/log" 2>&1 ||
    { cat "$work/log" >&2; exit 2; }
}

# Each prints `found N` or `ended N`, N being executions.
run_libfuzzer() { # SEED
  local corpus="$work/corpus" log="$work/log" executions
  rm -rf "$corpus" && cp -r "$seeds" "$corpus"
  "$work/libfuzzer/$build" -seed="$1" -max_total_time="$seconds" -print_final_stats=1 \
    ${mutator:+-mutate_depth=1} -artifact_prefix="$work/" "$corpus" > "$log" 2>&1 < /dev/null || true
  executions="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)"
  [ -n "$executions" ] || { cat "$log" >&2; exit 2; }
  if [ -n "$mutator" ] && ! grep -q 'found LLVMFuzzerCustomMutator' "$log"; then
    echo "libFuzzer did not take the mutator of $mutator" >&2
    exit 2
  fi
  if is_the_read "$log"; then
    echo "found $executions"
  elif grep -q 'ERROR: ' "$log"; then
    cat "$log" >&2
    exit 1
  else
    echo "ended $executions"
  fi
}

run_afl() { # SEED
  local out="$work/afl-out" log="$work/log" crash executions
  rm -rf "$out"
  env AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
    AFL_BENCH_UNTIL_CRASH=1 ${mutator:+AFL_CUSTOM_MUTATOR_LIBRARY="$mutator" AFL_CUSTOM_MUTATOR_ONLY=1 AFL_DISABLE_TRIM=1} \
    afl-fuzz -s "$1" -V "$seconds" -m none -i "$seeds" -o "$out" -- "$work/afl/$build" > "$log" 2>&1 < /dev/null || true
  [ -f "$out/default/fuzzer_stats" ] || { cat "$log" >&2; exit 2; }
  crash="$(find "$out/default/crashes" -name 'id:*' | sort | head -n 1)"
  if [ -z "$crash" ]; then
    executions="$(sed -n 's/^execs_done *: *//p' "$out/default/fuzzer_stats")"
    echo "ended $executions"
    return
  fi
  ASAN_OPTIONS=abort_on_error=0 "$work/standalone/$build" "$crash" > "$log" 2>&1 < /dev/null || true
  is_the_read "$log" || { cat "$log" >&2; exit 1; }
  executions="${crash##*,execs:}"
  echo "found ${executions%%,*}"
}

prepare() { # ENGINE
  case "$1" in
    libfuzzer)
      echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -fsanitize=fuzzer,address -x c - -o "$work/probe" > /dev/null 2>&1 ||
        { echo "there is no clang with libFuzzer (Debian: clang libclang-rt-14-dev)"; return 1; }
      make_driver libfuzzer "$work/libfuzzer" \
        ${mutator:+LDFLAGS="-Wl,--no-as-needed $mutator -Wl,-rpath,$(dirname "$mutator")"} ;;
    afl)
      { command -v afl-fuzz && command -v afl-clang-fast; } > /dev/null ||
        { echo "there is no afl-fuzz with afl-clang-fast (Debian: afl++)"; return 1; }
      make_driver afl "$work/afl"
      make_driver standalone "$work/standalone" ;;
  esac
}

words() { # KIND EXECUTIONS
  if [ "$1" = found ]; then echo "$2"; else echo "> $2"; fi
}

row() { # ENGINE
  local results="$work/results" name=none run found median least most
  [ -z "$mutator" ] || name="$(basename "$mutator")"
  : > "$results"
  for run in $(seq "$runs"); do
    [ ! -t 2 ] || echo -ne "\r$1: run $run of $runs " >&2
    "run_$1" "$run" >> "$results"
  done
  [ ! -t 2 ] || echo -ne "\r\033[K" >&2
  # What did not find it is worse than all that did.
  sort -k1,1r -k2,2n -o "$results" "$results"
  found="$(grep -c '^found' "$results" || true)"
  read -r -a median <<< "$(sed -n "$(((runs + 1) / 2))p" "$results")"
  read -r -a least <<< "$(sed -n 1p "$results")"
  read -r -a most <<< "$(sed -n '$p' "$results")"
  echo "| $1 | $name | $found of $runs | $(words "${median[@]}") | $(words "${least[@]}") | $(words "${most[@]}") |"
}

echo "Build $build, at most $seconds s for a run, seeds: $(ls "$seeds" | wc -l)"
echo
echo "| engine | mutator | found | executions: median | least | most |"
echo "| --- | --- | --- | --- | --- | --- |"
not_run=()
for engine in "${engines[@]}"; do
  for mutator in "${mutators[@]}"; do
    status=0
    why="$(prepare "$engine")" || status=$?
    case "$status" in
      0) row "$engine" ;;
      1) not_run+=("not run: $engine because $why"); break ;;
      *) exit "$status" ;;
    esac
  done
done
[ "${#not_run[@]}" -eq 0 ] || printf '%s\n' "${not_run[@]}"
