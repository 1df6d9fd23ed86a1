meta:
  id: example
  endian: le
seq:
  - id: name
    type: str
    size: 3
    encoding: UTF-8
