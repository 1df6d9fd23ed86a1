meta:
  id: example
seq:
  - id: body
    size-eos: true
    process: vendor_unpack
