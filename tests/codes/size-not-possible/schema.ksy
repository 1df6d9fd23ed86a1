meta:
  id: example
  endian: le
seq:
  - id: len_total
    type: u1
  - id: body
    size: len_total - 16
