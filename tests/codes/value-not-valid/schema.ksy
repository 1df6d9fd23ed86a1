meta:
  id: example
  endian: le
seq:
  - id: kind
    type: u1
    valid:
      max: 4
