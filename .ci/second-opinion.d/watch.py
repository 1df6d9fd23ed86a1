"""Generated Python code that notes integers of more than 128 bits, which only Python has.

The code is rewritten before it runs: what operators and `int` give passes through here, and leaves a note. Values are
never changed.
"""
import ast
import importlib.util

from excuses import I128

LONGEST_SHIFT = 4096


class Notes:
    """What was noted since it was last emptied."""

    def __init__(self):
        self.overflows = False

    def value(self, value):
        if type(value) is int and not I128[0] <= value <= I128[1]:
            self.overflows = True
        return value

    def shift(self, left, right):
        if right > LONGEST_SHIFT and left != 0:
            self.overflows = True
            raise OverflowError(f"a shift by {right}")
        return self.value(left << right)


class Rewriting(ast.NodeTransformer):
    def through(self, method, *args):
        return ast.Call(ast.Attribute(ast.Name("_notes", ast.Load()), method, ast.Load()), list(args), [])

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.LShift):
            return self.through("shift", node.left, node.right)
        return self.through("value", node)

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return self.through("value", node)

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "int":
            return self.through("value", node)
        return node


def load(name, path):
    """The module of a generated file, and the notes that it writes to."""
    code = Rewriting().visit(ast.parse(path.read_text(), str(path)))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    module._notes = Notes()
    exec(compile(ast.fix_missing_locations(code), str(path), "exec"), vars(module))
    return module, module._notes
