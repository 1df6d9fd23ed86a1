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
      - id: action
        type: u1
        enum: action
      - id: switch
        type: u1
        enum: switch
enums:
  action:
    1: block
    2: execute
  switch:
    0: live
    1: killed
