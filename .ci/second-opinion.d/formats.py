"""The shared formats: our values against Python's, for each format and file of a Kaitai suite.

Usage: formats.py FOLDER (for the generated code).
"""
import importlib
import inspect
import multiprocessing
import os
import pathlib
import random
import re
import resource
import signal
import sys
from concurrent.futures import ProcessPoolExecutor

import compare
import excuses
import tally
import tree

SECONDS = 10
MEMORY = 2 << 30
SUITE = pathlib.Path(os.environ.get("BOOTGATE_KAITAI", "../shared/kaitai"))


class Late(Exception):
    """Python needed more than SECONDS."""


def late(_signal, _frame):
    raise Late(f"Python needs more than {SECONDS} s")


def start(generated):
    sys.path.insert(0, str(generated))
    sys.setrecursionlimit(3000)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, late)


def import_path():
    return [SUITE / "formats" / "ks_path", SUITE / "gallery"]


def class_of(module_name):
    """The one class of a generated module that is at its top."""
    module = importlib.import_module(module_name)
    [cls] = [value for value in vars(module).values()
             if isinstance(value, type) and value.__module__ == module_name and hasattr(value, "SEQ_FIELDS")]
    return cls


def ask_python(name, data):
    """("tree", tree) or ("skip", why)."""
    signal.alarm(SECONDS)
    try:
        cls = class_of(name)
        for other in list(sys.modules.values()):
            if getattr(other, "__file__", None) and vars(other).get("KaitaiStruct") is tree.KaitaiStruct:
                tree.instrument([other])
        if [each for each in inspect.signature(cls).parameters if each not in ("_io", "_parent", "_root")]:
            return "skip", "its root type has parameters"
        return "tree", tree.read(cls, data.read_bytes())
    except ModuleNotFoundError as error:
        return "skip", f"Python has no module {error.name}"
    except (Late, tree.TooLarge) as error:
        return "skip", str(error)
    except (RecursionError, MemoryError, SyntaxError, NameError) as error:
        return "skip", f"Python gives up with {type(error).__name__}"
    finally:
        signal.alarm(0)


def one(job):
    name, data = job
    tree.spared.clear()
    schema = SUITE / "formats" / f"{name}.ksy"
    verdict, python = ask_python(name, data)
    if verdict == "skip":
        return job, "skip", python, {}
    try:
        ours = tally.dump(schema, data, import_path())
    except tally.NoTree as error:
        return job, "compared", [f"Python: {compare.show(python)}; ours: {error}".replace("\n", " | ")[:300]], {}
    casts = ".as<" in schema.read_text()
    found, excused = tally.sorted_out(compare.differences(python, ours), casts=casts)
    return job, "compared", found, excused + tree.spared


def send(job, pipe):
    pipe.send(one(job))


def apart(job):
    """`one` in a process of its own: where memory ends, Python may abort rather than raise MemoryError."""
    receive, pipe = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=send, args=(job, pipe))
    child.start()
    pipe.close()
    try:
        return receive.recv()
    except EOFError:
        child.join()
        if child.exitcode < 0:
            return job, "skip", f"Python ends with {signal.Signals(-child.exitcode).name}", {}
        return job, "compared", [f"the comparison itself ended with {child.exitcode}"], {}
    finally:
        child.join()


def own_data(name):
    """The file that the format's spec names, or the one with its name."""
    spec = SUITE / "spec" / f"{name}.kst"
    if spec.exists():
        named = re.search(r"^data:\s*(\S+)", spec.read_text(), re.MULTILINE)
        return SUITE / "src" / named[1] if named else None
    same_name = SUITE / "src" / f"{name}.bin"
    return same_name if same_name.exists() else None


def why_refused(said):
    if said.startswith("For input string"):
        return "it has a literal of 64 bits, which the compiler's JavaScript build does not take"
    return "the compiler does not take it: " + re.sub(r"\s+", " ", said)


def main(folder):
    formats = sorted(path.stem for path in (SUITE / "formats").glob("*.ksy"))
    if not formats:
        print(f"not run: the second opinion on shared formats because there is no suite at {SUITE}")
        return 0
    schemas = {str(SUITE / "formats" / f"{name}.ksy"): name for name in formats}
    refused = {schemas[path]: why for path, why in
               tally.compile_python(folder, import_path(), list(schemas)).items()}
    chance = random.Random(int(os.environ.get("SECOND_OPINION_SEED", "1")))
    files = sorted(path for path in (SUITE / "src").rglob("*") if path.is_file())
    others = int(os.environ.get("SECOND_OPINION_FILES", "4"))

    meant, foreign = tally.Tally("shared formats on their files"), tally.Tally("shared formats on other files")
    jobs = []
    for name in formats:
        own = own_data(name)
        if name in refused:
            meant.skip(name, why_refused(refused[name]))
            continue
        if own:
            jobs.append((name, own))
        else:
            meant.skip(name, "no spec here names its file")
        # What is not read as it is meant to be is at least read often.
        count = min(others if own else 3 * others, len(files))
        jobs += [(name, file) for file in chance.sample(files, count) if file != own]

    with ProcessPoolExecutor(initializer=start, initargs=(folder,)) as pool:
        for (name, file), verdict, what, excused in pool.map(apart, jobs, chunksize=4):
            part = meant if file == own_data(name) else foreign
            title = f"{name}.ksy on {file.name}"
            if verdict == "skip":
                part.skip(title if part is foreign else name, what)
            else:
                part.sort(title, what, excused)
    return meant.close() | foreign.close()


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
