meta:
  id: example
  endian: le
seq:
  - id: length_text
    type: str
    size: 4
    encoding: ASCII
  - id: body
    size: length_text.to_i
