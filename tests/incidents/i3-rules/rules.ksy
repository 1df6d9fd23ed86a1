meta:
  id: rules
  title: Rules with an action and a switch
  endian: le
seq:
  - id: magic
    contents: RULE
  - id: crc32
    type: u4
    -checksum:
      algorithm: crc32
  - id: num_rules
    type: u2
  - id: rules
    type: rule
    repeat: expr
    repeat-expr: num_rules
types:
  rule:
    seq:
      - id: id
        type: u2
      - id: action
        type: u1
        enum: action
        valid:
          in-enum: true
      - id: state
        type: u1
        enum: state
        valid:
          in-enum: true
enums:
  action:
    1: block
    2: execute
    3: log
  state:
    0: active
    1: killed
