meta:
  id: example
  endian: le
seq:
  - id: length
    type: u1
  - id: record_size
    type: u1
  - id: records
    type: u1
    repeat: expr
    repeat-expr: length / record_size
