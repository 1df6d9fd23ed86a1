"""The notes that rewritten Python code leaves."""
import pathlib
import tempfile
import unittest

import watch


class Watching(unittest.TestCase):
    def run_code(self, expression):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "some.py"
            path.write_text(f"def f(a=1):\n    return {expression}\n")
            module, notes = watch.load("some", path)
        try:
            return module.f(), notes.overflows
        except Exception as error:
            return type(error), notes.overflows

    def test_values_are_not_changed(self):
        for text in ["2**100 - 3 * 7", "-7 // 2", "-7 % 3", "1 << 20", "int('77', 8)", "~a", "'x' + 'y'"]:
            self.assertEqual(self.run_code(text), (eval(text, {"a": 1}), False))

    def test_more_than_128_bits_are_noted_even_when_the_end_is_small(self):
        self.assertEqual(self.run_code("(a << 127) >> 100"), (1 << 27, True))
        self.assertEqual(self.run_code("-(a << 126) - (a << 126)")[1], False)
        self.assertEqual(self.run_code("int('9' * 40) > 0"), (True, True))
        self.assertEqual(self.run_code("int(1e300) > 0"), (True, True))

    def test_a_shift_that_would_fill_the_memory_is_not_done(self):
        self.assertEqual(self.run_code("a << (a << 80)"), (OverflowError, True))


if __name__ == "__main__":
    unittest.main()
