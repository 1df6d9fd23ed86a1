meta:
  id: example
  endian: le
seq:
  - id: root
    type: node
types:
  node:
    seq:
      - id: child
        type: node
