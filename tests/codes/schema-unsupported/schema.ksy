meta:
  id: example
  endian: le
seq:
  - id: body
    size: sizeof<u1>
