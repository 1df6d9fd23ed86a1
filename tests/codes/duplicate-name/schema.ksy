meta:
  id: example
  endian: le
seq:
  - id: length
    type: u2
  - id: length
    type: u4
