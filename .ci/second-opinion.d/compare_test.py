"""The comparison, on trees made by hand: what counts as a difference, and what does not."""
import unittest

from compare import differences


def leaf(kind, value=None, name="a", **more):
    return {"id": name, "kind": kind, **({} if value is None else {"value": value}), **more}


def placed(node, start, **more):
    return {**node, "range": [start, start], **more}


def thing(*fields, kind="foo_bar", name=None):
    return {"id": name, "kind": "object", "type": kind, "fields": list(fields), "range": None}


class Comparison(unittest.TestCase):
    def alike(self, python, ours):
        self.assertEqual(list(differences(python, ours)), [])

    def unlike(self, python, ours, path=""):
        self.assertEqual([found.path for found in differences(python, ours)], [path])

    def test_plain_values_are_alike_when_kind_and_value_are(self):
        for kind, value, other in [("int", 2**70, 2**70 + 1), ("str", "é", "e"), ("bytes", "00ff", "00"),
                                   ("bool", True, False), ("float", 0.1, 0.2)]:
            self.alike(leaf(kind, value), leaf(kind, value))
            self.unlike(leaf(kind, value), leaf(kind, other))
        self.unlike(leaf("int", 1), leaf("bool", True))
        self.unlike(leaf("str", "61"), leaf("bytes", "61"))
        self.unlike(leaf("float", 1.0), leaf("int", 1))

    def test_floats_are_alike_by_their_bits(self):
        self.alike(leaf("float", float("nan")), leaf("float", "NaN"))
        self.alike(leaf("float", float("-inf")), leaf("float", "-Infinity"))
        self.unlike(leaf("float", 0.0), leaf("float", -0.0))
        self.alike(leaf("float", 2.0), leaf("float", 2))
        self.alike(leaf("int", 2), leaf("float", 2.0))

    def test_a_member_of_an_enum_is_compared_by_name_too(self):
        self.alike(leaf("enum", 4, member="cat"), leaf("enum", 4, member="cat"))
        self.unlike(leaf("enum", 4, member="cat"), leaf("enum", 4, member="dog"))
        self.alike(leaf("int", 5), leaf("enum", 5, member=None))
        self.unlike(leaf("int", 4), leaf("enum", 4, member="cat"))

    def test_objects_are_compared_field_by_field(self):
        python = thing(leaf("int", 1, "x"), leaf("int", 2, "_unnamed1"), leaf("absent", name="z"), kind="FooBar")
        self.alike(python, thing(leaf("int", 1, "x"), leaf("int", 2, None), leaf("absent", name="z"), kind="m::foo_bar"))
        self.unlike(python, thing(leaf("int", 1, "x"), leaf("int", 3, None), leaf("absent", name="z")), "_unnamed1")
        self.unlike(python, thing(leaf("int", 1, "x"), leaf("int", 2, None)), "z")
        self.unlike(python, thing(leaf("int", 1, "x"), leaf("int", 2, None), leaf("absent", name="z"), kind="foo"))
        extra = [leaf("int", 1, "x"), leaf("int", 2, None), leaf("absent", name="z"), leaf("int", 9, "w")]
        self.unlike(python, thing(*extra), "w")

    def test_lists_are_compared_item_by_item(self):
        def numbers(*values):
            return {"id": "a", "kind": "list", "range": None, "items": [leaf("int", value) for value in values]}

        self.alike(numbers(1, 2), numbers(1, 2))
        self.unlike(numbers(1, 2), numbers(1, 3), "[1]")
        self.unlike(numbers(1, 2), numbers(1), "[]")

    def test_where_python_raises_ours_is_unknown(self):
        python = leaf("unknown", raised="EOFError", validation=False)
        self.alike(python, leaf("unknown"))
        self.unlike(python, leaf("int", 1))
        self.unlike(leaf("int", 1), leaf("unknown"))

    def test_a_value_that_is_not_valid_is_still_a_value(self):
        python = leaf("int", 7, raised="ValidationNotEqualError", validation=True)
        self.alike(python, leaf("int", 7))
        self.alike(python, leaf("unknown"))
        self.unlike(python, leaf("int", 8))

    def test_what_was_read_before_a_failure_is_compared(self):
        python = thing(leaf("int", 1, "x"), leaf("unknown", name="y", raised="EOFError", validation=False),
                       leaf("unreached", name="z"), kind="FooBar", name="a")
        python.update(raised="EOFError", validation=False)
        self.alike(python, thing(leaf("int", 1, "x"), leaf("unknown", name="y"), leaf("int", 3, "z")))
        self.unlike(python, thing(leaf("int", 2, "x"), leaf("unknown", name="y")), "x")
        self.unlike(python, thing(leaf("int", 1, "x"), leaf("int", 1, "y")), "y")

    def test_what_is_shown_once_is_looked_up_where_it_is_shown(self):
        inner = thing(leaf("int", 1, "x"), kind="Inner", name="b")
        python = thing({**inner, "id": "a"}, inner, kind="FooBar")
        first = placed(thing(leaf("int", 1, "x"), kind="inner", name="a"), 4)
        again = placed({"id": "b", "kind": "object", "type": "inner"}, 4, elided="before")
        self.alike(python, placed(thing(first, again), 0))
        self.unlike(python, placed(thing(first, {**again, "range": [5, 5]}), 0), "b")
        other = thing({**inner, "id": "a"}, thing(leaf("int", 2, "x"), kind="Inner", name="b"), kind="FooBar")
        self.unlike(other, placed(thing(first, again), 0), "b.x")


if __name__ == "__main__":
    unittest.main()
