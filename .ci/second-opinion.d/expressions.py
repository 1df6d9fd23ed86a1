"""Random expressions: our values against Python's.

Usage: expressions.py FOLDER (for the schemas, files and generated code of each round; they stay there).
"""
import json
import os
import pathlib
import random
import re
import sys

import compare
import generate
import subject
import tally
import tree
import watch

PER_ROUND = 400
DEPTH = 5


class Round:
    """One schema of random expressions, and one file for it."""

    def __init__(self, folder, seed, total):
        self.folder, self.seed, self.total = folder, seed, total
        self.name = f"random_{seed}"
        chance = random.Random(seed)
        generator = generate.Generator(chance)
        self.texts = {}
        for number in range(PER_ROUND):
            name = f"e{number}"
            kind, self.texts[name] = generator.expression(chance.randrange(1, DEPTH + 1))
            if chance.random() < 0.2:
                generator.earlier.setdefault(kind, []).append(name)
        folder.mkdir(parents=True, exist_ok=True)
        self.schema, self.data = folder / f"{self.name}.ksy", folder / f"{self.name}.bin"
        self.data.write_bytes(subject.content(chance))

    def write(self):
        lines = [f"  {name}: {{value: {json.dumps(text, ensure_ascii=False)}}}\n" for name, text in self.texts.items()]
        self.schema.write_text(subject.HEAD.format(id=self.name) + "".join(lines))

    def needs(self, name):
        """The instances that an instance evaluates, itself among them."""
        found, pending = set(), [name]
        while pending:
            each = pending.pop()
            if each not in found:
                found.add(each)
                pending += re.findall(r"\be\d+\b", re.sub(r"'[^']*'", "", self.texts.get(each, "")))
        return found

    def drop(self, names):
        """Takes out instances, and those that need them; returns what went, as {name: text}."""
        gone = {name: text for name, text in self.texts.items() if names & self.needs(name)}
        self.texts = {name: text for name, text in self.texts.items() if name not in gone}
        return gone

    def compiled(self):
        """Drops what the compiler refuses; returns the module."""
        while True:
            self.write()
            refused = tally.compile_python(self.folder / self.name, [], [str(self.schema)])
            if not refused:
                return watch.load(self.name, self.folder / self.name / f"{self.name}.py")
            [why] = refused.values()
            names = set(re.findall(r"/instances/(e\d+)", why))
            if not names:
                raise RuntimeError(f"seed {self.seed}: the compiler does not take {self.schema}: {why}")
            first = re.sub(r".*error: ", "", why.strip().split("\n")[1])
            for name in self.drop(names):
                self.total.skip(f"seed {self.seed} {name}", "refused by the compiler, e.g. " + first[:60])

    def python_values(self):
        """{name: (node, whether it comes from an integer of more than 128 bits)}."""
        module, notes = self.compiled()
        [cls] = [value for value in vars(module).values() if hasattr(value, "SEQ_FIELDS")]
        sys.modules[self.name] = module
        root = tree.load(cls, self.data.read_bytes())
        if root._peer_failure:
            raise root._peer_failure
        found, noted = {}, {}
        for name in self.texts:
            notes.overflows = False
            found[name] = tree.Tree().instance(root, name)
            noted[name] = notes.overflows
        return {name: (node, any(noted[each] for each in self.needs(name))) for name, node in found.items()}

    def our_values(self):
        """{name: node}; what we refuse though the compiler takes it fails."""
        while True:
            self.write()
            try:
                root = tally.dump(self.schema, self.data)
                return {field["id"]: field for field in root["fields"]}
            except tally.NoTree as error:
                names = set(re.findall(r"\b(e\d+)\b", str(error))) & self.texts.keys()
                if not names:
                    self.total.fail(f"seed {self.seed}: {self.schema}: no tree: {str(error)[:2000]}")
                    return {}
                self.total.say(f"  seed {self.seed}: refused: {str(error)[:1500]}")
                for name in names:
                    self.total.fail(f"seed {self.seed} {name}: refused by us: {self.texts[name]}")
                for name in self.drop(names).keys() - names:
                    self.total.skip(f"seed {self.seed} {name}", "it names an instance that we refuse")

    def run(self):
        python = self.python_values()
        ours = self.our_values()
        for name, text in self.texts.items():
            if not ours:
                break
            node, overflows = python[name]
            differences = compare.differences(node, ours.get(name), name)
            found, excused = tally.sorted_out(differences, overflows=overflows)
            self.total.sort(f"seed {self.seed} {name}: {text}", found, excused)


def main(folder):
    total = tally.Tally("random expressions")
    first = int(os.environ.get("SECOND_OPINION_SEED", "1"))
    rounds = int(os.environ.get("SECOND_OPINION_ROUNDS", "6"))
    for seed in range(first, first + rounds):
        Round(folder, seed, total).run()
    if total.failed:
        print(f"  schemas and files: {folder}/random_SEED.ksy and .bin; again with SECOND_OPINION_SEED=SEED")
    return total.close()


if __name__ == "__main__":
    sys.setrecursionlimit(5000)
    sys.exit(main(pathlib.Path(sys.argv[1])))
