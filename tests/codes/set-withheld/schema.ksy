meta:
  id: example
seq:
  - id: magic
    contents: OK
  - id: version
    type: u1
