meta:
  id: example
  endian: le
seq:
  - id: magic
    contents: GATE
