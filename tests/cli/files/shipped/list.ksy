meta:
  id: list
seq:
  - id: rules
    type: rule
    repeat: eos
types:
  rule:
    seq:
      - id: action
        type: u1
        enum: action
      - id: state
        type: u1
        enum: state
enums:
  action:
    1: block
    2: execute
  state:
    0: on
    1: killed
