"""What the two parts share: asking bootgate, running the compiler, counting."""
import json
import os
import pathlib
import shutil
import subprocess
from collections import Counter

import excuses

HERE = pathlib.Path(__file__).parent
SHOWN = int(os.environ.get("SECOND_OPINION_SHOWN", "60"))


class NoTree(Exception):
    """bootgate gave no tree; the text is what it said."""


def dump(schema, data, import_path=(), timeout=60):
    """The root of the tree that `bootgate dump` writes for a file."""
    command = [os.environ["BOOTGATE"], "dump", "--format", "json", "--schema", str(schema)]
    for folder in import_path:
        command += ["-I", str(folder)]
    try:
        done = subprocess.run([*command, str(data)], capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise NoTree(f"no end after {timeout} s") from None
    try:
        return json.loads(done.stdout)["root"]
    except (ValueError, KeyError, TypeError):
        said = (done.stderr + done.stdout).decode(errors="replace").strip()
        raise NoTree(f"exit {done.returncode}: {said}") from None


def compile_python(folder, import_path, schemas):
    """Compiles schemas to Python; returns {schema: why it could not be}."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = subprocess.run(
        ["node", HERE / "compile.js", folder, ":".join(map(str, import_path)), *schemas],
        stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def sorted_out(differences, **known):
    """The texts of those that have no reason, and how often each reason was one."""
    found, excused = [], Counter()
    for each in differences:
        reason = excuses.reason(each.python, each.ours, **known)
        if reason:
            excused[reason] += 1
        else:
            found.append(each.text)
    return found, excused


class Tally:
    """Passed, failed, skipped (each with its reason), and what is let pass, by reason."""

    def __init__(self, title):
        self.title = title
        self.passed = 0
        self.partly = 0
        self.failed = 0
        self.skipped = []
        self.excused = Counter()
        self.lines = 0

    def say(self, text):
        self.lines += 1
        if self.lines <= SHOWN:
            print(text)
        elif self.lines == SHOWN + 1:
            print("  … and more")

    def fail(self, *lines):
        self.failed += 1
        for line in lines:
            self.say(f"  {line}")

    def skip(self, what, why):
        self.skipped.append((why, what))

    def sort(self, what, found, excused):
        """Counts one comparison: the differences that have no reason, and how many times each reason let one pass."""
        self.excused.update(excused)
        if found:
            self.fail(what, *(f"  {text}" for text in found[:4]))
        elif excused:
            self.partly += 1
        else:
            self.passed += 1

    def close(self):
        """Prints the totals; returns the exit code."""
        for reason, count in sorted(self.excused.items()):
            print(f"  let pass: {count}: {reason}")
        by_reason = {}
        for why, what in self.skipped:
            by_reason.setdefault(why, []).append(what)
        for why, whats in sorted(by_reason.items()):
            names = ", ".join(whats[:4]) + (", …" if len(whats) > 4 else "")
            print(f"  skipped: {len(whats)}: {why} ({names})")
        partly = f"{self.partly} passed but for what is let pass, " if self.partly else ""
        print(f"{self.title}: {self.passed} passed, {partly}{self.failed} failed, {len(self.skipped)} skipped")
        return 1 if self.failed else 0
