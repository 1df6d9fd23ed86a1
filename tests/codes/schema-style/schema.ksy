meta:
  id: example
  endian: le
seq:
  - id: size_of_body
    type: u2
  - id: body
    size: size_of_body
