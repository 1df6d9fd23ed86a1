meta:
  id: example
seq:
  - id: magic
   size: 4
