meta:
  id: list
  endian: le
seq:
  - id: stamp
    type: u4
