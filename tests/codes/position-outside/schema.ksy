meta:
  id: example
  endian: le
seq:
  - id: ofs_section
    type: u4
instances:
  section:
    pos: ofs_section
    size: 4
