meta:
  id: example
  endian: le
seq:
  - id: num_entries
    type: u1
    vaild: 4
