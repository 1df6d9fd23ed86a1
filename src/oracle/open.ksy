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
        value: joined.length + _parent.len
  numbers:
    seq:
      - id: values
        type: s4be
        repeat: eos
    instances:
      biggest:
        value: values.max
        valid:
          min: values.first
  nested:
    seq:
      - id: inner
        type: item
        if: not _io.eof
      - id: sum
        type: f4
        if: _io.size - _io.pos >= 4
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
