meta:
  id: list
  endian: le
seq:
  - id: num_features
    type: u2
