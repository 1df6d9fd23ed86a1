meta:
  id: example
  endian: le
seq:
  - id: version
    type: u1
  - id: extended_size
    type: u4
    if: version >= 2
  - id: body
    size: extended_size
