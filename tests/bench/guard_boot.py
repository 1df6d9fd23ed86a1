#!/usr/bin/env python3
"""What `guard boot` costs: 100 channel files of 64 KiB, gated by a frozen plan, from start to end of the program.

    tests/bench/guard_boot.py BOOTGATE BOOTGATE-GUARD [RUNS]

Each run is a boot of its own, which the one before ended cleanly, so each writes the record. CPU time is user and system time
of the process. Cold: what is cached of the store, the plan and the program is dropped before each run. New plan: the boot
is the first one with this plan, so that the gate walks every byte (some ten runs).
"""
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import time
import zlib

FILES, SIZE = 100, 64 << 10
ROOT = pathlib.Path(__file__).resolve().parents[2]


def channel(number: int) -> bytes:
    """A channel file of just SIZE bytes: instances with wildcards, ranges and exact texts, and their texts."""
    dice = random.Random(number)
    instances, count, used = bytearray(), 0, 0
    while len(instances) < SIZE * 3 // 4:
        criteria = bytearray()
        for field in range(20):
            kind = dice.choice([0, 0, 1, 2, 3])
            if kind == 3:
                operand = struct.pack("<QQ", dice.randrange(1 << 32), 1 << 40)
            elif kind == 0:
                operand = b""
            else:
                operand, used = struct.pack("<II", used, 8), used + 8
            criteria += struct.pack("<HBB", field, kind, len(operand)) + operand
        instances += struct.pack("<IHHH", count, 0, 0, 20) + criteria
        count += 1
    start = 28 + 2 * 16
    texts = bytes(dice.choice(b"abcdefgh") for _ in range(SIZE - start - len(instances)))
    assert used <= len(texts)
    head = struct.pack("<4sHHIHHQI", b"BGCF", 1, 2, number, 0, 1, 1, 0)
    table = struct.pack("<HHIII", 1, 0, count, start, len(instances))
    table += struct.pack("<HHIII", 2, 0, 0, start + len(instances), len(texts))
    whole = bytearray(head + table + instances + texts)
    whole[24:28] = struct.pack("<I", zlib.crc32(whole))
    return bytes(whole)


def main() -> None:
    bootgate, guard = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        base = pathlib.Path(folder)
        store, files, plan = base / "store", [], base / "channel.plan"
        store.mkdir(mode=0o755)
        for number in range(FILES):
            path = base / f"channel-{number:03}"
            path.write_bytes(channel(number))
            files.append(str(path))
        schema = str(ROOT / "schemas/channel/channel_file.ksy")

        def call(*words: str) -> None:
            done = subprocess.run(words, capture_output=True, text=True)
            assert done.returncode == 0, (words[:3], done.stdout[-2000:], done.stderr)

        common = ["--store", str(store), "--set", "bench", "--kernel-log", "none"]
        call(bootgate, "compile", "--schema", schema, "--emit", "plan", "--output", str(plan))
        call(bootgate, "guard", "stage", *common, "--schema", schema, *files)
        digest = next((store / "bench/copies").iterdir()).name[:12]
        call(guard, "activate", digest, *common, "--plan", str(plan), "--boot-id", "0", "--uptime", "1")
        call(guard, "commit", *common, "--events", "1", "--boot-id", "0", "--uptime", "9999")

        def drop() -> None:
            os.sync()
            for path in [plan, pathlib.Path(guard), *store.rglob("*")]:
                if path.is_file():
                    handle = os.open(path, os.O_RDONLY)
                    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                    os.close(handle)

        turn = 0

        passed = next((store / "bench/copies").iterdir()) / "passed"

        def boot(cold: bool, new: bool) -> tuple[float, float]:
            nonlocal turn
            call(guard, "shutdown", *common, "--boot-id", str(turn))
            turn += 1
            words = [guard, "boot", *common, "--plan", str(plan), "--boot-id", str(turn), "--uptime", "1"]
            if new:
                passed.unlink()
            if cold:
                drop()
            begin = time.monotonic()
            child = subprocess.Popen(words, stdout=subprocess.PIPE)
            told = child.stdout.read().decode()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = status
            wall = time.monotonic() - begin
            assert status == 0 and "(good) is what the consumer loads" in told and "cannot" not in told, told
            return (usage.ru_utime + usage.ru_stime) * 1000, wall * 1000

        print(f"{FILES} files of {SIZE >> 10} KiB, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        boot(False, False)
        for name, cold, new, count in (
            ("warm", False, False, runs), ("cold", True, False, runs), ("new plan", False, True, max(1, runs // 10))
        ):
            measured = [boot(cold, new) for _ in range(count)]
            for what, column in (("CPU", 0), ("wall", 1)):
                sample = sorted(run[column] for run in measured)
                at = lambda part: sample[min(len(sample) - 1, int(len(sample) * part))]
                print(f"{name} ({count} runs) {what}: min {sample[0]:.1f} ms, p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms")


if __name__ == "__main__":
    main()
