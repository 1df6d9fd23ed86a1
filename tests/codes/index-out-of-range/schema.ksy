meta:
  id: example
  endian: le
seq:
  - id: entries
    type: u1
    repeat: expr
    repeat-expr: 3
  - id: index
    type: u1
  - id: body
    size: entries[index]
