meta:
  id: example
  endian: le
seq:
  - id: ofs_first
    type: u1
  - id: ofs_second
    type: u1
instances:
  first:
    pos: ofs_first
    size: 4
  second:
    pos: ofs_second
    size: 4
