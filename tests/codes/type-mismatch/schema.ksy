meta:
  id: example
  endian: le
seq:
  - id: name
    type: str
    size: 4
    encoding: ASCII
  - id: body
    size: name
