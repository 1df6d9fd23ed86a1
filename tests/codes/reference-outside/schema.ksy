meta:
  id: list
seq:
  - id: num_rules
    type: u1
  - id: num_actions
    type: u1
  - id: rules
    type: rule
    repeat: expr
    repeat-expr: num_rules
types:
  rule:
    seq:
      - id: action
        type: u1
