meta:
  id: list
  endian: le
seq:
  - id: magic
    contents: FL
  - id: num_features
    type: u2
  - id: version
    type: u1
    valid: 1
  - id: flags
    type: u1
