meta:
  id: several_names
  endian: le
seq:
  - id: num_records
    type: u2
  - id: records
    type: recrod
    repeat: expr
    repeat-expr: num_record
  - id: name
    size: 4
    type: str
    encoding: UTF-8
  - id: body
    size: name
  - id: body
    size-eos: true
types:
  record:
    seq:
      - id: kind
        type: u1
        enum: kinds
