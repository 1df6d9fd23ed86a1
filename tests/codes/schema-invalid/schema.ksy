meta:
  id: example
  endian: le
seq:
  - id: body
    size: 16
    size-eos: true
