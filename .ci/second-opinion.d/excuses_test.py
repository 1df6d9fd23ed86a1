"""What is let pass, and what looks like it and is not."""
import unittest

import excuses


def unknown(cause):
    return {"kind": "unknown", "cause": cause}


class Excuses(unittest.TestCase):
    def test_an_overflow_needs_a_value_of_pythons_that_is_too_large(self):
        ours = unknown("an expression of `a` overflows")
        self.assertEqual(excuses.reason({"kind": "int", "value": 1 << 127}, ours), excuses.OVERFLOW)
        self.assertEqual(excuses.reason({"kind": "bool", "value": True}, ours, overflows=True), excuses.OVERFLOW)
        self.assertIsNone(excuses.reason({"kind": "int", "value": (1 << 127) - 1}, ours))
        other = unknown("an expression of `a` divides by zero")
        self.assertIsNone(excuses.reason({"kind": "int", "value": 1 << 127}, other, overflows=True))
        self.assertIsNone(excuses.reason({"kind": "int", "value": 1 << 127}, {"kind": "int", "value": 0}))

    def test_nothing_may_be_read_outside_of_a_stream(self):
        ours = unknown("`a` lies outside its stream")
        for python in [{"kind": "absent"}, {"kind": "list", "items": []}, {"kind": "bytes", "value": ""}]:
            self.assertEqual(excuses.reason(python, ours), excuses.OUTSIDE)
        for python in [{"kind": "list", "items": [{"kind": "absent"}]}, {"kind": "bytes", "value": "00"},
                       {"kind": "int", "value": 0}, {"kind": "object", "type": "A", "fields": []}]:
            self.assertIsNone(excuses.reason(python, ours))

    def test_an_encoding_or_a_type_may_be_unknown_to_one_alone(self):
        raised = {"kind": "unknown", "raised": "LookupError", "validation": False}
        self.assertEqual(excuses.reason(raised, {"kind": "str", "value": "a"}), excuses.ENCODING)
        self.assertIsNone(excuses.reason({**raised, "raised": "EOFError"}, {"kind": "str", "value": "a"}))
        self.assertIsNone(excuses.reason(raised, {"kind": "int", "value": 1}))
        cast = unknown("an expression of `a` needs a value of another type than is there")
        python = {"kind": "object", "type": "A", "fields": []}
        self.assertEqual(excuses.reason(python, cast, casts=True), excuses.CAST)
        self.assertIsNone(excuses.reason(python, cast))


if __name__ == "__main__":
    unittest.main()
