meta:
  id: policies
  title: Quota policies
  endian: le
  encoding: UTF-8
seq:
  - id: magic
    contents: POLI
  - id: crc32
    type: u4
    -checksum:
      algorithm: crc32
  - id: num_policies
    type: u2
  - id: policies
    type: policy
    repeat: expr
    repeat-expr: num_policies
types:
  policy:
    seq:
      - id: has_quota
        type: u1
        valid:
          any-of: [0, 1]
      - id: len_service
        type: u1
      - id: service
        type: str
        size: len_service
      - id: len_limit
        type: u1
      - id: limit
        type: str
        size: len_limit
