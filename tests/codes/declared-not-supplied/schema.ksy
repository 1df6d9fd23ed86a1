meta:
  id: list
  endian: le
seq:
  - id: num_fields
    type: u1
