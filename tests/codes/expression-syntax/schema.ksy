meta:
  id: example
  endian: le
seq:
  - id: version
    type: u1
  - id: length
    type: u1
    if: version > 2 and
