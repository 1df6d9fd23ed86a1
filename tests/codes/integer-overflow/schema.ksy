meta:
  id: example
  endian: le
seq:
  - id: count
    type: u8
  - id: record_size
    type: u8
  - id: body
    size: count * record_size
