meta:
  id: list
  encoding: ASCII
seq:
  - id: num_policies
    type: u1
  - id: policies
    type: policy
    repeat: expr
    repeat-expr: num_policies
types:
  policy:
    seq:
      - id: region
        type: str
        size: 2
