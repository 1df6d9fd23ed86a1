meta:
  id: example
  endian: le
seq:
  - id: version
    type: u1
