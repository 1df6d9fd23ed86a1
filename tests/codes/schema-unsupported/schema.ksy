meta:
  id: example
  endian: le
seq:
  - id: body
    size-eos: true
    process: zlib
