"""The small format that random expressions are about, and random files of it."""
import struct

HEAD = """\
meta:
  id: {id}
  endian: le
  encoding: UTF-8
seq:
  - {{id: u1_f, type: u1}}
  - {{id: s1_f, type: s1}}
  - {{id: u2_f, type: u2}}
  - {{id: s2_f, type: s2be}}
  - {{id: u4_f, type: u4}}
  - {{id: s4_f, type: s4}}
  - {{id: u8_f, type: u8}}
  - {{id: s8_f, type: s8be}}
  - {{id: f4_f, type: f4}}
  - {{id: f8_f, type: f8}}
  - {{id: f8_odd, type: f8be}}
  - {{id: bit, type: b1}}
  - {{id: bits3, type: b3}}
  - {{id: bits12, type: b12}}
  - {{id: text, type: str, size: 6}}
  - {{id: word, type: strz}}
  - {{id: digits, type: strz}}
  - {{id: raw, size: 5}}
  - {{id: u1_list, type: u1, repeat: expr, repeat-expr: 3}}
  - {{id: s2_list, type: s2, repeat: expr, repeat-expr: 4}}
  - {{id: u8_list, type: u8, repeat: expr, repeat-expr: 2}}
  - {{id: f4_list, type: f4, repeat: expr, repeat-expr: 3}}
  - {{id: words, type: strz, repeat: expr, repeat-expr: 3}}
  - {{id: raws, size: 2, repeat: expr, repeat-expr: 3}}
  - {{id: pet, type: u1, enum: animal}}
  - {{id: odd_pet, type: u1, enum: animal}}
  - {{id: pets, type: u1, enum: animal, repeat: expr, repeat-expr: 3}}
  - {{id: snack, type: u2, enum: fruit}}
  - {{id: spot, type: point}}
  - {{id: spots, type: point, repeat: expr, repeat-expr: 2}}
  - {{id: rest, size: 3}}
types:
  point:
    seq:
      - {{id: x, type: s2}}
      - {{id: y, type: u4}}
      - {{id: name, type: str, size: 2}}
enums:
  animal: {{4: cat, 7: dog, 12: bird}}
  fruit: {{0: apple, 300: pear}}
instances:
"""


def content(chance):
    """The bytes of a file of the format."""
    def number(bits, signed):
        low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
        return chance.choice([low, high, 0, 1, high // 3, chance.randint(low, high), chance.randint(low, high),
                              chance.randint(0, 20)])

    def real():
        return chance.choice([0.0, -0.0, 1.5, -2.25, 0.1, chance.uniform(-1e6, 1e6), chance.uniform(-1, 1) * 1e30])

    def word(alphabet="abcXYZ é€0", limit=5):
        return "".join(chance.choice(alphabet) for _ in range(chance.randrange(limit + 1)))

    odd = chance.choice([float("nan"), float("inf"), float("-inf"), -0.0, 5e-324, 1.7e308])
    parts = [
        struct.pack("<Bb", number(8, False), number(8, True)),
        struct.pack("<H", number(16, False)), struct.pack(">h", number(16, True)),
        struct.pack("<Ii", number(32, False), number(32, True)),
        struct.pack("<Q", number(64, False)), struct.pack(">q", number(64, True)),
        struct.pack("<fd", real(), real()), struct.pack(">d", odd),
        chance.randbytes(2),
        "".join(chance.choice("abcdefXYZ 09") for _ in range(6)).encode(),
        word().encode() + b"\0",
        word("0123456789", 12).encode() + b"\0",
        bytes(chance.choice([65, 98, 48, 200, chance.randrange(256)]) for _ in range(5)),
        chance.randbytes(3), chance.randbytes(8), chance.randbytes(16),
        struct.pack("<fff", real(), real(), real()),
        b"".join(word().encode() + b"\0" for _ in range(3)),
        chance.randbytes(6),
        bytes([chance.choice([4, 7, 12]), chance.choice([0, 5, 255])]),
        bytes(chance.choice([4, 7, 12, 99]) for _ in range(3)),
        struct.pack("<H", chance.choice([0, 300, 1])),
        *(struct.pack("<hI2s", number(16, True), number(32, False), chance.choice([b"ab", b"Zz", b"\xc3\xa9"]))
          for _ in range(3)),
        chance.randbytes(3),
    ]
    return b"".join(parts)
