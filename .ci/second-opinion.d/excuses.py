"""Differences that are let pass, each with its reason: rules of Python's, or faults of its generated code."""
import re

I128 = (-(1 << 127), (1 << 127) - 1)

OVERFLOW = "an integer needs more than 128 bits: Python's have no limit, ours are checked"
OUTSIDE = "a position outside the stream: Python goes there and finds out when it reads, and here it reads nothing"
ROTATED = "a rotation by 8 bits or more: Python's runtime shifts bits out, and was given the rest of a division by 8"
RAW_INDEX = "an index into `_raw_`: the generated code numbers substreams as if each element of a switch had one"
CAST = "a cast to a type that the object does not have: Python's code has no casts, and looks for what it names"
ENCODING = "an unknown encoding: Python raises when it decodes with it, we warn of the schema and read ASCII"


def reason(python, ours, overflows=False, casts=False):
    """Why two nodes may differ, or None.

    `overflows` tells that Python's value comes from one of more than 128 bits, `casts` that the schema has casts.
    """
    if python.get("fault"):
        return python["fault"]
    if ours is None:
        return None
    if python.get("raised") == "LookupError" and ours["kind"] == "str":
        return ENCODING
    if ours["kind"] != "unknown":
        return None
    cause = ours.get("cause", "")
    if re.fullmatch(r"an expression of .* overflows", cause) and (overflows or is_too_large(python)):
        return OVERFLOW
    if cause.endswith(" lies outside its stream") and is_nothing(python):
        return OUTSIDE
    if casts and cause.endswith(" needs a value of another type than is there"):
        return CAST
    return None


def is_too_large(python):
    return python["kind"] == "int" and not I128[0] <= python["value"] <= I128[1]


def is_nothing(python):
    """Whether reading the value takes no byte."""
    kind = python["kind"]
    return kind == "absent" or (kind == "list" and not python["items"]) or (
        kind in ("str", "bytes") and not python["value"])
