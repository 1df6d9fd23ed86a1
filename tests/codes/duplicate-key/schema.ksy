meta:
  id: list
  encoding: ASCII
seq:
  - id: num_features
    type: u1
  - id: features
    type: feature
    repeat: expr
    repeat-expr: num_features
types:
  feature:
    seq:
      - id: name
        type: str
        size: 2
