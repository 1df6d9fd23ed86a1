meta:
  id: example
  endian: le
seq:
  - id: len_body
    type: u1
  - id: body
    size: len_body
