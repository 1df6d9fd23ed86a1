meta:
  id: list
  endian: le
seq:
  - id: num_criteria
    type: u1
  - id: criteria
    type: criterion
    repeat: expr
    repeat-expr: num_criteria
types:
  criterion:
    seq:
      - id: field_index
        type: u1
