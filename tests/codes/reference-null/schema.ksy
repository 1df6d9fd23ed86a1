meta:
  id: list
seq:
  - id: num_rules
    type: u1
  - id: rules
    type: rule
    repeat: expr
    repeat-expr: num_rules
types:
  rule:
    seq:
      - id: ofs_name
        type: u1
