meta:
  id: unsupported
  endian: le
  imports:
    - /common/vlq_base128_le
seq:
  - id: length
    type: u4
  - id: body
    size: length
    process: zlib
