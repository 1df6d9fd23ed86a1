# Much of the language, and no fixed bytes: whatever the input, all of it is reached.
meta:
  id: open
  endian: le
  encoding: ASCII
seq:
  - id: flags
    type: u1
  - id: optional
    type: u2be
    if: flags & 1 != 0
  - id: num_items
    type: u1
  - id: items
    type: item
    repeat: expr
    repeat-expr: num_items
  - id: rest
    type: node
    repeat: until
    repeat-until: _.stop != 0 or _io.eof
instances:
  total:
    value: 'items.size * 2 + (flags & 2 != 0 ? optional : 0)'
  head:
    pos: flags
    type: link
    if: flags & 4 != 0
  tail:
    pos: _io.size - 1
    type: u1
    valid:
      max: total
types:
  item:
    seq:
      - id: kind
        type: u1
        enum: kind
      - id: len
        type: u1
      - id: body
        size: len
        type:
          switch-on: kind
          cases:
            kind::text: text
            kind::numbers: numbers
            kind::nested: nested
            kind::bits: bits(len, kind)
            kind::packed: packed
            kind::wide: wide
            kind::ordered: ordered
    instances:
      share:
        value: len * 100 / (_root.num_items + kind.to_i)
      again:
        io: _root._io
        pos: _root.num_items
        size: len
  text:
    seq:
      - id: first
        type: strz
      - id: second
        terminator: 0x2c
        consume: false
        include: false
        eos-error: false
      - id: last
        type: str
        size-eos: true
    instances:
      joined:
        value: first + "-" + last
      length:
        value: joined.length + _io.size
  numbers:
    seq:
      - id: values
        type: s4be
        repeat: eos
    instances:
      biggest:
        value: values.max
        -valid:
          min: values.first
  nested:
    seq:
      - id: inner
        type: item
        if: not _io.eof
      - id: sum
        type: f4
        if: _io.size - _io.pos >= 4
  bits:
    params:
      - id: width
        type: u1
      - id: of
        type: u1
        enum: kind
    seq:
      - id: high
        type: b3
      - id: flag
        type: b1
      - id: rest
        type: b13
      - id: low
        type: b5le
      - id: whole
        type: u1
      - id: more
        type: pair(_index, flag)
        repeat: expr
        repeat-expr: width & 3
    instances:
      all:
        value: 'high + rest * width + (flag ? low : whole)'
      same:
        value: of == _parent.kind
  pair:
    params:
      - id: row
        type: u1
      - id: wide
        type: bool
    seq:
      - id: a
        type: b4
      - id: b
        type: b4
        if: wide
    instances:
      place:
        value: row * 2 + _parent.high
  packed:
    seq:
      - id: key
        type: u1
      - id: len_hidden
        type: u1
      - id: hidden
        size: len_hidden & 15
        process: xor(key)
        type: text
      - id: turned
        size: 3
        process: rol(key & 7)
      - id: padded
        type: str
        size: 4
        pad-right: 0x20
        terminator: 0
      - id: squeezed
        process: zlib
        size-eos: true
        type: numbers
        parent: _root
    instances:
      again:
        pos: 0
        size: 2
        process: ror(1)
  wide:
    seq:
      - id: title
        type: strz
        encoding: UTF-16LE
        eos-error: false
      - id: marks
        terminator: [1, 2]
        include: true
        eos-error: false
      - id: ended
        type: numbers
        terminator: 0xff
        eos-error: false
      - id: sum
        type: u1
        if: not _io.eof
        -checksum:
          algorithm: sum8
          fields: [title, marks]
    instances:
      shown:
        value: 'f"{title}: {marks.size}"'
  ordered:
    meta:
      endian:
        switch-on: mark
        cases:
          1: be
          2: le
          _: be
    seq:
      - id: number
        type: u2
      - id: point
        type: f4
      - id: inside
        type: inherited
        if: not _io.eof
    instances:
      mark:
        pos: 0
        type: u1
    types:
      inherited:
        seq:
          - id: number
            type: s2
  node:
    seq:
      - id: stop
        type: u1
      - id: jump
        type: u1
    instances:
      target:
        io: _root._io
        pos: jump
        type: link
  link:
    seq:
      - id: ofs_next
        type: u1
    instances:
      next:
        io: _root._io
        pos: ofs_next
        type: link
enums:
  kind:
    0: nothing
    1: text
    2: numbers
    3: nested
    4: bits
    5: packed
    6: wide
    7: ordered
