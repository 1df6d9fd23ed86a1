meta:
  id: example
  endian: le
seq:
  - id: ofs_section
    type: u1
instances:
  section:
    pos: ofs_section
    size: 1
