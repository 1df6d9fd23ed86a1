meta:
  id: example
  endian:
    switch-on: mark
    cases:
      1: le
      2: be
seq:
  - id: len
    type: u2
instances:
  mark:
    pos: 0
    type: u1
