meta:
  id: imports
  imports:
    - ../records
    - /common/vlq_base128_le
seq:
  - id: length
    type: vlq_base128_le
  - id: body
    type: recrods
