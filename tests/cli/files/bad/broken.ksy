meta:
  id: broken
seq:
  - id: magic
   size: 4
