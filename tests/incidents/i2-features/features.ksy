meta:
  id: features
  title: Named features
  endian: le
  encoding: UTF-8
seq:
  - id: magic
    contents: FEAT
  - id: crc32
    type: u4
    -checksum:
      algorithm: crc32
  - id: num_features
    type: u2
  - id: features
    type: feature
    repeat: expr
    repeat-expr: num_features
types:
  feature:
    seq:
      - id: len_name
        type: u1
      - id: name
        type: str
        size: len_name
      - id: kind
        type: u1
