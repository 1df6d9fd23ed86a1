meta:
  id: example
  endian: le
seq:
  - id: version
    type: u1
instances:
  first:
    pos: 1
    type: u1
    if: second > 0
  second:
    pos: 2
    type: u1
    if: version < 2 or first > 0
