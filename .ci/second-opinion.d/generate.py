"""Random expressions of the .ksy language, well typed, over the fields of subject.py.

Not generated, since Python's own rules show through in what the compiler makes of it: bit operations on floats (an
exception in Python), floats without a fraction (`5.` and `0.5e1` become integers), casts that change a value (Python
does not cast), negative subscripts (they count from the end), strings with spaces, `+` or `_` inside given to `to_i`
and its radix 0 (Python's `int` takes them), characters above U+FFFF in literals (the compiler splits them in two),
parts of patterns (the compiler takes them of the last piece).
"""
TERNARY, OR, AND, NOT, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT, SUM, TERM, UNARY, ATOM = range(13)
ARITHMETIC = {"+": SUM, "-": SUM, "*": TERM, "/": TERM, "%": TERM}
BITWISE = {"|": BIT_OR, "^": BIT_XOR, "&": BIT_AND}
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
ENCODINGS = ["ASCII", "UTF-8", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "IBM437"]
KINDS = ["int"] * 6 + ["bool"] * 4 + ["float"] * 3 + ["str"] * 4 + ["bytes", "animal", "fruit", "point"] + [
    "ints", "floats", "strs", "bytess", "animals"]

FIELDS = {
    "int": ["u1_f", "s1_f", "u2_f", "s2_f", "u4_f", "s4_f", "u8_f", "s8_f", "bits3", "bits12", "_root.u2_f"],
    "float": ["f4_f", "f8_f", "f8_odd"],
    "bool": ["bit", "_io.eof"],
    "str": ["text", "word", "digits"],
    "bytes": ["raw", "rest"],
    "animal": ["pet", "odd_pet"],
    "fruit": ["snack"],
    "point": ["spot", "_root.spot"],
    "ints": ["u1_list", "s2_list", "u8_list"],
    "floats": ["f4_list"],
    "strs": ["words"],
    "bytess": ["raws"],
    "animals": ["pets"],
    "points": ["spots"],
}
LIST_OF = {"int": "ints", "float": "floats", "str": "strs", "bytes": "bytess", "animal": "animals", "point": "points"}
WIDER = {"u1_f": ["u2", "u4", "u8", "s2", "s4"], "s1_f": ["s2", "s8"], "u2_f": ["u4", "u8", "s4"],
         "s2_f": ["s4", "s8"], "u4_f": ["u8", "s8"], "s4_f": ["s8"]}


class Generator:
    """Expressions from a source of chance; `earlier` holds the instances that the next ones may name."""

    def __init__(self, chance):
        self.chance = chance
        self.earlier = {}

    def expression(self, depth):
        """A kind of value, and the text of an expression that gives one."""
        kind = self.chance.choice(KINDS)
        return kind, self.make(kind, depth)[0]

    def make(self, kind, depth):
        """The text of an expression and how strongly it binds."""
        if depth <= 0 or self.chance.random() < 0.08:
            return self.leaf(kind)
        ways = [getattr(self, name) for name in dir(type(self)) if name.startswith(f"{kind}_from_")]
        ways += [self.choose, self.leaf] if kind in ("int", "bool", "float", "str") else [self.choose, self.element]
        way = self.chance.choice(ways)
        if way == self.leaf:
            return self.leaf(kind)
        if way in (self.choose, self.element):
            return way(kind, depth - 1)
        return way(depth - 1)

    def at(self, least, kind, depth):
        """The text of an expression, in parentheses where it would bind less than asked."""
        text, strength = self.make(kind, depth)
        return f"({text})" if strength < least or self.chance.random() < 0.06 else text

    def leaf(self, kind):
        if self.earlier.get(kind) and self.chance.random() < 0.12:
            return self.chance.choice(self.earlier[kind]), ATOM
        literal = getattr(self, f"{kind}_literal", None)
        if literal and self.chance.random() < 0.5:
            return literal()
        return self.chance.choice(FIELDS[kind]), ATOM

    def choose(self, kind, depth):
        condition = self.at(OR, "bool", depth)
        return f"{condition} ? {self.at(TERNARY, kind, depth)} : {self.at(TERNARY, kind, depth)}", TERNARY

    def element(self, kind, depth):
        """One of a list, or a list where there are no lists of its kind."""
        if kind not in LIST_OF:
            return self.leaf(kind)
        values = self.at(ATOM, LIST_OF[kind], depth)
        return self.chance.choice([f"{values}.first", f"{values}.last", f"{values}[{self.index(depth)}]"]), ATOM

    def index(self, depth):
        if self.chance.random() < 0.7:
            return str(self.chance.choice([0, 0, 1, 1, 2, 3, 5]))
        return f"{self.at(BIT_AND, 'int', depth)} & {self.chance.choice([1, 1, 3])}"

    def space(self):
        return self.chance.choice([" ", " ", " ", ""])

    def binary(self, op, strength, left, right):
        gap = self.space()
        return f"{left}{gap}{op}{gap}{right}", strength

    # Integers

    def int_literal(self):
        bits = self.chance.choice([1, 3, 7, 8, 8, 15, 16, 31, 32, 33, 53, 63, 64])
        value = self.chance.choice([self.chance.getrandbits(bits), (1 << bits) - 1, 1 << (bits - 1)])
        text = self.chance.choice([str(value), str(value), hex(value), bin(value), oct(value)])
        if len(text) > 5 and self.chance.random() < 0.3:
            text = f"{text[:4]}_{text[4:]}"
        return text, ATOM

    def int_from_arithmetic(self, depth):
        op = self.chance.choice(list(ARITHMETIC))
        strength = ARITHMETIC[op]
        return self.binary(op, strength, self.at(strength, "int", depth), self.at(strength + 1, "int", depth))

    int_from_arithmetic_again = int_from_arithmetic

    def int_from_bits(self, depth):
        op = self.chance.choice(list(BITWISE))
        strength = BITWISE[op]
        return self.binary(op, strength, self.at(strength, "int", depth), self.at(strength + 1, "int", depth))

    def int_from_shift(self, depth):
        by = self.chance.choice([str(self.chance.randrange(70)), f"({self.at(BIT_AND, 'int', depth)} & 31)",
                                 self.at(SUM, "int", 0)])
        return self.binary(self.chance.choice(["<<", ">>"]), SHIFT, self.at(SHIFT, "int", depth), by)

    def int_from_sign(self, depth):
        return self.chance.choice(["-", "~", "- ", "+"]) + self.at(UNARY, "int", depth), UNARY

    def int_from_cast(self, _depth):
        name = self.chance.choice(list(WIDER))
        return f"{name}.as<{self.chance.choice(WIDER[name])}>", ATOM

    def int_from_sizes(self, depth):
        texts = ["sizeof<point>", "bitsizeof<point>", "sizeof<u4>", "bitsizeof<b3>", "spot._sizeof", "_io.size",
                 "_io.pos", f"{self.at(ATOM, 'str', depth)}.length", f"{self.at(ATOM, 'bytes', depth)}.size",
                 f"{self.at(ATOM, 'bytes', depth)}.length"]
        texts += [f"{self.at(ATOM, kind, depth)}.size" for kind in LIST_OF.values()]
        return self.chance.choice(texts), ATOM

    def int_from_list(self, depth):
        values = self.at(ATOM, self.chance.choice(["ints", "ints", "bytes"]), depth)
        ends = [".first", ".last", ".min", ".max", f"[{self.index(depth)}]"]
        return values + self.chance.choice(ends), ATOM

    def int_from_others(self, depth):
        kind = self.chance.choice(["float", "bool", "animal", "fruit"])
        return f"{self.at(ATOM, kind, depth)}.to_i", ATOM

    def int_from_text(self, depth):
        radix = self.chance.choice(["", "", "2", "8", "10", "16", "36", "7"])
        text = self.chance.choice([self.digits_literal(int(radix or 10)), "digits",
                                   f"{self.at(ATOM, 'int', depth)}.to_s"])
        return f"{text}.to_i" + (f"({radix})" if radix else ""), ATOM

    def int_from_point(self, depth):
        return f"{self.at(ATOM, 'point', depth)}.{self.chance.choice('xy')}", ATOM

    def digits_literal(self, radix):
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"[:radix]
        text = "".join(self.chance.choice(letters) for _ in range(self.chance.randrange(1, 9)))
        text = self.chance.choice([text, text, text.upper(), f"-{text}", f"{text}!", ""])
        return self.quoted(text)

    # Floats

    def float_literal(self):
        whole, part = self.chance.randrange(1000), self.chance.randrange(1, 1000)
        return self.chance.choice([f"{whole}.{part:03}", f"0.{part:03}",
                                   f"{whole}.5e{self.chance.choice([-9, -3, -1, 0, 22, 29])}",
                                   f"{whole or 1}e-{self.chance.randrange(1, 12)}"]), ATOM

    def float_from_arithmetic(self, depth):
        op = self.chance.choice(list(ARITHMETIC))
        strength = ARITHMETIC[op]
        left, right = self.chance.choice([("float", "float"), ("int", "float"), ("float", "int")])
        return self.binary(op, strength, self.at(strength, left, depth), self.at(strength + 1, right, depth))

    def float_from_sign(self, depth):
        return "-" + self.at(UNARY, "float", depth), UNARY

    def float_from_list(self, depth):
        ends = [".first", ".last", ".min", ".max", f"[{self.index(depth)}]"]
        return self.at(ATOM, "floats", depth) + self.chance.choice(ends), ATOM

    # Booleans

    def bool_literal(self):
        return self.chance.choice(["true", "false"]), ATOM

    def bool_from_words(self, depth):
        op, strength = self.chance.choice([("and", AND), ("or", OR)])
        parts = [self.at(strength + 1, "bool", depth) for _ in range(self.chance.choice([2, 2, 3]))]
        return f" {op} ".join(parts), strength

    def bool_from_not(self, depth):
        return "not " + self.at(NOT, "bool", depth), NOT

    def bool_from_comparison(self, depth):
        left, right = self.chance.choice([("int", "int"), ("int", "int"), ("float", "float"), ("int", "float"),
                                          ("str", "str"), ("bytes", "bytes"), ("animal", "animal"),
                                          ("fruit", "fruit"), ("bool", "bool")])
        named = left in ("animal", "fruit", "bool")
        op = self.chance.choice(COMPARISONS[:2] if named else COMPARISONS)
        return self.binary(op, COMPARE, self.at(BIT_OR, left, depth), self.at(BIT_OR, right, depth))

    bool_from_comparison_again = bool_from_comparison

    # Strings

    def quoted(self, text):
        if "'" not in text and self.chance.random() < 0.3:
            return f"'{text}'"
        return '"' + "".join(self.escaped(char) for char in text) + '"'

    def escaped(self, char):
        known = {"\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
                 "\x1b": "\\e", '"': '\\"', "\\": "\\\\"}
        if char in known:
            return known[char]
        if ord(char) < 32 or self.chance.random() < 0.1:
            return f"\\u{ord(char):04x}"
        return char

    def characters(self):
        return "".join(self.chance.choice("abcxyzABC  019.:{}#%'\"\\\n\t\x1b\x00é€日") for _ in range(
            self.chance.choice([0, 1, 2, 3, 6])))

    def str_literal(self):
        literals = [self.quoted(self.characters()) for _ in range(self.chance.choice([1, 1, 1, 2]))]
        return " ".join(literals), ATOM

    def str_from_sum(self, depth):
        return self.binary("+", SUM, self.at(SUM, "str", depth), self.at(TERM, "str", depth))

    def str_from_pattern(self, depth):
        parts = []
        for _ in range(self.chance.randrange(5)):
            plain = "".join(self.escaped(char) for char in self.characters().replace("{", "").replace("}", ""))
            parts.append(self.chance.choice([plain, f"{{{self.at(TERNARY, 'int', depth)}}}",
                                             f"{{{self.at(TERNARY, 'str', depth)}}}"]))
        return f'f"{"".join(parts)}"', ATOM

    def str_from_number(self, depth):
        return f"{self.at(ATOM, 'int', depth)}.to_s", ATOM

    def single(self, depth):
        """A string that is no pattern."""
        while True:
            text = self.at(ATOM, "str", depth)
            if not text.lstrip("(").startswith('f"'):
                return text

    def str_from_reverse(self, depth):
        return f"{self.single(depth)}.reverse", ATOM

    def str_from_part(self, depth):
        start = self.chance.randrange(4)
        return f"{self.single(depth)}.substring({start}, {start + self.chance.randrange(4)})", ATOM

    def str_from_bytes(self, depth):
        return f"{self.at(ATOM, 'bytes', depth)}.to_s('{self.chance.choice(ENCODINGS)}')", ATOM

    def str_from_list(self, depth):
        ends = [".first", ".last", ".min", ".max", f"[{self.index(depth)}]"]
        return self.at(ATOM, "strs", depth) + self.chance.choice(ends), ATOM

    def str_from_point(self, depth):
        return f"{self.at(ATOM, 'point', depth)}.name", ATOM

    # Bytes, enums, objects

    def bytes_literal(self):
        values = [str(self.chance.choice([0, 1, 65, 97, 128, 255, self.chance.randrange(256)]))
                  for _ in range(self.chance.randrange(1, 6))]
        return self.chance.choice(["[" + ", ".join(values) + "]"] * 9 + ["[].as<bytes>"]), ATOM

    def animal_literal(self):
        return "animal::" + self.chance.choice(["cat", "dog", "bird"]), ATOM

    def fruit_literal(self):
        return "fruit::" + self.chance.choice(["apple", "pear"]), ATOM

    def point_from_cast(self, depth):
        return f"{self.at(ATOM, 'point', depth)}.as<point>", ATOM

    # Lists

    def listed(self, kind, depth, extra=()):
        items = [self.at(TERNARY, kind, depth) for _ in range(self.chance.randrange(1, 4))] + list(extra)
        self.chance.shuffle(items)
        return "[" + ", ".join(items) + "]", ATOM

    def ints_from_items(self, depth):
        # A list of nothing but bytes is a byte array, whose items have to be literals.
        return self.listed("int", depth, [str(self.chance.randrange(256, 100_000))])

    def floats_from_items(self, depth):
        return self.listed("float", depth)

    def strs_from_items(self, depth):
        return self.listed("str", depth)

    def bytess_from_items(self, depth):
        return self.listed("bytes", depth)

    def animals_from_items(self, depth):
        return self.listed("animal", depth)
