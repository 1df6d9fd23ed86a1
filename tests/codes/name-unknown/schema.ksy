meta:
  id: example
  endian: le
seq:
  - id: num_entries
    type: u1
  - id: entries
    type: u1
    repeat: expr
    repeat-expr: num_entrise
