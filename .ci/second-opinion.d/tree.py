"""The tree of an object of generated Python code, in the form that `bootgate dump` writes.

Nodes are those of the dump, without places, and with four marks of our own: "raised" (reading it failed with this
exception; what was read before is there), "fault" (the generated code is to blame for that, and how), kind "unreached"
(Python had given up before it), and "ref" on an object that a value instance names (it is shown where it was read) or
that is inside itself.
"""
import sys
import traceback
from collections import Counter
from enum import IntEnum
from io import BytesIO

from kaitaistruct import KaitaiStream, KaitaiStruct, ValidationFailedError

import excuses

MAX_NODES = 300_000
# What Python's runtime was spared since this was last emptied.
spared = Counter()


class TooLarge(Exception):
    """A tree with more than MAX_NODES nodes."""


def instrument(modules):
    """Makes every object of these modules remember how its reading ended, and where in its stream."""
    pending = [value for module in modules for value in vars(module).values()]
    while pending:
        cls = pending.pop()
        if not isinstance(cls, type) or not issubclass(cls, KaitaiStruct) or cls is KaitaiStruct:
            continue
        if "_peer_done" in vars(cls):
            continue
        cls._peer_done = True
        pending.extend(value for value in vars(cls).values() if isinstance(value, type))
        if "_read" in vars(cls):
            cls._read = remembering(cls._read)


def rotating(rotate):
    def wrapped(data, amount, group_size):
        if not 0 <= amount <= 8:
            spared[excuses.ROTATED] += 1
        return rotate(data, amount % 8, group_size)
    return staticmethod(wrapped)


KaitaiStream.process_rotate_left = rotating(KaitaiStream.process_rotate_left)


def remembering(read):
    def wrapped(self):
        self._peer_failure = None
        self._peer_start = self._io._io.tell()
        try:
            read(self)
        except Exception as error:
            self._peer_failure = error
            raise
        finally:
            io = self._io
            self._peer_end = (io._io.tell(), io.bits, io.bits_left)
    return wrapped


def load(cls, data):
    """The object that the class makes of the bytes; a failure is kept in it, not raised."""
    instrument([sys.modules[cls.__module__]])
    root = cls(KaitaiStream(BytesIO(data)))
    try:
        root._read()
    except (RecursionError, MemoryError, ImportError):
        raise
    except Exception:
        pass
    return root


def read(cls, data):
    """The tree of what the class makes of the bytes."""
    return Tree().node(None, load(cls, data))


class Tree:
    def __init__(self):
        self.nodes = 0
        self.above = []

    def node(self, name, value, refs=False):
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLarge(f"more than {MAX_NODES} nodes")
        node = {"id": name}
        if value is None:
            node["kind"] = "absent"
        elif isinstance(value, bool):
            node.update(kind="bool", value=value)
        elif isinstance(value, IntEnum):
            node.update(kind="enum", value=int(value), member=value.name)
        elif isinstance(value, int):
            node.update(kind="int", value=value)
        elif isinstance(value, float):
            node.update(kind="float", value=value)
        elif isinstance(value, str):
            node.update(kind="str", value=value)
        elif isinstance(value, (bytes, bytearray)):
            node.update(kind="bytes", value=bytes(value).hex())
        elif isinstance(value, list):
            node.update(kind="list", items=[self.node(None, item, refs) for item in value])
        elif isinstance(value, KaitaiStruct):
            node.update(kind="object", type=type(value).__name__)
            place = (type(value), id(value._io), getattr(value, "_peer_start", None))
            # An object that is read again inside itself would be read again for ever.
            if refs or place in self.above:
                node["ref"] = True
            else:
                self.above.append(place)
                node["fields"] = list(self.seq(value)) + list(self.instances(value))
                self.above.pop()
        elif isinstance(value, KaitaiStream):
            node["kind"] = "stream"
        else:
            raise TypeError(f"{name}: a value of the Python type {type(value).__name__}")
        return node

    def seq(self, obj):
        names = type(obj).SEQ_FIELDS
        failure = getattr(obj, "_peer_failure", None)
        started = [index for index, name in enumerate(names) if "start" in obj._debug.get(name, {})]
        last = started[-1] if started else -1
        for index, name in enumerate(names):
            here = vars(obj).get(name)
            if failure is None or index < last:
                yield self.node(name, here)
            elif index > last:
                yield {"id": name, "kind": "unreached"}
            elif isinstance(failure, ValidationFailedError) or "end" not in obj._debug[name]:
                yield self.raised(name, here, failure)
            else:
                yield self.node(name, here)

    def raised(self, name, value, error):
        node = {"id": name, "kind": "unknown"} if value is None else self.node(name, value)
        node["raised"] = type(error).__name__
        node["validation"] = isinstance(error, ValidationFailedError)
        if isinstance(error, IndexError) and "self._raw_" in traceback.extract_tb(error.__traceback__)[-1].line:
            node["fault"] = excuses.RAW_INDEX
        last = node["items"][-1] if node.get("items") else None
        if node["validation"] and last and last["kind"] != "object":
            last.update(raised=node["raised"], validation=True)
        return node

    def instances(self, obj):
        for name, member in vars(type(obj)).items():
            if not isinstance(member, property):
                continue
            if getattr(obj, "_peer_failure", None) is None:
                yield self.instance(obj, name)
            else:
                yield {"id": name, "kind": "unreached"}

    def instance(self, obj, name):
        memo = f"_m_{name}"
        self.rewind(obj)
        try:
            value = getattr(obj, name)
        except (RecursionError, MemoryError, ImportError):
            raise
        except Exception as error:
            # What is half read would be taken for the value when it is asked for again.
            return self.raised(name, vars(obj).pop(memo, None), error)
        # Only what is read from the stream has a place.
        return self.node(name, value, refs=memo not in obj._debug)

    def rewind(self, obj):
        if hasattr(obj, "_peer_end"):
            pos, bits, left = obj._peer_end
            obj._io.seek(pos)
            obj._io.bits, obj._io.bits_left = bits, left
