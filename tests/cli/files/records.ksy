meta:
  id: records
  endian: le
seq:
  - id: records
    type: record
    repeat: eos
types:
  record:
    seq:
      - id: kind
        type: u4
        valid: 0
      - id: payload
        size: 508
