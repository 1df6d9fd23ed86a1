"""The comparison of a tree of Python's with one of `bootgate dump`."""
import math
import struct
from typing import NamedTuple

SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Difference(NamedTuple):
    """A place where two trees differ; the nodes are those that stand there, and None is none."""
    path: str
    python: dict
    ours: dict
    text: str


def differences(python, ours, path=""):
    """The places where a tree of Python's and one of ours differ."""
    return list(Comparison(ours).nodes(python, ours, path))


class Comparison:
    """Of one file; what our tree shows once, for several ways to it, is looked up where it is shown."""

    def __init__(self, root):
        self.shown = {}
        self.index(root)

    def index(self, ours):
        if ours is None or "elided" in ours:
            return
        children = ours.get("fields", ours.get("items", ()))
        if "fields" in ours or "items" in ours:
            self.shown.setdefault(identity(ours), []).append(ours)
        for child in children:
            self.index(child)

    def nodes(self, python, ours, path):
        kind = python["kind"]
        if kind == "unreached":
            return
        if ours is None:
            yield differ(path, python, ours)
        elif ours.get("elided") == "before" and kind == ours["kind"]:
            yield from self.elsewhere(python, ours, path)
        elif "raised" in python:
            yield from self.raised(python, ours, path)
        elif kind == "object" and ours["kind"] == "object":
            yield from self.objects(python, ours, path)
        elif kind == "list" and ours["kind"] == "list":
            yield from self.lists(python, ours, path)
        elif not same(python, ours):
            yield differ(path, python, ours)

    def elsewhere(self, python, ours, path):
        if python.get("ref"):
            return
        found = [list(self.nodes(python, each, path)) for each in self.shown.get(identity(ours), ())]
        if not found:
            yield differ(path, python, ours, "elided, and shown nowhere")
        else:
            yield from min(found, key=len)

    def raised(self, python, ours, path):
        # A value that fails its `valid` is still a value; what could not be read is not.
        if python["kind"] == "object" and ours["kind"] == "object":
            yield from self.objects(python, ours, path)
        elif python["kind"] == "list" and ours["kind"] == "list":
            for index, (theirs, item) in enumerate(zip(python["items"], ours["items"])):
                yield from self.nodes(theirs, item, f"{path}[{index}]")
        elif python["validation"]:
            if ours["kind"] != "unknown" and not same(python, ours):
                yield differ(path, python, ours)
            return
        if not python["validation"] and not has_unknown(ours) and not below(python):
            yield differ(path, python, ours)

    def objects(self, python, ours, path):
        if camel(ours.get("type") or "") != python["type"]:
            yield differ(path, python, ours)
        if python.get("ref"):
            return
        fields = ours.get("fields", [])
        named = {field["id"]: field for field in fields if field["id"] is not None}
        known = set()
        for index, theirs in enumerate(python["fields"]):
            name = theirs["id"]
            field = named.get(name)
            if field is None and name.startswith("_unnamed") and index < len(fields):
                field = fields[index]
            else:
                known.add(name)
            yield from self.nodes(theirs, field, f"{path}.{name}" if path else name)
        for name in sorted(named.keys() - known):
            yield differ(f"{path}.{name}" if path else name, {"kind": "no such field"}, named[name])

    def lists(self, python, ours, path):
        theirs, items = python["items"], ours["items"]
        for index, (one, other) in enumerate(zip(theirs, items)):
            yield from self.nodes(one, other, f"{path}[{index}]")
        if len(theirs) != len(items):
            yield differ(f"{path}[]", python, ours)


def differ(path, python, ours, mine=None):
    mine = mine or ("no such node" if ours is None else show(ours))
    return Difference(path, python, ours, f"{path or '(root)'}: Python: {show(python)}; ours: {mine}")


def identity(ours):
    """What a node shares with the one that stands for it elsewhere."""
    inside = ours.get("decoded")
    return ours["kind"], ours.get("type"), ours["range"] and ours["range"][0], inside and inside[0]


def below(python):
    """Whether what failed is a part that has been compared by itself."""
    if python["kind"] == "object":
        return any("raised" in field or below(field) for field in python.get("fields", ()))
    if python["kind"] == "list":
        return any("raised" in item or below(item) for item in python["items"])
    return False


def has_unknown(ours):
    if ours["kind"] == "unknown":
        return True
    return any(has_unknown(child) for child in ours.get("fields", ()) or ours.get("items", ()))


def same(python, ours):
    kinds = python["kind"], ours["kind"]
    if kinds in [("absent", "absent"), ("stream", "stream")]:
        return True
    if "value" not in python or "value" not in ours:
        return False
    theirs, value = python["value"], ours["value"]
    if kinds == ("enum", "enum"):
        return theirs == value and python["member"] == ours["member"]
    # Python keeps a number that no member of the enum has as a plain one.
    if kinds == ("int", "enum"):
        return theirs == value and ours["member"] is None
    # A whole number that stands where a fraction could (`cond ? 1 : 2.5`) stays whole in Python.
    if kinds in [("float", "float"), ("int", "float")]:
        return same_float(theirs, SPECIAL.get(value, value) if isinstance(value, str) else value)
    return kinds[0] == kinds[1] and type(theirs) is type(value) and theirs == value


def same_float(theirs, value):
    if isinstance(theirs, int):
        return theirs == value
    if math.isnan(theirs) or math.isnan(value):
        return math.isnan(theirs) and math.isnan(value)
    return struct.pack("<d", theirs) == struct.pack("<d", float(value))


def camel(name):
    return "".join(part[:1].upper() + part[1:] for part in name.split("::")[-1].split("_"))


def show(node):
    kind = node["kind"]
    if kind in ("object", "list"):
        children = node.get("fields", node.get("items", ()))
        text = f"{kind} {node.get('type') or ''} of {len(children)}".replace("  ", " ")
    elif "value" in node:
        text = f"{kind} {node['value']!r}"
        if kind == "enum":
            text += f" ({node['member']})"
    else:
        text = kind + (f", since {node['cause']}" if "cause" in node else "")
    if node.get("raised"):
        text += f" ({node['raised']} raised)"
    return text if len(text) <= 200 else text[:200] + "…"
