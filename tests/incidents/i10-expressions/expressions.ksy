meta:
  id: expressions
  title: Regular expressions of a filter
  endian: le
  encoding: UTF-8
seq:
  - id: magic
    contents: REGX
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
      - id: len_pattern
        type: u2
      - id: pattern
        type: str
        size: len_pattern
