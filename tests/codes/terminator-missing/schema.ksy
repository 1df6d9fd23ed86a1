meta:
  id: example
  endian: le
seq:
  - id: pattern
    type: strz
    encoding: ASCII
