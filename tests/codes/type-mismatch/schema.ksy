meta:
  id: example
  endian: le
seq:
  - id: len_body
    type: str
    size: 4
    encoding: ASCII
  - id: body
    size: len_body
