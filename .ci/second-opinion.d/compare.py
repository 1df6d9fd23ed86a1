"""The comparison of a tree of Python's with one of `bootgate dump`."""
import math
import struct

SPECIAL = {"NaN": math.nan, "inf": math.inf, "-inf": -math.inf}


def differences(python, ours, path=""):
    """Yields (path, what Python has, what we have) for each place where the two trees differ."""
    kind = python["kind"]
    if kind == "unreached":
        return
    if ours is None:
        yield path, show(python), "no such node"
        return
    if "raised" in python:
        yield from raised(python, ours, path)
        return
    if kind == "object" and ours["kind"] == "object":
        yield from objects(python, ours, path)
    elif kind == "list" and ours["kind"] == "list":
        yield from lists(python, ours, path)
    elif not same(python, ours):
        yield path, show(python), show(ours)


def raised(python, ours, path):
    # A value that fails its `valid` is still a value; what could not be read is not.
    if python["kind"] == "object" and ours["kind"] == "object":
        yield from objects(python, ours, path)
    elif python["kind"] == "list" and ours["kind"] == "list":
        for index, (theirs, item) in enumerate(zip(python["items"], ours["items"])):
            yield from differences(theirs, item, f"{path}[{index}]")
    elif python["validation"]:
        if ours["kind"] != "unknown" and not same(python, ours):
            yield path, show(python), show(ours)
        return
    if not python["validation"] and not has_unknown(ours) and not below(python):
        yield path, f"{python['raised']} raised", show(ours)


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


def objects(python, ours, path):
    if camel(ours.get("type") or "") != python["type"]:
        yield path, show(python), show(ours)
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
        yield from differences(theirs, field, f"{path}.{name}" if path else name)
    for name in named.keys() - known:
        yield f"{path}.{name}" if path else name, "no such field", show(named[name])


def lists(python, ours, path):
    theirs, items = python["items"], ours["items"]
    for index, (one, other) in enumerate(zip(theirs, items)):
        yield from differences(one, other, f"{path}[{index}]")
    if len(theirs) != len(items):
        yield f"{path}[]", f"{len(theirs)} items", f"{len(items)} items"


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
        text = kind
    if node.get("raised"):
        text += f" ({node['raised']} raised)"
    return text if len(text) <= 200 else text[:200] + "…"
