meta:
  id: example
seq:
  - id: name
    type: strz
    encoding: utf8
