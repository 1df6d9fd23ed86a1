meta:
  id: list
seq:
  - id: num_items
    type: u1
  - id: items
    type: u1
    repeat: expr
    repeat-expr: num_items
