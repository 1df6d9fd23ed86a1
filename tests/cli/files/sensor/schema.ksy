meta:
  id: list
seq:
  - id: num_fields
    type: u1
